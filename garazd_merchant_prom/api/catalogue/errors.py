"""What can be wrong with a whole file."""


class FileUnreadable(Exception):
    """The file cannot be had, is none of the kinds that are known, or it is dangerous.

    :ivar str code: of the content ``empty``, ``too_large``, ``kind``, ``broken``, ``page``,
        ``no_ids`` or ``no_rows``; of the address ``not_found``, ``moved`` or ``refused``
    """

    def __init__(self, code):
        super().__init__(code)
        self.code = code


class FileNotGiven(Exception):
    """Nobody answers at the address now; asking again later may help.

    It does not say which address, which may have a key to the cabinet in it.

    :ivar float | None seconds: how long Prom asked to wait
    """

    def __init__(self, reason, seconds=None):
        super().__init__(reason)
        self.seconds = seconds

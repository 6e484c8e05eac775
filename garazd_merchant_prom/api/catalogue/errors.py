"""What can be wrong with a whole file."""


class FileUnreadable(Exception):
    """The file is none of the kinds that are known, or it is dangerous.

    :ivar str code: ``empty``, ``too_large``, ``kind``, ``broken``, ``no_ids`` or ``no_rows``
    """

    def __init__(self, code):
        super().__init__(code)
        self.code = code

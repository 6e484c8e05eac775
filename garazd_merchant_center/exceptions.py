"""What can go wrong at a marketplace, in the words of the base.

An adapter turns the errors of its own client into these; the base knows no others. Each carries
the code of a :class:`merchant.issue` and the values of its text, so that the same fact reads the
same wherever it surfaces.
"""


def get_reason(error):
    """Return what an error says, for a text that is kept and sent to people.

    PostgreSQL adds the row it refused, with tokens and buyers in it; that is left out.

    :param Exception error: any
    :rtype: str
    """
    diagnosis = getattr(error, "diag", None)
    return getattr(diagnosis, "message_primary", None) or str(error)


class MarketplaceError(Exception):
    """Base of the family.

    :param str code: one of the codes of ``merchant.issue``
    :param values: what the text of that code names (plain JSON values)
    """

    # The identifier of the record the error is about, where it is known.
    external_id = None
    # The id of the record of Odoo that was asked for alone when nobody answered.
    record_id = None

    def __init__(self, code, **values):
        super().__init__(code)
        self.code = code
        self.values = values

    def __str__(self):
        details = ", ".join(f"{key}={value}" for key, value in self.values.items())
        return f"{self.code} ({details})" if details else self.code


class RetryLater(MarketplaceError):
    """It may work by itself later: time-out, overload, an answer cut in the middle.

    :param float | None seconds: how long the marketplace asked to wait, None if it did not say
    """

    def __init__(self, code, seconds=None, **values):
        super().__init__(code, **values)
        self.seconds = seconds


class NeedsUser(MarketplaceError):
    """Only a person can mend it: an unreadable order, a refused status."""


class OutcomeUnknown(MarketplaceError):
    """A request may have been carried out or not, and nothing can tell: it is not repeated."""


class StoreUnavailable(MarketplaceError):
    """Nothing will work for this store until a person acts: the token was rejected."""


class FileRefused(MarketplaceError):
    """A file of the marketplace's catalogue cannot be had, or nothing can be made of it.

    :param str code: a key of ``merchant.catalogue.import.error``
    """

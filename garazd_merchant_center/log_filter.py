"""Keeps tokens and buyers out of Odoo's log.

Odoo itself writes more than we would: a failed query with all its values, the row that PostgreSQL
refused, and at the level DEBUG the arguments of every call.
"""

import logging
import re

MASK = "***"
# Tables whose rows hold tokens or what buyers told us.
_TABLES = r"\b(?:merchant_\w+|res_partner)\b"
_FAILED_QUERY = re.compile(r"(bad query: )(.*?)(?=\nERROR:|\Z)", re.DOTALL)
# Where the names of a statement end and its values may begin.
_VALUES = re.compile(r"\(|\bSET\b|\bWHERE\b|\bVALUES\b", re.IGNORECASE)
# The part of a statement that PostgreSQL repeats.
_REPEATED = re.compile(r"(?<=\n)LINE \d+:.*")
# What PostgreSQL says of a row it refuses.
_REFUSED_ROW = re.compile(r"(Failing row contains \().*?(\)\.|\Z)", re.DOTALL)
_SAME_KEY = re.compile(r"(Key \([^)]*\)=\().*?(\) (?:already exists|is not present))", re.DOTALL)
# A value in a dictionary of Python or JSON, or an argument.
_TOKEN = re.compile(r"""(\bapi_token\b\\?["']?\s*[:=]\s*)(\\?["'])(?:(?!\2).)+(\2|\Z)""", re.DOTALL)


class SecretFilter(logging.Filter):
    """Masks secrets in everything that a handler writes."""

    def filter(self, record):
        """Override of `logging`: mask the record and let it pass."""
        try:
            text = record.getMessage()
        except (TypeError, ValueError):
            # The handler tells about a call of the logger that does not fit its arguments.
            return True
        masked = mask(text)
        if masked != text:
            record.msg, record.args = masked, None
        if record.exc_info and not record.exc_text:
            # Where there is a text, formatters use it.
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = mask(record.exc_text)
        return True


def mask(text):
    """Return a text without tokens and without the values of rows of ours.

    :param str text: what is to be logged
    :rtype: str
    """
    if "api_token" in text:
        text = _TOKEN.sub(rf"\1\2{MASK}\2", text)
    if re.search(_TABLES, text):
        text = _FAILED_QUERY.sub(_cut_query, text)
        text = _REPEATED.sub(f"({MASK})", text)
        text = _REFUSED_ROW.sub(rf"\1{MASK}\2", text)
        text = _SAME_KEY.sub(rf"\1{MASK}\2", text)
    return text


def _cut_query(found):
    """Keep what a query does, and to which table."""
    query = found[2]
    if not re.search(_TABLES, query):
        return found[0]
    return f"{found[1]}{_VALUES.split(query, maxsplit=1)[0].rstrip()} ({MASK})"


def install():
    """Add the filter to whatever writes Odoo's log, once."""
    for handler in logging.getLogger().handlers:
        if not any(isinstance(known, SecretFilter) for known in handler.filters):
            handler.addFilter(SecretFilter())

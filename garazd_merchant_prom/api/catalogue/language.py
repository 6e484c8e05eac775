"""Texts of strangers, and the language they are written in."""

import re

#: Letters that only one of the two languages has.
UKRAINIAN = "іїєґ"
RUSSIAN = "ыэёъ"
#: So many times more letters of one language than of the other: the rest are names of goods.
CLEARLY = 5
# What neither PostgreSQL nor XML takes.
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def tidy(text):
    """Return a text as one line, without what cannot be stored.

    :param str | None text:
    :rtype: str
    """
    return " ".join(FORBIDDEN.sub("", text or "").split())


def guess_language(texts):
    """Return the language of a list of names: the whole list says it, a single name rarely does.

    :param texts: all the names
    :return: one of Odoo's codes, "" where they do not say
    :rtype: str
    """
    text = "".join(texts).lower()
    ukrainian = sum(map(text.count, UKRAINIAN))
    russian = sum(map(text.count, RUSSIAN))
    if ukrainian > CLEARLY * russian:
        return "uk_UA"
    return "ru_RU" if russian > CLEARLY * ukrainian else ""

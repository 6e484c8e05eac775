"""Reading values that Prom writes for people: numbers, money, dates, phones, identifiers.

Every `parse_*` function takes any JSON value and raises :class:`ValueError` when it cannot be
understood; nothing unreadable ever becomes zero. :func:`parse_phone` and :func:`parse_unit` alone
answer None.
"""

import hashlib
import json
import re
from datetime import datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal

from . import const

_SPACES = " \u00a0\u2009\u202f"
_NUMBER = re.compile(
    rf"(?P<sign>[-\u2212]?)(?P<whole>[0-9]{{1,3}}(?:[{_SPACES}][0-9]{{3}})+|[0-9]+)"
    r"(?:[.,](?P<fraction>[0-9]+))?"
)
_MONEY = re.compile(
    rf"(?P<number>[-\u2212]?[0-9](?:[0-9{_SPACES}.,]*[0-9])?)[{_SPACES}]*(?P<unit>[^\d\s.,].*)?"
)
_CURRENCIES = {
    "UAH": ("грн", "uah", "₴", "гривень"),
    "KZT": ("тг", "тнг", "тенге", "kzt", "₸"),
    "MDL": ("лей", "леев", "lei", "mdl"),
    "USD": ("usd", "$"),
    "EUR": ("eur", "€"),
}
_CURRENCY_OF = {word: code for code, words in _CURRENCIES.items() for word in words}
#: Digits of a sensible number: before the decimal sign, and in all.
_MAX_WHOLE = 12
_MAX_DIGITS = 18
#: A JSON number is rounded to these places: 0.30000000000000004 is 0.3.
_PLACES = Decimal("0.000001")

_DATE = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?"
    r"\s?(?:(Z)|([+-])(\d\d):?(\d\d))?",
    re.ASCII | re.IGNORECASE,
)
_ID = re.compile(r"[1-9][0-9]{0,18}")
_MAX_ID = 2**63 - 1

#: Direction marks and zero-width signs that come along when a phone is pasted.
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_PHONE_SIGNS = re.compile(r"[\s().\-\u2010-\u2015]")
_PHONE = re.compile(r"(\+?)([0-9]{8,17})")
_PHONE_UA = re.compile(r"(?:3800?|80|0)([0-9]{9})")
_PHONE_FOREIGN = re.compile(r"(?!380|80)[1-9][0-9]{7,14}")

_UNIT_SIGNS = re.compile(r"[\s.]")
_UNIT_OF = {
    _UNIT_SIGNS.sub("", word): unit for unit, words in const.UNITS.items() for word in words
}

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_MAX_DEPTH = 100


def parse_decimal(value):
    """Read a number that came as a number or as text, with a comma or a dot.

    :rtype: Decimal
    :raises ValueError: when it is no finite number of a sensible size
    """
    if isinstance(value, str):
        return _decimal_of_text(value.strip())
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not abs(value) < 10**_MAX_WHOLE:  # NaN is below nothing
        raise ValueError("not a sensible number")
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if number.as_tuple().exponent < _PLACES.as_tuple().exponent:
        number = number.quantize(_PLACES, ROUND_HALF_UP)
    return number


def _decimal_of_text(text, ambiguous=True):
    match = _NUMBER.fullmatch(text)
    if not match:
        raise ValueError("not a number")
    sign, whole, fraction = match["sign"], match["whole"], match["fraction"] or ""
    # "1,234" as money may be either a thousand or one and a bit: a person has to look.
    if not ambiguous and len(fraction) == 3 and len(whole) <= 3 and whole.strip("0"):
        raise ValueError("ambiguous")
    whole = re.sub(r"\D", "", whole)
    if len(whole) + len(fraction) > _MAX_DIGITS or len(whole) > _MAX_WHOLE:
        raise ValueError("too large")
    number = Decimal(f"{whole}.{fraction}" if fraction else whole)
    return -number if sign else number


def parse_money(value):
    """Read an amount: `1 234,50 грн`, `1234.50`, `99 ₴`, 150.

    :return: the amount, and the currency code of the suffix or None
    :rtype: tuple[Decimal, str | None]
    :raises ValueError: when it is no amount, or the suffix is unknown
    """
    if not isinstance(value, str):
        return parse_decimal(value), None
    match = _MONEY.fullmatch(value.strip())
    if not match:
        raise ValueError("not an amount")
    currency = None
    if match["unit"]:
        currency = _CURRENCY_OF.get(match["unit"].rstrip(".").casefold())
        if currency is None:
            raise ValueError("unknown currency")
    return _decimal_of_text(match["number"], ambiguous=False), currency


def parse_datetime(value):
    """Read a time; without an offset it is taken for UTC, as one client has met it.

    :rtype: datetime
    :return: aware time in UTC
    :raises ValueError: when it is no time
    """
    match = _DATE.fullmatch(value.strip()) if isinstance(value, str) else None
    if not match:
        raise ValueError("not a time")
    *parts, fraction, _zulu, sign, hours, minutes = match.groups()
    micros = int((fraction or "0").ljust(6, "0")[:6])
    moment = datetime(*map(int, parts), micros, tzinfo=timezone.utc)
    if sign is None:
        return moment
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    try:
        return moment + offset if sign == "-" else moment - offset
    except OverflowError as err:
        raise ValueError("out of range") from err


def format_datetime(moment):
    """Write a time for Prom's filters. A fraction or a zone would empty the answer silently.

    :param datetime moment: aware time
    :return: `YYYY-MM-DDTHH:MM:SS` in UTC
    :rtype: str
    :raises ValueError: for a time without a zone
    """
    if not isinstance(moment, datetime) or moment.utcoffset() is None:
        raise ValueError("Prom's filters need a time with a time zone")
    return moment.astimezone(timezone.utc).isoformat()[:19]


def parse_id(value):
    """Read an identifier, a positive 64-bit number that came as a number or as text.

    :rtype: str
    :raises ValueError: for anything else
    """
    if isinstance(value, str):
        if _ID.fullmatch(value) and int(value) <= _MAX_ID:
            return value
    elif isinstance(value, int) and not isinstance(value, bool) and 0 < value <= _MAX_ID:
        return str(value)
    raise ValueError("not an identifier")


def parse_phone(text):
    """Read a phone in any Ukrainian spelling, or a foreign one written with a plus.

    :param str | None text: as people write it
    :return: E.164 form (`+380XXXXXXXXX`), None when it cannot be understood
    :rtype: str | None
    """
    compact = _PHONE_SIGNS.sub("", _INVISIBLE.sub("", text or ""))
    match = _PHONE.fullmatch(compact)
    if not match:
        return None
    plus, digits = match.groups()
    if not plus and digits.startswith("00") and len(digits) > 10:
        plus, digits = "+", digits[2:]
    ukrainian = _PHONE_UA.fullmatch(digits)
    if ukrainian:
        return f"+380{ukrainian[1]}"
    return f"+{digits}" if plus and _PHONE_FOREIGN.fullmatch(digits) else None


def parse_unit(text):
    """Read a unit of measure: `кг`, `пог. м`, `м.п.`.

    :param str | None text: as Prom writes it
    :return: a key of ``const.UNITS``, None when it is none of them
    :rtype: str | None
    """
    return _UNIT_OF.get(_UNIT_SIGNS.sub("", (text or "").casefold()))


def clean_text(text):
    """Remove what PostgreSQL cannot store: NUL and halves of surrogate pairs.

    :rtype: str
    """
    return _UNSTORABLE.sub("", text)


def clean_json(value, depth=0):
    """Apply :func:`clean_text` to all texts of a JSON value.

    :raises ValueError: for a value nested absurdly deep
    """
    if depth > _MAX_DEPTH:
        raise ValueError("nested too deep")
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, list):
        return [clean_json(item, depth + 1) for item in value]
    if isinstance(value, dict):
        return {clean_text(key): clean_json(item, depth + 1) for key, item in value.items()}
    return value


def digest(payload):
    """Return a hash that changes only with the content, whatever the order of the keys.

    :param object payload: a JSON value
    :rtype: str
    """
    canonical = json.dumps(payload, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()

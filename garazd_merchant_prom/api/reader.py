"""Field by field reading of a JSON object, with the path of whatever cannot be understood."""

from . import text
from .errors import SchemaError

#: What stands for "nothing" where a value is optional.
_EMPTY = (None, "", [], {})


class Reader:
    """One JSON object. Keys that nobody asked for are left in :attr:`extra`.

    :param object data: a JSON value
    :param str path: where it stands in the whole record
    :raises SchemaError: when it is no object
    """

    def __init__(self, data, path=""):
        if not isinstance(data, dict):
            raise SchemaError(path, data)
        self._data = data
        self._path = path
        self._read = set()

    @property
    def extra(self):
        """The fields that were not read.

        :rtype: dict
        """
        return {key: value for key, value in self._data.items() if key not in self._read}

    def error(self, key):
        """Return the error for a field, to be raised.

        :rtype: SchemaError
        """
        return SchemaError(self._at(key), self._data.get(key))

    def text(self, key, *, required=False):
        """Read a text without the blanks around it; numbers are taken as text.

        :rtype: str | None
        """
        value = self._take(key)
        if isinstance(value, int | float) and not isinstance(value, bool):
            value = self._parse(key, text.parse_decimal)
            return format(value, "f")
        if value is not None and not isinstance(value, str):
            raise self.error(key)
        value = text.clean_text(value or "").strip() or None
        if required and value is None:
            raise self.error(key)
        return value

    def identifier(self, key, *, required=False):
        """Read an identifier as text; 0 means none where it is optional.

        :rtype: str | None
        """
        value = self._take(key)
        if not required and not isinstance(value, bool | float) and value in (None, "", 0):
            return None
        return self._parse(key, text.parse_id)

    def decimal(self, key, *, signed=False):
        """Read a number.

        :rtype: Decimal | None
        """
        if self._take(key) in (None, ""):
            return None
        number = self._parse(key, text.parse_decimal)
        if number < 0 and not signed:
            raise self.error(key)
        return number

    def money(self, key, *, signed=False):
        """Read an amount with its currency.

        :rtype: tuple[Decimal, str | None] | None
        """
        if self._take(key) in (None, ""):
            return None
        amount, currency = self._parse(key, text.parse_money)
        if amount < 0 and not signed:
            raise self.error(key)
        return amount, currency

    def moment(self, key):
        """Read a time, in UTC.

        :rtype: datetime | None
        """
        return None if self._take(key) in (None, "") else self._parse(key, text.parse_datetime)

    def flag(self, key):
        """Read a boolean.

        :rtype: bool | None
        """
        value = self._take(key)
        if value is not None and not isinstance(value, bool):
            raise self.error(key)
        return value

    def names(self, key):
        """Read texts by language code.

        :rtype: dict[str, str]
        """
        child = self.child(key)
        names = {name: child.text(name) for name in child.extra} if child else {}
        return {name: value for name, value in names.items() if value}

    def texts(self, key):
        """Read a list of texts, or a single one; what is empty is left out.

        :rtype: tuple[str, ...]
        """
        value = self._take(key)
        values = value if isinstance(value, list) else [] if value in _EMPTY else [value]
        if not all(item is None or isinstance(item, str) for item in values):
            raise self.error(key)
        texts = (text.clean_text(item or "").strip() for item in values)
        return tuple(filter(None, texts))

    def child(self, key):
        """Read an object; None when there is nothing in it.

        :rtype: Reader | None
        """
        value = self._take(key)
        return None if value in _EMPTY else Reader(value, self._at(key))

    def children(self, key):
        """Read a list of objects as (value, path) pairs.

        :rtype: list[tuple[object, str]]
        """
        value = self._take(key)
        if value is None:
            return []
        if not isinstance(value, list):
            raise self.error(key)
        return [(item, f"{self._at(key)}[{index}]") for index, item in enumerate(value)]

    def _at(self, key):
        return f"{self._path}.{key}" if self._path else key

    def _take(self, key):
        self._read.add(key)
        return self._data.get(key)

    def _parse(self, key, parse):
        try:
            return parse(self._data.get(key))
        except ValueError as err:
            raise self.error(key) from err

"""An old binary Excel file with one sheet, as Prom's cabinet gives it (categories.md 2.1).

BIFF8 records in an OLE2 container, as little of both as readers need.
"""

import struct

_SECTOR = 512
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_NOBODY = 0xFFFFFFFF
#: Shorter streams would have to lie in another place.
_SHORTEST = 4096
#: Sectors of the table of sectors that the header itself can name.
_IN_HEADER = 109


def make_xls(rows, title="categories"):
    """Make a file of texts and numbers.

    :param rows: iterable of rows; None leaves a cell empty.
    :param str title: name of the sheet.
    :rtype: bytes
    :raises ValueError: it would be larger than seven megabytes.
    """
    sheet = bytearray(_beginning(0x0010))
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            if value is not None and value != "":
                sheet += _cell(number, column, value)
    sheet += _record(0x000A)
    head = _beginning(0x0005) + _record(0x0042, struct.pack("<H", 1200))
    name = struct.pack("<BB", len(title), 1) + title.encode("utf-16-le")
    position = len(head) + 4 + 6 + len(name) + 4
    head += _record(0x0085, struct.pack("<IH", position, 0) + name) + _record(0x000A)
    return _container(head + bytes(sheet))


def _record(kind, data=b""):
    return struct.pack("<HH", kind, len(data)) + data


def _beginning(kind):
    return _record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0x0DBB, 0x07CC, 0, 6))


def _cell(row, column, value):
    place = struct.pack("<HHH", row, column, 0)
    if isinstance(value, int | float):
        return _record(0x0203, place + struct.pack("<d", value))
    text = str(value).encode("utf-16-le")
    return _record(0x0204, place + struct.pack("<HB", len(text) // 2, 1) + text)


def _container(stream):
    """Put the stream `Workbook` into a compound file: stream, directory, table of sectors."""
    stream += b"\0" * (max(_SHORTEST, -(-len(stream) // _SECTOR) * _SECTOR) - len(stream))
    count = len(stream) // _SECTOR
    tables = 1
    while tables * (_SECTOR // 4) < count + 1 + tables:
        tables += 1
    if tables > _IN_HEADER:
        raise ValueError("the sheet is too large for this writer")
    chain = [*range(1, count), _END, _END, *[_FAT] * tables]
    chain += [_FREE] * (tables * (_SECTOR // 4) - len(chain))
    directory = (
        _entry("Root Entry", 5, child=1, start=_END, size=0)
        + _entry("Workbook", 2, child=_NOBODY, start=0, size=len(stream))
        + _entry("", 0, child=_NOBODY, start=0, size=0) * 2
    )
    places = [*range(count + 1, count + 1 + tables), *[_FREE] * (_IN_HEADER - tables)]
    header = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + b"\0" * 16
        + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
        + struct.pack("<IIIIIIIII", 0, tables, count, 0, _SHORTEST, _END, 0, _END, 0)
        + struct.pack(f"<{_IN_HEADER}I", *places)
    )
    return header + stream + directory + struct.pack(f"<{len(chain)}I", *chain)


def _entry(name, kind, child, start, size):
    text = name.encode("utf-16-le") + b"\0\0" if name else b""
    return (
        text.ljust(64, b"\0")
        + struct.pack("<HBB", len(text), kind, 1)
        + struct.pack("<III", _NOBODY, _NOBODY, child)
        + b"\0" * 36
        + struct.pack("<IQ", start, size)
    )

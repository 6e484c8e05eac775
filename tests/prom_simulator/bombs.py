"""Answers that are small on their way and grow in the hands of a careless reader."""

import gzip
import io
import zipfile

from .exchange import Response

_MEGABYTE = 1024 * 1024
_ENTITIES = (
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY l0 "lol">%s]>'
    '<categories><category id="1" caption="&l9;"/></categories>'
)


def bomb(kind, megabytes):
    """Make such an answer.

    :param str kind: `gzip`, `zip`, `entities` or `huge`.
    :param int megabytes: what it grows to; entities grow to gigabytes.
    :rtype: Response
    :raises ValueError: for another kind.
    """
    if kind == "entities":
        levels = "".join(
            f'<!ENTITY l{number} "{f"&l{number - 1};" * 10}">' for number in range(1, 10)
        )
        return Response(body=(_ENTITIES % levels).encode(), content_type="application/xml")
    if kind == "huge":
        return Response(body=b"1;" * (megabytes * _MEGABYTE // 2), content_type="text/csv")
    if kind == "gzip":
        packed = gzip.compress(b"\0" * (megabytes * _MEGABYTE))
        return Response(body=packed, content_type="text/csv", headers={"Content-Encoding": "gzip"})
    if kind != "zip":
        raise ValueError(f"unknown bomb {kind}")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(max(1, megabytes // 10)):
            archive.writestr(f"xl/worksheets/sheet{number + 1}.xml", b"0" * (10 * _MEGABYTE))
    return Response(body=packed.getvalue(), content_type="application/zip")

"""The file of a feed while it is being written."""

import gzip
import tempfile

from lxml import etree


class Document:
    """Collects the offers on disk, then puts the beginning and the end around them.

    The beginning is known last: it lists only what the offers refer to.
    """

    def __init__(self):
        # Closed by `__exit__`.
        self._body = tempfile.TemporaryFile(prefix="product_feed_")  # noqa: SIM115

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self._body.close()

    def append(self, text):
        """Add rendered offers.

        :param str text: a piece of XML
        """
        self._body.write(text.encode())

    def finish(self, head, tail):
        """Return the whole file.

        :param str head: everything before the first offer, with the XML declaration
        :param str tail: everything after the last offer
        :rtype: bytes
        :raises lxml.etree.XMLSyntaxError: it is not well-formed
        """
        self._body.seek(0)
        content = b"".join((head.lstrip().encode(), self._body.read(), tail.rstrip().encode()))
        check_well_formed(content)
        return content


def check_well_formed(content):
    """Raise ``lxml.etree.XMLSyntaxError`` unless the bytes are well-formed XML."""
    parser = etree.XMLPullParser(events=("end",), huge_tree=True, resolve_entities=False)
    step = 1 << 20
    for start in range(0, len(content), step):
        parser.feed(content[start : start + step])
        for _event, element in parser.read_events():
            # Keep nothing: the file may be large.
            element.clear()
    parser.close()


def compress(content):
    """Return the gzip form; the same content always gives the same bytes."""
    return gzip.compress(content, compresslevel=6, mtime=0)

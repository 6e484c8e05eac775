"""The file of a feed: written piece by piece, taking over what has not changed.

A file is a head, the pieces in the order of their keys, and a tail. A *piece* is the text of one
product with all its variants, so that everything in it can be known at once. An *edition* is a
published file with the list of its pieces; the next edition copies from it whatever it can. Nothing
here holds more than one block of the file in memory.

The compressed twin is one ordinary gzip stream of independently compressed blocks. Which pieces
share a block depends on their keys alone, so unchanged blocks are copied as well.
"""

import hashlib
import io
import json
import tempfile
import zlib
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple
from xml.parsers import expat

from odoo.tools import groupby

# Pieces whose keys agree in all but the last bits are compressed together: 16 products.
BLOCK_BITS = 4
COMPRESSION = 4
# The header of a gzip file without a name and a time, so that equal contents give equal files.
GZIP_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
# An empty last block of a deflate stream.
DEFLATE_END = b"\x03\x00"
INDEX_VERSION = 1


class Piece(NamedTuple):
    """One product in the file.

    :ivar key: the id of the product template
    :ivar stamp: what the text depends on, as a number; another number means another text
    :ivar size: bytes in the file, 0 when none of its offers is published
    :ivar offers: how many offers it holds
    :ivar category: the id of the group that the offers are in
    """

    key: int
    stamp: int
    size: int
    offers: int
    category: int


@dataclass
class Edition:
    """A published file, as far as the next one can use it.

    :ivar basis: digest of what all pieces depend on
    :ivar start: where the first piece begins
    :ivar pieces: in the order of the file
    :ivar blocks: block number -> bytes of the block in the compressed file, in order
    :ivar compressed_start: where the first block begins there
    """

    basis: str
    start: int
    pieces: list
    blocks: dict
    compressed_start: int
    plain: BinaryIO | None = None
    compressed: BinaryIO | None = None

    def dump(self):
        """Return everything but the files, to be kept beside them.

        :rtype: bytes
        """
        blocks = list(self.blocks.items())
        data = [INDEX_VERSION, self.basis, self.start, self.compressed_start, self.pieces, blocks]
        return zlib.compress(json.dumps(data, separators=(",", ":")).encode(), 1)

    @classmethod
    def load(cls, data, plain, compressed):
        """Return the edition that was dumped; ``None`` when this is none.

        :param bytes data: by ``dump``
        :param plain: the file, open for reading
        :param compressed: its compressed twin, open for reading
        """
        try:
            version, basis, start, compressed_start, pieces, blocks = json.loads(
                zlib.decompress(data)
            )
        except (ValueError, zlib.error):
            return None
        if version != INDEX_VERSION:
            return None
        pieces = [Piece(*values) for values in pieces]
        edition = cls(basis, start, pieces, dict(blocks), compressed_start, plain, compressed)
        return edition if edition._fits() else None

    def _fits(self):
        """Tell whether the files are at least as long as the list says."""
        plain = self.start + sum(piece.size for piece in self.pieces)
        compressed = self.compressed_start + sum(self.blocks.values())
        return _size(self.plain) >= plain and _size(self.compressed) >= compressed


@dataclass
class Source:
    """Where the text of a piece is."""

    piece: Piece
    file: BinaryIO
    offset: int


class Document:
    """A new edition while it is being written.

    Pieces are taken over or added in any order; ``finish`` puts them in the order of their keys.

    :param Edition previous: what to copy from, with open files, or None
    :param str folder: where temporary files are kept, None for the usual place
    """

    def __init__(self, previous=None, folder=None):
        self._previous = previous
        self._folder = folder
        self._fresh = self._open()
        self._sources = {}
        # Blocks that hold something else than in the previous edition.
        self._changed_blocks = set()
        self._kept = _locate(previous) if previous else {}

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self._fresh.close()

    def _open(self):
        # Closed by `__exit__`, or by whoever takes the finished file.
        return tempfile.TemporaryFile(prefix="product_feed_", dir=self._folder)

    def keep(self, key, stamp):
        """Take a piece over from the previous edition.

        :param int key: the id of the product template
        :param int stamp: what its text depends on now
        :return: False when there is none with that stamp, so that it has to be rendered
        :rtype: bool
        """
        source = self._kept.get(key)
        if not source or source.piece.stamp != stamp:
            return False
        self._sources[key] = source
        return True

    def add(self, key, stamp, text, offers, category):
        """Add a rendered piece.

        :param int key: the id of the product template
        :param int stamp: what its text depends on
        :param str text: a piece of XML, empty when nothing of it is published
        :param int offers: how many offers the text holds
        :param int category: the id of their group
        :raises xml.parsers.expat.ExpatError: it is not well-formed
        """
        data = text.encode()
        check_well_formed(b"<piece>%b</piece>" % data)
        piece = Piece(key, stamp, len(data), offers, category)
        self._sources[key] = Source(piece, self._fresh, self._fresh.tell())
        self._fresh.write(data)
        kept = self._kept.get(key)
        if not kept or kept.piece.size or data:
            self._changed_blocks.add(key >> BLOCK_BITS)

    def is_changed(self, keys):
        """Tell whether the file will differ from the previous edition.

        :param list keys: what has to be rendered
        """
        return bool(keys) or len(self._sources) != len(self._kept)

    @property
    def pieces(self):
        """The pieces so far, in no particular order."""
        return [source.piece for source in self._sources.values()]

    def finish(self, basis, head, tail):
        """Write the files.

        :param str basis: digest of what all pieces depend on
        :param str head: everything before the first offer, with the XML declaration
        :param str tail: everything after the last offer
        :return: the edition, its file and the compressed twin; the caller closes the files
        :rtype: tuple[Edition, Written, Written]
        :raises xml.parsers.expat.ExpatError: head and tail do not fit together
        """
        head, tail = head.lstrip().encode(), tail.rstrip().encode()
        check_well_formed(head + tail)
        for key in self._kept.keys() - self._sources.keys():
            self._changed_blocks.add(key >> BLOCK_BITS)
        sources = sorted(self._sources.values(), key=lambda source: source.piece.key)
        output = _Output(self._open(), self._open())
        output.put(head)
        start = output.end_block()
        blocks = {}
        old_blocks = _locate_blocks(self._previous) if self._previous else {}
        for number, members in groupby(sources, lambda source: source.piece.key >> BLOCK_BITS):
            old = old_blocks.get(number) if number not in self._changed_blocks else None
            for file, offset, size in _merge(members):
                file.seek(offset)
                output.put(file.read(size), compress=not old)
            if old:
                self._previous.compressed.seek(old[0])
                blocks[number] = output.copy_block(self._previous.compressed.read(old[1]))
            else:
                blocks[number] = output.end_block()
        output.put(tail)
        output.close()
        edition = Edition(
            basis=basis,
            start=len(head),
            pieces=[source.piece for source in sources],
            blocks=blocks,
            compressed_start=len(GZIP_HEADER) + start,
        )
        return edition, output.plain, output.compressed


class Written:
    """A file while it is written, with its digest and size."""

    def __init__(self, file):
        self.file = file
        self.size = 0
        self._digest = hashlib.sha1(usedforsecurity=False)

    def put(self, data):
        self.file.write(data)
        self.size += len(data)
        self._digest.update(data)
        return len(data)

    @property
    def checksum(self):
        """The SHA-1 digest of the content, as hexadecimal digits."""
        return self._digest.hexdigest()


class _Output:
    """The plain file and its compressed twin while they are written."""

    def __init__(self, plain, compressed):
        self.plain = Written(plain)
        self.compressed = Written(compressed)
        self._checksum = 0
        self._block = []
        self.compressed.put(GZIP_HEADER)

    def put(self, data, compress=True):
        self.plain.put(data)
        self._checksum = zlib.crc32(data, self._checksum)
        if compress:
            self._block.append(data)

    def end_block(self):
        """Compress what was written since the last block; return how many bytes that makes."""
        compressor = zlib.compressobj(COMPRESSION, zlib.DEFLATED, -zlib.MAX_WBITS)
        data = compressor.compress(b"".join(self._block)) + compressor.flush(zlib.Z_FULL_FLUSH)
        self._block.clear()
        return self.compressed.put(data)

    def copy_block(self, data):
        return self.compressed.put(data)

    def close(self):
        self.end_block()
        self.compressed.put(DEFLATE_END)
        self.compressed.put(self._checksum.to_bytes(4, "little"))
        self.compressed.put((self.plain.size % (1 << 32)).to_bytes(4, "little"))
        self.plain.file.seek(0)
        self.compressed.file.seek(0)


def _locate(edition):
    """Return where each piece of an edition is, by key."""
    found = {}
    offset = edition.start
    for piece in edition.pieces:
        found[piece.key] = Source(piece, edition.plain, offset)
        offset += piece.size
    return found


def _locate_blocks(edition):
    """Return offset and size of each compressed block, by its number."""
    found = {}
    offset = edition.compressed_start
    for number, size in edition.blocks.items():
        found[number] = (offset, size)
        offset += size
    return found


def _merge(sources):
    """Join pieces that follow each other in the same file: one read instead of many.

    :return: file, offset, size
    :rtype: Iterator[tuple[BinaryIO, int, int]]
    """
    current = None
    for source in sources:
        if current and current[0] is source.file and current[1] + current[2] == source.offset:
            current = (current[0], current[1], current[2] + source.piece.size)
            continue
        if current:
            yield current
        current = (source.file, source.offset, source.piece.size)
    if current:
        yield current


def _size(file):
    return file.seek(0, io.SEEK_END)


def check_well_formed(content):
    """Raise ``expat.ExpatError`` unless the bytes are well-formed XML with known prefixes."""
    expat.ParserCreate(namespace_separator=" ").Parse(content, True)

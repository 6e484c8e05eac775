import gzip
import io
import zlib
from contextlib import contextmanager
from unittest.mock import patch
from xml.parsers.expat import ExpatError

from odoo.tests import TransactionCase, tagged

from ..tools import document
from ..tools.document import BLOCK_BITS, Document, Edition

HEAD, TAIL = "<?xml version='1.0'?><shop>", "</shop>"


@tagged("post_install", "-at_install")
class TestDocument(TransactionCase):
    """The file of a feed is put together from new pieces and from those of the last edition."""

    def _write(self, texts, previous=None, stamps=None):
        """Write an edition and return it, open for the next one.

        :param dict texts: by key; None takes the piece over
        """
        with Document(previous) as written:
            for key, text in texts.items():
                stamp = (stamps or {}).get(key, 1)
                if text is None:
                    self.assertTrue(written.keep(key, stamp))
                else:
                    written.add(key, stamp, text, offers=1, category=5)
            edition, plain, compressed = written.finish("basis", HEAD, TAIL)
        self.addCleanup(plain.file.close)
        self.addCleanup(compressed.file.close)
        content = plain.file.read()
        self.assertEqual(plain.size, len(content))
        self.assertEqual(gzip.decompress(compressed.file.read()), content)
        return Edition.load(edition.dump(), plain.file, compressed.file), content

    def test_pieces_are_in_the_order_of_their_keys(self):
        _edition, content = self._write({30: "<c/>", 1: "<a/>", 17: "<b/>"})
        self.assertEqual(content.decode(), f"{HEAD}<a/><b/><c/>{TAIL}")

    def test_compressed_file_is_one_gzip_stream_that_simple_readers_understand(self):
        _edition, content = self._write({key: f"<a>{key}</a>" for key in range(1, 200)})
        edition, _content = self._write({1: "<a/>"})
        edition.compressed.seek(0)
        reader = zlib.decompressobj(zlib.MAX_WBITS | 16)
        self.assertEqual(reader.decompress(edition.compressed.read()), b"".join(_parts("<a/>")))
        self.assertTrue(reader.eof)
        self.assertFalse(reader.unused_data)
        self.assertIn(b"<a>199</a>", content)

    def test_what_was_taken_over_is_the_same_as_what_was_written_anew(self):
        texts = {key: f"<a>{key}</a>" for key in range(1, 100)}
        edition, _content = self._write(texts)
        changed = dict.fromkeys(texts) | {7: "<a>new</a>", 120: "<a>more</a>"}
        del changed[50]
        _edition, mixed = self._write(changed, edition)
        anew = {key: text or texts[key] for key, text in changed.items()}
        _edition, full = self._write(anew)
        self.assertEqual(mixed, full)

    def test_unchanged_blocks_are_copied_compressed(self):
        size = 1 << BLOCK_BITS
        texts = {key: f"<a>{key}</a>" for key in range(3 * size)}
        edition, _content = self._write(texts)
        with _counting() as compressed:
            self._write(dict.fromkeys(texts) | {size: "<a>new</a>"}, edition)
        # The head, the block that changed, the tail.
        self.assertEqual(len(compressed), 3)

    def test_piece_with_another_stamp_is_not_kept(self):
        edition, _content = self._write({1: "<a/>"})
        with Document(edition) as written:
            self.assertFalse(written.keep(1, 2))
            self.assertFalse(written.keep(2, 1))
            self.assertTrue(written.keep(1, 1))

    def test_empty_pieces_are_remembered_without_changing_the_file(self):
        edition, content = self._write({1: "<a/>", 2: ""})
        self.assertEqual([piece.key for piece in edition.pieces], [1, 2])
        _edition, again = self._write({1: None, 2: None}, edition)
        self.assertEqual(content, again)

    def test_piece_that_is_not_well_formed_is_refused(self):
        with Document() as written, self.assertRaises(ExpatError):
            written.add(1, 1, "<a></b>", offers=1, category=1)
        with Document() as written, self.assertRaises(ExpatError):
            written.add(1, 1, "<unknown:a/>", offers=1, category=1)

    def test_damaged_edition_is_none(self):
        edition, _content = self._write({1: "<a/>"})
        data = edition.dump()
        plain, compressed = edition.plain, edition.compressed
        self.assertTrue(Edition.load(data, plain, compressed))
        self.assertIsNone(Edition.load(data[:-5], plain, compressed))
        self.assertIsNone(Edition.load(b"", plain, compressed))
        self.assertIsNone(Edition.load(zlib.compress(b"[99]"), plain, compressed))
        self.assertIsNone(Edition.load(zlib.compress(b"{}"), plain, compressed))
        self.assertIsNone(Edition.load(data, io.BytesIO(b""), compressed))


@contextmanager
def _counting():
    """Count the blocks that are compressed."""
    calls = []
    make = zlib.compressobj

    def count(*args):
        calls.append(args)
        return make(*args)

    with patch.object(document.zlib, "compressobj", count):
        yield calls


def _parts(*pieces):
    return [part.encode() for part in (HEAD, *pieces, TAIL)]

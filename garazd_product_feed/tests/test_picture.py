import base64
import io
from unittest.mock import patch

from PIL import Image

from odoo.tests import BaseCase

from ..tools.picture import MAX_SIDE, to_publishable
from .common import make_picture


def _open_picture(**kwargs):
    return io.BytesIO(base64.b64decode(make_picture(**kwargs)))


class TestPicture(BaseCase):
    def _convert(self, file):
        return Image.open(io.BytesIO(to_publishable(file)))

    def test_small_picture_is_left_as_it_is(self):
        for kind in ("JPEG", "PNG"):
            self.assertIsNone(to_publishable(_open_picture(kind=kind, size=(MAX_SIDE, 10))))

    def test_small_picture_is_not_read_to_its_end(self):
        file = _open_picture()
        file.seek(0, io.SEEK_END)
        file.write(bytes(1 << 20))
        file.seek(0)
        self.assertIsNone(to_publishable(file))
        self.assertLess(file.tell(), 1 << 16)

    def test_big_picture_is_shrunk_in_proportion(self):
        image = self._convert(_open_picture(size=(1800, 900)))
        self.assertEqual((image.size, image.format), ((MAX_SIDE, 640), "JPEG"))

    def test_big_png_stays_png(self):
        image = self._convert(_open_picture(size=(1800, 900), kind="PNG"))
        self.assertEqual((image.size, image.format), ((MAX_SIDE, 640), "PNG"))

    def test_other_formats_become_jpeg(self):
        for kind in ("GIF", "WEBP", "BMP"):
            with self.subTest(kind=kind):
                self.assertEqual(self._convert(_open_picture(kind=kind)).format, "JPEG")

    def test_transparency_becomes_white(self):
        output = io.BytesIO()
        Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(output, "WEBP", lossless=True)
        output.seek(0)
        self.assertGreater(min(self._convert(output).getpixel((4, 4))), 250)

    def test_what_is_no_picture_is_refused(self):
        with self.assertRaises(OSError):
            to_publishable(io.BytesIO(b"<svg xmlns='http://www.w3.org/2000/svg'/>"))

    def test_picture_too_large_for_memory_is_refused(self):
        with patch.object(Image, "MAX_IMAGE_PIXELS", 100), self.assertRaises(OSError):
            to_publishable(_open_picture())

    def test_file_with_only_the_beginning_of_a_picture_is_refused(self):
        for kind in ("JPEG", "PNG", "WEBP"):
            with self.subTest(kind=kind), self.assertRaises(OSError):
                to_publishable(io.BytesIO(_open_picture(kind=kind).read(24)))

    def test_colors_for_printing_become_colors_of_screens(self):
        output = io.BytesIO()
        Image.new("CMYK", (1800, 900), (0, 255, 255, 0)).save(output, "JPEG")
        output.seek(0)
        image = self._convert(output)
        self.assertEqual((image.mode, image.size), ("RGB", (MAX_SIDE, 640)))

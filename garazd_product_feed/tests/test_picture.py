import base64
import io
from unittest.mock import patch

from PIL import Image

from odoo.tests import BaseCase

from ..tools.picture import MAX_SIDE, to_publishable
from .common import make_picture


class TestPicture(BaseCase):
    def _convert(self, **kwargs):
        data, mimetype = to_publishable(base64.b64decode(make_picture(**kwargs)))
        return Image.open(io.BytesIO(data)), mimetype

    def test_small_picture_is_not_touched(self):
        for kind in ("JPEG", "PNG"):
            data = base64.b64decode(make_picture(kind=kind))
            self.assertEqual(to_publishable(data)[0], data)

    def test_big_picture_is_shrunk_in_proportion(self):
        image, mimetype = self._convert(size=(1800, 900))
        self.assertEqual((image.size, mimetype), ((MAX_SIDE, 640), "image/jpeg"))

    def test_big_png_stays_png(self):
        image, mimetype = self._convert(size=(1800, 900), kind="PNG")
        self.assertEqual((image.format, mimetype), ("PNG", "image/png"))

    def test_other_formats_become_jpeg(self):
        for kind in ("GIF", "WEBP", "BMP"):
            image, mimetype = self._convert(kind=kind)
            self.assertEqual((image.format, mimetype), ("JPEG", "image/jpeg"))

    def test_transparency_becomes_white(self):
        output = io.BytesIO()
        Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(output, "WEBP", lossless=True)
        data, _mimetype = to_publishable(output.getvalue())
        pixel = Image.open(io.BytesIO(data)).getpixel((4, 4))
        self.assertGreater(min(pixel), 250)

    def test_what_is_no_picture_is_refused(self):
        with self.assertRaises(OSError):
            to_publishable(b"<svg xmlns='http://www.w3.org/2000/svg'/>")

    def test_picture_too_large_for_memory_is_refused(self):
        with patch.object(Image, "MAX_IMAGE_PIXELS", 100), self.assertRaises(OSError):
            to_publishable(base64.b64decode(make_picture()))

    def test_file_with_only_the_beginning_of_a_picture_is_refused(self):
        for kind in ("JPEG", "PNG", "WEBP"):
            with self.subTest(kind=kind), self.assertRaises(OSError):
                to_publishable(base64.b64decode(make_picture(kind=kind))[:24])

    def test_colors_for_printing_become_colors_of_screens(self):
        output = io.BytesIO()
        Image.new("CMYK", (1800, 900), (0, 255, 255, 0)).save(output, "JPEG")
        image = Image.open(io.BytesIO(to_publishable(output.getvalue())[0]))
        self.assertEqual((image.mode, image.size), ("RGB", (MAX_SIDE, 640)))

"""Pictures as marketplaces accept them. No database needed."""

import io

# Odoo lets Pillow load a few formats only. WebP is not among them, yet it is what the product
# form turns every uploaded picture into.
from PIL import Image, ImageOps, WebPImagePlugin

# Longer sides are shrunk by the marketplaces themselves.
MAX_SIDE = 1280
# Formats whose file is published as it is when it is small enough.
UNTOUCHED = {"JPEG": "image/jpeg", "PNG": "image/png"}
# What can be read; drawings (SVG) cannot.
READABLE_MIMETYPES = (
    "image/jpeg",
    "image/png",
    "image/gif",
    "image/webp",
    "image/bmp",
)
QUALITY = 90


def extension(mimetype):
    """Return the file extension under which a picture of this type is published."""
    return "png" if mimetype == "image/png" else "jpg"


def to_publishable(data):
    """Return a picture as JPEG or PNG with sides of at most ``MAX_SIDE`` pixels.

    :param bytes data: a picture in any readable format
    :return: the content and its MIME type
    :rtype: tuple[bytes, str]
    :raises OSError: this is not a readable picture
    """
    try:
        return _convert(data)
    except (SyntaxError, ValueError, Image.DecompressionBombError) as error:
        # Pillow's words for "broken" and "too large".
        raise OSError(str(error)) from error


def _convert(data):
    image = _open(data)
    kind = image.format
    if kind in UNTOUCHED and max(image.size) <= MAX_SIDE:
        return data, UNTOUCHED[kind]
    image = ImageOps.exif_transpose(image)
    image.thumbnail((MAX_SIDE, MAX_SIDE))
    output = io.BytesIO()
    if kind == "PNG":
        image.save(output, "PNG", optimize=True)
        return output.getvalue(), "image/png"
    _on_white(image).save(output, "JPEG", quality=QUALITY, optimize=True)
    return output.getvalue(), "image/jpeg"


def _open(data):
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        if not WebPImagePlugin.SUPPORTED:
            raise OSError("This build of Pillow cannot read WebP.")
        return WebPImagePlugin.WebPImageFile(io.BytesIO(data))
    return Image.open(io.BytesIO(data))


def _on_white(image):
    """Return the picture without transparency, which JPEG does not have."""
    if image.mode == "RGB":
        return image
    image = image.convert("RGBA")
    background = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(background, image).convert("RGB")

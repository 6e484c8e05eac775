"""Pictures as marketplaces accept them. No database needed."""

import io

# Odoo lets Pillow load a few formats only. WebP is not among them, yet it is what the product
# form turns every uploaded picture into.
from PIL import Image, ImageOps, WebPImagePlugin

# Longer sides are shrunk by the marketplaces themselves.
MAX_SIDE = 1280
# Formats whose file is published as it is when it is small enough.
UNTOUCHED = {"JPEG", "PNG"}
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


def to_publishable(file):
    """Return a picture as JPEG or PNG with sides of at most ``MAX_SIDE`` pixels.

    :param BinaryIO file: a picture in any readable format
    :return: the new content; ``None`` if the picture can be published as it is, which is known
        without reading all of it
    :rtype: bytes | None
    :raises OSError: this is not a readable picture
    """
    try:
        return _convert(file)
    except (SyntaxError, ValueError, Image.DecompressionBombError) as error:
        # Pillow's words for "broken" and "too large".
        raise OSError(str(error)) from error


def _convert(file):
    image = _open(file)
    kind = image.format
    if kind in UNTOUCHED and max(image.size) <= MAX_SIDE:
        return None
    image = ImageOps.exif_transpose(image)
    image.thumbnail((MAX_SIDE, MAX_SIDE))
    output = io.BytesIO()
    if kind == "PNG":
        image.save(output, "PNG", optimize=True)
    else:
        _on_white(image).save(output, "JPEG", quality=QUALITY, optimize=True)
    return output.getvalue()


def _open(file):
    head = file.read(12)
    file.seek(0)
    if head[:4] == b"RIFF" and head[8:] == b"WEBP":
        if not WebPImagePlugin.SUPPORTED:
            raise OSError("This build of Pillow cannot read WebP.")
        return WebPImagePlugin.WebPImageFile(file)
    return Image.open(file)


def _on_white(image):
    """Return the picture without transparency, which JPEG does not have."""
    if image.mode == "RGB":
        return image
    image = image.convert("RGBA")
    background = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(background, image).convert("RGB")

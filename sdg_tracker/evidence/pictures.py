"""What is done to the bytes of others in a process of its own: pictures cleaned, PDFs opened, thumbnails drawn.

Run by ``foundation.children``; so hostile bytes can neither read the program's memory nor use up the machine's.
"""

import io
import os
import struct
import sys
import warnings
from typing import Any, BinaryIO

from PIL import Image, ImageCms

from sdg_tracker.foundation import children

PIXELS = 100_000_000  # of a picture that is opened at all
RENDITION_SIDE = 2400  # pixels of the longest side
THUMBNAIL_SIDE = 640
FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
SAVED: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 88, "optimize": True},
    "PNG": {"compress_level": 6},
    "WEBP": {"quality": 88, "method": 4},
}
ORIENTATION = 0x0112  # the EXIF tag


def clean(source: BinaryIO, target: BinaryIO, media_type: str) -> dict[str, object]:
    """Write a picture without anything but its pixels: upright, in sRGB, at most 2,400 pixels long."""
    name = FORMATS[media_type]
    try:
        picture = _upright(_opened(source, name, RENDITION_SIDE))
        if name == "JPEG" and picture.mode != "L":
            picture = picture.convert("RGB")
        picture.save(target, name, **SAVED[name])
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError):
        return {"refused": "picture-too-large"}
    except (OSError, SyntaxError, ValueError, struct.error):
        return {"refused": "picture-broken"}
    return {"width": picture.width, "height": picture.height}


def thumbnail(source: BinaryIO, target: BinaryIO, media_type: str) -> dict[str, object]:
    """Write a small JPEG of a picture, or of a PDF's first page."""
    if media_type == "application/pdf":
        picture = _first_page(source)
    else:
        picture = _upright(_opened(source, FORMATS[media_type], THUMBNAIL_SIDE))
    if picture.mode in ("RGBA", "LA"):
        paper = Image.new("RGB", picture.size, "white")
        paper.paste(picture, mask=picture.getchannel("A"))
        picture = paper
    picture.convert("RGB").save(target, "JPEG", quality=80, optimize=True)
    return {"width": picture.width, "height": picture.height}


def read_pdf(source: BinaryIO, _target: BinaryIO, _media_type: str) -> dict[str, object]:
    """Open a PDF and find its pages."""
    import pikepdf  # noqa: PLC0415 - only this task pays for it

    try:
        with pikepdf.open(source, attempt_recovery=_whole(source)) as pdf:
            pages = len(pdf.pages)
    except pikepdf.PasswordError:
        return {"refused": "pdf-locked"}
    except (pikepdf.PdfError, MemoryError):
        return {"refused": "pdf-broken"}
    return {"pages": pages} if pages else {"refused": "pdf-broken"}


def _whole(source: BinaryIO) -> bool:
    """Return whether the end of a PDF is there: only then may its table of contents be made anew."""
    source.seek(0, os.SEEK_END)
    source.seek(max(0, source.tell() - 2048))
    end = source.read()
    source.seek(0)
    return b"%%EOF" in end


def _opened(source: BinaryIO, name: str, side: int) -> Image.Image:
    """Decode a picture, no larger than needed; what it says of itself stays in ``info``."""
    Image.MAX_IMAGE_PIXELS = PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    picture: Image.Image = Image.open(source, formats=[name])
    picture.info["turned"] = _orientation(picture)
    if picture.mode in ("P", "PA"):
        picture = picture.convert("RGBA" if "transparency" in picture.info or picture.mode == "PA" else "RGB")
    elif picture.mode.startswith("I"):
        picture = _eight_bits(picture)
    elif picture.mode == "1":
        picture = picture.convert("L")
    picture.thumbnail((side, side), Image.Resampling.LANCZOS, reducing_gap=3.0)
    picture.load()
    return picture


def _eight_bits(picture: Image.Image) -> Image.Image:
    turned = picture.info["turned"]
    grey = picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    grey.info["turned"] = turned
    return grey


def _orientation(picture: Image.Image) -> int:
    try:
        found = picture.getexif().get(ORIENTATION, 1)
    except (OSError, SyntaxError, ValueError, struct.error):
        return 1
    return found if isinstance(found, int) else 1


def _upright(picture: Image.Image) -> Image.Image:
    """Return the picture in sRGB, turned as it was meant, with nothing in ``info``."""
    turned, profile = picture.info["turned"], picture.info.get("icc_profile")
    if profile and picture.mode in ("RGB", "RGBA", "CMYK"):
        picture = _in_srgb(picture, profile)
    ways = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_270,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_90,
    }
    if turned in ways:
        picture = picture.transpose(ways[turned])
    picture.info.clear()
    return picture


def _in_srgb(picture: Image.Image, profile: bytes) -> Image.Image:
    mode = "RGB" if picture.mode == "CMYK" else picture.mode
    try:
        own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if ImageCms.getProfileDescription(own).startswith("sRGB"):
            return picture
        turned = ImageCms.profileToProfile(picture, own, ImageCms.createProfile("sRGB"), outputMode=mode)
    except (ImageCms.PyCMSError, OSError, ValueError):
        return picture  # a profile that can't be read is left out
    return turned or picture


def _first_page(source: BinaryIO) -> Image.Image:
    import pypdfium2  # noqa: PLC0415 - only this task pays for it

    document = pypdfium2.PdfDocument(source)
    page = document[0]
    drawn: Image.Image = page.render(scale=THUMBNAIL_SIDE / max(*page.get_size(), 1.0)).to_pil()
    return drawn


TASKS = {"clean": clean, "thumbnail": thumbnail, "read-pdf": read_pdf}


def main(arguments: list[str]) -> None:
    """Do one task inside the child."""
    source, target, (task, media_type) = children.begin(arguments)
    with target:
        found = TASKS[task](source, target, media_type)
    children.answer(**found)


if __name__ == "__main__":
    main(sys.argv[1:])

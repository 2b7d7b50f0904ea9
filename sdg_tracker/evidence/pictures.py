"""Pictures: cleaned of everything but their pixels, and drawn small. Run in a child process."""

import io
import math
import struct
import warnings
import zipfile
from collections.abc import Sequence
from typing import Any, BinaryIO

from PIL import Image, ImageCms, ImageDraw

from sdg_tracker.evidence.media import HEIC, JPEG, PDF, PNG, WEBP

PIXELS = 100_000_000  # of a picture that is opened at all
DECODED = 170_000_000  # bytes that the pixels of a picture may take; all in all it is twice as much at the most
WEBP_DECODED = 205_000_000  # the same of WebP: 13 million pixels
HEIC_DECODED = 300_000_000  # the same of HEIC, for the largest pictures of phones: 48 million pixels
RENDITION_SIDE = 2400  # pixels of the longest side
THUMBNAIL_SIDE = 640
SHEET_SIDE = 1400  # of a page that proves something
MARK = "#b3261e"
FORMATS = {JPEG: "JPEG", PNG: "PNG", WEBP: "WEBP", HEIC: "HEIF"}
SAVED: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 85, "optimize": True},
    "PNG": {"compress_level": 6},
    "WEBP": {"quality": 85, "method": 4},
}
BLOCKS = 6  # that a blurred place is wide or high, whichever is longer
SMALLEST_BLOCK, OF_THE_PICTURE = 16, 60  # pixels; and its longest side holds no more than so many blocks
ORIENTATION = 0x0112  # the EXIF tag


class TooLarge(Exception):
    """A picture has more pixels than can be opened: how many millions it may have."""

    def __init__(self, megapixels: int) -> None:
        super().__init__(megapixels)
        self.megapixels = megapixels


def clean(source: BinaryIO, target: BinaryIO, media_type: str) -> dict[str, object]:
    """Write a picture without anything but its pixels: upright, in sRGB, at most 2,400 pixels long. HEIC gets JPEG."""
    name = FORMATS[media_type]
    written = "JPEG" if name == "HEIF" else name
    try:
        picture = _upright(_opened(source, name, RENDITION_SIDE))
        if written == "JPEG" and picture.mode != "L":
            picture = picture.convert("RGB")
        picture.save(target, written, **SAVED[written])
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return {"refused": "picture-too-large", "facts": {"limit": PIXELS // 1_000_000}}
    except TooLarge as error:
        return {"refused": "picture-too-large", "facts": {"limit": error.megapixels}}
    except MemoryError:
        return {"refused": "file-too-hard"}
    except (OSError, SyntaxError, ValueError, struct.error, RuntimeError, EOFError):
        return {"refused": "picture-broken"}
    found = ["also-archive"] if _is_something_else(source) else []
    return {"width": picture.width, "height": picture.height, "findings": [(code, {}) for code in found]}


def _is_something_else(source: BinaryIO) -> bool:
    source.seek(0)
    if b"%PDF-" in source.read(1024):
        return True
    source.seek(0)
    return zipfile.is_zipfile(source)


def thumbnail(source: BinaryIO, target: BinaryIO, media_type: str) -> dict[str, object]:
    """Write a small JPEG of a picture, or of a PDF's first page."""
    if media_type == PDF:
        picture = _first_page(source)
    else:
        picture = _upright(_opened(source, FORMATS[media_type], THUMBNAIL_SIDE))
    if picture.mode in ("RGBA", "LA"):
        paper = Image.new("RGB", picture.size, "white")
        paper.paste(picture, mask=picture.getchannel("A"))
        picture = paper
    picture.convert("RGB").save(target, "JPEG", quality=80, optimize=True)
    return {"width": picture.width, "height": picture.height}


def blur(
    source: BinaryIO, target: BinaryIO, media_type: str, places: Sequence[tuple[float, float, float, float]]
) -> dict[str, object]:
    """Write a picture in which places (left, top, width, height in percent) are a few even blocks each.

    A block is the mean of what was there, rounded, so what is left is a handful of colours: no face and no line of
    writing can be made of them again.
    """
    name = FORMATS[media_type]
    picture = _upright(_opened(source, name, RENDITION_SIDE))
    for left, top, width, height in places:
        _make_blocks(picture, left, top, width, height)
    picture.save(target, name, **SAVED[name])
    return {"width": picture.width, "height": picture.height}


def _make_blocks(picture: Image.Image, left: float, top: float, width: float, height: float) -> None:
    wide, high = picture.size
    corner = (int(left / 100 * wide), int(top / 100 * high))
    end = (min(wide, math.ceil((left + width) / 100 * wide)), min(high, math.ceil((top + height) / 100 * high)))
    if end[0] <= corner[0] or end[1] <= corner[1]:
        return
    place = picture.crop((*corner, *end))
    block = max(max(place.size) / BLOCKS, SMALLEST_BLOCK, max(picture.size) / OF_THE_PICTURE)
    small = (max(1, round(place.width / block)), max(1, round(place.height / block)))
    means = place.resize(small, Image.Resampling.BOX).point(lambda value: value // 16 * 16 + 8)
    if means.mode in ("RGBA", "LA"):
        means.putalpha(255)  # what was see-through is not told either
    picture.paste(means.resize(place.size, Image.Resampling.NEAREST), corner)


def _opened(source: BinaryIO, name: str, side: int) -> Image.Image:
    """Decode a picture, no larger than needed; what it says of itself stays in ``info``."""
    Image.MAX_IMAGE_PIXELS = PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    if name == "HEIF":
        import pillow_heif  # noqa: PLC0415 - only such pictures pay for it

        pillow_heif.register_heif_opener(thumbnails=False)
    picture: Image.Image = Image.open(source, formats=[name])
    _check_size(picture, name)
    picture.info["turned"] = 1 if name == "HEIF" else _orientation(picture)  # libheif has turned it already
    if picture.mode in ("P", "PA"):
        picture = picture.convert("RGBA" if "transparency" in picture.info or picture.mode == "PA" else "RGB")
    elif picture.mode.startswith("I"):
        picture = _eight_bits(picture)
    elif picture.mode == "1":
        picture = picture.convert("L")
    picture.thumbnail((side, side), Image.Resampling.LANCZOS, reducing_gap=3.0)
    picture.load()
    return picture


def _check_size(picture: Image.Image, name: str) -> None:
    """Raise TooLarge for a picture that would take too much memory while it is decoded.

    A JPEG is decoded line by line, already smaller; a progressive one is held whole, in two bytes a value.
    """
    each, allowed = 1.0 if picture.mode in ("1", "L") else 4.0, DECODED  # bytes a pixel, as Pillow keeps them
    if name == "HEIF":
        each, allowed = 6.0, HEIC_DECODED
    elif name == "JPEG":
        each = _held(picture) if picture.info.get("progressive") else 1.0
    elif name == "WEBP":
        each, allowed = 15.0, WEBP_DECODED  # three times more in the decoder
    elif picture.mode.startswith("I"):
        each = 10.0  # sixteen bits, and the same in thirty-two twice
    elif picture.mode in ("P", "PA"):
        each = 5.0
    if picture.width * picture.height * each > allowed:
        raise TooLarge(int(allowed / each / 1_000_000))


def _held(picture: Image.Image) -> float:
    """Return how many bytes a pixel of a progressive JPEG takes: less where colours have a coarser raster."""
    layers: list[tuple[int, int, int, int]] = getattr(picture, "layer", [])
    areas = [across * down for _number, across, down, _table in layers] or [1]
    return 3.0 * sum(areas) / max(areas)


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


def sheet(
    source: BinaryIO, target: BinaryIO, number: int, box: tuple[float, float, float, float] | None
) -> dict[str, object]:
    """Write a JPEG of one page of a PDF, counted from 1; a place (left, top, width, height in percent) is marked.

    What lies outside the place is paler. Nothing is written for a page that is not there.
    """
    import pypdfium2  # noqa: PLC0415 - only this task pays for it

    document = pypdfium2.PdfDocument(source)
    if not 1 <= number <= len(document):
        return {"drawn": False, "pages": len(document)}
    page = document[number - 1]
    picture: Image.Image = page.render(scale=SHEET_SIDE / max(*page.get_size(), 1.0)).to_pil().convert("RGB")
    if box is not None:
        picture = _marked(picture, *box)
    picture.save(target, "JPEG", quality=85, optimize=True)
    return {"drawn": True, "pages": len(document)}


def _marked(picture: Image.Image, left: float, top: float, width: float, height: float) -> Image.Image:
    wide, high = picture.size
    corner = (int(left / 100 * wide), int(top / 100 * high))
    end = (min(wide - 1, math.ceil((left + width) / 100 * wide)), min(high - 1, math.ceil((top + height) / 100 * high)))
    place = (*corner, max(end[0], corner[0] + 1), max(end[1], corner[1] + 1))
    pale = Image.blend(picture, Image.new("RGB", picture.size, "white"), 0.45)
    pale.paste(picture.crop(place), corner)
    ImageDraw.Draw(pale).rectangle(place, outline=MARK, width=4)
    return pale


def _first_page(source: BinaryIO) -> Image.Image:
    import pypdfium2  # noqa: PLC0415 - only this task pays for it

    document = pypdfium2.PdfDocument(source)
    page = document[0]
    drawn: Image.Image = page.render(scale=THUMBNAIL_SIDE / max(*page.get_size(), 1.0)).to_pil()
    return drawn

"""Photos of a public page: drawn again from their pixels at fixed widths, so nothing else of a file goes along."""

import io
from typing import BinaryIO

from PIL import Image

QUALITY = 78
MEDIA_TYPE = "image/jpeg"


def name(exhibit: int, width: int) -> str:
    """Return what a photo is called in its address: neither title nor file name."""
    return f"{exhibit}-{width}.jpg"


def drawn(source: BinaryIO, size: tuple[int, int]) -> bytes:
    """Return one of our own small pictures as JPEG at a width and height. Raises OSError for what is no JPEG."""
    with Image.open(source, formats=["JPEG"]) as opened:
        picture = opened.convert("RGB")
    if picture.size != size:
        picture = picture.resize(size, Image.Resampling.LANCZOS)
    picture.info.clear()
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return out.getvalue()

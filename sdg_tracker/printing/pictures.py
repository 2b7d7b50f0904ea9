"""Pages of our own PDFs as pictures for the screen. PDFium is no friend of threads, so one page at a time."""

import io
import threading
from typing import Any, BinaryIO

WIDTH = 900  # pixels of a page
_one_at_a_time = threading.Lock()


def count(file: BinaryIO) -> int:
    """Return how many pages a PDF has."""
    with _one_at_a_time:
        document = _opened(file)
        try:
            return len(document)
        finally:
            document.close()


def page(file: BinaryIO, number: int) -> bytes:
    """Return a page, counted from 1, as a PNG."""
    with _one_at_a_time:
        document = _opened(file)
        try:
            drawn = document[number - 1]
            picture = drawn.render(scale=WIDTH / drawn.get_width()).to_pil()
        finally:
            document.close()
    out = io.BytesIO()
    picture.convert("RGB").quantize(128).save(out, "PNG", optimize=False)
    return out.getvalue()


def _opened(file: BinaryIO) -> Any:
    import pypdfium2  # noqa: PLC0415 - only those who look at pages pay for it

    return pypdfium2.PdfDocument(file.read())

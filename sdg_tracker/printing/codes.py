"""QR codes as the path of an SVG: sharp at every size, on screen and on paper."""

import segno
from markupsafe import Markup

QUIET = 4  # modules of white around a code, as its standard asks


def qr(address: str) -> tuple[Markup, int]:
    """Return an address as a path of unit squares, and the side of the picture in units, its white edge included."""
    rows = segno.make(address, error="m", micro=False).matrix
    path = "".join(
        f"M{QUIET + x} {QUIET + y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark
    )
    return Markup(path), len(rows) + 2 * QUIET  # noqa: S704 - numbers only

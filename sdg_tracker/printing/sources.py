"""What the layout may read: our own styles, fonts and signs, and the blobs of the snapshot. Anything else stops it."""

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from fontTools.ttLib import woff2

from sdg_tracker.foundation.blobs import Blobs
from sdg_tracker.foundation.errors import Conflict, words
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.foundation.resources import resource_dir

words(
    {
        "print-source-unknown": lazy("The layout asked for %(address)s, which is not part of the edition."),
        "print-picture-changed": lazy("The picture %(sha256)s was changed: expected %(expected)s, found %(found)s."),
    }
)
FONTS = "vendor/dkfds/fonts/IBMPlexSans/complete/woff2"
OURS = {"fonts": (FONTS, "font/ttf"), "styles": ("css/print", "text/css"), "signs": ("img/print", "image/svg+xml")}
FACES = tuple(f"IBMPlexSans-{cut}.woff2" for cut in ("Regular", "Italic", "Medium", "SemiBold"))
LONGEST = 200  # characters of a foreign address that are told


@cache
def plain_font(path: Path) -> bytes:
    """Return a font without its compression, which costs as much to undo as a page to lay out."""
    out = io.BytesIO()
    woff2.decompress(io.BytesIO(path.read_bytes()), out)
    return out.getvalue()


def unpack_fonts() -> None:
    """Keep the fonts in memory, so that children that are forked from now on need not unpack them."""
    folder, _media_type = OURS["fonts"]
    for name in FACES:
        plain_font(resource_dir("static") / folder / name)


@dataclass(frozen=True)
class Sources:
    """The only bytes that a page can show.

    ``blob:<sha256>`` is a blob named in ``pictures`` (digest to size in bytes and media type), ``made:<name>`` bytes
    made for this page, ``fonts:``, ``styles:`` and ``signs:<file>`` are the product's own files.
    """

    blobs: Blobs
    pictures: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    made: Mapping[str, tuple[bytes, str]] = field(default_factory=dict)

    def read(self, address: str) -> tuple[bytes, str]:
        """Return bytes and media type. Raises Conflict for another address or changed bytes, NotFound for lost ones."""
        scheme, _, name = address.partition(":")
        if scheme == "blob" and name in self.pictures:
            return self._picture(name)
        if scheme == "made" and name in self.made:
            return self.made[name]
        if scheme in OURS:
            folder, media_type = OURS[scheme]
            for path in (resource_dir("static") / folder).iterdir():  # by name, so no path can lead out of the folder
                if path.name == name:
                    return (plain_font(path) if scheme == "fonts" else path.read_bytes()), media_type
        raise Conflict("print-source-unknown", address=address[:LONGEST])

    def _picture(self, sha256: str) -> tuple[bytes, str]:
        size, media_type = self.pictures[sha256]
        with self.blobs.open(sha256, size) as file:
            content = file.read()
        found = hashlib.sha256(content).hexdigest()
        if found != sha256:
            raise Conflict("print-picture-changed", sha256=sha256, expected=sha256, found=found)
        return content, media_type

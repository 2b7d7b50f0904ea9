"""Previews of exhibits: their pictures and the beginning of their texts, of blobs that the snapshot names only."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sdg_tracker.evidence import media
from sdg_tracker.foundation.blobs import Blobs
from sdg_tracker.foundation.errors import NotFound, Problem, words
from sdg_tracker.foundation.i18n import lazy

Row = Mapping[str, Any]
PICTURES = frozenset({media.JPEG, media.PNG, media.WEBP})  # that a browser draws and that hold nothing else
TEXTS = frozenset({"text/plain", "text/csv"})
SHOWN = 6_000  # bytes of a text
words({"audit-picture-none": lazy("There is no picture of exhibit %(exhibit)s.")})


@dataclass(frozen=True)
class Picture:
    """A picture that is sent as such, never as a page."""

    sha256: str
    size: int  # bytes
    media_type: str


def picture(exhibit: Row, *, large: bool) -> Picture:
    """Return the small picture of an exhibit, or the exhibit itself where it is a picture. Raises NotFound."""
    small = exhibit["thumbnail"]
    if is_picture(exhibit) and (large or small is None):
        return Picture(exhibit["sha256"], exhibit["size"], exhibit["media_type"])
    if small is None or small["media_type"] not in PICTURES:
        raise NotFound("audit-picture-none", exhibit=exhibit["exhibit"])
    return Picture(small["sha256"], small["size"], small["media_type"])


def is_picture(exhibit: Row) -> bool:
    """Return whether an exhibit is itself a picture that a browser draws."""
    return exhibit["media_type"] in PICTURES


def texts(blobs: Blobs, exhibits: Iterable[Row]) -> dict[int, str]:
    """Return the beginning of each exhibit that is plain text; what is damaged is left out, its page tells so."""
    found = {}
    for exhibit in exhibits:
        if exhibit["media_type"] in TEXTS:
            try:
                with blobs.open(exhibit["sha256"], exhibit["size"]) as file:
                    head = file.read(SHOWN)
            except Problem:
                continue
            text = head.decode("utf-8", "replace")
            found[exhibit["exhibit"]] = text + ("…" if exhibit["size"] > SHOWN else "")
    return found

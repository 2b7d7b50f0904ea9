"""Only characters that the fonts of print have, so that a page looks the same wherever it is made.

For a character that they lack, a machine's own fonts would step in, other ones on another machine; and PDF/A allows no
empty box. So typographic variants become the plain character, emoji and invisible marks are left out, and a letter of
another script becomes a lozenge. The data, the workbook and the attached snapshot keep what was written.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from fontTools.ttLib import TTFont

from sdg_tracker.foundation.resources import resource_dir
from sdg_tracker.printing.sources import FONTS

REGULAR = "IBMPlexSans-Regular.woff2"  # the other cuts have the same characters
UNKNOWN = "◊"
INVISIBLE = frozenset({"Cc", "Cf", "Co", "Mn", "Me", "So", "Sk"})  # general categories of Unicode
_PLAIN = {
    "\u2010": "-",
    "\u2011": "-",
    "\u2012": "–",
    "\u2015": "—",
    "\u202f": "\u00a0",
    "\u2028": "\n",
    "\u2029": "\n",
}
_BREAKS = "\t\n"


def printable(data: Any) -> Any:
    """Return plain data with every text in it as it can be printed."""
    if isinstance(data, str):
        return told(data)
    if isinstance(data, Mapping):
        return {key: printable(value) for key, value in data.items()}
    if isinstance(data, Sequence):
        return [printable(value) for value in data]
    return data


def told(text: str) -> str:
    """Return a text in characters that the fonts have."""
    if text.isascii() and text.isprintable():
        return text
    composed = unicodedata.normalize("NFC", text.replace("\r\n", "\n"))
    lacking = {character for character in composed if character not in covered() and character not in _BREAKS}
    return composed.translate({ord(character): _instead(character) for character in lacking}) if lacking else composed


@cache
def covered() -> frozenset[str]:
    """Return every character that the fonts have."""
    with TTFont(resource_dir("static") / FONTS / REGULAR, lazy=True) as font:
        characters = map(chr, font.getBestCmap())
        return frozenset(character for character in characters if unicodedata.category(character) != "Cc")


def _instead(character: str) -> str:
    if character in _PLAIN:
        return _PLAIN[character]
    plain = "".join(part for part in unicodedata.normalize("NFKD", character) if part in covered())
    if plain:
        return plain
    return "" if unicodedata.category(character) in INVISIBLE else UNKNOWN

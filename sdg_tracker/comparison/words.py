"""Two versions of a text held against each other word by word, with what stayed cut short."""

import re
from difflib import SequenceMatcher

SAME, OUT, IN = "same", "out", "in"
KEPT = 6  # words that are left on each side of a change
_PARTS = re.compile(r"\s+")
Piece = tuple[str, str]  # what happened to it, and the words


def pieces(old: str, new: str) -> list[Piece]:
    """Return the pieces of both texts in order; long stretches that stayed are cut in their middle."""
    before, after = _words(old), _words(new)
    found: list[Piece] = []
    for what, a, b, c, d in SequenceMatcher(None, before, after).get_opcodes():
        if what == "equal":
            found.append((SAME, _short(before[a:b], first=a == 0, last=b == len(before))))
            continue
        found += [(kind, " ".join(part)) for kind, part in ((OUT, before[a:b]), (IN, after[c:d])) if part]
    return found


def _words(text: str) -> list[str]:
    return [word for word in _PARTS.split(text) if word]


def _short(words: list[str], *, first: bool, last: bool) -> str:
    """Cut what is far from a change: at the beginning and end of the text only the side of the change is kept."""
    head, tail = (0 if first else KEPT), (0 if last else KEPT)
    if len(words) <= head + tail + 1:
        return " ".join(words)
    return " ".join([*words[:head], "…", *words[len(words) - tail :]])

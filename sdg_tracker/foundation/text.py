"""Text made comparable: one order and one way of searching on both databases."""

import re
import unicodedata

_ORDER = str.maketrans({"æ": "\uf001", "ä": "\uf001", "ø": "\uf002", "ö": "\uf002", "å": "\uf003"})
_FOLD = str.maketrans({"æ": "ae", "ä": "ae", "ø": "oe", "ö": "oe", "å": "aa", "ß": "ss", "ð": "d", "þ": "th"})
_UNSAFE = re.compile(r"[^A-Za-z0-9]+")


def sort_key(text: str) -> str:
    """Return what to order by: Danish order, with æ, ø, å last and aa as å; case and accents do not count."""
    lowered = unicodedata.normalize("NFC", text.strip()).casefold().replace("aa", "å").translate(_ORDER)
    return _without_accents(lowered)


def search_text(*texts: str | None) -> str:
    """Return the texts folded for a search by part of a word: æ, ø, å as ae, oe, aa; no case, no accents."""
    folded = " ".join(text for text in texts if text).casefold()
    return _without_accents(unicodedata.normalize("NFC", folded).translate(_FOLD))


def slug(text: str) -> str:
    """Return an ASCII name for addresses and files; empty when nothing of the text is left."""
    return _UNSAFE.sub("-", search_text(text)).strip("-")


def _without_accents(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))

"""Text made comparable: one order and one way of searching on both databases."""

import re
import unicodedata
from functools import lru_cache

_ORDER = str.maketrans({"æ": "\uf001", "ä": "\uf001", "ø": "\uf002", "ö": "\uf002", "å": "\uf003"})
_FOLD = str.maketrans({"æ": "ae", "ä": "ae", "ø": "oe", "ö": "oe", "å": "aa", "ß": "ss", "ð": "d", "þ": "th"})
_UNSAFE = re.compile(r"[^A-Za-z0-9]+")
_TOKEN = re.compile(r"[^\W_]+")
LONGEST = 60  # characters of a word as it is searched for


def sort_key(text: str) -> str:
    """Return what to order by: Danish order, with æ, ø, å last and aa as å; case and accents do not count."""
    lowered = unicodedata.normalize("NFC", text.strip()).casefold().replace("aa", "å").translate(_ORDER)
    return _without_accents(lowered)


def search_text(*texts: str | None) -> str:
    """Return the texts folded for a search by part of a word: æ, ø, å as ae, oe, aa; no case, no accents."""
    folded = " ".join(text for text in texts if text).casefold()
    return _without_accents(unicodedata.normalize("NFC", folded).translate(_FOLD))


def stems(*texts: str | None) -> dict[str, str]:
    """Return the stem that each word of the texts is searched by, by the word as it is folded, in the texts' order.

    Words are folded first and then cut to their Danish stem, so ``bønner``, ``boenner`` and ``bønne`` are one. A word
    in other letters than Latin ones is told by the digits of its bytes: no database has to know its alphabet.
    """
    found = dict.fromkeys(_TOKEN.findall(search_text(*texts)))
    told = (word if word.isascii() else f"u{word.encode().hex()}" for word in found)
    return {word[:LONGEST]: _stem(word[:LONGEST]) for word in told}


@lru_cache(maxsize=50_000)
def _stem(word: str) -> str:
    import snowballstemmer  # noqa: PLC0415 - only what searches pays for it

    # one for each word: a stemmer keeps the word that it works on, and threads would share it
    return str(snowballstemmer.stemmer("danish").stemWord(word))


def slug(text: str) -> str:
    """Return an ASCII name for addresses and files; empty when nothing of the text is left."""
    return _UNSAFE.sub("-", search_text(text)).strip("-")


def _without_accents(text: str) -> str:
    if text.isascii():  # as most are, once folded
        return text
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))

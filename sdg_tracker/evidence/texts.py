"""Text on its way in: looked at piece by piece while it is read for the store, so that it is read once."""

import codecs
import csv
import io
import re

from sdg_tracker.evidence import personal

MARKUP = re.compile(rb"\s*(<!doctype|<html|<head|<body|<svg|<script|<iframe|<\?xml|<\?php|<!--|#!)", re.IGNORECASE)
ACTIVE = re.compile(rb"<(script|svg|html|iframe|object|embed|\?php)[\s>/]", re.IGNORECASE)
_CONTROLS = [bytes([byte]) for byte in [*sorted(set(range(32)) - set(b"\t\n\f\r")), 127]]
_WORST = [b"\x00", b"\x08", b"\x1b"]  # of these: what shows that it is no text, or fools who reads it in a terminal
_UNDEFINED = [b"\x81", b"\x8d", b"\x8f", b"\x90", b"\x9d"]  # in Windows-1252
_C1 = re.compile(b"\xc2[\x80-\x84\x86-\x9f]")  # in UTF-8; in Windows-1252 these bytes are letters or nothing


class Unreadable(Exception):
    """The bytes are no text."""


class TextCheck:
    """Finds what is no text: neither UTF-8 nor Windows-1252, or with control characters. Counts personal numbers.

    Beyond what is searched for personal numbers, only the worst control characters are looked for: it is cheaper than
    keeping the bytes then.
    """

    def __init__(self) -> None:
        self.search = personal.Search()
        self._decoder: codecs.IncrementalDecoder | None = codecs.getincrementaldecoder("utf-8-sig")()
        self._western = True  # whether it can be Windows-1252
        self._control = False  # whether it has a control character if it is UTF-8
        self._last = b""

    def feed(self, piece: bytes) -> None:
        """Look at the next piece. Raises Unreadable."""
        if any(byte in piece for byte in (_CONTROLS if self.search.left > 0 else _WORST)):
            raise Unreadable
        if not piece.isascii():
            self._western = self._western and not any(byte in piece for byte in _UNDEFINED)
            edge = self._last + piece[:1]
            self._control = self._control or bool(
                (b"\xc2" in piece and _C1.search(piece)) or (b"\xc2" in edge and _C1.match(edge))
            )
        self._decode(piece)
        self.search.feed(piece)
        self._last = piece[-1:]

    def end(self) -> None:
        """Say that it was all. Raises Unreadable."""
        self._decode(b"", final=True)
        if self._decoder is not None and self._control:
            raise Unreadable

    def _decode(self, piece: bytes, *, final: bool = False) -> None:
        if self._decoder is None:
            if not self._western:
                raise Unreadable
            return
        if piece.isascii() and not final and self._decoder.getstate() == (b"", 0):
            return
        try:
            self._decoder.decode(piece, final)
        except UnicodeDecodeError as error:
            self._decoder = None
            if not self._western:
                raise Unreadable from error


def is_table(head: bytes, *, whole: bool) -> bool:
    """Return whether the lines of a text have the same columns: with ``;``, tab, or commas that are no punctuation.

    ``whole``: the head is all of the text.
    """
    sample = _decoded(head)
    for delimiter in ";\t,":
        if delimiter not in sample:
            continue
        try:
            rows = [row for row in csv.reader(io.StringIO(sample), delimiter=delimiter) if row]
        except csv.Error:
            continue
        rows = rows if whole else rows[:-1]
        widths = [len(row) for row in rows[:200]]
        usual = max(set(widths), key=widths.count, default=0)
        punctuation = delimiter == "," and all(", " in line for line in sample.splitlines() if "," in line)
        if len(rows) >= 2 and usual >= 2 and widths.count(usual) >= 0.8 * len(widths) and not punctuation:
            return True
    return False


def _decoded(head: bytes) -> str:
    try:
        return codecs.getincrementaldecoder("utf-8-sig")().decode(head)  # a character that is cut off is no fault
    except UnicodeDecodeError:
        return head.decode("cp1252", "ignore")

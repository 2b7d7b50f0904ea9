"""A chapter as it is kept between its layout and the merge: objects of a PDF, and what the whole has to know of them.

References stand in the objects as ``12 0 R`` and count from the chapter's own beginning; those named in ``shared`` lead
to what the whole document has once.
"""

import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

SEPARATOR = b"\x1e"  # between objects; no text that is printed has control characters
_MARK = b"sdg-chapter-1\n"
LEVEL = 6  # of compression


@dataclass(frozen=True)
class Stream:
    """A stream object: its dictionary without length, and its bytes."""

    number: int
    head: bytes
    content: bytes


@dataclass(frozen=True)
class Piece:
    """A chapter that is laid out."""

    facts: Mapping[str, Any]
    numbers: Sequence[int]  # of the objects, in order
    objects: Sequence[bytes]
    streams: Sequence[Stream]

    def as_bytes(self) -> bytes:
        """Return the piece to be kept."""
        text = zlib.compress(SEPARATOR.join(self.objects), LEVEL)
        lengths = [[one.number, len(one.head), len(one.content)] for one in self.streams]
        about = {"facts": self.facts, "numbers": self.numbers, "streams": lengths, "text": len(text)}
        head = zlib.compress(json.dumps(about, separators=(",", ":"), sort_keys=True).encode(), LEVEL)
        bodies = b"".join(one.head + one.content for one in self.streams)
        return b"".join((_MARK, len(head).to_bytes(8, "big"), head, text, bodies))


def facts(content: bytes) -> Mapping[str, Any]:
    """Return what the whole has to know of a piece. Raises ValueError for other bytes."""
    found: Mapping[str, Any] = _about(content)[0]["facts"]
    return found


def piece(content: bytes) -> Piece:
    """Return a piece that was kept. Raises ValueError for other bytes."""
    about, begun = _about(content)
    text = zlib.decompress(content[begun : begun + about["text"]])
    streams = _streams(content, begun + about["text"], about["streams"])
    return Piece(about["facts"], about["numbers"], text.split(SEPARATOR), list(streams))


def _about(content: bytes) -> tuple[Any, int]:
    if not content.startswith(_MARK):
        raise ValueError("not a chapter")
    begun = len(_MARK) + 8
    length = int.from_bytes(content[len(_MARK) : begun], "big")
    return json.loads(zlib.decompress(content[begun : begun + length])), begun + length


def _streams(content: bytes, position: int, lengths: Sequence[tuple[int, int, int]]) -> Iterator[Stream]:
    for number, head, body in lengths:
        middle = position + head
        yield Stream(number, content[position:middle], content[middle : middle + body])
        position = middle + body

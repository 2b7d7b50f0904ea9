"""Objects written into a PDF one after another: nothing is kept but where each lies.

Objects that are no streams go into compressed object streams, as PDF 1.5 and later allow.
"""

import zlib
from hashlib import sha256
from typing import BinaryIO

BATCH = 256  # objects in one compressed stream
LEVEL = 6  # of compression


class Writer:
    """A PDF being written. Numbers are given out first, objects follow in any order."""

    def __init__(self, target: BinaryIO) -> None:
        self._target = target
        self._digest = sha256()
        self._position = 0
        self._places: list[tuple[int, int, int]] = [(0, 0, 0xFFFF)]  # as a cross-reference stream tells them
        self._waiting: list[tuple[int, bytes]] = []
        self._write(b"%PDF-1.7\n%\xf0\x9f\x96\xa4\n")

    def number(self) -> int:
        """Return the number of an object that will be written."""
        self._places.append((0, 0, 0))
        return len(self._places) - 1

    def put(self, number: int, data: bytes) -> None:
        """Write an object that is no stream."""
        self._waiting.append((number, data))
        if len(self._waiting) >= BATCH:
            self._flush()

    def add(self, data: bytes) -> int:
        """Write a new object that is no stream, and return its number."""
        number = self.number()
        self.put(number, data)
        return number

    def stream(self, number: int, head: bytes, content: bytes) -> None:
        """Write a stream: its dictionary without length, and its bytes."""
        self._places[number] = (1, self._position, 0)
        self._write(b"%d 0 obj\n" % number + head[:-2] + b"/Length %d>>\nstream\n" % len(content))
        self._write(content)
        self._write(b"\nendstream\nendobj\n")

    def add_stream(self, content: bytes, head: bytes = b"<<>>") -> int:
        """Write a new stream, compressed, and return its number."""
        number = self.number()
        self.stream(number, head[:-2] + b"/Filter /FlateDecode>>", zlib.compress(content, LEVEL))
        return number

    def finish(self, root: int, info: int) -> None:
        """Write where everything lies. Raises ValueError when a number was given out and not used."""
        self._flush()
        missing = [number for number, place in enumerate(self._places) if number and place == (0, 0, 0)]
        if missing:
            raise ValueError(f"objects without content: {missing[:5]}")
        number, begun = self.number(), self._position
        self._places[number] = (1, begun, 0)
        widths = (1, (begun.bit_length() + 7) // 8, 2)
        table = b"".join(
            value.to_bytes(width, "big") for place in self._places for value, width in zip(place, widths, strict=True)
        )
        name = self._digest.hexdigest()[:32].encode()
        head = b"<</Type /XRef/W [%d %d %d]/Size %d/Root %d 0 R/Info %d 0 R/ID [<%b> <%b>]/Filter /FlateDecode>>" % (
            *widths,
            len(self._places),
            root,
            info,
            name,
            name,
        )
        self.stream(number, head, zlib.compress(table, LEVEL))
        self._write(b"startxref\n%d\n%%%%EOF\n" % begun)

    def _flush(self) -> None:
        if not self._waiting:
            return
        waiting, self._waiting = self._waiting, []
        number = self.number()
        places, position = [], 0
        for index, (one, data) in enumerate(waiting):
            self._places[one] = (2, number, index)
            places.append(b"%d %d" % (one, position))
            position += len(data) + 1
        first = b" ".join(places) + b"\n"
        head = b"<</Type /ObjStm/N %d/First %d/Filter /FlateDecode>>" % (len(waiting), len(first))
        self.stream(number, head, zlib.compress(first + b"\n".join(data for _one, data in waiting), LEVEL))

    def _write(self, data: bytes) -> None:
        self._digest.update(data)
        self._target.write(data)
        self._position += len(data)

"""The scanner for harmful code: a small client of clamd's INSTREAM, with an end to its patience."""

import socket
import struct
import time
from typing import BinaryIO

from sdg_tracker.foundation.errors import Invalid, words
from sdg_tracker.foundation.i18n import lazy

CONNECTING = 3.0  # seconds
PATIENCE = 20.0  # seconds for one file, all in all
PIECE = 1 << 17  # bytes sent at a time

words(
    {
        "setting-clamd": lazy(
            "Setting clamd must be unix:/path/to/the/socket or tcp:host:port, or empty for no scanner; it is %(value)r."
        )
    }
)


class ScannerAway(Exception):
    """The scanner could not be reached, took too long, or gave no verdict."""


def scan(address: str, file: BinaryIO, patience: float = PATIENCE) -> str | None:
    """Return the name of the harmful code in a file, None when there is none.

    Raises ScannerAway without a verdict, Invalid for an address that is none.
    """
    until = time.monotonic() + patience
    try:
        with _connected(address) as connection:
            connection.sendall(b"zINSTREAM\0")
            while piece := file.read(PIECE):
                connection.settimeout(_left(until))
                connection.sendall(struct.pack(">I", len(piece)) + piece)
            connection.sendall(struct.pack(">I", 0))
            return _verdict(_answer(connection, until))
    except OSError as error:
        raise ScannerAway(str(error) or type(error).__name__) from error


def ping(address: str) -> None:
    """Ask whether the scanner is there. Raises ScannerAway, or Invalid for an address that is none."""
    try:
        with _connected(address) as connection:
            connection.sendall(b"zPING\0")
            answer = _answer(connection, time.monotonic() + CONNECTING)
    except OSError as error:
        raise ScannerAway(str(error) or type(error).__name__) from error
    if answer != "PONG":
        raise ScannerAway(answer[:100])


def _connected(address: str) -> socket.socket:
    kind, _colon, place = address.partition(":")
    host, _colon, port = place.rpartition(":")
    if kind == "unix" and place:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(CONNECTING)
        try:
            connection.connect(place)
        except OSError:
            connection.close()
            raise
        return connection
    if kind == "tcp" and host and port.isascii() and port.isdigit() and int(port) < 65536:
        return socket.create_connection((host.strip("[]"), int(port)), CONNECTING)
    raise Invalid("setting-clamd", value=address)


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise ScannerAway("it took too long")
    return left


def _answer(connection: socket.socket, until: float) -> str:
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < 4096:
        connection.settimeout(_left(until))
        if not (piece := connection.recv(1024)):
            break
        answer += piece
    return answer.rstrip(b"\0\n").decode("utf-8", "replace")


def _verdict(answer: str) -> str | None:
    if answer == "stream: OK":
        return None
    if answer.startswith("stream: ") and answer.endswith(" FOUND"):
        name = answer.removeprefix("stream: ").removesuffix(" FOUND")
        return "".join(c for c in name if c.isprintable())[:100]
    raise ScannerAway(answer[:100] or "no answer")

"""A mail server on loopback that keeps what it is given; a test may tell it to refuse."""

import email
import email.policy
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage


class Postbox:
    """What was handed in, and what the server answers to ``RCPT`` and to the end of the letter."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.said: list[str] = []
        self.recipient, self.end = "250 fine", "250 taken"
        self.offers: tuple[str, ...] = ("SIZE 1000000", "AUTH PLAIN", "8BITMIME", "SMTPUTF8")
        self.port = 0

    @property
    def setting(self) -> str:
        return f"smtp://127.0.0.1:{self.port}?from=verdensmaal@demoby.example"


@contextmanager
def serving() -> Iterator[Postbox]:
    """Run the server while the block lasts."""
    box = Postbox()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self._say("220 tests")
            while line := self.rfile.readline().decode().strip():
                box.said.append(line)
                word = line.partition(" ")[0].upper()
                if word == "EHLO":
                    lines = ["tests", *box.offers]
                    self._say("\r\n".join(f"250{' ' if n == len(lines) else '-'}{o}" for n, o in enumerate(lines, 1)))
                elif word == "DATA":
                    self._say("354 go on")
                    self._take()
                elif word == "QUIT":
                    self._say("221 bye")
                    return
                else:
                    self._say({"RCPT": box.recipient, "AUTH": "235 welcome"}.get(word, "250 fine"))

        def _take(self) -> None:
            lines = []
            while (line := self.rfile.readline()) not in (b".\r\n", b""):
                lines.append(line.removeprefix(b"."))
            if box.end.startswith("250"):
                found = email.message_from_bytes(b"".join(lines), policy=email.policy.default)
                box.letters.append(found)
            self._say(box.end)

        def _say(self, text: str) -> None:
            self.wfile.write(f"{text}\r\n".encode())

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True

    with Server(("127.0.0.1", 0), Handler) as server:
        box.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield box
        finally:
            server.shutdown()
            thread.join()

"""A page or file of the open web, fetched without ever reaching the machine's own network.

Names are looked up once, every answer is checked, and the connection goes to an address that was checked: nobody can
answer differently the second time. Each redirect begins anew. There is a limit on the whole time and on the bytes,
also on those that compressed ones become. No proxy, no cookie and no password is used.
"""

import http.client
import io
import ipaddress
import re
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import Any, BinaryIO
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from sdg_tracker.foundation.errors import Invalid, words
from sdg_tracker.foundation.i18n import format_size, lazy

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
LONGEST = 2000  # characters of an address
REDIRECTS = 5
PIECE = 1 << 16  # bytes
PORTS = {"http": 80, "https": 443}
MOVED = frozenset({301, 302, 303, 307, 308})
AGENT = "Mozilla/5.0 (compatible; sdg-tracker)"  # a plain name of its own is refused by many a server
RESERVED = frozenset({"example", "invalid", "test"})  # never anybody's (RFC 2606), so nobody is asked for them
SHUT = frozenset({"401", "403", "405", "406", "429", "451"})  # answers of a server that has the page but not for us

words(
    {
        "fetch-address": lazy("Write the whole address of a page, beginning with https:// or http://."),
        "fetch-address-long": lazy("The address is longer than %(limit)s characters."),
        "fetch-secret-in-address": lazy("The address holds a user name or password. Write it without."),
        "fetch-port": lazy("Only the usual ports of the web are fetched from, not port %(port)s."),
        "fetch-inside": lazy("%(host)s lies in a closed network, which nothing is fetched from."),
        "fetch-reserved": lazy("%(host)s is a name for examples; nothing is there."),
        "fetch-unknown-host": lazy("There is no server called %(host)s."),
        "fetch-no-answer": lazy("%(host)s does not answer."),
        "fetch-certificate": lazy("%(host)s can't prove that it is who it says: its certificate does not hold."),
        "fetch-slow": lazy("%(host)s took too long to answer."),
        "fetch-redirects": lazy("The page sends on to another page too many times."),
        "fetch-status": lazy("%(host)s answered with status %(status)s."),
        "fetch-large": lazy("What is there is larger than %(limit)s."),
        "fetch-garbled": lazy("What %(host)s sent can't be read."),
    }
)

_CLOSED_4 = [
    ipaddress.IPv4Network(net)
    for net in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",
        "100.64.0.0/10",  # shared by the customers of a provider
        "127.0.0.0/8",
        "168.63.129.16/32",  # a cloud's own services, though it looks like any other address
        "169.254.0.0/16",  # link-local; metadata of clouds
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",  # multicast, reserved, broadcast
    )
]
_OPEN_6 = ipaddress.IPv6Network("2000::/3")  # so nothing mapped, translated (NAT64), local or multicast
_CLOSED_6 = [
    ipaddress.IPv6Network(net)
    for net in (
        "2001::/23",  # Teredo and other special purposes
        "2001:db8::/32",
        "2002::/16",  # 6to4: holds an IPv4 address
        "2620:4f:8000::/48",
        "3fff::/20",
    )
]


def is_open(address: Address) -> bool:
    """Return whether an address belongs to the open internet and to nothing nearer."""
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in net for net in _CLOSED_4)
    return address.scope_id is None and address in _OPEN_6 and not any(address in net for net in _CLOSED_6)


def look_up(host: str, port: int) -> Sequence[str]:
    """Return the addresses of a host. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(answer[4][0]) for answer in found))


def well_formed(url: str) -> str:
    """Return an address of the web without the space around it. Raises Invalid for what is none."""
    url = url.strip()
    if len(url) > LONGEST:
        raise Invalid("fetch-address-long", field="url", limit=LONGEST)
    _parts(url)
    return url


@dataclass(frozen=True)
class Fetched:
    """What a server sent."""

    url: str  # where it was found in the end
    media_type: str  # as the server says, without parameters; may be empty
    charset: str  # likewise
    size: int  # bytes written


@dataclass(frozen=True)
class Fetcher:
    """Fetches by the rules above. What may be reached, and how names are looked up, is fixed but for tests."""

    limit: int  # bytes
    seconds: float = 20.0  # in all
    patience: float = 10.0  # seconds without a byte
    allows: Callable[[Address], bool] = is_open
    ports: frozenset[int] = frozenset(PORTS.values())
    look_up: Callable[[str, int], Sequence[str]] = look_up
    tls: Callable[[], ssl.SSLContext] = ssl.create_default_context

    def fetch(self, url: str, target: BinaryIO) -> Fetched:
        """Write what is at the address to ``target``. Raises Invalid with the reason."""
        return self._follow(url, target)

    def probe(self, url: str) -> Fetched:
        """Find out whether there is something at the address, without reading it. Raises Invalid with the reason."""
        return self._follow(url, None)

    def _follow(self, url: str, target: BinaryIO | None) -> Fetched:
        deadline = _Deadline(self.seconds, self.patience)
        for _hop in range(REDIRECTS + 1):
            parts = _parts(url)
            host = _host(parts)
            with _told(host), closing(self._connect(parts, host, deadline)) as connection:
                _ask(connection, parts)
                with closing(connection.getresponse()) as answer:
                    moved = answer.getheader("Location") if answer.status in MOVED else None
                    if moved is None:
                        return self._taken(url, host, answer, target)
            url = urljoin(url, _readable(moved))
        raise Invalid("fetch-redirects", field="url")

    def _connect(self, parts: SplitResult, host: str, deadline: "_Deadline") -> "_Connection":
        if host.rpartition(".")[2] in RESERVED:
            raise Invalid("fetch-reserved", field="url", host=host)
        port = parts.port or PORTS[parts.scheme]
        if port not in self.ports:
            raise Invalid("fetch-port", field="url", port=port)
        addresses = self._addresses(host, port, deadline)
        tls = self.tls() if parts.scheme == "https" else None
        failure: OSError = ConnectionError()
        for address in addresses[:4]:
            connection = _Connection(host, port, address, deadline, tls)
            try:
                connection.connect()
            except OSError as error:
                connection.close()
                failure = error
                continue
            return connection
        raise failure

    def _addresses(self, host: str, port: int, deadline: "_Deadline") -> Sequence[str]:
        """Return a host's addresses, all of which may be reached."""
        found: list[str] = []
        thread = threading.Thread(target=_answer, args=(self.look_up, host, port, found), daemon=True)
        thread.start()  # the system's look-up knows no limit of time
        thread.join(deadline.next())
        if thread.is_alive():
            raise TimeoutError
        if not found:
            raise Invalid("fetch-unknown-host", field="url", host=host)
        if not all(self.allows(ipaddress.ip_address(address)) for address in found):
            raise Invalid("fetch-inside", field="url", host=host)
        return found

    def _taken(self, url: str, host: str, answer: http.client.HTTPResponse, target: BinaryIO | None) -> Fetched:
        if answer.status != http.client.OK:
            raise Invalid("fetch-status", field="url", host=host, status=answer.status)
        size = 0
        if target is not None:
            for piece in _decoded(answer):
                size += len(piece)
                if size > self.limit:
                    raise Invalid("fetch-large", field="url", limit=format_size(self.limit))
                target.write(piece)
        headers = answer.headers
        declared = headers.get_content_type() if "Content-Type" in headers else ""
        return Fetched(url, declared, headers.get_content_charset("") or "", size)


def _answer(look_up: Callable[[str, int], Sequence[str]], host: str, port: int, found: list[str]) -> None:
    try:
        found += look_up(host, port)
    except (OSError, UnicodeError):
        found.clear()


_GARBLED = re.compile(r"[\x00-\x20\x7f]")


def _parts(url: str) -> SplitResult:
    """Return the parts of an address. Raises Invalid for one that is not of the web, or holds a secret."""
    refusal = Invalid("fetch-address", field="url")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise refusal from None
    if parts.scheme not in PORTS or not parts.hostname or port == 0 or _GARBLED.search(url):
        raise refusal
    if "@" in parts.netloc:
        raise Invalid("fetch-secret-in-address", field="url")
    _host(parts)
    return parts


def _host(parts: SplitResult) -> str:
    """Return the host's name as it is looked up: Danish letters in their form for machines."""
    name = (parts.hostname or "").rstrip(".")
    try:
        found = name if ":" in name else name.encode("idna").decode("ascii")
    except UnicodeError:
        found = ""
    if not found or "%" in found:  # an address with a zone is one of the machine's own networks
        raise Invalid("fetch-address", field="url")
    return found


def _readable(moved: str) -> str:
    """Return where a redirect leads as its server meant it: many send the plain letters of an address, and spaces."""
    with suppress(UnicodeError):  # else it is what it seems
        moved = moved.encode("latin-1").decode("utf-8")
    return moved.strip().replace(" ", "%20")


class _told:  # noqa: N801 - used like a function
    """Says of a host what went wrong, in place of the errors of the libraries below."""

    def __init__(self, host: str) -> None:
        self.host = host

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _traceback: object) -> None:
        for kinds, code in _CODES:
            if isinstance(error, kinds):
                raise Invalid(code, field="url", host=self.host) from error


_CODES: Sequence[tuple[type[BaseException] | tuple[type[BaseException], ...], str]] = (
    (ssl.SSLCertVerificationError, "fetch-certificate"),
    (TimeoutError, "fetch-slow"),
    ((http.client.HTTPException, zlib.error, ValueError), "fetch-garbled"),
    (OSError, "fetch-no-answer"),
)


class _Deadline:
    """The moment until which all has to be done, and how long a single wait may be."""

    def __init__(self, seconds: float, patience: float) -> None:
        self._end, self._patience = time.monotonic() + seconds, patience

    def next(self) -> float:
        """Return for how many seconds the next step may wait. Raises TimeoutError when time is up."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return min(left, self._patience)


class _Timed(io.RawIOBase):
    """Reads from a socket, and never beyond the deadline however slowly bytes drip."""

    def __init__(self, source: socket.socket, deadline: _Deadline) -> None:
        self._source, self._deadline = source, deadline
        self._file = source.makefile("rb", buffering=0)  # keeps the socket when the connection lets it go

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._source.settimeout(self._deadline.next())
        return self._file.readinto(buffer)

    def close(self) -> None:
        self._file.close()
        super().close()


class _TimedSocket:
    """What http.client reads an answer from."""

    def __init__(self, source: socket.socket, deadline: _Deadline) -> None:
        self._source, self._deadline = source, deadline

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Timed(self._source, self._deadline))


class _Connection(http.client.HTTPConnection):
    """A connection to one address that was checked, under the name of its host."""

    def __init__(self, host: str, port: int, address: str, deadline: _Deadline, tls: ssl.SSLContext | None) -> None:
        super().__init__(host, port)
        if tls is not None:
            self.default_port = PORTS["https"]
        self._address, self._deadline, self._tls = address, deadline, tls
        self.response_class = self._response  # type: ignore[assignment] # it is only called

    def connect(self) -> None:
        """Connect to the address; the certificate is checked against the host's name."""
        plain = socket.create_connection((self._address, self.port), timeout=self._deadline.next())
        self.sock = plain
        if self._tls is not None:
            plain.settimeout(self._deadline.next())
            self.sock = self._tls.wrap_socket(plain, server_hostname=self.host)
        self.sock.settimeout(self._deadline.next())

    def _response(self, source: socket.socket, **values: Any) -> http.client.HTTPResponse:
        timed: Any = _TimedSocket(source, self._deadline)
        return http.client.HTTPResponse(timed, **values)


def _ask(connection: _Connection, parts: SplitResult) -> None:
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = quote(parts.query, safe="/?%:@!$&'()*+,;=~-._[]")
    connection.putrequest("GET", f"{path}?{query}" if query else path, skip_accept_encoding=True)
    for name, value in (
        ("User-Agent", AGENT),
        ("Accept", "text/html,application/xhtml+xml,application/pdf,*/*;q=0.5"),
        ("Accept-Language", "da,en;q=0.5"),
        ("Accept-Encoding", "gzip, identity"),
        ("Connection", "close"),
    ):
        connection.putheader(name, value)
    connection.endheaders()


def _decoded(answer: http.client.HTTPResponse) -> Iterator[bytes]:
    """Yield an answer's bytes, unpacked in pieces of a bounded size. Raises ValueError for other ways of packing."""
    packed = (answer.getheader("Content-Encoding") or "identity").strip().lower()
    if packed in ("", "identity"):
        yield from _whole(answer)
        return
    if packed not in ("gzip", "x-gzip", "deflate"):
        raise ValueError(packed)
    unpack = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)  # gzip or zlib, by its head
    for piece in _whole(answer):
        rest = piece
        while rest and not unpack.eof:
            yield unpack.decompress(rest, PIECE)
            rest = unpack.unconsumed_tail
        if unpack.eof:
            break
    if not unpack.eof:
        raise http.client.IncompleteRead(b"")
    if unpack.unused_data or answer.read(1):
        raise ValueError("more than what was packed")


def _whole(answer: http.client.HTTPResponse) -> Iterator[bytes]:
    """Yield the bytes as they come. Raises IncompleteRead when there are fewer than the server said."""
    missing = answer.length
    while piece := answer.read(PIECE):
        if missing is not None:
            missing -= len(piece)
        yield piece
    if missing:
        raise http.client.IncompleteRead(b"", missing)

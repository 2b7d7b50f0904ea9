"""The fetcher: what it never reaches, and what a server can do to it. The servers are real, on loopback."""

import gzip
import io
import ipaddress
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from sdg_tracker.foundation.errors import Invalid
from sdg_tracker.foundation.fetcher import Fetcher, is_open, well_formed

LIMIT = 100_000


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.9.9.9", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1"),
        *("169.254.169.254", "168.63.129.16", "100.64.0.1", "100.100.100.200", "192.0.0.192", "198.18.0.1"),
        *("224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "192.0.2.1", "203.0.113.5", "192.88.99.1"),
        *("::", "::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "fe80::1", "fe80::1%eth0", "fc00::1"),
        *("fd00:ec2::254", "ff02::1", "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::", "2001::1", "2001:db8::1"),
        *("100::1", "fec0::1", "3fff::1", "5f00::1", "2606:4700::1%eth0"),
    ],
)
def test_what_is_near_is_never_reached(address: str) -> None:
    assert not is_open(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "172.32.0.1", "100.128.0.1", "193.0.0.1", "2606:4700::1", "2a02::1"])
def test_the_open_internet_is_reached(address: str) -> None:
    assert is_open(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("ftp://example.org/", "fetch-address"),
        ("file:///etc/passwd", "fetch-address"),
        ("//example.org/", "fetch-address"),
        ("example.org", "fetch-address"),
        ("https://", "fetch-address"),
        ("https://[::1", "fetch-address"),
        ("https://example.org:99999/", "fetch-address"),
        ("https://example.org/a b", "fetch-address"),
        ("https://example.org/\r\nHost: other", "fetch-address"),
        ("https://[fe80::1%25eth0]/", "fetch-address"),
        ("https://name:word@example.org/", "fetch-secret-in-address"),
        ("https://example.org@127.0.0.1/", "fetch-secret-in-address"),
        ("https://example.org/" + "a" * 2000, "fetch-address-long"),
    ],
)
def test_what_is_no_address_of_the_web_is_refused(url: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        well_formed(url)
    assert (refused.value.code, refused.value.field) == (code, "url")
    assert str(refused.value)


def test_danish_letters_are_an_address_too() -> None:
    assert well_formed(" https://rødgrød.dk/fløde?q=å ") == "https://rødgrød.dk/fløde?q=å"


@pytest.mark.parametrize(
    "url",
    [
        *("http://127.0.0.1/", "http://localhost/", "http://2130706433/", "http://0x7f.1/", "http://127.1/"),
        *("http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://[64:ff9b::a00:1]/", "http://169.254.169.254/latest/"),
        *("http://10.0.0.1/", "http://localhost./"),
    ],
)
def test_the_product_itself_fetches_nothing_from_inside(url: str) -> None:
    assert reason(Fetcher(LIMIT), url) == "fetch-inside"


def test_one_address_inside_among_others_is_enough() -> None:
    fetcher = Fetcher(LIMIT, look_up=lambda _host, _port: ["93.184.215.14", "10.0.0.1"])
    assert reason(fetcher, "https://example.org/") == "fetch-inside"


def test_only_the_ports_of_the_web_are_tried() -> None:
    assert reason(Fetcher(LIMIT), "http://example.org:25/") == "fetch-port"


def test_names_for_examples_are_not_even_looked_up() -> None:
    def never(_host: str, _port: int) -> list[str]:
        raise AssertionError

    assert reason(Fetcher(LIMIT, look_up=never), "https://bibliotek.demoby.example/") == "fetch-reserved"


def test_a_name_that_nobody_has_and_a_look_up_that_hangs() -> None:
    def unknown(_host: str, _port: int) -> list[str]:
        raise socket.gaierror

    release = threading.Event()

    def hangs(_host: str, _port: int) -> list[str]:
        release.wait(5)
        return []

    assert reason(Fetcher(LIMIT, look_up=unknown), "https://example.org/") == "fetch-unknown-host"
    assert reason(Fetcher(LIMIT, seconds=0.1, look_up=hangs), "https://example.org/") == "fetch-slow"
    release.set()


# With a server -------------------------------------------------------------------------------------------------------

Answer = Callable[[Any], None]


class Web:
    """A server whose answers a test decides, by path; it notes what it was asked."""

    def __init__(self, server: ThreadingHTTPServer) -> None:
        self.port = server.server_address[1]
        self.answers: dict[str, Answer] = {}
        self.asked: list[tuple[str, str | None]] = []

    def address(self, path: str, host: str = "www.example.org", scheme: str = "http") -> str:
        return f"{scheme}://{host}:{self.port}{path}"

    def fetcher(self, **values: Any) -> Fetcher:
        """Return a fetcher for which every name is this server."""
        values = {"look_up": lambda _host, _port: ["127.0.0.1"], **values}
        return Fetcher(LIMIT, allows=lambda _address: True, ports=frozenset({self.port}), **values)


@contextmanager
def serving(tls: ssl.SSLContext | None = None) -> Iterator[Web]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append((self.path, self.headers["Host"]))
            site.answers[self.path](self)

        def log_message(self, *_arguments: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.handle_error = lambda *_arguments: None  # type: ignore[method-assign] # clients that hang up are the point
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    site = Web(server)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def web() -> Iterator[Web]:
    with serving() as found:
        yield found


def sends(body: bytes, status: int = 200, **headers: str) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in {"Content_Length": str(len(body)), **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def reason(fetcher: Fetcher, url: str) -> str:
    with pytest.raises(Invalid) as refused:
        fetcher.fetch(url, io.BytesIO())
    assert "%(" not in str(refused.value)
    return refused.value.code


def test_a_page_is_fetched_as_it_was_sent(web: Web) -> None:
    web.answers["/side?q=%C3%A5"] = sends(b"<p>hej", Content_Type="text/html; charset=ISO-8859-1")
    target = io.BytesIO()
    found = web.fetcher().fetch(web.address("/side?q=å#afsnit"), target)
    assert target.getvalue() == b"<p>hej"
    assert (found.media_type, found.charset, found.size) == ("text/html", "iso-8859-1", 6)
    assert web.asked == [("/side?q=%C3%A5", f"www.example.org:{web.port}")]


def test_each_redirect_is_checked_anew(web: Web) -> None:
    inside = {"inside.example.org": "10.0.0.1"}
    web.answers["/"] = sends(b"", 302, Location="/videre")
    web.answers["/videre"] = sends(b"", 301, Location=web.address("/", "inside.example.org"))
    fetcher = Fetcher(
        LIMIT,
        allows=lambda address: str(address) == "127.0.0.1",
        ports=frozenset({web.port}),
        look_up=lambda host, _port: [inside.get(host, "127.0.0.1")],
    )
    assert reason(fetcher, web.address("/")) == "fetch-inside"
    assert [path for path, _host in web.asked] == ["/", "/videre"]


@pytest.mark.parametrize(
    ("location", "code"),
    [
        ("file:///etc/passwd", "fetch-address"),
        ("http://a:b@www.example.org/", "fetch-secret-in-address"),
        ("http://www.example.org:22/", "fetch-port"),
        ("/", "fetch-redirects"),
    ],
)
def test_where_a_redirect_must_not_lead(web: Web, location: str, code: str) -> None:
    web.answers["/"] = sends(b"", 302, Location=location)
    assert reason(web.fetcher(), web.address("/")) == code
    assert len(web.asked) <= 6


def test_a_redirect_may_hold_plain_letters(web: Web) -> None:
    web.answers["/"] = sends(b"", 302, Location="/fløde og grød".encode().decode("latin-1"))
    web.answers["/fl%C3%B8de%20og%20gr%C3%B8d"] = sends(b"hej")
    assert web.fetcher().fetch(web.address("/"), io.BytesIO()).url == web.address("/fløde%20og%20grød")


def test_a_name_is_looked_up_once(web: Web) -> None:
    looked_up = []

    def look_up(host: str, _port: int) -> list[str]:
        looked_up.append(host)
        return ["127.0.0.1"] if len(looked_up) == 1 else ["10.0.0.1"]

    web.answers["/"] = sends(b"hej")
    assert web.fetcher(look_up=look_up).fetch(web.address("/"), io.BytesIO()).size == 3
    assert looked_up == ["www.example.org"]


def test_no_proxy_of_the_environment_is_used(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    web.answers["/"] = sends(b"hej")
    assert web.fetcher().fetch(web.address("/"), io.BytesIO()).size == 3


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (sends(b"", 404), "fetch-status"),
        (sends(b"x" * (LIMIT + 1)), "fetch-large"),
        (sends(gzip.compress(b"\0" * 50 * LIMIT), Content_Encoding="gzip"), "fetch-large"),
        (sends(gzip.compress(b"hej" * 99)[:-9], Content_Encoding="gzip"), "fetch-garbled"),
        (sends(b"no gzip", Content_Encoding="gzip"), "fetch-garbled"),
        (sends(gzip.compress(b"hej") + b"x" * 9, Content_Encoding="gzip"), "fetch-garbled"),
        (sends(b"hej", Content_Encoding="br"), "fetch-garbled"),
        (sends(b"hej", Content_Length="99"), "fetch-garbled"),
        (lambda handler: handler.wfile.write(b"220 mail.example.org\r\n"), "fetch-garbled"),
        (lambda handler: handler.wfile.write(b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 500 + b"\r\n"), "fetch-garbled"),
    ],
)
def test_what_a_server_sends_can_be_refused(web: Web, answer: Answer, code: str) -> None:
    web.answers["/"] = answer
    assert reason(web.fetcher(), web.address("/")) == code


def test_packed_pages_are_unpacked(web: Web) -> None:
    web.answers["/"] = sends(gzip.compress(b"hej" * 1000), Content_Encoding="gzip")
    target = io.BytesIO()
    assert web.fetcher().fetch(web.address("/"), target).size == 3000
    assert target.getvalue() == b"hej" * 1000


@pytest.mark.parametrize("begin", [b"HTTP/1.1 200 OK\r\nX-Slow: ", b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"])
def test_time_is_up_however_the_bytes_drip(web: Web, begin: bytes) -> None:
    def drips(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(begin)
        while True:
            handler.wfile.write(b"x")
            time.sleep(0.02)

    web.answers["/"] = drips
    began = time.monotonic()
    assert reason(web.fetcher(seconds=0.3, patience=30), web.address("/")) == "fetch-slow"
    assert time.monotonic() - began < 15  # so its patience of 30 is not what ended it


def test_a_probe_reads_nothing_but_the_head(web: Web) -> None:
    web.answers["/"] = sends(b"", Content_Length="99999999999")
    assert web.fetcher().probe(web.address("/")).size == 0


def test_a_server_that_is_not_there() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        fetcher = Fetcher(LIMIT, allows=lambda _address: True, ports=frozenset({port}))
        assert reason(fetcher, f"http://127.0.0.1:{port}/") == "fetch-no-answer"


def test_a_certificate_has_to_be_of_the_name_that_was_asked_for(tmp_path: Path) -> None:
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=test"
    alternative = ["-addext", "subjectAltName=DNS:www.example.org", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*command.split(), *alternative], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with serving(context) as web:
        web.answers["/"] = sends(b"hej")
        trusting = web.fetcher(tls=lambda: ssl.create_default_context(cafile=str(certificate)))
        assert trusting.fetch(web.address("/", scheme="https"), io.BytesIO()).size == 3
        assert reason(trusting, web.address("/", "other.example.org", "https")) == "fetch-certificate"
        assert reason(web.fetcher(), web.address("/", scheme="https")) == "fetch-certificate"

"""The product as its users start it: commands in an empty folder, and the whole of ``serve``."""

import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.processes import forked

PASSWORD = "en lang adgangskode"
COORDINATOR = "k@example.org"


@dataclass
class Installation:
    """A folder in which the product runs, with its own settings."""

    folder: Path
    python: str = sys.executable
    environment: dict[str, str] = field(default_factory=dict)

    def run(self, *arguments: str, status: int = 0) -> subprocess.CompletedProcess[str]:
        """Run a command and hold its exit status against the one expected."""
        if self.python == sys.executable:
            done = forked.run(arguments, self.folder, self.surroundings())
        else:
            command = [self.python, "-m", "sdg_tracker", *arguments]
            done = subprocess.run(
                command, cwd=self.folder, env=self.surroundings(), capture_output=True, text=True, check=False
            )
        assert done.returncode == status, f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def surroundings(self) -> dict[str, str]:
        """Return the environment of its commands."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("SDG_TRACKER_")}
        return {**kept, "SDG_TRACKER_LANGUAGE": "en", **self.environment}

    def call(self, function: Callable[[], object]) -> None:
        """Do what no command does, in a process of its own."""
        forked.call(function, self.folder, self.surroundings(), self.folder / "call.log")

    def start(self, *arguments: str) -> forked.Started:
        """Start a command that runs until it is told to stop."""
        log = self.folder / f"{arguments[0]}.log"
        if self.python == sys.executable:
            return forked.start(arguments, self.folder, self.surroundings(), log)
        command = [self.python, "-m", "sdg_tracker", *arguments]
        with log.open("ab") as file:
            process = subprocess.Popen(command, cwd=self.folder, env=self.surroundings(), stdout=file, stderr=file)
        return forked.Started(process.pid, process.wait)

    def serve(self, port: int) -> forked.Started:
        """Start web and worker, and wait until they answer."""
        started = self.start("serve", "--port", str(port))
        wait_for(lambda: answers(port), 60, "the server did not answer")
        return started


def answers(port: int) -> bool:
    """Return whether the server is ready."""
    try:
        return Browser(port).get("/readyz")[0] == 200
    except OSError:
        return False


def wait_for(condition: Callable[[], bool], seconds: float, what: str) -> None:
    """Wait until a condition holds. Raises AssertionError when it does not in time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if condition():
            return
        time.sleep(0.2)
    raise AssertionError(what)


class Browser:
    """A person's browser without scripts: cookies, forms and files."""

    def __init__(self, port: int) -> None:
        self.port, self.cookie = port, ""

    def get(self, address: str) -> tuple[int, str, str]:
        """Return status, text and where it leads."""
        return self._ask("GET", address, None, {})

    def post(self, address: str, fields: dict[str, str]) -> tuple[int, str, str]:
        """Send a form."""
        kind = "application/x-www-form-urlencoded"
        return self._ask("POST", address, urllib.parse.urlencode(fields).encode(), {"Content-Type": kind})

    def upload(self, address: str, fields: dict[str, str], file: tuple[str, bytes]) -> tuple[int, str, str]:
        """Send a form with one file in its field ``document``."""
        mark = "a-mark-that-no-file-holds"
        parts = [
            f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in fields.items()
        ]
        head = f'--{mark}\r\nContent-Disposition: form-data; name="document"; filename="{file[0]}"\r\n'
        parts += [f"{head}Content-Type: application/octet-stream\r\n\r\n".encode(), file[1], b"\r\n"]
        body = b"".join([*parts, f"--{mark}--\r\n".encode()])
        return self._ask("POST", address, body, {"Content-Type": f"multipart/form-data; boundary={mark}"})

    def token(self, address: str) -> str:
        """Return the token of a page's form. Raises AssertionError when the page has none."""
        text = self.get(address)[1]
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', text)
        assert found, f"{address} has no form"
        return found[1]

    def _ask(self, method: str, address: str, body: bytes | None, headers: dict[str, str]) -> tuple[int, str, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, address, body, {**headers, "Cookie": self.cookie} if self.cookie else headers)
            answer = connection.getresponse()
            text = answer.read().decode("utf-8", "replace")
            for value in answer.headers.get_all("Set-Cookie") or []:
                self.cookie = value.partition(";")[0]
            return answer.status, text, answer.headers.get("Location", "")
        except http.client.HTTPException as error:
            raise ConnectionError(str(error)) from error
        finally:
            connection.close()

    def sign_in(self, email: str, password: str) -> None:
        """Sign in through the page."""
        fields = {"csrf_token": self.token("/sign-in"), "email": email, "password": password}
        status, text, _where = self.post("/sign-in", fields)
        assert status in (302, 303), text


def choose_password(browser: Browser, init_output: str) -> None:
    """Use the link that ``init`` printed."""
    found = re.search(r"(/password/\S+)", init_output)
    assert found, init_output
    fields = {"csrf_token": browser.token(found[1]), "password": PASSWORD, "again": PASSWORD}
    status, text, _where = browser.post(found[1], fields)
    assert status in (302, 303), text


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    """An empty folder to work in."""
    return Installation(tmp_path)


@pytest.fixture(scope="session")
def begun_once(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """An installation after ``init``, to be copied."""
    made = Installation(tmp_path_factory.mktemp("begun"))
    made.run("init", "--coordinator", COORDINATOR)
    return made


@pytest.fixture
def begun(begun_once: Installation, tmp_path: Path) -> Installation:
    """An installation after ``init``: a coordinator, reference data and nothing else."""
    shutil.copytree(begun_once.folder, tmp_path, dirs_exist_ok=True)
    return Installation(tmp_path)


@pytest.fixture
def port() -> int:
    """A port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def served(installation: Installation, port: int) -> Iterator[tuple[Installation, Browser, forked.Started]]:
    """An installation that is served, its coordinator signed in, and the process that watches web and worker."""
    output = installation.run("init", "--coordinator", COORDINATOR).stdout
    process = installation.serve(port)
    try:
        browser = Browser(port)
        choose_password(browser, output)
        browser.sign_in(COORDINATOR, PASSWORD)
        yield installation, browser, process
    finally:
        process.stop(signal.SIGINT)

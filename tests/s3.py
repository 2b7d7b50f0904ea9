"""A real S3 server for tests, on loopback only; every test takes a prefix of its own."""

import itertools
import json
import random
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sdg_tracker.foundation.blobs import open_store

KEY, SECRET = "key-of-the-tests", "secret-of-the-tests"
IDENTITY = {"name": "tests", "credentials": [{"accessKey": KEY, "secretKey": SECRET}], "actions": ["Admin"]}
SECONDS = 60  # in which the server has to answer
_prefixes = itertools.count(1)


@dataclass(frozen=True)
class Server:
    """Where it is, and how to get in."""

    endpoint: str
    access: dict[str, str] = field(repr=False)

    def address(self) -> str:
        """Return the address of a store that is empty."""
        return f"s3://evidence/tests-{next(_prefixes)}"


@contextmanager
def serving(folder: Path) -> Iterator[Server]:
    """Run the server while the block lasts."""
    (folder / "data").mkdir()
    (folder / "s3.json").write_text(json.dumps({"identities": [IDENTITY]}))
    ports = dict(zip(("s3.port", "master.port", "volume.port", "filer.port"), _free_ports(), strict=False))
    options = [f"-{name}={port}" for name, port in ports.items()]
    command = [
        str(Path(sys.executable).with_name("weed")),
        "server",
        "-ip=127.0.0.1",
        "-ip.bind=127.0.0.1",
        f"-dir={folder / 'data'}",
        "-s3",
        f"-s3.config={folder / 's3.json'}",
        "-master.volumeSizeLimitMB=1024",
        "-volume.max=100",
        "-master.telemetry=false",
        "-s3.port.iceberg=0",  # else it takes a fixed port, which another run may have
        "-s3.port.lance=0",
        *options,
    ]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
    try:
        endpoint = f"http://127.0.0.1:{ports['s3.port']}"
        found = Server(endpoint, {"endpoint": endpoint, "key": KEY, "secret": SECRET, "region": "eu-central-1"})
        _wait(ports["s3.port"], found)
        yield found
    finally:
        server.kill()  # nothing of it has to outlive the run
        server.wait()


def _free_ports() -> Iterator[int]:
    """Yield ports that are free, and with them the one 10,000 above, which the server takes too."""
    while True:
        port = random.randrange(20_000, 32_000)
        if all(_is_free(one) for one in (port, port + 10_000)):
            yield port


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _wait(port: int, server: Server) -> None:
    """Wait until a file can be kept: the port answers some time before that."""
    until = time.monotonic() + SECONDS
    while True:
        try:
            with socket.create_connection(("127.0.0.1", port), 2):
                pass
            open_store(server.address(), **server.access).check_writable()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)
        else:
            return

"""Commands in a process of their own that begins with the program loaded: loading it takes most of their time."""

import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from sdg_tracker import cli

LOADED = [__name__, *(f"{cli.__name__}.{module}" for module in cli.MODULES)]
_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(LOADED)


def run(arguments: Sequence[str], folder: Path, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder, and return its exit status and what it printed."""
    with tempfile.TemporaryDirectory() as kept:
        files = (f"{kept}/out", f"{kept}/err")
        process = _context.Process(target=_command, args=(list(arguments), str(folder), dict(environment), *files))
        process.start()
        process.join(300)
        assert process.exitcode is not None, f"{arguments} does not end"
        printed = [Path(file).read_text("utf-8") for file in files]
    return subprocess.CompletedProcess(list(arguments), process.exitcode, *printed)


def _command(arguments: list[str], folder: str, environment: dict[str, str], out: str, err: str) -> None:
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    for number, (name, flags) in enumerate(((os.devnull, os.O_RDONLY), (out, os.O_WRONLY), (err, os.O_WRONLY))):
        os.dup2(os.open(name, flags | os.O_CREAT, 0o600), number)
    sys.stdin, sys.stdout, sys.stderr = (os.fdopen(number, mode) for number, mode in enumerate("rww"))
    cli.main(arguments, prog_name="sdg-tracker")

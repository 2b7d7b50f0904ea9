"""Commands in a process of their own that begins with the program loaded: loading it takes most of their time."""

import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from multiprocessing.process import BaseProcess
from pathlib import Path

from sdg_tracker import cli
from tests.templates import keep_compiled

LOADED = [__name__, *(f"{cli.__name__}.{module}" for module in cli.MODULES)]
_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(LOADED)
keep_compiled()


@dataclass
class Started:
    """A command that runs until it is told to stop."""

    pid: int
    wait: Callable[[float], object]  # for so many seconds; raises when it has not ended then

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Send a signal and wait for the end."""
        os.kill(self.pid, how)
        self.wait(30)

    def kill_group(self) -> None:
        """Kill the process, which leads a group, with all that it has started."""
        os.killpg(self.pid, signal.SIGKILL)
        self.wait(10)


def run(arguments: Sequence[str], folder: Path, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder, and return its exit status and what it printed."""
    with tempfile.TemporaryDirectory() as kept:
        out, err = Path(kept, "out"), Path(kept, "err")
        status = _ended(_begun(partial(_command, arguments), folder, environment, out, err), 300)
        return subprocess.CompletedProcess(list(arguments), status, out.read_text("utf-8"), err.read_text("utf-8"))


def call(function: Callable[[], object], folder: Path, environment: Mapping[str, str], log: Path) -> None:
    """Call a function in a folder; what it prints is added to a file. Raises AssertionError when it fails."""
    assert _ended(_begun(function, folder, environment, log, log), 300) == 0, log.read_text("utf-8")


def start(arguments: Sequence[str], folder: Path, environment: Mapping[str, str], log: Path) -> Started:
    """Start a command as the leader of a group; what it prints is added to a file."""
    process = _begun(partial(_command, arguments), folder, environment, log, log)
    assert process.pid is not None
    while os.getpgid(process.pid) != process.pid:
        time.sleep(0.01)
    return Started(process.pid, partial(_ended, process))


def _command(arguments: Sequence[str]) -> None:
    cli.main(list(arguments), prog_name="sdg-tracker")


def _begun(
    main: Callable[[], object], folder: Path, environment: Mapping[str, str], out: Path, err: Path
) -> BaseProcess:
    process = _context.Process(target=_run, args=(main, folder, dict(environment), out, err))
    process.start()
    return process


def _ended(process: BaseProcess, seconds: float) -> int:
    process.join(seconds)
    assert process.exitcode is not None, "it does not end"
    return process.exitcode


def _run(main: Callable[[], object], folder: Path, environment: dict[str, str], out: Path, err: Path) -> None:
    os.setsid()
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    tempfile.tempdir = None  # TMPDIR may be another
    for number, (file, flags) in enumerate(((Path(os.devnull), os.O_RDONLY), (out, os.O_WRONLY), (err, os.O_WRONLY))):
        os.dup2(os.open(file, flags | os.O_CREAT | os.O_APPEND, 0o600), number)
    sys.stdin, sys.stdout, sys.stderr = (os.fdopen(number, mode) for number, mode in enumerate("rww"))
    main()

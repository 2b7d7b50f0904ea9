"""Risky or heavy work in a process of its own: a module of this package, with limits on its memory and time."""

import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import IO, Any, BinaryIO, cast

KEPT = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH", "LANG", "TMPDIR")  # a child never sees the secret
GRACE = 2.0  # times the CPU seconds allowed, as wall-clock time: the machine may be busy
_places = threading.BoundedSemaphore(2)  # children of this process at a time


class ChildFailed(Exception):
    """The child was stopped at a limit, or broke."""


def run(module: str, *arguments: str, source: int, target: int | None, memory: int, seconds: int) -> Mapping[str, Any]:
    """Run ``python -m module`` and return the JSON object that it printed.

    ``source`` and ``target`` are descriptors of files to read from and to write to. ``memory`` is in bytes,
    ``seconds`` of CPU. Raises ChildFailed.
    """
    kept = () if target is None else (target,)
    limits = [str(number) for number in (*(kept or (-1,)), memory, seconds)]
    command = [sys.executable, "-P", "-m", module, *limits, *arguments]
    environment = {name: os.environ[name] for name in KEPT if name in os.environ}
    os.lseek(source, 0, os.SEEK_SET)
    try:
        with _places:
            done = subprocess.run(  # noqa: S603 - our own interpreter and module
                command,
                stdin=source,
                capture_output=True,
                pass_fds=kept,
                env=environment,
                timeout=seconds * GRACE,
                check=True,
            )
    except subprocess.TimeoutExpired as error:
        raise ChildFailed(f"{module} took more than {seconds * GRACE} seconds") from error
    except subprocess.CalledProcessError as error:
        last = error.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
        raise ChildFailed(f"{module} ended with status {error.returncode}: {last[:300]}") from error
    answer: Mapping[str, Any] = json.loads(done.stdout)
    return answer


class Conversation:
    """A child that asks as it goes: what it says, line by line, and answers to it."""

    def __init__(self, said: IO[bytes], answers: BinaryIO) -> None:
        self._said, self._answers = said, answers

    def __iter__(self) -> Iterator[Mapping[str, Any]]:
        return (json.loads(line) for line in self._said)

    def answer(self, value: object) -> None:
        """Answer what the child has just asked; a child that is gone is told of when the conversation ends."""
        with suppress(BrokenPipeError):
            self._answers.write(json.dumps(value).encode() + b"\n")
            self._answers.flush()


@contextmanager
def conversation(
    module: str, *arguments: str, source: int, target: int, memory: int, seconds: int
) -> Iterator[Conversation]:
    """Run ``python -m module`` as ``run`` does, and talk with it; ``seconds`` are of CPU, for each of its processes.

    The last argument that it gets is the descriptor on which it hears the answers.

    Raises ChildFailed at the end; what an own error leaves of the child and its children is ended.
    """
    answers, heard = os.pipe()[::-1]
    limits = [str(number) for number in (target, memory, seconds)]
    command = [sys.executable, "-P", "-m", module, *limits, *arguments, str(heard)]
    environment = {name: os.environ[name] for name in KEPT if name in os.environ}
    os.lseek(source, 0, os.SEEK_SET)
    with _places, tempfile.TemporaryFile() as errors, open(answers, "wb") as written:  # noqa: PTH123 - a descriptor
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            command,
            stdin=source,
            stdout=subprocess.PIPE,
            stderr=errors,
            pass_fds=(target, heard),
            env=environment,
            start_new_session=True,
        )
        os.close(heard)
        late = threading.Timer(seconds * GRACE, _end, (process,))
        late.daemon = True
        late.start()
        try:
            yield Conversation(cast(IO[bytes], process.stdout), written)
            process.wait()
        finally:
            late.cancel()
            _end(process)
            cast(IO[bytes], process.stdout).close()
        if process.returncode:
            errors.seek(0)
            last = errors.read().decode("utf-8", "replace").strip().rpartition("\n")[2]
            raise ChildFailed(f"{module} ended with status {process.returncode}: {last[:300]}")


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End a child and its own children, unless all went well."""
    if process.poll() != 0:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def begin(arguments: list[str]) -> tuple[BinaryIO, BinaryIO, list[str]]:
    """Set the limits inside the child; return source, target and the arguments that are left."""
    target, memory, seconds = (int(argument) for argument in arguments[:3])
    for kind, limit in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CPU, seconds), (resource.RLIMIT_CORE, 0)):
        resource.setrlimit(kind, (limit, limit))
    source = open(0, "rb", closefd=False)  # noqa: SIM115 - open until the child ends
    source.seek(0)
    written = os.fdopen(target if target >= 0 else os.open(os.devnull, os.O_WRONLY), "wb")
    return source, written, arguments[3:]


def answer(**values: object) -> None:
    """Print the child's answer."""
    sys.stdout.write(json.dumps(values))

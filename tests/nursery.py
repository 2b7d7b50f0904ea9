"""Children of the product that are born with their program loaded: loading it takes most of their time.

A nurse of each program, a process that has loaded it and nothing else, forks a child for each that the product wants:
with the descriptors, folder, environment and arguments that a new process would have been given, in a session of its
own, and with an exit status. Who asks for another environment than usual, for a program without a nurse, or has put
something else in the place of ``subprocess.run`` gets a new process, and so does all that runs outside of a test's own
process.
"""

import atexit
import fcntl
import gc
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import traceback
from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import IO, Any

from jinja2 import FileSystemBytecodeCache

from sdg_tracker.foundation import children

WARM: Mapping[str, Sequence[str]] = {
    "sdg_tracker.output": (
        "sdg_tracker.printing.press",
        "sdg_tracker.printing.merge",
        "sdg_tracker.printing.bagpage",
        "sdg_tracker.printing.crate",
    ),
    "sdg_tracker.editions.sealing": (),
    "sdg_tracker.comparison.printed": ("sdg_tracker.comparison.pdf", "sdg_tracker.comparison.workbook"),
    "sdg_tracker.evidence.apart": (
        "sdg_tracker.evidence.pictures",
        "sdg_tracker.evidence.pdfs",
        "sdg_tracker.evidence.offices",
        "sdg_tracker.evidence.webpages",
    ),
    "sdg_tracker.evidence.reading": (),
}
HIGH = 600  # descriptors of a child are first put above this, where no number that it is told can be
LONGEST = 1 << 16  # bytes of what a nurse is asked
_run, _kept = subprocess.run, children.KEPT
_nurses: dict[str, "_Nurse"] = {}
_lock = threading.Lock()


def share() -> None:
    """Let the children of this process be born with their program loaded from now on."""
    vars(children)["subprocess"] = _Born


class _Nurse:
    """A process that has loaded a program, and how to ask it for children."""

    def __init__(self, module: str, environment: Mapping[str, str]) -> None:
        self.environment = environment
        self._asked, heard = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with heard:
            command = [sys.executable, "-c", "import sys; from tests import nursery; nursery.tend(*sys.argv[1:])"]
            self._process = subprocess.Popen(
                [*command, str(heard.fileno()), module],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=(heard.fileno(),),
                env={**environment, "PYTHONPATH": os.pathsep.join(sys.path)},
                start_new_session=True,
            )

    def end(self) -> None:
        """Let it end: it does when nobody can ask any more."""
        self._asked.shutdown(socket.SHUT_RDWR)
        self._asked.close()
        self._process.wait()

    def bear(self, command: Sequence[str], environment: Mapping[str, str], places: Mapping[int, int]) -> "_Child":
        """Have a child born; ``places`` are its descriptors by the numbers that it knows them by."""
        mine, theirs = socket.socketpair()
        with theirs:
            asked = {"command": command, "environment": environment, "folder": str(Path.cwd()), "places": [*places]}
            socket.send_fds(self._asked, [json.dumps(asked).encode()], [theirs.fileno(), *places.values()])
        return _Child(mine, command)


class _Child:
    """A process that a nurse has born; like ``subprocess.Popen``."""

    stdout: IO[bytes]

    def __init__(self, told: socket.socket, command: Sequence[str]) -> None:
        self._command, self._reads = command, threading.Lock()
        with told:
            self._lines = told.makefile("rb")
        self.pid = int(self._lines.readline())
        self.returncode: int | None = None

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end. Raises TimeoutExpired."""
        if self.returncode is None and not select.select([self._lines], [], [], timeout)[0]:
            raise subprocess.TimeoutExpired(self._command, timeout or 0)
        with self._reads:
            if self.returncode is None:
                self.returncode = int(self._lines.readline())
                self._lines.close()
        return self.returncode

    def poll(self) -> int | None:
        """Return the status when it has ended."""
        try:
            return self.wait(0)
        except subprocess.TimeoutExpired:
            return None


class _Born:
    """What ``foundation.children`` needs of the module ``subprocess``."""

    PIPE = subprocess.PIPE
    TimeoutExpired, CalledProcessError = subprocess.TimeoutExpired, subprocess.CalledProcessError

    @staticmethod
    def run(command: list[str], **options: Any) -> subprocess.CompletedProcess[bytes]:
        """Have a child born, and wait for its end."""
        nurse = _nurse_of(command, options["env"])
        if nurse is None:
            return subprocess.run(command, check=options.pop("check"), **options)
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            places = {0: options["stdin"], 1: out.fileno(), 2: err.fileno(), **{fd: fd for fd in options["pass_fds"]}}
            child = nurse.bear(command, options["env"], places)
            try:
                status = child.wait(options["timeout"])
            except BaseException:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()
                raise
            out.seek(0)
            err.seek(0)
            done = subprocess.CompletedProcess(command, status, out.read(), err.read())
        done.check_returncode()
        return done

    @staticmethod
    def Popen(command: list[str], **options: Any) -> "_Child | subprocess.Popen[bytes]":  # noqa: N802 - as it is called
        """Have a child born that speaks as it goes."""
        nurse = _nurse_of(command, options["env"])
        if nurse is None:
            return subprocess.Popen(command, **options)
        heard, said = os.pipe()
        try:
            places = {0: options["stdin"], 1: said, 2: options["stderr"].fileno()}
            child = nurse.bear(command, options["env"], {**places, **{fd: fd for fd in options["pass_fds"]}})
        finally:
            os.close(said)
        child.stdout = os.fdopen(heard, "rb")
        return child


def _nurse_of(command: Sequence[str], environment: Mapping[str, str]) -> _Nurse | None:
    """Return who can bear what ``python -P -m module`` would be; None where it has to be a process of its own."""
    module = command[3]
    if module not in WARM or subprocess.run is not _run or not environment.keys() <= set(_kept):
        return None
    with _lock:
        if module not in _nurses:
            _nurses[module] = _Nurse(module, environment)
            atexit.register(_nurses[module].end)
    nurse = _nurses[module]
    usual, asked = ({**found, "TMPDIR": "", "PATH": ""} for found in (nurse.environment, environment))
    return nurse if usual == asked else None


def tend(descriptor: str, module: str) -> None:
    """Load a program, and bear children until nobody can ask for one any more."""
    asked = socket.socket(fileno=int(descriptor))
    with tempfile.TemporaryDirectory() as templates:
        _load(module, templates)
        woken, waking = socket.socketpair()
        woken.settimeout(0)
        waking.settimeout(0)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(waking.fileno(), warn_on_full_buffer=False)
        running: dict[int, socket.socket] = {}
        while True:
            ready = select.select([asked, woken], [], [])[0]
            if woken in ready:
                woken.recv(1024)
                _tell_of_the_dead(running)
            if asked in ready:
                wanted, given, _flags, _address = socket.recv_fds(asked, LONGEST, 16)
                if not wanted:
                    return
                pid = os.fork()
                if not pid:
                    _be_born(module, json.loads(wanted), given)
                for number in given[1:]:
                    os.close(number)
                running[pid] = socket.socket(fileno=given[0])


def _load(module: str, templates: str) -> None:
    for name in (module, *WARM[module]):
        import_module(name)
    if module == "sdg_tracker.output":
        _load_print(Path(templates))
    gc.collect()
    gc.freeze()


def _load_print(templates: Path) -> None:
    """Unpack the fonts, lay out a page, and let children keep the templates that they compile."""
    from sdg_tracker.foundation.blobs import FolderBlobs
    from sdg_tracker.printing import layout, sources, splitting, texts

    sources.unpack_fonts()
    chapter = splitting.Chapter('<section class="chapter"><h1>A</h1><p>b</p></section>', ())
    asked = layout.request(chapter, layout.Look("da", ["styles:edition.css"], {}))
    layout.lay_out(asked, FolderBlobs(templates))
    texts.environment().bytecode_cache = FileSystemBytecodeCache(str(templates))


def _tell_of_the_dead(running: dict[int, socket.socket]) -> None:
    while running:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if not pid:
            return
        with running.pop(pid) as tell, suppress(OSError):  # nobody waits for it
            tell.sendall(b"%d\n" % os.waitstatus_to_exitcode(status))


def _be_born(module: str, wanted: Mapping[str, Any], given: Sequence[int]) -> None:
    """Become what was asked for, and end with its status."""
    status = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.setsid()
        os.write(given[0], b"%d\n" % os.getpid())
        high = [fcntl.fcntl(number, fcntl.F_DUPFD_CLOEXEC, HIGH) for number in given[1:]]
        os.closerange(3, HIGH)
        for number, place in zip(high, wanted["places"], strict=True):
            os.dup2(number, place)
            os.close(number)
        os.chdir(wanted["folder"])
        os.environ.clear()
        os.environ.update(wanted["environment"])
        tempfile.tempdir = None  # TMPDIR may be another
        sys.argv = ["-m", *wanted["command"][4:]]
        import_module(module).main(sys.argv[1:])
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
        if isinstance(end.code, str):
            sys.stderr.write(f"{end.code}\n")
    except BaseException:  # noqa: BLE001 - the child ends here, whatever it was
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)

"""The press: a process that fills a template, lays out chapters and merges them, each step in a child that it forks.

It loads its libraries and unpacks its fonts once; memory is given back with each child. It says on standard output what
it does, and asks which chapter comes next: who started it knows which are kept from before or made elsewhere.
"""

import gc
import json
import os
import resource
import sys
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from sdg_tracker.foundation.blobs import Blobs
from sdg_tracker.printing import edition, layout
from sdg_tracker.printing.edition import Plan, Template
from sdg_tracker.printing.sources import unpack_fonts

PLAN = "plan.json"
MB = 1 << 20
LAYOUT_MEMORY = 1024 * MB  # of address space, of which a chapter in use takes a fifth; the libraries map the rest


def request_path(folder: Path, index: int) -> Path:
    """Return where the request of a chapter lies."""
    return folder / f"{index:05}.request"


def piece_path(folder: Path, index: int) -> Path:
    """Return where a laid out chapter lies, or is put before the merge."""
    return folder / f"{index:05}.piece"


@dataclass(frozen=True)
class Press:
    """One file to print. ``folder`` holds what goes from step to step, ``answers`` is read after each question.

    Files that are put into this one may lie in ``folder`` ready-made.
    """

    template: Template
    fingerprint: str
    blobs: Blobs
    folder: Path
    source: BinaryIO  # the snapshot
    target: BinaryIO
    answers: BinaryIO
    workers: int  # chapters laid out at a time

    def run(self) -> None:
        """Plan, lay out what is asked for, merge. Ends the process with status 1 when a step fails."""
        planning = _forked(self._plan)
        unpack_fonts()
        gc.freeze()
        _tell(planned=True, **_ended(planning))
        running: dict[int, int | None] = {}
        if self.template.workbook is not None and not self._workbook.exists():
            running[_forked(self._make_workbook)] = None
        more = True
        while more or running:
            while more and len(running) < self.workers:
                index = self._ask(wants="chapter")
                more = index is not None
                if more:
                    running[_forked(partial(self._lay_out, index), LAYOUT_MEMORY)] = index
            if running:
                process, status, used = os.wait4(-1, 0)
                index, cost = running.pop(process), _cost(status, used)
                if index is not None:
                    _tell(made=index, **cost)
        self._ask(wants="merge")
        merging = _forked(self._merge)
        _tell(merged=True, **_ended(merging))

    def _ask(self, **question: Any) -> Any:
        _tell(**question)
        line = self.answers.readline()
        if not line:
            sys.exit("nobody answers")
        return json.loads(line)

    def _plan(self) -> None:
        planned = edition.plan_data(self.template, self.source.read(), self.fingerprint)
        for index, request in enumerate(planned.requests):
            request_path(self.folder, index).write_bytes(request)
        (self.folder / PLAN).write_text(planned.as_json(), "utf-8")

    @property
    def _workbook(self) -> Path:
        return self.folder / self.template.workbook_name

    def _make_workbook(self) -> None:
        self.source.seek(0)
        self._workbook.write_bytes(self.template.made_workbook(self.source.read(), self.fingerprint, self.blobs))

    def _lay_out(self, index: int) -> None:
        piece = layout.lay_out(request_path(self.folder, index).read_bytes(), self.blobs)
        piece_path(self.folder, index).write_bytes(piece)

    def _merge(self) -> None:
        self.source.seek(0)
        planned = Plan.from_json((self.folder / PLAN).read_text("utf-8"))
        chapters = [path.read_bytes for path in sorted(self.folder.glob("*.piece"))]
        attachments = self.template.attachments(self.source.read(), self.fingerprint, self.blobs, self._workbook)
        edition.join(planned, chapters, attachments, blobs=self.blobs, target=self.target)
        self.target.flush()


def _forked(work: Callable[[], None], memory: int | None = None) -> int:
    """Do something in a child with the memory of now; return its process number."""
    sys.stdout.flush()
    process = os.fork()
    if process:
        return process
    status = 1
    try:
        if memory is not None:
            resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        work()
        status = 0
    except BaseException:  # noqa: BLE001 - the child ends here, whatever it was
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)


def _ended(process: int) -> Mapping[str, float]:
    _process, status, used = os.wait4(process, 0)
    return _cost(status, used)


def _cost(status: int, used: resource.struct_rusage) -> Mapping[str, float]:
    """Return what a child took, in MB and CPU seconds; end when it failed: its error is the last that was written."""
    if status:
        sys.exit(1)
    return {"mb": round(used.ru_maxrss * 1024 / 1e6, 1), "cpu_s": round(used.ru_utime + used.ru_stime, 3)}


def _tell(**values: Any) -> None:
    sys.stdout.write(json.dumps(values) + "\n")
    sys.stdout.flush()

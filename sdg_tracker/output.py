"""Files of an edition, made in a process of their own: a function of the snapshot and of the blobs that it names.

``editions.build`` starts it by ``foundation.children``, which hands over the snapshot, a file to write to and limits;
the arguments are what to do and the store's address, then:

- ``file``: the kind of edition, the name of the file and the fingerprint;
- ``print``: the same, a folder for what lies between, and how many chapters are laid out at a time (``press``);
- ``chapter``: nothing; what is handed over is not the snapshot but the request of one chapter.
"""

import gc
import hashlib
import json
import os
import sys
from pathlib import Path
from typing import BinaryIO

from sdg_tracker.auditreport import outputs as auditreport
from sdg_tracker.dossier import outputs as dossier
from sdg_tracker.editions import kinds
from sdg_tracker.foundation import children
from sdg_tracker.foundation.blobs import Blobs, open_store
from sdg_tracker.impact import outputs as impact
from sdg_tracker.plandocument import outputs as plandocument
from sdg_tracker.supplement import outputs as supplement

KINDS = (
    dossier.KIND,
    impact.KIND,
    supplement.KIND,
    auditreport.KIND,
    plandocument.KIND,
)  # importing them has registered them


def main(arguments: list[str]) -> None:
    """Do what is asked for. Raises ValueError when the snapshot is not that of the fingerprint."""
    gc.set_threshold(50_000, 20, 50)  # most is needed to the end: looking for what is not was a quarter of all work
    source, target, rest = children.begin(arguments)
    what_to_do, store, *what = rest
    blobs = open_store(store)
    with target:
        if what_to_do == "print":
            _printed(source, target, blobs, what)
            return
        if what_to_do == "chapter":
            _chapter(source, target, blobs)
        else:
            _file(source, target, blobs, what)
    children.answer(made=what_to_do)


def _file(source: BinaryIO, target: BinaryIO, blobs: Blobs, what: list[str]) -> None:
    kind, name, fingerprint = what
    content = source.read()
    if hashlib.sha256(content).hexdigest() != fingerprint:
        raise ValueError("the snapshot is not that of the fingerprint")
    kinds.output(kind, name).build(json.loads(content), fingerprint, blobs, target)


def _chapter(source: BinaryIO, target: BinaryIO, blobs: Blobs) -> None:
    from sdg_tracker.printing import layout  # noqa: PLC0415 - only those who print pay for it

    target.write(layout.lay_out(source.read(), blobs))


def _printed(source: BinaryIO, target: BinaryIO, blobs: Blobs, what: list[str]) -> None:
    from sdg_tracker.printing.press import Press  # noqa: PLC0415 - only those who print pay for it

    kind, name, fingerprint, folder, workers, answers = what
    template = kinds.output(kind, name).template()
    with os.fdopen(int(answers), "rb") as heard:
        Press(template, fingerprint, blobs, Path(folder), source, target, heard, int(workers)).run()


if __name__ == "__main__":
    main(sys.argv[1:])

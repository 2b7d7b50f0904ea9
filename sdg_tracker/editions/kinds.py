"""The kinds of edition, registered by higher parts; each output is made of the snapshot and nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, BinaryIO

from sdg_tracker.foundation.blobs import Blobs
from sdg_tracker.foundation.errors import NotFound, words
from sdg_tracker.foundation.i18n import Text, lazy

Snapshot = Mapping[str, Any]  # canonical JSON, read back

words({"kind-unknown": lazy("There is no kind of edition %(kind)s.")})


@dataclass(frozen=True)
class Output:
    """One file of a kind of edition, a function of the snapshot and of the blobs that it names."""

    name: str  # such as "report.pdf"
    media_type: str
    module: str  # whose ``build`` makes it; only the process that does so needs the libraries that it stands on
    printed: bool = False  # then the module has a ``TEMPLATE`` instead, and the file is laid out in chapters

    def build(self, snapshot: Snapshot, fingerprint: str, blobs: Blobs, target: BinaryIO) -> None:
        """Write the file to ``target``."""
        import_module(self.module).build(snapshot, fingerprint, blobs, target)

    def template(self) -> Any:
        """Return the template that the file is printed by."""
        return import_module(self.module).TEMPLATE


@dataclass(frozen=True)
class Kind:
    """A kind of edition. ``slug`` ends the names of its files: ``<library>-<slug>-<number>.pdf``."""

    name: str
    slug: str
    title: Text
    outputs: tuple[Output, ...]


_kinds: dict[str, Kind] = {}
BAG = "bag.zip"


def register(kind: Kind) -> None:
    """Add a kind. Raises ValueError for a second of the same name."""
    if kind.name in _kinds:
        raise ValueError(f"the kind {kind.name!r} is registered twice")
    _kinds[kind.name] = kind


def get(name: str) -> Kind:
    """Return a kind. Raises NotFound."""
    if name not in _kinds:
        raise NotFound("kind-unknown", kind=name)
    return _kinds[name]


def output(kind: str, name: str) -> Output:
    """Return one output of a kind. Raises NotFound."""
    for found in get(kind).outputs:
        if found.name == name:
            return found
    raise NotFound("kind-unknown", kind=f"{kind}/{name}")


@dataclass(frozen=True)
class File:
    """A stored file that a snapshot names, as messages call it."""

    name: str
    sha256: str
    size: int  # bytes


def evidence(snapshot: Snapshot) -> list[File]:
    """Return the exhibits' files in order."""
    return [File(row["file"], row["sha256"], row["size"]) for row in snapshot["evidence"]]


def bagged(snapshot: Snapshot) -> list[File]:
    """Return the exhibits' files that lie in the bag: all, or none where only their list was chosen."""
    return evidence(snapshot) if snapshot.get("composition", {}).get("files", True) else []


def pictures(snapshot: Snapshot) -> list[File]:
    """Return the pictures that an edition's pages show."""
    rows = [(f"{row['file']} (thumbnail)", row["thumbnail"]) for row in snapshot["evidence"]]
    for row in snapshot["evidence"]:
        shown = [tie["proof"] for tie in row["requirements"] if "proof" in tie]
        rows += [(f"{row['file']} (page {proof['page']})", proof) for proof in shown]
    rows.append(("logo", snapshot.get("composition", {}).get("logo")))
    return [File(name, kept["sha256"], kept["size"]) for name, kept in rows if kept]

"""The kinds of edition, registered by higher parts; each output is made of the snapshot and nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any, BinaryIO

from sdg_tracker.foundation.blobs import Blobs
from sdg_tracker.foundation.errors import NotFound, words
from sdg_tracker.foundation.i18n import LOCALES, Text, lazy
from sdg_tracker.printing.head import in_language

Snapshot = Mapping[str, Any]  # canonical JSON, read back

words({"kind-unknown": lazy("There is no kind of edition %(kind)s.")})


@dataclass(frozen=True)
class Output:
    """One file of a kind of edition, a function of the snapshot and of the blobs that it names."""

    name: str  # such as "report.pdf"
    media_type: str
    module: str  # whose ``build`` makes it; only the process that does so needs the libraries that it stands on
    printed: bool = False  # then the module has a ``TEMPLATE`` instead, and the file is laid out in chapters
    spoken: bool = False  # made once more where a second language was chosen
    language: str = ""  # that second language, in the one that is made for it

    def build(self, snapshot: Snapshot, fingerprint: str, blobs: Blobs, target: BinaryIO) -> None:
        """Write the file to ``target``."""
        import_module(self.module).build(in_language(snapshot, self.language), fingerprint, blobs, target)

    def template(self) -> Any:
        """Return the template that the file is printed by."""
        found = import_module(self.module).TEMPLATE
        return replace(found, language=self.language) if self.language else found

    def also(self, language: str) -> "Output":
        """Return the same file in a second language: ``report-en.pdf`` beside ``report.pdf``."""
        stem, dot, ending = self.name.rpartition(".")
        return replace(self, name=f"{stem}-{language}{dot}{ending}", language=language)


@dataclass(frozen=True)
class Kind:
    """A kind of edition. ``slug`` ends the names of its files: ``<library>-<slug>-<number>.pdf``."""

    name: str
    slug: str
    title: Text
    outputs: tuple[Output, ...]

    def made(self, also: str = "") -> tuple[Output, ...]:
        """Return the files of an edition, those in a second language last."""
        return self.outputs + tuple(output.also(also) for output in self.outputs if also and output.spoken)


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
    for language in ("", *LOCALES):
        for found in get(kind).made(language):
            if found.name == name:
                return found
    raise NotFound("kind-unknown", kind=f"{kind}/{name}")


def second_language(snapshot: Snapshot) -> str:
    """Return the second language that was chosen, empty where there is none."""
    languages = snapshot.get("composition", {}).get("languages", ())
    return languages[1] if len(languages) > 1 else ""


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

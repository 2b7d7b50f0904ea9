"""The check of a bag without database, without network and without making a file: a zip or an unpacked folder.

Each fault is one line, ``<file with the list>: <entry>: expected … found …``; a fault in the tag manifest goes by its
own name. It is in English in every language, so that a program can read it.
"""

import hashlib
import re
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from sdg_tracker.editions import contents as _contents
from sdg_tracker.editions.contents import Tree
from sdg_tracker.foundation.blobs import CHUNK

MANIFEST, TAGS = "manifest-sha256.txt", "tagmanifest-sha256.txt"
DECLARATION = "bagit.txt"
REQUIRED_TAGS = (DECLARATION, "bag-info.txt", MANIFEST)
_LINE = re.compile(r"^([0-9a-f]{64})  (\S.*)$")


class FolderTree:
    """An unpacked bag."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def names(self) -> list[str]:
        """See Tree.names."""
        return sorted(path.relative_to(self.folder).as_posix() for path in self.folder.rglob("*") if path.is_file())

    def open(self, name: str) -> BinaryIO:
        """See Tree.open."""
        return (self.folder / name).open("rb")


class ZipTree:
    """A bag in a zip, which holds one folder."""

    def __init__(self, archive: zipfile.ZipFile, folder: str) -> None:
        self.archive, self.folder = archive, folder

    def names(self) -> list[str]:
        """See Tree.names."""
        start = f"{self.folder}/"
        return sorted(name.removeprefix(start) for name in self.archive.namelist() if not name.endswith("/"))

    def open(self, name: str) -> BinaryIO:
        """See Tree.open."""
        return self.archive.open(f"{self.folder}/{name}")  # type: ignore[return-value]


@contextmanager
def opened(path: Path) -> Iterator[Tree | None]:
    """Give the files of a bag; None for what is none."""
    if path.is_dir():
        yield FolderTree(_inner(path))
        return
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError):
        yield None
        return
    with archive:
        folders = {name.partition("/")[0] for name in archive.namelist()}
        yield ZipTree(archive, folders.pop()) if len(folders) == 1 else None


def faults(path: Path) -> Iterator[str]:
    """Yield what does not hold in a downloaded bag."""
    if path.is_dir():
        yield from _tree_faults(FolderTree(_inner(path)))
        return
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError) as error:
        yield f"{path.name}: expected a bag in a zip, found {error}"
        return
    with archive:
        names = [name for name in archive.namelist() if not name.endswith("/")]
        folders = {name.partition("/")[0] for name in names}
        twice = sorted({name for name in names if names.count(name) > 1}) if len(set(names)) != len(names) else []
        if len(folders) != 1 or any("/" not in name for name in names):
            yield f"{path.name}: expected one folder, found {', '.join(sorted(folders)) or 'none'}"
            return
        for name in twice:
            yield f"{path.name}: {name}: expected once, found {names.count(name)} times"
        yield from _tree_faults(ZipTree(archive, folders.pop()))


def _inner(folder: Path) -> Path:
    if not (folder / DECLARATION).is_file():
        inside = [entry for entry in folder.iterdir() if (entry / DECLARATION).is_file()]
        if len(inside) == 1:
            return inside[0]
    return folder


def _tree_faults(tree: Tree) -> Iterator[str]:
    names = set(tree.names())
    for required in REQUIRED_TAGS:
        if required not in names:
            yield f"{TAGS}: {required}: expected a file, found none"
    if TAGS not in names:
        yield f"{TAGS}: {TAGS}: expected a file, found none"
    payload = {name for name in names if name.startswith("data/")}
    digests = _Digests(tree)
    if MANIFEST in names:
        yield from _list_faults(tree, digests, MANIFEST, payload)
    if TAGS in names:
        yield from _list_faults(tree, digests, TAGS, names - payload - {TAGS})
    yield from _contents.faults(tree, names, digests)


class _Digests(dict[str, str]):
    """The digest of each file, read once."""

    def __init__(self, tree: Tree) -> None:
        super().__init__()
        self.tree = tree

    def __missing__(self, name: str) -> str:
        found = self[name] = _digest(self.tree, name)
        return found


def _list_faults(tree: Tree, digests: Mapping[str, str], listing: str, present: set[str]) -> Iterator[str]:
    listed: dict[str, str] = {}
    try:
        with tree.open(listing) as file:
            text = file.read().decode("utf-8")
    except (UnicodeDecodeError, zipfile.BadZipFile, OSError, RuntimeError) as error:
        yield f"{listing}: {listing}: expected a list of digests, found {error}"
        return
    for number, line in enumerate(text.splitlines(), 1):
        match = _LINE.match(line)
        if match is None:
            yield f"{listing}: line {number}: expected a digest, two blanks and a path, found {line!r}"
        elif match[2] in listed:
            yield f"{listing}: {match[2]}: expected once, found twice"
        else:
            listed[match[2]] = match[1]
    for name in sorted(listed.keys() - present):
        yield f"{listing}: {name}: expected {listed[name]}, found no such file"
    for name in sorted(present - listed.keys()):
        yield f"{listing}: {name}: expected no such file, found one"
    for name in sorted(listed.keys() & present):
        found = digests[name]
        if found != listed[name]:
            yield f"{listing}: {name}: expected {listed[name]}, found {found}"


def _digest(tree: Tree, name: str) -> str:
    hasher = hashlib.sha256()
    try:
        with tree.open(name) as file:
            while piece := file.read(CHUNK):
                hasher.update(piece)
    except (zipfile.BadZipFile, OSError, RuntimeError) as error:
        return f"unreadable bytes ({error})"
    return hasher.hexdigest()

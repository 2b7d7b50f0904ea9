"""The bag of an edition: BagIt 1.0 (RFC 8493) in a zip that has the same bytes whenever and wherever it is made.

The zip is written entry by entry, each read from the store in pieces, so memory stays flat whatever the evidence
weighs. Everything is stored, nothing deflated; times and order are fixed.
"""

import hashlib
import io
import zipfile
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import BinaryIO

from sdg_tracker.editions import kinds
from sdg_tracker.editions.kinds import Snapshot
from sdg_tracker.foundation.blobs import CHUNK, Blobs, StoredBlob
from sdg_tracker.foundation.documents import canonical
from sdg_tracker.foundation.errors import Conflict, words
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.printing import crate

EPOCH = (1980, 1, 1, 0, 0, 0)  # the first moment that a zip can tell
words({"bag-file-changed": lazy("%(name)s can't go into the bag: expected %(expected)s, found %(found)s.")})


README = """{folder}

DANSK
Denne mappe er en udgave, der er frosset: rapporten som PDF{book_da}, alle data, hændelsesloggen og al dokumentation.
Åbn data/index.html for at læse den uden net: siden søger, filtrerer og kontrollerer hver fil, når du slipper mappen på
den.{crate_da}

Sådan ser du, at intet er ændret, uden at stole på os:

  1. Åbn mappen i en terminal.
  2. Kør:  sha256sum -c manifest-sha256.txt
     Hver linje skal ende på OK. (På Mac: shasum -a 256 -c. På Windows: certutil -hashfile FIL SHA256.)
  3. Kør:  sha256sum -c tagmanifest-sha256.txt
  4. Kør:  sha256sum data/snapshot.json
     Tallet skal være fingeraftrykket, som står i bag-info.txt og på hver side af rapporten.
  5. Spørg biblioteket, eller slå kontrolkoden op på den adresse, der står i rapporten.

Mappen følger BagIt 1.0 (RFC 8493); ethvert program til BagIt kan kontrollere den.

ENGLISH
This folder is a frozen edition: the report as PDF{book_en}, all data, the trail and all evidence.
Open data/index.html to read it without a network: the page searches, filters, and checks every file when you drop the
folder on it.{crate_en}

To see that nothing was changed, without trusting us:

  1. Open the folder in a terminal.
  2. Run:  sha256sum -c manifest-sha256.txt
     Every line must end in OK. (On a Mac: shasum -a 256 -c. On Windows: certutil -hashfile FILE SHA256.)
  3. Run:  sha256sum -c tagmanifest-sha256.txt
  4. Run:  sha256sum data/snapshot.json
     The digits must be the fingerprint in bag-info.txt and on every page of the report.
  5. Ask the library, or look the code up at the address in the report.

The folder follows BagIt 1.0 (RFC 8493); any program for BagIt can check it.
"""


OF_FILES = {  # what is said of a file where there is one
    "report.xlsx": {"book_da": " og regneark", "book_en": " and workbook"},
    crate.NAME: {
        "crate_da": f" data/{crate.NAME} beskriver det hele for programmer (RO-Crate 1.2).",
        "crate_en": f" data/{crate.NAME} describes all of it for programs (RO-Crate 1.2).",
    },
}


def readme(folder: str, names: Collection[str]) -> str:
    """Return how to check the bag with ordinary tools, in both languages; ``names`` are those of its files."""
    said = {key: text for name, texts in OF_FILES.items() for key, text in texts.items() if name in names}
    return README.format(folder=folder, **{key: "" for texts in OF_FILES.values() for key in texts} | said)


@dataclass(frozen=True)
class Payload:
    """A file below ``data/`` by the digest and size that it must have."""

    path: str
    sha256: str
    size: int


def payloads(snapshot: Snapshot, made: Iterable[tuple[str, str, int]], fingerprint: str, size: int) -> list[Payload]:
    """Return what goes below ``data/``, in the order of the zip: the files made, the snapshot, the evidence.

    Raises ValueError for two files of one name, whatever the case of its letters.
    """
    found = [Payload(name, sha256, length) for name, sha256, length in made]
    found.append(Payload("snapshot.json", fingerprint, size))
    found += [Payload(file.name, file.sha256, file.size) for file in kinds.bagged(snapshot)]
    names = [file.path.casefold() for file in found]
    if len(set(names)) != len(names):
        raise ValueError("two files of one name")
    return found


def keep(
    blobs: Blobs,
    snapshot: Snapshot,
    made: Iterable[tuple[str, str, int]],
    *,
    fingerprint: str,
    size: int,
    folder: str,
) -> StoredBlob:
    """Write an edition's bag beside the blobs and keep it as one; ``made`` holds name, digest and size of its files."""
    files = payloads(snapshot, made, fingerprint, size)
    info = {
        "Source-Organization": str(snapshot["library"]["name"]),
        "Bagging-Date": str(snapshot["frozen_at"])[:10],
        "External-Description": str(snapshot["title"]),
        "External-Identifier": f"{folder}",
        "SDG-Tracker-Fingerprint": fingerprint,
        "SDG-Tracker-Format": str(snapshot["format"]),
        "SDG-Tracker-Trail-Head": str(snapshot["trail"]["head"]),
    }
    trail = trail_lines(snapshot["trail"]["events"])
    return blobs.keep(lambda target: write(target, folder, blobs, files, trail=trail, info=info))


def write(
    target: BinaryIO, folder: str, blobs: Blobs, files: list[Payload], *, trail: bytes, info: dict[str, str]
) -> None:
    """Write the bag. Raises Conflict naming a file whose bytes are not those of its name, NotFound for one gone."""
    texts = {"data/trail.jsonl": trail}
    manifest = {f"data/{file.path}": file.sha256 for file in files}
    manifest |= {path: hashlib.sha256(content).hexdigest() for path, content in texts.items()}
    octets = sum(file.size for file in files) + len(trail)
    tags = {
        "bagit.txt": b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n",
        "bag-info.txt": _info({**info, "Payload-Oxum": f"{octets}.{len(manifest)}"}),
        "README.txt": readme(folder, {file.path for file in files}).encode(),
        "manifest-sha256.txt": _manifest(manifest),
    }
    tags["tagmanifest-sha256.txt"] = _manifest(
        {name: hashlib.sha256(content).hexdigest() for name, content in tags.items()}
    )
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
        for name, content in tags.items():
            archive.writestr(_entry(f"{folder}/{name}", len(content)), content)
        for file in files:
            _copy(archive, f"{folder}/data/{file.path}", blobs, file)
        for path, content in texts.items():
            archive.writestr(_entry(f"{folder}/{path}", len(content)), content)


def _copy(archive: zipfile.ZipFile, name: str, blobs: Blobs, file: Payload) -> None:
    hasher = hashlib.sha256()
    with blobs.open(file.sha256, file.size) as source, archive.open(_entry(name, file.size), "w") as target:
        while piece := source.read(CHUNK):
            hasher.update(piece)
            target.write(piece)
    if hasher.hexdigest() != file.sha256:
        raise Conflict("bag-file-changed", name=file.path, expected=file.sha256, found=hasher.hexdigest())


def _entry(name: str, size: int) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, EPOCH)
    entry.create_system = 3  # as on Unix, wherever it is made
    entry.external_attr = 0o100644 << 16
    entry.file_size = size
    return entry


def _manifest(digests: dict[str, str]) -> bytes:
    return "".join(f"{digests[path]}  {path}\n" for path in sorted(digests)).encode()


def _info(pairs: dict[str, str]) -> bytes:
    return "".join(f"{key}: {' '.join(value.split())}\n" for key, value in pairs.items()).encode()


def trail_lines(events: Iterable[dict[str, object]]) -> bytes:
    """Return the trail as one canonical JSON object a line."""
    out = io.BytesIO()
    for event in events:
        out.write(canonical(event) + b"\n")
    return out.getvalue()

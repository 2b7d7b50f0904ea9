"""Every wrong byte of evidence is named, and every row that the trail contradicts."""

from pathlib import Path

import sqlalchemy as sa

from sdg_tracker.access import SYSTEM
from sdg_tracker.evidence.models import Version
from sdg_tracker.foundation.blobs import FolderBlobs
from sdg_tracker.work import Library, Workplace
from tests.evidence import files
from tests.evidence.conftest import Add, faults


def path_of(workplace: Workplace, sha256: str) -> Path:
    assert isinstance(workplace.blobs, FolderBlobs)
    path = workplace.blobs.path(sha256)
    path.chmod(0o644)
    return path


def test_every_wrong_byte_is_named(workplace: Workplace, library: Library, add: Add) -> None:
    versions = [add(b"%d first\n" % count).evidence.current for count in range(3)]
    versions.append(add(files.jpeg(exif=files.exif()), "foto.jpg").evidence.current)
    assert faults(workplace, library) == []
    changed, cut, missing, picture = versions
    path_of(workplace, changed.original_sha256).write_bytes(b"0 Xirst\n")
    path_of(workplace, cut.original_sha256).write_bytes(b"1 fir")
    path_of(workplace, missing.original_sha256).unlink()
    path_of(workplace, picture.rendition_sha256).unlink()
    lines = faults(workplace, library)
    assert [line.partition(":")[0] for line in lines] == [
        "evidence 1 version 1 original",
        "evidence 2 version 1 original",
        "evidence 3 version 1 original",
        "evidence 4 version 1 rendition",
    ]
    assert lines[0].startswith(f"evidence 1 version 1 original: expected {changed.original_sha256} (8 bytes), found ")
    assert lines[0].endswith("(8 bytes)")
    assert lines[1].endswith("(5 bytes)")
    assert lines[2].endswith("found nothing: the file is missing")


def test_a_row_that_names_other_bytes_than_the_trail_is_found(workplace: Workplace, library: Library, add: Add) -> None:
    first, second = add(b"first\n").evidence.current, add(b"other\n").evidence.current
    with workplace.writing(SYSTEM, library.id) as work:
        row = work.session.scalars(sa.select(Version).where(Version.id == first.id)).one()
        row.original_sha256 = row.rendition_sha256 = second.original_sha256
    [line] = faults(workplace, library)
    assert line == (
        f"evidence 1 version 1 original: expected {first.original_sha256} as in the trail, "
        f"found {second.original_sha256} in the row"
    )

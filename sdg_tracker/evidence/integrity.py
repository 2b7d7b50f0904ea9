"""The proof that the bytes of evidence are what they were."""

from collections.abc import Iterator

from sdg_tracker.evidence import file_queries
from sdg_tracker.foundation.errors import NotFound
from sdg_tracker.work import Work


def faults(work: Work) -> Iterator[str]:
    """Read every stored byte of the library's evidence, each blob once, and yield what is not as its row says."""
    found: dict[str, tuple[str, int] | None] = {}
    told = _told_by_trail(work)
    for row in file_queries.digests(work):
        where = f"evidence {row.number} version {row.ordinal} {row.role}"
        if row.sha256 not in found:
            found[row.sha256] = _read(work, row.sha256)
        now = found[row.sha256]
        if now is None:
            yield f"{where}: expected {row.sha256} ({row.size} bytes), found nothing: the file is missing"
        elif now != (row.sha256, row.size):
            yield f"{where}: expected {row.sha256} ({row.size} bytes), found {now[0]} ({now[1]} bytes)"
        by_trail = told.get((row.number, row.ordinal, row.role), row.sha256)
        if by_trail != row.sha256:
            yield f"{where}: expected {by_trail} as in the trail, found {row.sha256} in the row"


def _read(work: Work, sha256: str) -> tuple[str, int] | None:
    size = work.blobs.size(sha256)
    try:
        return None if size is None else (work.blobs.digest_found(sha256), size)
    except NotFound:
        return None


def _told_by_trail(work: Work) -> dict[tuple[int | None, int, str], str]:
    told: dict[tuple[int | None, int, str], str] = {}
    for number, facts in file_queries.arrivals(work):
        for role in ("original", "rendition"):
            told[number, int(facts["version"]), role] = str(facts[role])
    return told

"""Which bytes belong to which evidence."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from sdg_tracker import trail
from sdg_tracker.evidence.models import Evidence, Tie, Version
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.keeping import names
from sdg_tracker.keeping.names import Named
from sdg_tracker.trail import Event
from sdg_tracker.work import Work

ARRIVALS = ("evidence.added", "evidence.version_added", "evidence.blurred")  # actions that bring bytes
BATCH = 1000  # rows fetched at a time when everything is walked
trail.declare({"evidence.downloaded": (lazy("Evidence downloaded"), {"version", "role"})})


@dataclass(frozen=True)
class Digest:
    """What a row says of bytes in the store."""

    number: int
    ordinal: int
    role: str  # original, rendition or thumbnail
    sha256: str
    size: int  # bytes


def holding(work: Work, sha256: str) -> tuple[int, ...]:
    """Return the numbers of the evidence that already has these bytes, as received or cleaned."""
    same = sa.or_(Version.original_sha256 == sha256, Version.rendition_sha256 == sha256)
    rows = sa.select(Evidence.number).join(Version, Version.evidence_id == Evidence.id).where(same).distinct()
    return tuple(work.session.scalars(rows.order_by(Evidence.number)))


def closed(work: Work, sha256: str) -> tuple[int, ...]:
    """Return the numbers of the evidence where these bytes, as received or cleaned, are for few only."""
    same = sa.or_(Version.original_sha256 == sha256, Version.rendition_sha256 == sha256)
    rows = sa.select(Evidence.number).join(Version, Version.evidence_id == Evidence.id)
    return tuple(work.session.scalars(rows.where(same, Version.closed_at.is_not(None)).order_by(Evidence.number)))


def digests(work: Work) -> Iterator[Digest]:
    """Yield what every version says of its bytes, in order; a rendition that is the original comes once."""
    rows = (
        sa.select(Evidence.number, Version)
        .join(Version, Version.evidence_id == Evidence.id)
        .order_by(Evidence.number, Version.ordinal)
        .execution_options(yield_per=BATCH)
    )
    for number, row in work.session.execute(rows):
        yield Digest(number, row.ordinal, "original", row.original_sha256, row.original_size)
        if row.rendition_sha256 != row.original_sha256:
            yield Digest(number, row.ordinal, "rendition", row.rendition_sha256, row.rendition_size)
        if row.thumbnail_sha256 is not None:
            yield Digest(number, row.ordinal, "thumbnail", row.thumbnail_sha256, row.thumbnail_size or 0)


def naming(work: Work, sha256: str) -> list[Named]:
    """Return which files of which evidence are the blob."""
    roles = {
        "original": Version.original_sha256,
        "rendition": Version.rendition_sha256,
        "thumbnail": Version.thumbnail_sha256,
    }
    rows = (
        sa.select(Evidence.number, Version)
        .join(Version, Version.evidence_id == Evidence.id)
        .where(sa.or_(*(column == sha256 for column in roles.values())))
        .order_by(Evidence.number, Version.ordinal)
    )
    found = [
        Named(Evidence.__tablename__, number, f"version {row.ordinal} {role}")
        for number, row in work.session.execute(rows)
        for role, column in roles.items()
        if getattr(row, column.key) == sha256 and (role != "rendition" or row.original_sha256 != sha256)
    ]
    marked = sa.select(Evidence.number, Tie.requirement_code).join(Tie, Tie.evidence_id == Evidence.id)
    proofs = work.session.execute(marked.where(Tie.proof_sha256 == sha256).order_by(Evidence.number))
    return found + [Named(Evidence.__tablename__, number, f"page shown for {code}") for number, code in proofs]


def arrivals(work: Work) -> Iterator[tuple[int | None, dict[str, Any]]]:
    """Yield what the trail tells of every file that came: the number of its evidence, and the facts."""
    rows = sa.select(Event.subject_number, Event.facts).where(
        Event.subject == Evidence.__tablename__, Event.action.in_(ARRIVALS)
    )
    yield from work.session.execute(rows.execution_options(yield_per=BATCH))


names.register(
    "evidence",
    names.Source(
        columns=(
            (Version.original_sha256, Version.original_size),
            (Version.rendition_sha256, Version.rendition_size),
            (Version.thumbnail_sha256, Version.thumbnail_size),
            (Tie.proof_sha256, Tie.proof_size),
        ),
        naming=naming,
    ),
)

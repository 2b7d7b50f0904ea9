"""Editions found by number, code or state."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from sdg_tracker.editions.models import Artefact, Edition, Seal, State
from sdg_tracker.foundation.errors import NotFound, words
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.keeping.names import Named
from sdg_tracker.work import Work

words({"edition-none": lazy("There is no edition %(number)s.")})
SIGNED, TAGS = "report-signed.pdf", "tagmanifest-sha256.txt.p7s"  # the files of a seal
DIGEST_LENGTH = 64
SHORTEST_CODE = 12  # digits of a fingerprint that may stand for it


def get(work: Work, number: int) -> Edition:
    """Return an edition with its files. Raises NotFound."""
    found = work.session.scalar(_with_files().where(Edition.number == number))
    if found is None:
        raise NotFound("edition-none", number=number)
    return found


def by_id(work: Work, edition_id: int) -> Edition:
    """Return an edition by its row key. Raises NotFound."""
    found = work.session.scalar(_with_files().where(Edition.id == edition_id))
    if found is None:
        raise NotFound("edition-none", number=edition_id)
    return found


def of_period(work: Work, kind: str, cycle_id: int | None, year: int | None) -> Sequence[Edition]:
    """Return the editions of a kind and period, of a cycle or of a year, by their numbers."""
    same = (
        Edition.kind == kind,
        Edition.cycle_id.is_not_distinct_from(cycle_id),
        Edition.year.is_not_distinct_from(year),
    )
    return work.session.scalars(_with_files().where(*same).order_by(Edition.number)).all()


def newest_first(work: Work) -> Sequence[Edition]:
    """Return every edition of the library with its files."""
    return work.session.scalars(_with_files().order_by(Edition.number.desc())).all()


def by_code(work: Work, code: str) -> Edition | None:
    """Return the edition whose fingerprint begins with the code's digits; None for less than twelve or no match."""
    digits = "".join(code.split()).replace("-", "").lower()
    if len(digits) < SHORTEST_CODE or set(digits) - set("0123456789abcdef"):
        return None
    return work.session.scalars(_with_files().where(Edition.fingerprint.startswith(digits)).limit(1)).first()


def by_file(work: Work, code: str) -> tuple[Edition, str] | None:
    """Return the edition and the name of the issued file with this SHA-256; None when no file has it."""
    digits = "".join(code.split()).lower()
    named = naming(work, digits) if len(digits) == DIGEST_LENGTH else []
    return (get(work, named[0].number), named[0].file) if named else None


def naming(work: Work, sha256: str) -> list[Named]:
    """Return which files of which editions are the blob."""
    snapshots = sa.select(Edition.number).where(Edition.fingerprint == sha256)
    files = (
        sa.select(Edition.number, Artefact.name)
        .join(Artefact, Artefact.edition_id == Edition.id)
        .where(Artefact.sha256 == sha256)
        .order_by(Edition.number, Artefact.position)
    )
    seals = sa.select(Edition.number, Seal.report_sha256).join(Seal, Seal.edition_id == Edition.id)
    of_seals = seals.where(sa.or_(Seal.report_sha256 == sha256, Seal.tags_sha256 == sha256)).order_by(Edition.number)
    found = [(number, "snapshot.json") for number in work.session.scalars(snapshots.order_by(Edition.number))]
    found += [(number, name) for number, name in work.session.execute(files)]
    found += [(number, SIGNED if report == sha256 else TAGS) for number, report in work.session.execute(of_seals)]
    return [Named(Edition.__tablename__, number, name) for number, name in found]


def unfinished(work: Work, queued_before: datetime) -> Sequence[Edition]:
    """Return what waits in the queue since then or longer, and all that is being built."""
    waits = sa.and_(Edition.state == State.QUEUED, Edition.frozen_at <= queued_before)
    asked = sa.select(Edition).where(sa.or_(waits, Edition.state == State.BUILDING))
    return work.session.scalars(asked.order_by(Edition.id)).all()


def _with_files() -> sa.Select[Edition]:
    return sa.select(Edition).options(
        selectinload(Edition.artefacts), selectinload(Edition.seals), selectinload(Edition.corrections)
    )

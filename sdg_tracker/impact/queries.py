"""What was composed for a year, and what was said about the year before."""

import json

import sqlalchemy as sa

from sdg_tracker import drafts, impact
from sdg_tracker.editions.models import Edition
from sdg_tracker.impact.models import ReportComposition, ReportPreview
from sdg_tracker.keeping import names
from sdg_tracker.keeping.names import Named
from sdg_tracker.work import Work


def composition(work: Work, year: int) -> ReportComposition | None:
    """Return what was chosen for a year's next report, with its preview; None when nobody has chosen anything."""
    return drafts.composition(work, ReportComposition, ReportComposition.year == year)


def composed_years(work: Work) -> list[int]:
    """Return the years whose report somebody has begun to compose, the newest first."""
    return list(work.session.scalars(sa.select(ReportComposition.year).order_by(ReportComposition.year.desc())))


def said_before(work: Work, year: int) -> dict[str, str]:
    """Return the library's texts of the year before, by section: as composed, else as they were frozen last."""
    row = composition(work, year - 1)
    if row is not None:
        return {one.section.value: one.text for one in row.composed.sections if one.text}
    newest = sa.select(Edition).where(Edition.kind == impact.KIND, Edition.year == year - 1)
    edition = work.session.scalars(newest.order_by(Edition.number.desc()).limit(1)).first()
    if edition is None or work.blobs.size(edition.fingerprint) != edition.snapshot_size:
        return {}
    with work.blobs.open(edition.fingerprint, edition.snapshot_size) as file:
        frozen = json.loads(file.read())
    rows = frozen.get("composition", {}).get("sections", ())
    return {row["name"]: row["text"] for row in rows if row["text"]}


def _naming(work: Work, sha256: str) -> list[Named]:
    return drafts.named(work, ReportPreview, sha256)


names.register("impact", names.Source(columns=(), naming=_naming, passing=drafts.passing(ReportPreview)))

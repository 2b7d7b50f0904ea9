"""What was composed of the plan, and what names the bytes of its pages."""

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from sdg_tracker.keeping import names
from sdg_tracker.keeping.names import Named
from sdg_tracker.plandocument.models import PlanComposition, PlanPreview
from sdg_tracker.plandocument.rules import Variant
from sdg_tracker.work import Work


def composition(work: Work, variant: Variant, year: int | None) -> PlanComposition | None:
    """Return what was chosen for a variant and year with its preview; None when nobody has chosen anything."""
    asked = sa.select(PlanComposition).where(PlanComposition.variant == variant, PlanComposition.year == (year or 0))
    return work.session.scalars(asked.options(joinedload(PlanComposition.preview))).one_or_none()


def compositions(work: Work) -> list[PlanComposition]:
    """Return everything that somebody has begun to compose, the newest first."""
    return list(work.session.scalars(sa.select(PlanComposition).order_by(PlanComposition.number.desc())))


def naming(work: Work, sha256: str) -> list[Named]:
    """Return the previews that name a blob."""
    pages = sa.or_(PlanPreview.sha256 == sha256, PlanPreview.snapshot_sha256 == sha256)
    rows = work.session.scalars(sa.select(PlanPreview).where(pages))
    return [Named("plan_preview", row.composition.number, "pages") for row in rows]


names.register(
    "plandocument",
    names.Source(
        columns=(),
        naming=naming,
        passing=(
            (PlanPreview.snapshot_sha256, PlanPreview.snapshot_size),
            (PlanPreview.sha256, PlanPreview.size),
        ),
    ),
)

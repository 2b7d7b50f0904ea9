"""What was composed of the plan, and what names the bytes of its pages."""

import sqlalchemy as sa

from sdg_tracker import drafts
from sdg_tracker.keeping import names
from sdg_tracker.keeping.names import Named
from sdg_tracker.plandocument.models import PlanComposition, PlanPreview
from sdg_tracker.plandocument.rules import Variant
from sdg_tracker.work import Work


def composition(work: Work, variant: Variant, year: int | None) -> PlanComposition | None:
    """Return what was chosen for a variant and year with its preview; None when nobody has chosen anything."""
    return drafts.composition(
        work, PlanComposition, PlanComposition.variant == variant, PlanComposition.year == (year or 0)
    )


def compositions(work: Work) -> list[PlanComposition]:
    """Return everything that somebody has begun to compose, the newest first."""
    return list(work.session.scalars(sa.select(PlanComposition).order_by(PlanComposition.number.desc())))


def _naming(work: Work, sha256: str) -> list[Named]:
    return drafts.named(work, PlanPreview, sha256)


names.register("plandocument", names.Source(columns=(), naming=_naming, passing=drafts.passing(PlanPreview)))

"""What was composed for a cycle, and what of it stands approved."""

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from sdg_tracker.dossier.models import Composition, Preview
from sdg_tracker.keeping import names
from sdg_tracker.keeping.names import Named
from sdg_tracker.schemes.models import Cycle
from sdg_tracker.work import Work


def composition(work: Work, cycle: Cycle) -> Composition | None:
    """Return what was chosen for a cycle's next dossier, with its preview; None when nobody has chosen anything."""
    asked = sa.select(Composition).where(Composition.cycle_id == cycle.id).options(joinedload(Composition.preview))
    return work.session.scalars(asked).one_or_none()


def naming(work: Work, sha256: str) -> list[Named]:
    """Return the compositions and previews that name a blob."""
    logos = sa.select(Composition).where(Composition.logo_sha256 == sha256)
    found = [Named("composition", row.cycle.number, "logo") for row in work.session.scalars(logos)]
    pages = sa.select(Preview).where(sa.or_(Preview.sha256 == sha256, Preview.snapshot_sha256 == sha256))
    return found + [Named("preview", row.composition.cycle.number, "pages") for row in work.session.scalars(pages)]


names.register(
    "dossier",
    names.Source(
        columns=((Composition.logo_sha256, Composition.logo_size),),
        naming=naming,
        passing=((Preview.snapshot_sha256, Preview.snapshot_size), (Preview.sha256, Preview.size)),
    ),
)

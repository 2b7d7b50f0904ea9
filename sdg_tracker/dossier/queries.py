"""What was composed for a cycle, and what of it stands approved."""

from operator import attrgetter

import sqlalchemy as sa

from sdg_tracker import drafts
from sdg_tracker.dossier.models import Composition, Preview
from sdg_tracker.keeping import names
from sdg_tracker.keeping.names import Named
from sdg_tracker.schemes.models import Cycle
from sdg_tracker.work import Work


def composition(work: Work, cycle: Cycle) -> Composition | None:
    """Return what was chosen for a cycle's next dossier, with its preview; None when nobody has chosen anything."""
    return drafts.composition(work, Composition, Composition.cycle_id == cycle.id)


def _naming(work: Work, sha256: str) -> list[Named]:
    logos = sa.select(Composition).where(Composition.logo_sha256 == sha256)
    found = [Named("composition", row.cycle.number, "logo") for row in work.session.scalars(logos)]
    return found + drafts.named(work, Preview, sha256, attrgetter("cycle.number"))


names.register(
    "dossier",
    names.Source(
        columns=((Composition.logo_sha256, Composition.logo_size),), naming=_naming, passing=drafts.passing(Preview)
    ),
)

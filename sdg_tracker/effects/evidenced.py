"""The effects and stories that a piece of evidence stands behind."""

import sqlalchemy as sa

from sdg_tracker.access import Permission
from sdg_tracker.activities.models import Activity
from sdg_tracker.effects.models import Effect, Story
from sdg_tracker.evidence.models import Evidence
from sdg_tracker.evidence.uses import Use
from sdg_tracker.foundation.i18n import _
from sdg_tracker.work import Work


def of(work: Work, evidence: Evidence) -> list[Use]:
    """Return the activities whose effect was seen by a piece, and the stories that it is the picture of."""
    found = []
    seen = (
        sa.select(Activity.number, Activity.title)
        .join(Effect, Effect.activity_id == Activity.id)
        .where(Effect.source_id == evidence.id, Activity.withdrawn_at.is_(None))
    )
    told = sa.select(Story.number, Story.title).where(Story.picture_id == evidence.id, Story.withdrawn_at.is_(None))
    if work.can(Permission.EFFECT_READ):
        rows = work.session.execute(seen.order_by(Activity.number))
        what = _("Effect of an activity")
        found += [
            Use(what, title, "activities.show", {"number": number, "_anchor": "effect"}) for number, title in rows
        ]
    if work.can(Permission.STORY_READ):
        rows = work.session.execute(told.order_by(Story.number))
        found += [Use(_("Story"), title, "stories.show", {"number": number}) for number, title in rows]
    return found

"""Effects, quotes and stories as pages and other parts ask for them."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import defer, selectinload

from sdg_tracker.accounts.models import Branch
from sdg_tracker.activities.models import Activity, ActivityBranch, Mapping
from sdg_tracker.activities.states import Stance, Status
from sdg_tracker.effects.models import (
    Effect,
    Quote,
    Story,
    StoryActivity,
    StoryCampaign,
    StoryPartner,
)
from sdg_tracker.effects.rules import Measured
from sdg_tracker.evidence.models import Evidence
from sdg_tracker.foundation.errors import NotFound, words
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.work import Work

words(
    {
        "quote-not-found": lazy("There is no quote %(number)s in this library."),
        "story-not-found": lazy("There is no story %(number)s in this library."),
    }
)


def of_activity(work: Work, activity: Activity) -> Effect | None:
    """Return the effect of an activity with its source; None when nobody has said anything."""
    wanted = sa.select(Effect).where(Effect.activity_id == activity.id).options(selectinload(Effect.source))
    return work.session.scalars(wanted).one_or_none()


def quotes_of(work: Work, activities: Collection[Activity]) -> list[Quote]:
    """Return what was said of activities, by number, with what was agreed to; withdrawn quotes are left out."""
    keys = [activity.id for activity in activities]
    if not keys:
        return []
    rows = sa.select(Quote).where(Quote.activity_id.in_(keys), Quote.withdrawn_at.is_(None)).order_by(Quote.number)
    return list(work.session.scalars(rows.options(selectinload(Quote.agreements))))


def quote(work: Work, number: int, *, lock: bool = False) -> Quote:
    """Return a quote, a withdrawn one too. Raises NotFound. ``lock``: hold its row until the end of the step."""
    wanted = sa.select(Quote).where(Quote.number == number)
    loaded = (wanted.with_for_update() if lock else wanted).options(
        selectinload(Quote.activity), selectinload(Quote.agreements)
    )
    found = work.session.scalars(loaded).one_or_none()
    if found is None:
        raise NotFound("quote-not-found", number=number)
    return found


def story(work: Work, number: int, *, lock: bool = False) -> Story:
    """Return a story with all that its page shows, a withdrawn one too. Raises NotFound."""
    wanted = sa.select(Story).where(Story.number == number)
    found = work.session.scalars((wanted.with_for_update() if lock else wanted).options(*_whole())).one_or_none()
    if found is None:
        raise NotFound("story-not-found", number=number)
    return found


def stories(work: Work, year: int | None = None, state: str = "") -> list[Story]:
    """Return the stories that are not withdrawn, the latest first, narrowed to a year and a state."""
    rows = sa.select(Story).where(Story.withdrawn_at.is_(None)).order_by(Story.year.desc(), Story.number.desc())
    if year is not None:
        rows = rows.where(Story.year == year)
    if state:
        rows = rows.where(Story.state == state)
    return list(work.session.scalars(rows.options(*_whole())))


def story_years(work: Work) -> list[int]:
    """Return the years that stories are of, the latest first."""
    found = sa.select(Story.year).where(Story.withdrawn_at.is_(None)).distinct()
    return sorted(work.session.scalars(found), reverse=True)


def of_story(work: Work, activity: Activity) -> list[Story]:
    """Return the stories that tell of an activity, by number; withdrawn ones are left out."""
    telling = sa.select(StoryActivity.story_id).where(StoryActivity.activity_id == activity.id)
    rows = sa.select(Story).where(Story.id.in_(telling), Story.withdrawn_at.is_(None))
    return list(work.session.scalars(rows.order_by(Story.number)))


def activities(work: Work, numbers: Collection[int]) -> dict[int, Activity]:
    """Return activities by number, with goals, partners and campaigns; withdrawn ones and unknown ones are absent."""
    rows = sa.select(Activity).where(Activity.number.in_(numbers), Activity.withdrawn_at.is_(None))
    loaded = rows.options(
        defer(Activity.search_text),
        selectinload(Activity.mappings),
        selectinload(Activity.branch_links).selectinload(ActivityBranch.branch),
        selectinload(Activity.partner_links),
        selectinload(Activity.campaign_links),
    )
    return {row.number: row for row in work.session.scalars(loaded.order_by(Activity.number))}


def pictures(work: Work, of: Collection[Activity]) -> list[Evidence]:
    """Return the accepted photos of activities, by number, with all that tells where they may be shown."""
    keys = [activity.id for activity in of]
    where = (Evidence.activity_id.in_(keys), Evidence.kind == "photo", Evidence.counts)
    accepted = Evidence.accepted_version.is_not(None)
    rows = sa.select(Evidence).where(*where, accepted).order_by(Evidence.number)
    return list(work.session.scalars(rows.options(selectinload(Evidence.consents), selectinload(Evidence.versions))))


def unseen(work: Work, owner: int | None = None) -> list[Activity]:
    """Return the held activities that were meant to do something, and of which nobody has said what was seen.

    ``owner``: only those that this person is responsible for, or entered where nobody is. The latest first.
    """
    heavy = (defer(Activity.description), defer(Activity.search_text))
    rows = sa.select(Activity).where(*_unseen(owner))
    ordered = rows.order_by(Activity.starts_on.desc().nulls_last(), Activity.number.desc())
    return list(work.session.scalars(ordered.options(*heavy)))


def count_unseen(work: Work, owner: int | None = None) -> int:
    """Return how many those are, counted anew after each change."""
    counted = sa.select(sa.func.count()).select_from(Activity).where(*_unseen(owner))
    return work.summed(f"effects unseen {owner}", lambda: work.session.scalar(counted) or 0)


def _unseen(owner: int | None) -> list[sa.ColumnElement[bool]]:
    waiting = sa.select(Effect.activity_id).where(Effect.intended_at.is_not(None), Effect.seen_at.is_(None))
    where = [Activity.id.in_(waiting), Activity.withdrawn_at.is_(None), Activity.status == Status.HELD.value]
    if owner is not None:
        added = sa.and_(Activity.owner_number.is_(None), Activity.added_by == owner)
        where.append(sa.or_(Activity.owner_number == owner, added))
    return where


def measured(work: Work, year: int | None = None) -> list[Measured]:
    """Return every effect with the goals and the houses of its activity, by activity. Three statements."""
    kept = sa.select(Activity.id).where(Activity.withdrawn_at.is_(None))
    if year is not None:
        kept = kept.where(Activity.year == year)
    rows = (
        sa.select(Effect, Activity.number)
        .join(Effect.activity)
        .where(Effect.activity_id.in_(kept))
        .order_by(Activity.number)
    )
    there = sa.select(Effect.activity_id).where(Effect.activity_id.in_(kept))
    goals, branches = _goals(work, there), _branches(work, there)
    return [
        Measured(
            activity=number,
            goals=tuple(goals[effect.activity_id]),
            branches=tuple(branches[effect.activity_id]),
            intended=effect.intended,
            seen=effect.seen,
            answers=effect.answers or 0,
        )
        for effect, number in work.session.execute(rows)
    ]


def _goals(work: Work, keys: sa.Select[int]) -> dict[int, list[str]]:
    supports = (Mapping.stance == Stance.SUPPORTS.value, Mapping.activity_id.in_(keys))
    rows = sa.select(Mapping.activity_id, Mapping.goal).where(*supports).distinct()
    return _grouped(work.session.execute(rows.order_by(Mapping.activity_id, Mapping.goal)).all())


def _branches(work: Work, keys: sa.Select[int]) -> dict[int, list[str]]:
    rows = sa.select(ActivityBranch.activity_id, Branch.code).join(ActivityBranch.branch)
    there = rows.where(ActivityBranch.activity_id.in_(keys)).order_by(Branch.position, Branch.code)
    return _grouped(work.session.execute(there).all())


def _grouped(pairs: Sequence[tuple[int, str]]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return found


def years(work: Work) -> list[int]:
    """Return the years of activities whose effect somebody has told of, the latest first."""
    rows = sa.select(Activity.year).join(Effect, Effect.activity_id == Activity.id).distinct()
    found = work.session.scalars(rows.where(Activity.withdrawn_at.is_(None), Activity.year.is_not(None)))
    return sorted((year for year in found if year is not None), reverse=True)


def ended(activity: Activity) -> date | None:
    """Return the last day of an activity, None where no day is known."""
    return activity.ends_on or activity.starts_on


def _whole() -> tuple[sa.orm.interfaces.ORMOption, ...]:
    return (
        selectinload(Story.agreements),
        selectinload(Story.activity_links)
        .selectinload(StoryActivity.activity)
        .load_only(Activity.number, Activity.title, Activity.year, Activity.starts_on),
        selectinload(Story.partner_links).selectinload(StoryPartner.partner),
        selectinload(Story.campaign_links).selectinload(StoryCampaign.campaign),
        selectinload(Story.picture).options(selectinload(Evidence.consents), selectinload(Evidence.versions)),
        selectinload(Story.quote).selectinload(Quote.agreements),
    )

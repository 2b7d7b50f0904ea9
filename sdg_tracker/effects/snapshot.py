"""Effects and stories as plain data for a snapshot, in a number of statements that does not grow.

What nobody may show is not in it: drafts, what is withdrawn, what somebody said no to, pictures that are not accepted.
``public`` says of each quote, story and picture whether the public may see it on this day.
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from sdg_tracker.activities.models import Activity, Campaign, Partner
from sdg_tracker.effects import rules
from sdg_tracker.effects.models import Effect, Quote, Story, StoryActivity, StoryCampaign, StoryPartner
from sdg_tracker.effects.rules import Scores, StoryState
from sdg_tracker.evidence.models import Evidence
from sdg_tracker.evidence.people import publication
from sdg_tracker.evidence.showing import OUTSIDE, may_be_shown
from sdg_tracker.work import Work

Row = dict[str, Any]


def effects(work: Work) -> list[Row]:
    """Return the effects of activities that are not withdrawn, by activity, each with what was said of it."""
    accepted = sa.and_(Evidence.counts, Evidence.accepted_version.is_not(None))
    rows = (
        sa.select(Effect, Activity.number, sa.case((accepted, Evidence.number)))
        .join(Effect.activity)
        .outerjoin(Effect.source)
        .where(Activity.withdrawn_at.is_(None))
    )
    found: dict[int, Row] = {}
    for effect, activity, source in work.session.execute(rows):
        intended, seen = _scores(effect.intended), _scores(effect.seen)
        found[activity] = {
            **_nothing(activity),
            "number": effect.number,
            "intended": intended,
            "intended_on": _day(work, effect.intended_at) if intended else None,
            "seen": seen,
            "seen_on": _day(work, effect.seen_at) if seen else None,
            "answers": effect.answers,
            "basis": effect.basis,
            "note": effect.basis_note,
            "source": source,
            "changes": list(effect.changes),
        }
    for activity, quote in _quotes(work):
        found.setdefault(activity, _nothing(activity))["quotes"].append(quote)
    return [found[activity] for activity in sorted(found)]


def _nothing(activity: int) -> Row:
    """Return what is said of an activity of which people have said something, and nothing else is known."""
    return {"activity": activity, "intended": None, "seen": None, "answers": None, "basis": "", "quotes": []}


def _scores(values: Scores) -> dict[str, int | None] | None:
    return rules.scores(values) if rules.some(values) else None


def _quotes(work: Work) -> list[tuple[int, Row]]:
    rows = (
        sa.select(Quote, Activity.number)
        .join(Quote.activity)
        .where(Quote.withdrawn_at.is_(None), Activity.withdrawn_at.is_(None))
        .order_by(Quote.number)
        .options(selectinload(Quote.agreements))
    )
    told = [(activity, _quote(work, quote)) for quote, activity in work.session.execute(rows)]
    return [(activity, quote) for activity, quote in told if quote is not None]


def _quote(work: Work, quote: Quote | None) -> Row | None:
    """Return a quote, None where those who said it agreed to no report."""
    if quote is None or not rules.shown_in_report(quote, quote.agreements, work.today):
        return None
    public = not rules.hidden(quote, quote.agreements, work.today)
    said = {"text": quote.text, "who": quote.who, "public": public}
    return {**said, "number": quote.number, "language": quote.language}


def stories(work: Work) -> list[Row]:
    """Return the stories that are ready and may stand in a report, by number."""
    wanted = sa.select(Story).where(Story.withdrawn_at.is_(None), Story.state == StoryState.READY.value)
    loaded = wanted.options(
        selectinload(Story.agreements), selectinload(Story.quote).selectinload(Quote.agreements)
    ).order_by(Story.number)
    pictures, activities = _pictures(work), _numbers(work)
    partners = _named(work, StoryPartner, Partner, StoryPartner.partner)
    campaigns = _named(work, StoryCampaign, Campaign, StoryCampaign.campaign)
    return [
        _story(
            work,
            story,
            sorted(activities[story.id]),
            {"partners": partners[story.id], "campaigns": campaigns[story.id]},
            pictures.get(story.picture_id) if story.picture_id is not None else None,
        )
        for story in work.session.scalars(loaded)
        if rules.shown_in_report(story, story.agreements, work.today)
    ]


def preview(work: Work, story: Story) -> Row:
    """Return a story as a report would hold it today if it were ready; what it needs is loaded with the story."""
    named = {
        "partners": [_name(row) for row in sorted(story.partners, key=lambda row: row.code)],
        "campaigns": [_name(row) for row in sorted(story.campaigns, key=lambda row: row.code)],
    }
    piece = story.picture
    shown = piece if piece is not None and piece.counts and piece.accepted_version is not None else None
    picture: Row | None = None
    if shown is not None:
        public = not publication(shown, shown.consents, OUTSIDE, work.today)
        picture = {"evidence": shown.number, "alt": shown.alt, "source": shown.source, "public": public}
    return _story(work, story, sorted(activity.number for activity in story.activities), named, picture)


def _story(work: Work, story: Story, activities: list[int], named: Mapping[str, list[Row]], picture: Row | None) -> Row:
    return {
        "number": story.number,
        "title": story.title,
        "language": story.language,
        "year": story.year,
        **story.texts,
        "goals": list(story.goals),
        "targets": list(story.targets),
        "activities": activities,
        "partners": [row["code"] for row in named["partners"]],
        "campaigns": [row["code"] for row in named["campaigns"]],
        "named": dict(named),
        "picture": picture,
        "public": not rules.hidden(story, story.agreements, work.today),
        "quote": _quote(work, story.quote),
    }


def _pictures(work: Work) -> dict[int, Row]:
    """Return the pictures of stories that count and are accepted, by their key."""
    used = sa.select(Story.picture_id).where(Story.picture_id.is_not(None))
    columns = (Evidence.id, Evidence.number, Evidence.alt, Evidence.source, may_be_shown(work.today).label("public"))
    where = (Evidence.id.in_(used), Evidence.counts, Evidence.accepted_version.is_not(None))
    return {
        row.id: {"evidence": row.number, "alt": row.alt, "source": row.source, "public": bool(row.public)}
        for row in work.session.execute(sa.select(*columns).where(*where))
    }


def _numbers(work: Work) -> dict[int, list[int]]:
    rows = sa.select(StoryActivity.story_id, Activity.number).join(StoryActivity.activity)
    found: dict[int, list[int]] = defaultdict(list)
    for story, number in work.session.execute(rows.where(Activity.withdrawn_at.is_(None))):
        found[story].append(number)
    return found


def _named(
    work: Work, link: type[StoryCampaign | StoryPartner], named: type[Campaign | Partner], joint: Any
) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = defaultdict(list)
    rows = work.session.execute(sa.select(link.story_id, named.code, named.name, named.name_en).join(joint))
    for story, code, name, name_en in sorted(rows, key=lambda row: row.code):
        found[story].append({"code": code, "name": name, "name_en": name_en})
    return found


def _name(row: Campaign | Partner) -> Row:
    return {"code": row.code, "name": row.name, "name_en": row.name_en}


def _day(work: Work, at: Any) -> str | None:
    return work.day_of(at).isoformat() if at is not None else None

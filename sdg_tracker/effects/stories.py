"""Steps of the work with impact stories: write, change, say that one is ready."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from sdg_tracker import trail
from sdg_tracker.access import Permission
from sdg_tracker.activities.models import Activity, Campaign, Partner
from sdg_tracker.effects import agreements, queries, rules
from sdg_tracker.effects.agreements import Kind, check_length
from sdg_tracker.effects.models import Story
from sdg_tracker.effects.rules import PARTS, StoryState, Why
from sdg_tracker.evidence import consents, guarding
from sdg_tracker.evidence.guarding import check_typed
from sdg_tracker.evidence.people import About, People
from sdg_tracker.foundation.errors import Conflict, Invalid, words
from sdg_tracker.foundation.i18n import LANGUAGES, lazy
from sdg_tracker.goals import queries as goals
from sdg_tracker.goals.rules import goal_of
from sdg_tracker.work import Work

GOALS_MOST = 5  # of a story: more say less

words(
    {
        "story-title-missing": lazy("Give the story a title."),
        "story-year-wrong": lazy("A year is written with four digits, such as 2026."),
        "story-language-unknown": lazy("Choose a language from the list."),
        "story-activity-unknown": lazy("There is no activity %(number)s that stands in this library."),
        "story-goal-unknown": lazy("%(value)s is neither a goal nor a target."),
        "story-goals-many": lazy("Choose at most %(limit)s goals: those that the story shows best."),
        "story-partner-unknown": lazy("There is no partner %(value)s."),
        "story-campaign-unknown": lazy("There is no campaign %(value)s."),
        "story-picture-unknown": lazy("Evidence %(number)s is no accepted photo of the story's activities."),
        "story-quote-unknown": lazy("Quote %(number)s is not of the story's activities."),
        "story-unfinished": lazy("Write all three parts first: the need, what you did, what changed."),
        "story-without-goals": lazy("Choose at least one goal first."),
        "story-without-activities": lazy("Name at least one activity first: it is what the story stands on."),
    }
)
_LACKS: Mapping[Why, tuple[str, str]] = {
    Why.UNFINISHED: ("story-unfinished", "need"),
    Why.NO_GOALS: ("story-without-goals", "goals"),
    Why.NO_ACTIVITIES: ("story-without-activities", "activities"),
}
trail.declare(
    {
        "story.added": (lazy("Story added"), {"year"}),
        "story.revised": (lazy("Story changed"), {"revision", "fields"}),
        "story.state": (lazy("Said whether a story is ready"), {"revision", "state"}),
    }
)


@dataclass(frozen=True)
class StoryDetails:
    """What a person enters of a story. Activities, picture and quote are numbers, the rest are codes."""

    title: str
    year: int
    need: str = ""
    done: str = ""
    changed: str = ""
    language: str = "da"
    goals: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    activities: tuple[int, ...] = ()
    partners: tuple[str, ...] = ()
    campaigns: tuple[str, ...] = ()
    picture: int | None = None
    quote: int | None = None
    about: About = field(default_factory=lambda: About(People.UNKNOWN))
    cleared: bool = False  # of one that somebody said no to: it is told without them now


def add(work: Work, details: StoryDetails, *, no_cpr: bool = False) -> Story:
    """Begin a story, as a draft."""
    work.require(Permission.STORY_ADD)
    values, links = _checked(work, details, no_cpr=no_cpr)
    story = Story(number=work.next_number(Kind.STORY.value), added_by=work.actor.number, added_at=work.at, **values)
    _link(story, links)
    work.session.add(story)
    work.session.flush()
    trail.record(work, "story.added", story, year=story.year)
    return story


def revise(
    work: Work, number: int, details: StoryDetails, revision: int | None = None, *, no_cpr: bool = False
) -> Story:
    """Change a story. Raises Conflict when it changed since ``revision``, Invalid when a ready one would lack a part.

    Who is told about is asked of what stands in it, so the coordinator says anew whether a changed one is public.
    """
    agreements.changeable(work, Kind.STORY, number, revision)
    story = queries.story(work, number)
    values, links = _checked(work, details, no_cpr=no_cpr)
    if story.state == StoryState.READY.value:
        _check_ready(details)
    changed = [name for name, value in values.items() if getattr(story, name) != value]
    changed += [name for name, rows in links.items() if set(getattr(story, name)) != set(rows)]
    if details.cleared and story.paused_at is not None:
        story.paused_at = None
        changed.append("paused_at")
    if not changed:
        return story
    for name, value in values.items():
        setattr(story, name, value)
    _link(story, links)
    if not work.can(Permission.STORY_SHOW, story):
        story.public = False
    story.state = str(story.state)
    sa.orm.attributes.flag_modified(story, "state")  # the revision rises also when only partners differ
    work.session.flush()
    trail.record(work, "story.revised", story, revision=story.revision, fields=changed)
    return story


def set_state(work: Work, number: int, state: StoryState, revision: int | None = None) -> Story:
    """Say that a story is ready for the report, or that it is a draft again."""
    agreements.changeable(work, Kind.STORY, number, revision)
    story = queries.story(work, number)
    if story.state == state.value:
        return story
    if state is StoryState.READY:
        if story.paused_at is not None:
            raise Conflict("told-paused")
        _check_ready_parts(story.texts, story.goals, story.activities)
    story.state = state.value
    work.session.flush()
    trail.record(work, "story.state", story, revision=story.revision, state=state.value)
    return story


def _check_ready(details: StoryDetails) -> None:
    texts = {name: getattr(details, name) for name in PARTS}
    _check_ready_parts(texts, [*details.goals, *details.targets], details.activities)


def _check_ready_parts(texts: Mapping[str, str], goals: Sequence[str], activities: Sequence[object]) -> None:
    for why in rules.unfinished(texts, goals, activities):
        code, name = _LACKS[why]
        raise Invalid(code, field=name)


def _checked(work: Work, details: StoryDetails, *, no_cpr: bool) -> tuple[dict[str, Any], dict[str, list[Any]]]:
    """Return the columns and the linked rows of a story. Raises Invalid for what does not hold."""
    _check_texts(details, no_cpr=no_cpr)
    known = queries.activities(work, details.activities)
    for number in details.activities:
        if number not in known:
            raise Invalid("story-activity-unknown", field="activities", number=number)
    told = list(known.values())
    about = details.about
    somebody = about.people is People.YES
    values = {
        "title": details.title.strip(),
        "year": details.year,
        "language": details.language,
        **{name: getattr(details, name).strip() for name in PARTS},
        **_codes(work, details),
        "picture_id": _picture(work, told, details.picture),
        "quote_id": _quote(work, told, details.quote),
        "people": about.people.value,
        "children": somebody and about.children,
        "sensitive": somebody and about.sensitive,
        "basis": about.basis if somebody else "",
        "basis_reason": about.reason.strip() if somebody else "",
    }
    links: dict[str, list[Any]] = {
        "activities": told,
        "partners": _rows(work, Partner, details.partners, "story-partner-unknown", "partners"),
        "campaigns": _rows(work, Campaign, details.campaigns, "story-campaign-unknown", "campaigns"),
    }
    return values, links


def _check_texts(details: StoryDetails, *, no_cpr: bool) -> None:
    if not details.title.strip():
        raise Invalid("story-title-missing", field="title")
    check_length("title", details.title, rules.TITLE_LONGEST)
    for name, limit in PARTS.items():
        check_length(name, getattr(details, name), limit)
    if not rules.FIRST_YEAR <= details.year <= rules.LAST_YEAR:
        raise Invalid("story-year-wrong", field="year")
    if details.language not in LANGUAGES:
        raise Invalid("story-language-unknown", field="language")
    guarding.check_answer(details.about.people)
    consents.check_about(details.about, no_cpr=no_cpr)
    if not no_cpr:
        check_typed(title=details.title, need=details.need, done=details.done, changed=details.changed)


def _codes(work: Work, details: StoryDetails) -> dict[str, list[str]]:
    """Return goals and targets in order; a target brings its goal."""
    known = goals.known_codes(work)
    for name, codes in (("goals", details.goals), ("targets", details.targets)):
        for code in codes:
            if code not in known or ("." in code) != (name == "targets"):
                raise Invalid("story-goal-unknown", field=name, value=code)
    chosen = {*details.goals, *(goal_of(code) for code in details.targets)}
    if len(chosen) > GOALS_MOST:
        raise Invalid("story-goals-many", field="goals", limit=GOALS_MOST)
    return {"goals": sorted(chosen, key=int), "targets": sorted(set(details.targets), key=_place)}


def _place(code: str) -> tuple[int, bool, str]:
    goal, _, rest = code.partition(".")
    return int(goal), not rest.isdigit(), rest.zfill(3)


def _picture(work: Work, told: Collection[Activity], number: int | None) -> int | None:
    if number is None:
        return None
    for picture in queries.pictures(work, told):
        if picture.number == number:
            return picture.id
    raise Invalid("story-picture-unknown", field="picture", number=number)


def _quote(work: Work, told: Collection[Activity], number: int | None) -> int | None:
    if number is None:
        return None
    for quote in queries.quotes_of(work, told):
        if quote.number == number:
            return quote.id
    raise Invalid("story-quote-unknown", field="quote", number=number)


def _rows(
    work: Work, model: type[Partner] | type[Campaign], codes: Iterable[str], problem: str, name: str
) -> list[Any]:
    wanted = list(dict.fromkeys(codes))
    rows = work.session.execute(sa.select(model.code, model).where(model.code.in_(wanted)))
    found: dict[str, Any] = dict(rows.all())
    for code in wanted:
        if code not in found:
            raise Invalid(problem, field=name, value=code)
    return [found[code] for code in wanted]


def _link(story: Story, links: Mapping[str, list[Any]]) -> None:
    """Make the lists hold the wanted rows, touching only what differs."""
    for name, wanted in links.items():
        linked = getattr(story, name)
        for row in [row for row in linked if row not in wanted]:
            linked.remove(row)
        for row in [row for row in wanted if row not in linked]:
            linked.append(row)

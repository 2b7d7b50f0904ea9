"""What the demo library's activities did for people: effects, what was said, five stories. Nobody in them exists."""

import csv
from collections.abc import Mapping

import sqlalchemy as sa

from sdg_tracker.access import Actor
from sdg_tracker.activities.models import Activity
from sdg_tracker.demo.files import seed_file
from sdg_tracker.effects import agreements, queries, rules, services, stories
from sdg_tracker.effects.agreements import Kind
from sdg_tracker.effects.models import Quote
from sdg_tracker.effects.rules import StoryState
from sdg_tracker.effects.services import QuoteDetails, SeenDetails
from sdg_tracker.effects.stories import StoryDetails
from sdg_tracker.evidence.consents import ConsentDetails
from sdg_tracker.evidence.models import Evidence
from sdg_tracker.evidence.people import About, People
from sdg_tracker.work import Work, Workplace

Row = Mapping[str, str]


def fill(workplace: Workplace, actor: Actor) -> int:
    """Say what is not said yet; return of how many activities, and stories, this was."""
    with workplace.writing(actor) as work:
        if any(work.library.numbers.get(kind) for kind in ("effect", "quote", "story")):
            return 0
        effects, known = tell(work), _known(work)
        said = {row["activity"]: _quote(work, row, known[row["activity"]]) for row in _rows("quotes.csv")}
        told = _rows("stories.csv")
        for row in told:
            _story(work, row, known, said)
    return effects + len(told)


def tell(work: Work) -> int:
    """Say what activities were meant to do for people and what was seen; return of how many."""
    known = _known(work)
    rows = [row for row in _rows("effects.csv") if row["activity"] in known]
    for row in rows:
        _effect(work, row, known[row["activity"]])
    return len(rows)


def _known(work: Work) -> dict[str, Activity]:
    return {row.title: row for row in work.session.scalars(sa.select(Activity))}


def _rows(name: str) -> list[dict[str, str]]:
    with seed_file(name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _effect(work: Work, row: Row, activity: Activity) -> None:
    services.intend(work, activity.number, _scores(row["intended"]))
    if row["seen"]:
        answers = int(row["answers"]) if row["answers"] else None
        seen = SeenDetails(_scores(row["seen"]), row["basis"], answers, row["note_da"])
        services.see(work, activity.number, seen)


def _scores(text: str) -> dict[str, int | None]:
    values = [int(value) if value else None for value in text.split(";")]
    return dict(zip(rules.scores({}), values, strict=True))


def _quote(work: Work, row: Row, activity: Activity) -> Quote:
    details = QuoteDetails(
        row["text_da"], row["who_da"], children=row["children"] == "yes", sensitive=row["sensitive"] == "yes"
    )
    quote = services.add_quote(
        work, activity.number, details, _consent(work, row["scopes"], row["reference_da"], activity)
    )
    if row["public"] == "yes":
        agreements.show_outside(work, Kind.QUOTE, quote.number, public=True)
    return quote


def _consent(work: Work, scopes: str, reference: str, activity: Activity) -> ConsentDetails:
    day = min(queries.ended(activity) or work.today, work.today)
    return ConsentDetails(frozenset(scopes.split(";")), day, None, 1, reference)


def _story(work: Work, row: Row, known: Mapping[str, Activity], said: Mapping[str, Quote]) -> None:
    told = [known[title] for title in row["activities"].split(";")]
    accepted = Evidence.accepted_version.is_not(None)
    picture = work.session.scalar(sa.select(Evidence.number).where(Evidence.title == row["picture"], accepted))
    quote = said.get(row["quote_of"])
    details = StoryDetails(
        title=row["title_da"],
        year=int(row["year"]),
        need=row["need_da"],
        done=row["done_da"],
        changed=row["changed_da"],
        goals=_codes(row["goals"]),
        targets=_codes(row["targets"]),
        activities=tuple(activity.number for activity in told),
        partners=_codes(row["partners"]),
        campaigns=_codes(row["campaigns"]),
        picture=picture,
        quote=quote.number if quote else None,
        about=About(People(row["people"]), basis=row["basis"], reason=row["reason_da"]),
    )
    story = stories.add(work, details)
    if row["consent"]:
        agreements.add(work, Kind.STORY, story.number, _consent(work, row["consent"], row["reference_da"], told[-1]))
    if row["state"] == StoryState.READY.value:
        stories.set_state(work, story.number, StoryState.READY)
    if row["public"] == "yes":
        agreements.show_outside(work, Kind.STORY, story.number, public=True)


def _codes(text: str) -> tuple[str, ...]:
    return tuple(code for code in text.split(";") if code)

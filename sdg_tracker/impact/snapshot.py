"""What a year's report freezes: what was composed, activities, evidence, figures, measures, plan, stories, trail."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from sdg_tracker import impact
from sdg_tracker.collecting import activity_rows, evidence_rows, exhibits, heading, vocabulary
from sdg_tracker.collecting import events as collected_events
from sdg_tracker.editions.freeze import FORMAT
from sdg_tracker.effects import snapshot as effects
from sdg_tracker.foundation.i18n import LOCALES, _, use_locale
from sdg_tracker.impact import figures, following
from sdg_tracker.impact.sections import Composed
from sdg_tracker.measures import snapshot as measures
from sdg_tracker.plans import snapshot as plans
from sdg_tracker.schemes.queries import cycles
from sdg_tracker.work import Work

Row = dict[str, Any]
EARLIER = 4  # years before that are told beside the year, at most


def take(work: Work, year: int, number: int, language: str, composed: Composed | None = None) -> Row:
    """Return the snapshot of a report under its edition's number, in a number of statements that does not grow.

    Without a composition it holds all sections in their usual order.
    """
    chosen = composed or Composed()
    first, last = figures.bounds(year)
    words = vocabulary.terms(work)
    known = activity_rows.activities(work, words, first, last)
    touched = figures.of_year(known, year, work.today)
    counted = [activity for activity in touched if figures.counted(activity)]
    pieces = evidence_rows.evidence(work, words, None)
    told = more(work, year, {activity["number"] for activity in counted})
    evidence = _exhibits(work, year, counted, pieces, _shown(told))
    before = earlier(work, year, known, pieces)
    head, events = heading.head(work), collected_events.trail(work)
    found: Row = {
        "format": FORMAT,
        "kind": impact.KIND,
        "number": number,
        "language": language,
        "title": chosen.title or title(year, language),
        **head,
        "year": year,
        "composition": composition(chosen, year, language),
        "targets": heading.targets(work, [*counted, *_mapped(told)]),
        "activities": counted,
        "evidence": evidence,
        "figures": figures.figures(touched, head["library"], head["goals"], head["strategy"]),
        "years": [
            {"year": one, "figures": figures.figures(rows, head["library"], head["goals"], head["strategy"])}
            for one, rows in before.items()
        ],
        "schemes": schemes(work, year),
        **told,
        "trail": events,
        "names": collected_events.names(events, work.actor.role.value),
    }
    cancelled = [activity["number"] for activity in touched if not figures.counted(activity)]
    held = {one: [row for row in rows if figures.counted(row)] for one, rows in before.items()}
    return {**found, "followed": following.followed(found, cancelled, held)}


def schemes(work: Work, year: int) -> list[Row]:
    """Return the certifications that the library works with in a year, with the words that must stand beside each."""
    first, last = figures.bounds(year)
    found = []
    for cycle in cycles(work):
        if cycle.starts_on <= last and cycle.ends_on >= first:
            days = {"first": cycle.starts_on.isoformat(), "last": cycle.ends_on.isoformat()}
            told = cycle.scheme.document
            texts = {
                key: {one: told[key][one] for one in LOCALES} if key in told else None for key in ("name", "label")
            }
            found.append({**texts, **days})
    return found


def title(year: int, language: str) -> str:
    """Return what a report is called where nobody has given it a title."""
    with use_locale(language):
        return _("Impact report %(year)s", year=str(year))


def composition(chosen: Composed, year: int, language: str) -> Row:
    """Return what was chosen: the sections that are in, in order, with the library's own texts."""
    return {
        "title": chosen.title,
        "languages": [language, *([chosen.also] if chosen.also else [])],
        "title_also": (chosen.title_also or chosen.title or title(year, chosen.also)) if chosen.also else "",
        "foreword_by": chosen.foreword_by,
        "sections": [
            {
                "name": one.section.value,
                "text": one.text,
                **({"text_also": one.text_also} if chosen.also and one.text_also else {}),
            }
            for one in chosen.sections
            if one.on
        ],
        "approved": None,
    }


def more(work: Work, year: int, activities: Collection[int]) -> Row:
    """Return what else the library tells of the year: its measures, the plan, effects of its activities, and stories.

    The plan is that of the year's last day, or of today while the year is not over.
    """
    last = figures.bounds(year)[1]
    read = measures.rows(work, until=last)
    return {
        "measures": read,
        "plan": plans.row(work, min(last, work.today), measures=read),
        "effects": [row for row in effects.effects(work) if row["activity"] in activities],
        "stories": [row for row in effects.stories(work) if row["year"] == year],
    }


def _exhibits(
    work: Work, year: int, counted: Sequence[Row], pieces: Sequence[Row], shown: Collection[int]
) -> list[Row]:
    """Return the exhibits: what counts in the year, and what a reading, a pledge or a story shows beside it.

    The latter are not added to the activities, whose exhibits are counted.
    """
    own = figures.evidence_of_year(pieces, counted, year, work.today)
    there = {piece["number"] for piece in own}
    beside = [piece for piece in pieces if piece["number"] in shown and piece["number"] not in there]
    evidence = exhibits.number_exhibits(counted, [*own, *beside], longest=exhibits.name_length(work.library.slug))
    left = {piece["exhibit"] for piece in evidence if piece["number"] not in there}
    for activity in counted:
        activity["exhibits"] = [exhibit for exhibit in activity["exhibits"] if exhibit not in left]
    return evidence


def _shown(told: Mapping[str, Any]) -> set[int]:
    """Return the numbers of the evidence that measures, pledges, effects and stories name."""
    plan = told.get("plan") or {}
    found = {reading["evidence"] for measure in told.get("measures", ()) for reading in measure["readings"]}
    found |= {number for pledge in plan.get("pledges", ()) for number in pledge["evidence"]}
    found |= {story["picture"]["evidence"] for story in told.get("stories", ()) if story["picture"]}
    found |= {effect["source"] for effect in told.get("effects", ()) if "source" in effect}
    return found - {None}


def _mapped(told: Mapping[str, Any]) -> Iterator[Row]:
    """Yield what else names targets, as activities do."""
    plan = told.get("plan") or {}
    for rows in (
        told.get("measures", ()),
        plan.get("pledges", ()),
        plan.get("initiatives", ()),
        told.get("stories", ()),
    ):
        for row in rows:
            yield {"mappings": [{"code": code} for code in row.get("targets", ())]}


def earlier(work: Work, year: int, known: Sequence[Row], pieces: Sequence[Row]) -> dict[int, list[Row]]:
    """Return the activities of the years before, oldest first, by the same rules from what is known today.

    Their exhibits are the numbers of their evidence, which is not in the report.
    """
    found: dict[int, list[Row]] = {}
    for before in range(year - EARLIER, year):
        touched = figures.of_year(known, before, work.today)
        counted = [activity for activity in touched if figures.counted(activity)]
        if not counted and not found:
            continue
        mine: dict[int, list[int]] = {}
        for piece in figures.evidence_of_year(pieces, counted, before, work.today):
            mine.setdefault(piece["activity"], []).append(piece["number"])
        found[before] = [{**activity, "exhibits": mine.get(activity["number"], [])} for activity in touched]
    return found

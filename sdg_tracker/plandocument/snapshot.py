"""What a printed plan freezes: the plan on a day, its measures, and of a year the activities and exhibits behind it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sdg_tracker import plandocument
from sdg_tracker.collecting import activity_rows, events, evidence_rows, exhibits, heading, plan_rows, vocabulary
from sdg_tracker.collecting.plain import Row
from sdg_tracker.editions.freeze import FORMAT
from sdg_tracker.foundation.errors import Conflict, words
from sdg_tracker.foundation.i18n import _, lazy, use_locale
from sdg_tracker.plandocument.rules import Choices, Variant, checked_year, day_of
from sdg_tracker.plans import snapshot as plans
from sdg_tracker.printing import served
from sdg_tracker.work import Work

words({"plan-document-none": lazy("No plan was in force on %(day)s. Write the plan and approve it first.")})


def take(work: Work, choices: Choices) -> Row:
    """Return the snapshot, to which the edition adds its number, in a number of statements that does not grow.

    Raises Conflict when no plan was in force, Invalid for a year that is not of the plan or has not begun.
    """
    plan, measures, year, on = check(work, choices)
    activities, evidence = _behind(work, plan, year) if year is not None else ([], [])
    head, trail = heading.head(work), events.trail(work)
    taken = {
        "format": FORMAT,
        "kind": plandocument.KIND,
        "language": choices.language,
        "title": title(plan, choices, choices.language),
        **head,
        "targets": heading.targets(work, activities),
        "activities": activities,
        "evidence": evidence,
        "composition": {
            "variant": choices.variant.value,
            "year": year,
            "on": on.isoformat(),
            "languages": [choices.language, *([choices.also] if choices.also else [])],
            "title_also": title(plan, choices, choices.also) if choices.also else "",
            **choices.texts,
        },
        "plan": plan,
        "measures": measures,
        "trail": trail,
        "names": events.names(trail, work.actor.role.value),
    }
    if choices.variant is Variant.EVALUATION:
        taken["proposal"] = plans.proposal(work, on)
    return taken


def check(work: Work, choices: Choices) -> tuple[Row, list[Row], int | None, date]:
    """Return the plan and measures that a print holds, its year, and the day that statuses are told for.

    Raises as ``take`` does.
    """
    today = work.today
    on = day_of(choices.year if choices.variant is not Variant.PLAN else None, today)
    found = plan_rows.plan(work, on)
    if found is None:
        raise Conflict("plan-document-none", day=on)
    plan, measures = found
    year = checked_year(choices, date.fromisoformat(plan["first"]), date.fromisoformat(plan["last"]), today)
    return plan, measures, year, on


def _behind(work: Work, plan: Mapping[str, Any], year: int) -> tuple[list[Row], list[Row]]:
    """Return the plan's activities that touch a year, and their evidence with that of the pledges themselves."""
    terms = vocabulary.terms(work)
    first, last = date(year, 1, 1), date(year, 12, 31)
    mine = {number for row in (*plan["pledges"], *plan["initiatives"]) for number in row["activities"]}
    activities = [
        row
        for row in activity_rows.activities(work, terms, first, last)
        if row["number"] in mine and served.touches(row, first, last, work.today)
    ]
    there = {row["number"] for row in activities}
    own = {number for row in plan["pledges"] for number in row["evidence"]}
    pieces = [
        row for row in evidence_rows.evidence(work, terms, None) if row["activity"] in there or row["number"] in own
    ]
    longest = exhibits.name_length(work.library.slug)
    return activities, exhibits.number_exhibits(activities, pieces, longest=longest)


def title(plan: Mapping[str, Any], choices: Choices, language: str) -> str:
    """Return what a printed plan is called."""
    with use_locale(language):
        if choices.variant is Variant.STATUS:
            return _("%(plan)s: status of %(year)s", plan=plan["title"], year=str(choices.year))
        if choices.variant is Variant.EVALUATION and choices.year is not None:
            return _("Evaluation of %(year)s and proposal for %(next)s", year=choices.year, next=choices.year + 1)
        return str(plan["title"])

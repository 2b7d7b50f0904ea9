"""Composing a printed plan: which texts go in, in which languages, and who approves it."""

from dataclasses import fields

from sdg_tracker import drafts, trail
from sdg_tracker.access import Permission
from sdg_tracker.foundation.errors import Conflict, Invalid, words
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.plandocument import queries, snapshot
from sdg_tracker.plandocument.models import PlanComposition
from sdg_tracker.plandocument.rules import TEXT_LIMIT, Choices, code, parsed
from sdg_tracker.work import Work, check_revision

words({"plan-document-long": lazy("At most %(most)s characters. There are %(found)s.")})
trail.declare(
    {
        "plan_composition.changed": (lazy("Printed plan composed"), {"variant", "fields"}),
        "plan_composition.approved": (lazy("Printed plan approved"), {"variant", "essence"}),
    }
)
KEPT = tuple(field.name for field in fields(Choices) if field.name not in ("variant", "year"))


def save(work: Work, choices: Choices, seen: int | None = None) -> PlanComposition:
    """Keep what was chosen for a variant and its year. ``seen`` is the revision that was shown.

    Raises Invalid for a year, languages or texts that can't be, Conflict without an approved plan and when it was
    changed meanwhile.
    """
    work.require(Permission.EDITION_FREEZE)
    if choices.also == choices.language:
        raise Invalid("plan-document-languages", field="also")
    for name, text in choices.texts.items():
        if len(text) > TEXT_LIMIT:
            raise Invalid("plan-document-long", field=name, most=TEXT_LIMIT, found=len(text))
    snapshot.check(work, choices)
    values = {**{name: getattr(choices, name) for name in KEPT}, **choices.texts}
    row = queries.composition(work, choices.variant, choices.year)
    if row is None:
        number = work.next_number("plan_composition")
        row = PlanComposition(number=number, variant=choices.variant.value, year=choices.year or 0, **values)
        work.session.add(row)
        changed = list(KEPT)
    else:
        check_revision(row, seen)
        changed = [name for name in KEPT if getattr(row, name) != values[name]]
        for name in changed:
            setattr(row, name, values[name])
    work.session.flush()
    if changed:
        trail.record(work, "plan_composition.changed", row, variant=_named(row), fields=sorted(changed))
    return row


def approve(work: Work, what: str, acting_as: str, essence: str) -> PlanComposition:
    """Approve the pages as they were seen; ``acting_as`` is what the person is at the library, in words.

    Raises Conflict when the pages that are there now are others than those seen, Invalid without ``acting_as``.
    """
    work.require(Permission.EDITION_APPROVE)
    row = queries.composition(work, *parsed(what))
    if row is None:
        raise Conflict("approve-no-preview")
    drafts.approve(work, row, row.preview, acting_as, essence)
    work.session.flush()
    trail.record(work, "plan_composition.approved", row, variant=_named(row), essence=essence)
    return row


def _named(row: PlanComposition) -> str:
    chosen = row.choices
    return code(chosen.variant, chosen.year)

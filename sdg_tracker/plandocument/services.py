"""The step that freezes a printed plan."""

from typing import Any

from sdg_tracker import drafts, plandocument
from sdg_tracker.access import Permission
from sdg_tracker.editions import build
from sdg_tracker.editions import freeze as editions
from sdg_tracker.editions import queries as frozen
from sdg_tracker.editions.kinds import Snapshot
from sdg_tracker.editions.models import Edition
from sdg_tracker.foundation.errors import Conflict, Invalid, Problem, words
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.plandocument import queries, snapshot
from sdg_tracker.plandocument.models import PlanComposition
from sdg_tracker.plandocument.rules import TEXTS, Choices, Variant, variant_of
from sdg_tracker.work import Work

words(
    {
        "plan-document-changed": lazy(
            "Something has changed since it was approved. Make the pages again and have them approved, or freeze"
            " without an approval."
        )
    }
)


def chosen(work: Work, variant: Variant, year: int | None, language: str) -> Choices:
    """Return what was composed for a variant and year, else the texts of its newest edition in a language."""
    row = queries.composition(work, variant, year)
    return row.choices if row else Choices(variant, year, language, **written(work, variant, year))


def freeze_composed(
    work: Work, variant: Variant, year: int | None, language: str, *, unapproved: bool = False
) -> Edition:
    """Freeze a print of the plan as it was composed; ``language`` counts where nothing was.

    An approval goes in as long as everything is as it was approved; ``unapproved`` freezes without it. Raises as
    ``freeze`` does, and Conflict for a change since the approval.
    """
    work.require(Permission.EDITION_FREEZE)
    work.lock_library()
    row = queries.composition(work, variant, year)
    edition = freeze(work, chosen(work, variant, year, language), None if unapproved else row)
    if row is not None:
        drafts.forget_approval(row)
    return edition


def freeze(work: Work, choices: Choices, approved: PlanComposition | None = None) -> Edition:
    """Freeze the plan, a year's status, or a year's evaluation; the files are owed.

    ``approved`` may have an approval of the same. Raises Conflict when no plan was in force or something has changed
    since the approval, Invalid for a year or a language that can't be chosen.
    """
    work.require(Permission.EDITION_FREEZE)
    work.lock_library()  # before anything is read, so that the whole snapshot is of one moment
    if choices.also == choices.language:
        raise Invalid("plan-document-languages", field="also")
    year = choices.year if choices.variant is not Variant.PLAN else None
    taken = snapshot.take(work, choices)

    def take(number: int) -> dict[str, Any]:
        numbered = {**taken, "number": number}
        if approved is None or approved.approved_essence is None:
            return numbered
        if drafts.essence(numbered) != approved.approved_essence:
            raise Conflict("plan-document-changed", field="unapproved")
        return drafts.same_but_approved(numbered, drafts.approval(work, approved))

    return editions.freeze(
        work,
        plandocument.KIND,
        take,
        title=taken["title"],
        language=choices.language,
        year=year,
        alike=lambda edition: _variant(work, edition) is choices.variant,
    )


def _variant(work: Work, edition: Edition) -> Variant | None:
    """Return what an earlier edition is; None for one whose data are lost or damaged."""
    try:
        return variant_of(build.snapshot_of(work.blobs, edition))
    except Problem:
        return None


def written(work: Work, variant: Variant, year: int | None) -> dict[str, str]:
    """Return the texts of the newest edition of a variant and year, to begin the next one with; empty for none."""
    work.require(Permission.EDITION_FREEZE)
    for edition in frozen.newest_first(work):
        if edition.kind == plandocument.KIND and edition.year == year and _variant(work, edition) is variant:
            found: Snapshot = build.snapshot_of(work.blobs, edition)
            return {name: found["composition"][name] for name in TEXTS}
    return {}

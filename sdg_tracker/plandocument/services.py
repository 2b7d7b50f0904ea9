"""The step that freezes a printed plan."""

from sdg_tracker import plandocument
from sdg_tracker.access import Permission
from sdg_tracker.editions import build, queries
from sdg_tracker.editions import freeze as editions
from sdg_tracker.editions.kinds import Snapshot
from sdg_tracker.editions.models import Edition
from sdg_tracker.foundation.errors import Invalid, Problem
from sdg_tracker.plandocument import snapshot
from sdg_tracker.plandocument.rules import TEXTS, Choices, Variant, variant_of
from sdg_tracker.work import Work


def freeze(work: Work, choices: Choices) -> Edition:
    """Freeze the plan, a year's status, or a year's evaluation; the files are owed.

    Raises Conflict when no plan was in force, Invalid for a year or a language that can't be chosen.
    """
    work.require(Permission.EDITION_FREEZE)
    work.lock_library()  # before anything is read, so that the whole snapshot is of one moment
    if choices.also == choices.language:
        raise Invalid("plan-document-languages", field="also")
    year = choices.year if choices.variant is not Variant.PLAN else None
    taken = snapshot.take(work, choices)
    return editions.freeze(
        work,
        plandocument.KIND,
        lambda number: {**taken, "number": number},
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
    for edition in queries.newest_first(work):
        if edition.kind == plandocument.KIND and edition.year == year and _variant(work, edition) is variant:
            found: Snapshot = build.snapshot_of(work.blobs, edition)
            return {name: found["composition"][name] for name in TEXTS}
    return {}

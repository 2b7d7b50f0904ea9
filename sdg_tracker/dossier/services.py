"""The step that freezes a dossier."""

from typing import Any

from sdg_tracker import dossier, drafts
from sdg_tracker.access import Permission
from sdg_tracker.dossier import queries, snapshot
from sdg_tracker.editions import freeze as editions
from sdg_tracker.editions.models import Edition
from sdg_tracker.foundation.errors import Conflict, words
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.schemes import queries as schemes
from sdg_tracker.work import Work

words(
    {
        "dossier-changed-since-approved": lazy(
            "Something has changed since the dossier was approved. Make the pages again and have them approved, or"
            " freeze without an approval."
        )
    }
)


def freeze(work: Work, cycle_number: int, language: str | None = None, *, unapproved: bool = False) -> Edition:
    """Freeze the dossier of a cycle as it was composed; its files are owed.

    ``language`` takes the place of the one chosen; without either it is the installation's. An approval goes in as long
    as everything is as it was approved; ``unapproved`` freezes without it. Gaps do not forbid it: they are frozen with
    the rest. Raises NotFound for the cycle, Conflict for a change since the approval.
    """
    work.require(Permission.EDITION_FREEZE)
    work.lock_library()  # before anything is read, so that the whole snapshot is of one moment
    cycle = schemes.cycle(work, cycle_number)
    row = queries.composition(work, cycle)
    said_in = language or (row.language if row else work.settings.language)
    composed = row.composed if row else None

    def take(number: int) -> dict[str, Any]:
        taken = snapshot.take(work, cycle, number, said_in, composed)
        if row is None or row.approved_essence is None or unapproved:
            return taken
        if drafts.essence(taken) != row.approved_essence:
            raise Conflict("dossier-changed-since-approved", field="unapproved")
        return drafts.same_but_approved(taken, drafts.approval(work, row))

    edition = editions.freeze(
        work,
        dossier.KIND,
        take,
        title=(composed.title if composed else "") or snapshot.title(cycle, said_in, composed),
        language=said_in,
        cycle=cycle,
    )
    if row is not None:
        drafts.forget_approval(row)
    return edition

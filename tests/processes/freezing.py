"""Freezing an edition without making its files, as a page does; the commands make them at once."""

from collections.abc import Callable

from sdg_tracker.cli import issuing
from sdg_tracker.cli.acting import Acting
from sdg_tracker.editions.models import Edition
from sdg_tracker.evidence import thumbnails
from sdg_tracker.work import Work

assert issuing.KINDS


def freeze(kind: Callable[[Work, int], Edition], what: int) -> None:
    """Freeze an edition of a kind, and leave its files to whoever works."""
    who = Acting(None, None)
    thumbnails.make_owed(who.workplace, who.library_id)
    with who.writing() as work:
        kind(work, what)

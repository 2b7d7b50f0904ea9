"""Where the day comes from on which a piece of evidence expires."""

from zoneinfo import ZoneInfo

from sdg_tracker.evidence.models import Evidence
from sdg_tracker.evidence.tying import Wanted, freshness
from sdg_tracker.evidence.validity import months_later
from sdg_tracker.work import Work


def ruled_by(work: Work, evidence: Evidence) -> str:
    """Return the code of the requirement whose rule gives the day; empty when a person chose it."""
    made = evidence.collected_on or evidence.added_at.astimezone(ZoneInfo(work.library.timezone)).date()
    for tie in evidence.ties:
        months = freshness(work, Wanted(tie.cycle.number, tie.requirement_code))
        if months is not None and months_later(made, months) == evidence.valid_until:
            return tie.requirement_code
    return ""

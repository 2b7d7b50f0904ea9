"""What the first page tells: how much there is, and what waits for the one who looks."""

from collections.abc import Mapping
from dataclasses import dataclass

from sdg_tracker.access import Permission
from sdg_tracker.activities import queries as activities
from sdg_tracker.activities.models import Status
from sdg_tracker.activities.queries import NOT_CANCELLED, Filters
from sdg_tracker.certification.queries import Readiness
from sdg_tracker.evidence import queries as evidence
from sdg_tracker.foundation.i18n import ngettext_
from sdg_tracker.work import Work


@dataclass(frozen=True)
class Waiting:
    """Something that waits: how much, in words, and the list that shows it."""

    count: int
    text: str
    endpoint: str
    arguments: Mapping[str, str | int]


def waiting(work: Work, ready: Readiness | None = None) -> list[Waiting]:
    """Return what waits for the one who looks, the most urgent first; empty when nothing does.

    Who may import sees what the whole library lacks; others see the activities that they are responsible for.
    ``ready``: how far the certification is, for those who assess it.
    """
    everything = work.can(Permission.ACTIVITY_IMPORT)
    owner = None if everything else work.actor.number
    whose: dict[str, str | int] = {} if owner is None else {"owner": owner}
    held = activities.count(work, Filters(owner=owner, status=Status.HELD.value, without_evidence=True))
    unmapped = activities.count(work, Filters(owner=owner, status=NOT_CANCELLED, without_mapping=True))
    unconfirmed = activities.count(work, Filters(owner=owner, status=NOT_CANCELLED, unconfirmed=True))
    found = [
        Waiting(
            held,
            ngettext_("activity was held and has no evidence", "activities were held and have no evidence", held),
            "activities.index",
            {"status": Status.HELD.value, "without_evidence": "y", **whose},
        ),
        Waiting(
            unmapped,
            ngettext_("activity is not mapped to any goal", "activities are not mapped to any goal", unmapped),
            "activities.index",
            {"status": NOT_CANCELLED, "without_mapping": "y", **whose},
        ),
        Waiting(
            unconfirmed,
            ngettext_(
                "activity has a mapping from an import without a reason",
                "activities have mappings from an import without a reason",
                unconfirmed,
            ),
            "activities.index",
            {"status": NOT_CANCELLED, "unconfirmed": "y", **whose},
        ),
    ]
    if everything:
        untied = evidence.counts(work).without_requirement
        text = ngettext_(
            "piece of evidence shows no requirement yet", "pieces of evidence show no requirement yet", untied
        )
        found.append(Waiting(untied, text, "evidence.index", {"lacks": "requirement"}))
    if ready is not None and work.can(Permission.ASSESSMENT_WRITE):
        gaps = ready.whole.gaps
        text = ngettext_("requirement lacks something", "requirements lack something", gaps)
        found.append(Waiting(gaps, text, "certification.readiness", {"number": ready.cycle.number}))
    return [entry for entry in found if entry.count]

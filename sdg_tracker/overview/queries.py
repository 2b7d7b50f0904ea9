"""What the first page tells: how much there is, and what waits for the one who looks."""

from collections.abc import Mapping
from dataclasses import dataclass

from sdg_tracker.access import Permission
from sdg_tracker.activities import queries as activities
from sdg_tracker.activities.models import Status
from sdg_tracker.activities.queries import NOT_CANCELLED, Totals
from sdg_tracker.certification.models import AssessmentState
from sdg_tracker.certification.readiness import Tally
from sdg_tracker.evidence import queries as evidence
from sdg_tracker.foundation.i18n import ngettext_
from sdg_tracker.schemes.models import Cycle
from sdg_tracker.work import Work

SETTLED = (AssessmentState.MET, AssessmentState.NOT_PURSUING, AssessmentState.NOT_APPLICABLE)


@dataclass(frozen=True)
class Waiting:
    """Something that waits: how much, in words, and the list that shows it."""

    count: int
    text: str
    endpoint: str
    arguments: Mapping[str, str | int]


def waiting(
    work: Work, whole: Totals, untied: int, cycle: Cycle | None = None, judged: Tally | None = None
) -> list[Waiting]:
    """Return what waits for the one who looks, the most urgent first; empty when nothing does.

    Who may import sees what the whole library lacks, and how much evidence is ``untied`` to any requirement; others
    see the activities that they are responsible for. ``judged``: how the requirements of ``cycle`` are assessed, for
    those who assess them.
    """
    everything = work.can(Permission.ACTIVITY_IMPORT)
    mine = whole if everything else activities.totals(work, owner=work.actor.number)
    whose: dict[str, str | int] = {} if everything else {"owner": work.actor.number or 0}
    held, unmapped, unconfirmed = mine.held_without_evidence, mine.without_mapping, mine.unconfirmed
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
    if work.can(Permission.EVIDENCE_QUARANTINE):
        apart = evidence.count_quarantined(work)
        text = ngettext_("piece of evidence is in quarantine", "pieces of evidence are in quarantine", apart)
        found.insert(0, Waiting(apart, text, "evidence.kept_apart", {}))
    if everything:
        text = ngettext_(
            "piece of evidence shows no requirement yet", "pieces of evidence show no requirement yet", untied
        )
        found.append(Waiting(untied, text, "evidence.index", {"lacks": "requirement"}))
    if cycle is not None and judged is not None and work.can(Permission.ASSESSMENT_WRITE):
        left = judged.total - sum(judged.of(state.value) for state in SETTLED)
        text = ngettext_("requirement is not assessed as met", "requirements are not assessed as met", left)
        found.append(Waiting(left, text, "certification.readiness", {"number": cycle.number}))
    return [entry for entry in found if entry.count]

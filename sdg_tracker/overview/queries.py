"""What the first page tells: how much there is, and what waits for the one who looks."""

from collections.abc import Mapping
from dataclasses import dataclass

from sdg_tracker.access import Permission
from sdg_tracker.activities import queries as activities
from sdg_tracker.activities.queries import NOT_CANCELLED, GoalCount, Totals
from sdg_tracker.activities.states import Status
from sdg_tracker.audit import telling
from sdg_tracker.certification import task_queries as tasks
from sdg_tracker.certification.readiness import Tally
from sdg_tracker.certification.states import AssessmentState
from sdg_tracker.effects import queries as effects
from sdg_tracker.evidence import counting, link_queries, request_queries
from sdg_tracker.evidence.counting import Counts
from sdg_tracker.evidence.states import State
from sdg_tracker.evidence.validity import Validity
from sdg_tracker.foundation.i18n import ngettext_
from sdg_tracker.measures import snapshot as measures
from sdg_tracker.plans import waiting as pledges
from sdg_tracker.schemes.models import Cycle
from sdg_tracker.work import Work

SETTLED = (AssessmentState.MET, AssessmentState.NOT_PURSUING, AssessmentState.NOT_APPLICABLE)


@dataclass(frozen=True)
class Figures:
    """How much a library has."""

    activities: Totals
    evidence: Counts
    by_goal: Mapping[str, GoalCount]


@dataclass(frozen=True)
class Waiting:
    """Something that waits: how much, in words, and the list that shows it."""

    count: int
    text: str
    endpoint: str
    arguments: Mapping[str, str | int]


def figures(work: Work) -> Figures:
    """Return how much the library has; counted anew after each change."""
    return work.summed(
        "overview", lambda: Figures(activities.totals(work), counting.counts(work), activities.counts_by_goal(work))
    )


def waiting(work: Work, found: Figures, cycle: Cycle | None = None, judged: Tally | None = None) -> list[Waiting]:
    """Return what waits for the one who looks, the most urgent first; empty when nothing does.

    Who may import sees what the whole library lacks, others the activities that they are responsible for.
    ``judged``: how the requirements of ``cycle`` are assessed, for those who assess them.
    """
    everything = work.can(Permission.ACTIVITY_IMPORT)
    owner = work.actor.number
    mine = (
        found.activities
        if everything
        else work.summed(f"activities of {owner}", lambda: activities.totals(work, owner=owner))
    )
    whose: dict[str, str | int] = {} if everything else {"owner": owner or 0}
    held, unmapped, unconfirmed = mine.held_without_evidence, mine.without_mapping, mine.unconfirmed
    entries = [
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
    if work.can(Permission.ACTIVITY_ADD):
        unseen = effects.count_unseen(work, None if everything else owner)
        text = ngettext_("held activity waits for what was seen", "held activities wait for what was seen", unseen)
        entries.append(Waiting(unseen, text, "effects.index", {}))
    entries[:0] = [*_audits(work), *_requests(work), *_tasks(work), *_pledges(work), *_evidence(work), *_links(work)]
    if work.can(Permission.EVIDENCE_QUARANTINE):
        apart = counting.count_quarantined(work)
        text = ngettext_("piece of evidence is in quarantine", "pieces of evidence are in quarantine", apart)
        entries.insert(0, Waiting(apart, text, "evidence.kept_apart", {}))
    if everything:
        untied = found.evidence.without_requirement
        text = ngettext_(
            "piece of evidence shows no requirement yet", "pieces of evidence show no requirement yet", untied
        )
        entries.append(Waiting(untied, text, "evidence.index", {"lacks": "requirement"}))
    if work.can(Permission.MEASURE_MANAGE):
        owed = work.summed(f"readings due on {work.today}", lambda: len(measures.due(work)))
        text = ngettext_("figure waits to be read", "figures wait to be read", owed)
        entries.append(Waiting(owed, text, "measures.index", {}))
    if cycle is not None and judged is not None and work.can(Permission.ASSESSMENT_WRITE):
        left = judged.total - sum(judged.of(state.value) for state in SETTLED)
        text = ngettext_("requirement is not assessed as met", "requirements are not assessed as met", left)
        entries.append(Waiting(left, text, "certification.readiness", {"number": cycle.number}))
    return [entry for entry in entries if entry.count]


def _audits(work: Work) -> list[Waiting]:
    """Return what auditors asked or found and the library has not answered; the list is that of the oldest."""
    if not work.can(Permission.AUDIT_ANSWER):
        return []
    rows = work.summed("audits", lambda: [row.audit.edition.number for row in telling.waiting(work)])
    text = ngettext_("finding or question of an auditor waits", "findings and questions of auditors wait", len(rows))
    return [Waiting(len(rows), text, "audit.show", {"number": rows[0]})] if rows else []


def _requests(work: Work) -> list[Waiting]:
    """Return what the one who looks was asked for, and for who asks, what others owe whose day is over."""
    me, day = work.actor.number, work.today
    mine = work.summed(f"requests of {me}", lambda: request_queries.count(work, me))
    text = ngettext_("thing is asked of you", "things are asked of you", mine)
    found = [Waiting(mine, text, "requests.index", {"giver": me or 0} if work.can(Permission.REQUEST_MAKE) else {})]
    if work.can(Permission.REQUEST_MAKE):
        late = work.summed(f"late requests on {day}", lambda: request_queries.count(work, late=True))
        text = ngettext_("request is overdue", "requests are overdue", late)
        found.append(Waiting(late, text, "requests.index", {}))
    return found


def _tasks(work: Work) -> list[Waiting]:
    """Return the requirements that the one who looks owns and that are due, and for who approves, those ready."""
    if not work.can(Permission.COMMENT_WRITE):
        return []
    me, by = work.actor.number, work.today + tasks.SOON
    found = [
        Waiting(
            count,
            ngettext_("requirement of yours is due", "requirements of yours are due", count),
            "certification.readiness",
            {"number": number, "owner": "me"},
        )
        for number, count in work.summed(f"requirements of {me} by {by}", lambda: tasks.due_by_cycle(work, me, by))
    ]
    if work.can(Permission.TASK_APPROVE):
        found += [
            Waiting(
                count,
                ngettext_("requirement waits to be approved", "requirements wait to be approved", count),
                "certification.readiness",
                {"number": number, "state": "ready"},
            )
            for number, count in work.summed("requirements ready", lambda: tasks.ready_by_cycle(work))
        ]
    return found


def _pledges(work: Work) -> list[Waiting]:
    """Return the pledges of the plan that somebody has to look at, for who writes it."""
    if not work.can(Permission.PLAN_WRITE):
        return []
    rows = work.summed(f"pledges on {work.today}", lambda: pledges.pledges(work))
    behind, check, data = (len(rows.get(why, ())) for why in ("behind", "check", "data"))
    texts = (
        (behind, ngettext_("pledge is behind or not kept", "pledges are behind or not kept", behind)),
        (check, ngettext_("pledge has to be checked", "pledges have to be checked", check)),
        (data, ngettext_("pledge lacks the figures that show it", "pledges lack the figures that show them", data)),
    )
    return [Waiting(count, text, "plans.index", {"_anchor": "pledges"}) for count, text in texts]


def _links(work: Work) -> list[Waiting]:
    """Return the links that a person has to look at: without a copy, for their giver; dead ones, for who reviews."""
    whose = None if work.can(Permission.EVIDENCE_REVIEW) else work.actor.number
    found = work.summed(f"links of {whose}", lambda: link_queries.counts(work, whose))
    return [
        Waiting(
            found.failed,
            ngettext_("link could not be fetched", "links could not be fetched", found.failed),
            "links.index",
            {"state": "failed"},
        ),
        Waiting(found.dead, ngettext_("link is dead", "links are dead", found.dead), "links.index", {"state": "dead"}),
    ]


def _evidence(work: Work) -> list[Waiting]:
    """Return the evidence that waits: to be reviewed, for those who do; sent back, drafts and expiry, for its giver."""
    reviews = work.can(Permission.EVIDENCE_REVIEW)
    own = work.summed(
        f"evidence of {work.actor.number} on {work.today}", lambda: counting.waiting(work, work.actor.number)
    )
    whole = work.summed(f"evidence on {work.today}", lambda: counting.waiting(work)) if reviews else own
    whose: dict[str, str | int] = {} if reviews else {"giver": "me"}
    mine: dict[str, str | int] = {"giver": "me"}
    found = [
        Waiting(
            own.returned,
            ngettext_(
                "piece of your evidence was sent back to you",
                "pieces of your evidence were sent back to you",
                own.returned,
            ),
            "evidence.index",
            {"state": State.RETURNED.value, **mine},
        ),
        Waiting(
            own.drafts,
            ngettext_("draft of yours is not submitted", "drafts of yours are not submitted", own.drafts),
            "evidence.index",
            {"state": State.DRAFT.value, **mine},
        ),
        Waiting(
            own.unfinished,
            ngettext_(
                "piece of your evidence waits for a few words",
                "pieces of your evidence wait for a few words",
                own.unfinished,
            ),
            "evidence.index",
            {"lacks": "words", **mine},
        ),
        Waiting(
            whole.expired,
            ngettext_("piece of evidence has expired", "pieces of evidence have expired", whole.expired),
            "evidence.index",
            {"validity": Validity.EXPIRED.value, **whose},
        ),
        Waiting(
            whole.soon,
            ngettext_(
                "piece of evidence expires within 60 days", "pieces of evidence expire within 60 days", whole.soon
            ),
            "evidence.index",
            {"validity": Validity.SOON.value, **whose},
        ),
    ]
    if reviews:
        text = ngettext_(
            "piece of evidence is to be reviewed", "pieces of evidence are to be reviewed", whole.submitted
        )
        found.insert(0, Waiting(whole.submitted, text, "evidence.index", {"state": State.SUBMITTED.value}))
    return found

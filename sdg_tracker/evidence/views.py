"""The list of evidence and the page of a piece, with what the other pages of evidence share."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from sdg_tracker.access import Permission
from sdg_tracker.accounts import queries as accounts
from sdg_tracker.activities.models import Activity
from sdg_tracker.evidence import findings, fulltext, listing, media, queries, reviewing, uses, wording
from sdg_tracker.evidence.list_forms import FilterForm
from sdg_tracker.evidence.models import Evidence, Version
from sdg_tracker.evidence.review_forms import ReviewForm, TieForm
from sdg_tracker.evidence.states import State
from sdg_tracker.evidence.validity import validity
from sdg_tracker.foundation.errors import Conflict
from sdg_tracker.foundation.i18n import in_locale, language_name, lazy
from sdg_tracker.goals import queries as goals
from sdg_tracker.keeping import queries as keeping
from sdg_tracker.web import lifecycle, navigation
from sdg_tracker.web.identity import allow, can
from sdg_tracker.web.lifecycle import page, reading
from sdg_tracker.web.paging import SIZE, Pager, page_asked
from sdg_tracker.work import Work

blueprint = Blueprint("evidence", __name__)
navigation.add(40, lazy("Evidence"), "evidence.index", Permission.EVIDENCE_READ)
ICONS = {
    media.PDF: "file-pdf",
    media.DOCX: "file-word",
    media.ODT: "file-word",
    media.XLSX: "file-excel",
    media.ODS: "file-excel",
    media.CSV: "file-excel",
    media.PPTX: "document",
    media.ODP: "document",
    media.TXT: "document",
}
READ = fulltext.read  # importing it has registered it
TYPE_NAMES = {ending: ending.upper() for ending in media.ENDINGS.values()} | {"jpg": "JPEG", "webp": "WebP"}


@blueprint.app_context_processor
def _functions() -> dict[str, Any]:
    """Give templates, also those of other parts, what they need to show evidence."""
    return {
        "evidence_of": evidence_of,
        "type_of": type_of,
        "icon_of": lambda found: ICONS.get(found, "file-image"),
        "findings_of": lambda version: findings.of(version.findings),
        "language_name": language_name,
        "evidence_words": wording,
        "validity_of": validity_of,
    }


def validity_of(evidence: Evidence) -> str:
    """Return how a piece stands today: open, valid, soon or expired."""
    return validity(evidence.valid_until, reading().today).value


def evidence_of(activity: Activity) -> list[Evidence]:
    """Return the evidence that stands for an activity; none for those who may not see it."""
    return queries.of_activity(reading(), activity) if can(Permission.EVIDENCE_READ, activity) else []


def type_of(version: Version) -> str:
    """Return a file's type in a few letters, such as PDF."""
    return TYPE_NAMES[media.ENDINGS[version.media_type]]


@blueprint.get("/evidence")
@allow(Permission.EVIDENCE_READ)
def index() -> ResponseReturnValue:
    """List the evidence."""
    work = reading()
    kinds, cycles = queries.kinds(work), queries.cycles(work)
    form = FilterForm(request.args)
    form.offer(kinds, goal_names(), listing.years(work), cycles, accounts.branches(work))
    order = request.args.get("order", "-number")
    if order.removeprefix("-") not in listing.ORDERS:
        order = "-number"
    asked = page_asked()
    rows, total = listing.one_page(work, form.filters(work.actor.number), order, SIZE, (asked - 1) * SIZE)
    return page(
        "evidence/index.html",
        fragment="evidence/_rows.html",
        form=form,
        rows=rows,
        pager=Pager(asked, total),
        order=order,
        kinds=kinds,
        disposal_months=work.library.disposal_months,
    )


def goal_names() -> dict[str, str]:
    """Return the goals' names by code."""
    return {goal.code: in_locale(goal.title_short_da, goal.title_short_en) for goal in goals.goals(reading())}


def status_of(form: Any, found: int = 200) -> int:
    """Return the status of a page with a form: what was refused is 422 unless it is something else."""
    return 422 if found == 200 and form.errors else found


@blueprint.get("/evidence/<int:number>")
@allow(Permission.EVIDENCE_READ)
def show(number: int) -> ResponseReturnValue:
    """Show a piece of evidence."""
    evidence = reached(number)
    form = TieForm()
    return page(
        "evidence/show.html",
        fragment="evidence/_preview.html",
        evidence=evidence,
        form=form,
        **shown_with(evidence, form),
    )


def reached(number: int, find: Callable[[Work, int], Evidence] = queries.get) -> Evidence:
    """Return a piece of evidence; one in quarantine only to those who may look into it."""
    evidence = find(reading(), number)
    if evidence.quarantined_at is not None:
        reading().require(Permission.EVIDENCE_QUARANTINE, evidence)
    return evidence


def shown_with(evidence: Evidence, form: TieForm, review_form: ReviewForm | None = None) -> dict[str, Any]:
    """Return what the page of a piece shows beside it; nothing where only a fragment of the page is asked for."""
    if lifecycle.wants_fragment():
        return {}
    work = reading()
    if review_form is None:
        review_form = ReviewForm(formdata=None, version=str(evidence.current.ordinal))
        review_form.offer(evidence)
    changeable = evidence.stands and can(Permission.EVIDENCE_TIE, evidence)
    if changeable:
        form.offer(queries.cycles(work), evidence)
    people = [evidence.added_by, evidence.withdrawn_by, *(version.added_by for version in evidence.versions)]
    people += [version.released_by for version in evidence.versions]
    people += [made.decided_by for made in evidence.reviews]
    return {
        "names": accounts.names(work, people),
        "kinds": queries.kinds(work),
        "requirements": queries.requirements_of(work, evidence.ties),
        "changeable": changeable,
        "checks": _checks(work, evidence),
        "review_form": review_form,
        "reviewable": _reviewable(evidence),
        "uses": uses.of(work, evidence),
        "own": reviewing.is_own(work, evidence) and not work.library.own_review,
        "sent_back": evidence.reviews[-1] if evidence.state == State.RETURNED.value and evidence.reviews else None,
    }


def _checks(work: Work, evidence: Evidence) -> dict[int, keeping.Checked]:
    """Return how the files of each version were when they were last read, by the version's ordinal."""
    files = {version.ordinal: {version.original_sha256, version.rendition_sha256} for version in evidence.versions}
    known = keeping.of(work, set().union(*files.values()))
    return {ordinal: keeping.together(known, digests) for ordinal, digests in files.items()}


def _reviewable(evidence: Evidence) -> bool:
    waits = evidence.state in (State.SUBMITTED.value, State.ACCEPTED.value)
    return waits and evidence.stands and can(Permission.EVIDENCE_REVIEW, evidence)


def to_change(number: int, permission: Permission) -> Evidence:
    """Return a piece of evidence for a page that changes it. Raises Conflict for one that is withdrawn."""
    evidence = reached(number)
    reading().require(permission, evidence)
    if evidence.withdrawn_at is not None:
        raise Conflict("evidence-withdrawn", number=number)
    return evidence

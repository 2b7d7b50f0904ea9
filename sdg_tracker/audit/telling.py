"""What auditors found, for other parts: on the page of a requirement, in what waits, and in the next dossier."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sdg_tracker.access import Permission
from sdg_tracker.audit import queries
from sdg_tracker.audit.models import Finding
from sdg_tracker.audit.wording import FINDING_KINDS, FINDING_STATES
from sdg_tracker.certification import findings
from sdg_tracker.certification.findings import Told
from sdg_tracker.schemes.difference import places
from sdg_tracker.schemes.models import Cycle
from sdg_tracker.work import Work

SOON = timedelta(days=14)


def of_requirement(work: Work, cycle: Cycle, code: str) -> list[Told]:
    """Return the findings of a requirement in the audits of the cycle's dossiers, the newest first.

    Those that were written under a former code of it are among them.
    """
    answers = work.can(Permission.AUDIT_ANSWER)
    codes = [code, *(old for old, new in _renamed(cycle).items() if new == code)]
    return [
        Told(
            FINDING_KINDS[row.kind],
            row.text,
            FINDING_STATES[row.state],
            f"/editions/{row.audit.edition.number}/audit#finding-{row.number}" if answers else "",
        )
        for row in reversed(queries.findings_of(work, cycle.id, codes))
    ]


findings.register(of_requirement)


def earlier(work: Work, cycle: Cycle) -> list[dict[str, Any]]:
    """Return, as plain data, the findings of earlier audits of the scheme's dossiers and what was done, oldest first.

    Days are those of the library's time zone.
    """
    renamed = _renamed(cycle)
    return [_plain(work, row, renamed) for row in queries.findings_of_scheme(work, cycle.scheme.slug)]


def _renamed(cycle: Cycle) -> Mapping[str, str]:
    """Return the codes of the cycle's requirements by the former ones that no requirement has now."""
    found = list(places(cycle.scheme.document))
    taken = {place.code for place in found}
    return {old: place.code for place in found for old in place.definition.get("was", ()) if old not in taken}


def _plain(work: Work, row: Finding, renamed: Mapping[str, str]) -> dict[str, Any]:
    return {
        "edition": row.audit.edition.number,
        "number": row.number,
        "kind": row.kind,
        "requirement": renamed.get(row.requirement, row.requirement),
        "exhibits": list(row.exhibits),
        "text": row.text,
        "state": row.state,
        "raised_on": work.day_of(row.raised_at).isoformat(),
        "cause": row.cause,
        "correction": row.correction,
        "deadline": row.deadline.isoformat() if row.deadline else None,
        "reply": row.reply,
        "closed_on": work.day_of(row.closed_at).isoformat() if row.closed_at else None,
    }


def waiting(work: Work) -> Sequence[Any]:
    """Return the findings and questions that wait for the library's answer, with audit and edition, oldest first."""
    return [*queries.unanswered_findings(work), *queries.unanswered_questions(work)]


def promised(work: Work) -> Sequence[Finding]:
    """Return the findings whose correction the library has promised by a day that is over or near, with audit."""
    return queries.promised(work, work.today + SOON)

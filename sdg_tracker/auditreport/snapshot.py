"""What an audit report freezes: the audited edition by its fingerprint, and all that was decided about it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sdg_tracker import auditreport
from sdg_tracker.audit import queries, receipts
from sdg_tracker.audit.frozen import Frozen, frozen
from sdg_tracker.audit.models import Audit, AuditorAccess, Finding, Mark, Question, Sample
from sdg_tracker.audit.receipts import Opened
from sdg_tracker.collecting import events, heading, plain
from sdg_tracker.editions.freeze import FORMAT
from sdg_tracker.editions.models import Edition
from sdg_tracker.foundation.i18n import _, use_locale
from sdg_tracker.work import Work

Row = dict[str, Any]


def take(work: Work, audit: Audit, number: int, language: str) -> Row:
    """Return the snapshot of an audit's report under its own number. Persons are named nowhere in it."""
    told = events.trail(work)
    return {
        "format": FORMAT,
        "kind": auditreport.KIND,
        "number": number,
        "language": language,
        "title": title(audit.edition, language),
        **heading.head(work),
        "targets": {},
        "activities": [],
        "evidence": [],
        "audited": {
            "number": audit.edition.number,
            "kind": audit.edition.kind,
            "title": audit.edition.title,
            "fingerprint": audit.edition.fingerprint,
            "frozen_at": plain.moment(audit.edition.frozen_at),
        },
        "audit": _audit(work, audit, frozen(work.blobs, audit.edition)),
        "trail": told,
        "names": events.names(told, work.actor.role.value),
    }


def title(edition: Edition, language: str) -> str:
    """Return what an audit report is called."""
    with use_locale(language):
        return _("Audit report: %(title)s", title=edition.title)


def _audit(work: Work, audit: Audit, found: Frozen) -> Row:
    return {
        "number": audit.number,
        "begun_at": plain.moment(audit.begun_at),
        "concluded_at": _moment(audit.concluded_at),
        "concluded_by": audit.concluded_by,
        "decision": audit.decision,
        "conditions": audit.conditions,
        "text": audit.text,
        "exhibits": len(found.exhibits),
        "requirements": [{"code": code, "text": row["text"]} for code, row in found.requirements.items()],
        "titles": {str(exhibit): found.exhibits[exhibit]["title"] for exhibit in _named(audit)},
        "samples": [_sample(sample) for sample in audit.samples],
        "marks": [_mark(mark, found) for mark in audit.marks],
        "findings": [_finding(finding) for finding in audit.findings],
        "questions": [_question(question) for question in audit.questions],
        "accesses": [_access(work, access) for access in reversed(queries.of_edition(work, audit.edition))],
    }


def _named(audit: Audit) -> list[int]:
    named = {mark.exhibit for mark in audit.marks}
    named.update(exhibit for sample in audit.samples for exhibit in sample.exhibits)
    named.update(exhibit for finding in audit.findings for exhibit in finding.exhibits)
    return sorted(named)


def _sample(sample: Sample) -> Row:
    return {
        "seed": sample.seed,
        "method": sample.method,
        "size": sample.size,
        "exhibits": sample.exhibits,
        "drawn_at": plain.moment(sample.drawn_at),
    }


def _mark(mark: Mark, found: Frozen) -> Row:
    exhibit = found.exhibits[mark.exhibit]
    return {
        "exhibit": mark.exhibit,
        "title": exhibit["title"],
        "file": exhibit["file"],
        "sha256": exhibit["sha256"],
        "requirements": sorted({tie["code"] for tie in exhibit["requirements"]}),
        "mark": mark.mark,
        "note": mark.note,
        "marked_at": plain.moment(mark.marked_at),
    }


def _finding(finding: Finding) -> Row:
    return {
        "number": finding.number,
        "kind": finding.kind,
        "requirement": finding.requirement,
        "exhibits": list(finding.exhibits),
        "text": finding.text,
        "state": finding.state,
        "raised_at": plain.moment(finding.raised_at),
        "cause": finding.cause,
        "correction": finding.correction,
        "deadline": plain.day(finding.deadline),
        "answered_at": _moment(finding.answered_at),
        "reply": finding.reply,
        "closed_at": _moment(finding.closed_at),
    }


def _question(question: Question) -> Row:
    return {
        "number": question.number,
        "requirement": question.requirement,
        "text": question.text,
        "asked_at": plain.moment(question.asked_at),
        "answer": question.answer,
        "answered_at": _moment(question.answered_at),
        "supplement": question.supplement,
    }


def _access(work: Work, access: AuditorAccess) -> Row:
    receipt = receipts.receipt(work, access)
    return {
        "number": access.number,
        "until": access.until.isoformat(),
        "entered_at": _moment(access.bound_at),
        "opened": _opened([*receipt.files, *receipt.previews]),
        "pages": sum(page.times for page in receipt.pages),
    }


def _opened(rows: Sequence[Opened]) -> list[Row]:
    return [
        {
            "what": row.kind,
            "name": row.name,
            "sha256": row.sha256,
            "times": row.times,
            "first": plain.moment(row.first),
            "last": plain.moment(row.last),
        }
        for row in rows
    ]


def _moment(at: datetime | None) -> str | None:
    return plain.moment(at) if at is not None else None

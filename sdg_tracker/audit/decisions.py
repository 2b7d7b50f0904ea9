"""An auditor's decisions as one JSON document, written by the desk in the unpacked bag, and read in: all or nothing.

Its schema is ``decisions.schema.json``.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from jsonschema import Draft202012Validator

from sdg_tracker import trail
from sdg_tracker.access import Permission
from sdg_tracker.audit import auditing, findings, sampling
from sdg_tracker.audit.auditing import Conclusion, Marking
from sdg_tracker.audit.findings import FindingDetails
from sdg_tracker.audit.frozen import Frozen, frozen
from sdg_tracker.audit.models import Audit
from sdg_tracker.audit.states import Decision, FindingKind, FindingState, MarkState, Method
from sdg_tracker.foundation.documents import digest
from sdg_tracker.foundation.errors import Invalid, words
from sdg_tracker.foundation.i18n import _, lazy
from sdg_tracker.foundation.refusals import explained
from sdg_tracker.work import Work

NAMED = 20  # faults that are told at once
Document = Mapping[str, Any]
words({"decisions-wrong": lazy("Nothing was read in. %(faults)s")})
trail.declare(
    {"audit.imported": (lazy("Auditor's decisions read in from a file"), {"sha256", "marks", "findings", "decision"})}
)


@dataclass(frozen=True)
class Applied:
    """What a document has changed: marks and findings that are new or other, and whether it concluded the audit."""

    marks: int
    findings: int
    sampled: bool
    concluded: bool


@cache
def _validator() -> Draft202012Validator:
    text = (files("sdg_tracker.audit") / "decisions.schema.json").read_text("utf-8")
    return Draft202012Validator(json.loads(text))


def faults(work: Work, audit: Audit, document: object) -> list[str]:
    """Return, in the current language, everything for which a document can't be read into an audit."""
    errors = sorted(_validator().iter_errors(document), key=lambda error: error.json_path)
    shape = [f"{fault}." for error in errors for fault in explained(error)]
    if shape or not isinstance(document, Mapping):
        return shape
    return list(_faults(frozen(work.blobs, audit.edition), audit, document))


def is_shaped(document: object) -> bool:
    """Return whether a document has the shape that the schema asks for."""
    return bool(_validator().is_valid(document))


def _faults(found: Frozen, audit: Audit, document: Document) -> Iterator[str]:
    edition = audit.edition
    if document["edition"] != {"number": edition.number, "fingerprint": edition.fingerprint}:
        yield _("It is about edition %(number)s, not this one.", number=document["edition"]["number"])
        return
    if audit.concluded and not _says_the_same(audit, document):
        yield _("The audit is concluded. The auditor can open it again.")
    yield from _unknown(found, document)
    yield from _doubled(document)
    yield from _answered(audit, document)
    sample = document["sample"]
    if sample is not None:
        yield from _sample_faults(found, sample)
    yield from _conclusion_faults(audit, document)


def _unknown(found: Frozen, document: Document) -> Iterator[str]:
    named = [row["exhibit"] for row in document["marks"]]
    named += [exhibit for row in document["findings"] for exhibit in row["exhibits"]]
    for exhibit in sorted(set(named) - found.exhibits.keys()):
        yield _("There is no exhibit %(exhibit)s.", exhibit=exhibit)
    codes = {row["requirement"] for row in document["findings"]} - {""}
    for code in sorted(codes - found.requirements.keys()):
        yield _("There is no requirement %(code)s.", code=code)


def _doubled(document: Document) -> Iterator[str]:
    marked = [row["exhibit"] for row in document["marks"]]
    for exhibit in sorted({exhibit for exhibit in marked if marked.count(exhibit) > 1}):
        yield _("Exhibit %(exhibit)s is marked twice.", exhibit=exhibit)
    keys = [row["key"] for row in document["findings"]]
    for key in sorted({key for key in keys if keys.count(key) > 1}):
        yield _("Two findings have the key %(key)s.", key=key)


def _answered(audit: Audit, document: Document) -> Iterator[str]:
    there = by_key(audit)
    for row in document["findings"]:
        finding = there.get(row["key"])
        if finding is not None and finding.answered_at is not None and not is_same(finding, row):
            number = finding.number
            yield _("Finding %(number)s was changed after the library had answered it.", number=number)


def _sample_faults(found: Frozen, sample: Document) -> Iterator[str]:
    candidates = sampling.candidates(found.snapshot)
    if not sample["seed"].strip() or sample["size"] > len(candidates):
        yield _("The sample can't be drawn: there are %(most)s exhibits.", most=len(candidates))
        return
    drawn = sampling.draw(candidates, sample["seed"].strip(), sample["size"], Method(sample["method"]))
    if sample.get("exhibits", drawn) != drawn:
        yield _("The sample is not what its seed draws.")


def _conclusion_faults(audit: Audit, document: Document) -> Iterator[str]:
    conclusion = document["conclusion"]
    if conclusion is None or audit.concluded:
        return
    if conclusion["decision"] == Decision.WITH_CONDITIONS and not conclusion["conditions"].strip():
        yield _("It is concluded with conditions, and names none.")
    there = by_key(audit)
    majors = [row["key"] for row in document["findings"] if row["kind"] == FindingKind.MAJOR]
    if auditing.unanswered(audit) or any(
        key not in there or there[key].state == FindingState.OPEN.value for key in majors
    ):
        yield _("It is concluded while a major nonconformity is not answered by the library.")


def by_key(audit: Audit) -> dict[str, Any]:
    """Return an audit's findings by the keys that they have in a document."""
    return {row.key or f"{audit.edition.number}-{row.number}": row for row in audit.findings}


def is_same(finding: Any, row: Document) -> bool:
    """Return whether a finding says what a document's does."""
    there = (finding.kind, finding.requirement, sorted(finding.exhibits), finding.text)
    return bool(there == (row["kind"], row["requirement"], sorted(set(row["exhibits"])), row["text"].strip()))


def _says_the_same(audit: Audit, document: Document) -> bool:
    marks = {row.exhibit: (row.mark, row.note) for row in audit.marks}
    there = by_key(audit)
    conclusion = document["conclusion"]
    return (
        all(marks.get(row["exhibit"]) == (row["mark"], row.get("note", "").strip()) for row in document["marks"])
        and all(row["key"] in there and is_same(there[row["key"]], row) for row in document["findings"])
        and (conclusion is None or _is_conclusion(audit, conclusion))
    )


def _is_conclusion(audit: Audit, conclusion: Document) -> bool:
    return (audit.decision, audit.text) == (conclusion["decision"], conclusion["text"].strip())


def apply(work: Work, audit: Audit, document: object) -> Applied:
    """Read an auditor's decisions into an audit: all of them or none. What is there already is left alone.

    Raises Invalid naming the faults.
    """
    work.require(Permission.AUDIT_IMPORT, audit.edition)
    audit = auditing.held(work, audit.edition)
    found = faults(work, audit, document)
    if found or not isinstance(document, Mapping):
        more = len(found) - NAMED
        told = found[:NAMED] + ([_("And %(number)s more.", number=more)] if more > 0 else [])
        raise Invalid("decisions-wrong", faults=" ".join(told))
    if audit.concluded:
        return Applied(0, 0, sampled=False, concluded=False)
    marks = [Marking(row["exhibit"], MarkState(row["mark"]), row.get("note", "")) for row in document["marks"]]
    sampled = _sampled(work, audit, document["sample"])
    changed = auditing.put_marks(work, audit, marks)
    raised = sum(_put(work, audit, row) for row in document["findings"])
    conclusion = document["conclusion"]
    if conclusion is not None:
        decided = Conclusion(Decision(conclusion["decision"]), conclusion["conditions"], conclusion["text"])
        auditing.put_conclusion(work, audit, decided)
    applied = Applied(changed, raised, sampled, concluded=conclusion is not None)
    if changed or raised or sampled or conclusion is not None:
        decision = conclusion["decision"] if conclusion is not None else None
        trail.record(
            work,
            "audit.imported",
            audit,
            sha256=digest(document),
            marks=changed,
            findings=raised,
            decision=decision,
        )
    return applied


def _sampled(work: Work, audit: Audit, sample: Document | None) -> bool:
    if sample is None:
        return False
    wanted = (sample["seed"].strip(), sample["size"], sample["method"])
    if any((there.seed, there.size, there.method) == wanted for there in audit.samples):
        return False
    auditing.put_sample(work, audit, wanted[0], wanted[1], Method(wanted[2]))
    return True


def _put(work: Work, audit: Audit, row: Document) -> bool:
    kind = FindingKind(row["kind"])
    details = FindingDetails(kind, row["text"], row["requirement"], row["exhibits"], row["key"])
    finding = by_key(audit).get(row["key"])
    if finding is None:
        findings.put_finding(work, audit, details)
        return True
    return not is_same(finding, row) and findings.put_revision(work, audit, finding, details)

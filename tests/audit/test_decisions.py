"""An auditor's decisions from a file: all or none, and twice is harmless."""

from typing import Any

import pytest

from sdg_tracker.access import SYSTEM, Actor
from sdg_tracker.audit import auditing, decisions, findings, queries
from sdg_tracker.audit.findings import Answer
from sdg_tracker.audit.models import Audit
from sdg_tracker.audit.sampling import candidates, draw
from sdg_tracker.audit.states import Method
from sdg_tracker.editions import queries as editions
from sdg_tracker.editions.models import Edition
from sdg_tracker.foundation.errors import Forbidden, Invalid
from sdg_tracker.foundation.i18n import use_locale
from sdg_tracker.work import Work, Workplace
from tests.audit.conftest import decided
from tests.conftest import NOON
from tests.printing import snapshots


@pytest.fixture
def document(workplace: Workplace, edition: Edition) -> dict[str, Any]:
    """A whole document without a major nonconformity."""
    exhibits = draw(candidates(snapshots.dossier(workplace.blobs, 9)), "frø", 3, Method.WEIGHTED)
    return {
        "format": 1,
        "edition": {"number": 1, "fingerprint": edition.fingerprint},
        "auditor": "Revisor",
        "made_at": "2026-03-02T12:00:00.123Z",
        "sample": {"seed": "frø", "size": 3, "method": "weighted", "exhibits": exhibits},
        "marks": [{"exhibit": 1, "mark": "accepted", "note": ""}, {"exhibit": 2, "mark": "questioned"}],
        "findings": [
            {"key": "a", "kind": "minor", "requirement": "O1.1", "exhibits": [2], "text": "Dato mangler."},
            {"key": "b", "kind": "good_practice", "requirement": "", "exhibits": [], "text": "Frøbiblioteket."},
        ],
        "conclusion": {"decision": "with_conditions", "conditions": "Datoer på.", "text": "Set."},
    }


def read_in(work: Work, document: object) -> decisions.Applied:
    """Read a document into the audit of edition 1."""
    return decisions.apply(work, auditing.held(work, editions.get(work, 1)), document)


def kept(workplace: Workplace, edition: Edition) -> Audit | None:
    """Return the audit as it is kept."""
    with workplace.reading(SYSTEM, edition.library_id) as work:
        return queries.audit_of(work, edition)


def test_a_document_is_read_in_once_and_again_without_harm(
    workplace: Workplace, edition: Edition, coordinator: Actor, document: dict[str, Any]
) -> None:
    with workplace.writing(coordinator) as work:
        applied = read_in(work, document)
        assert applied == decisions.Applied(2, 2, sampled=True, concluded=True)
    with workplace.writing(coordinator) as work:
        length = work.library.trail_length
        assert read_in(work, document) == decisions.Applied(0, 0, sampled=False, concluded=False)
        assert work.library.trail_length == length
    audit = kept(workplace, edition)
    assert audit is not None
    assert audit.concluded
    assert [row.text for row in audit.findings] == ["Dato mangler.", "Frøbiblioteket."]
    marks = [{"note": "", **row} for row in document["marks"]]
    assert decided(audit) == {part: document[part] for part in ("sample", "findings", "conclusion")} | {"marks": marks}


FAULTY: list[tuple[dict[str, Any], str]] = [
    ({"format": 2}, "format"),
    ({"edition": {"number": 2, "fingerprint": "0" * 64}}, "edition 2"),
    ({"marks": [{"exhibit": 99, "mark": "seen"}]}, "exhibit 99"),
    ({"marks": [{"exhibit": 1, "mark": "seen"}, {"exhibit": 1, "mark": "accepted"}]}, "marked twice"),
    ({"marks": [{"exhibit": 1, "mark": "loved"}]}, "loved"),
    ({"findings": [{"key": "a", "kind": "minor", "requirement": "Z", "exhibits": [], "text": "x"}]}, "Z"),
    ({"findings": [{"key": "a", "kind": "minor", "requirement": "", "exhibits": [], "text": "x"}] * 2}, "key a"),
    ({"findings": [{"key": "a", "kind": "major", "requirement": "", "exhibits": [], "text": "x"}]}, "major"),
    ({"sample": {"seed": "frø", "size": 3, "method": "weighted", "exhibits": [1, 2, 3]}}, "seed draws"),
    ({"sample": {"seed": "frø", "size": 30, "method": "random"}}, "9 exhibits"),
    ({"conclusion": {"decision": "with_conditions", "conditions": " ", "text": "x"}}, "names none"),
    ({"sample": 5}, "^Nothing was read in. sample: must be of type null / object, not 5.$"),
    ({"sample": {"seed": "frø", "size": 0}}, "sample: lacks method. sample.size: must be at least 1, not 0."),
    ({"marks": [{"exhibit": 1, "mark": "seen", "by": "me"}]}, "marks\\[0\\].by: is not a key of this format."),
]


def test_a_document_with_a_fault_changes_nothing_and_the_fault_is_named(
    workplace: Workplace, edition: Edition, coordinator: Actor, document: dict[str, Any]
) -> None:
    for change, told in FAULTY:
        with use_locale("en"), pytest.raises(Invalid, match=told), workplace.writing(coordinator) as work:
            read_in(work, {**document, **change})
        assert kept(workplace, edition) is None


def test_a_later_document_changes_what_the_library_has_not_answered(
    workplace: Workplace, edition: Edition, auditor: Actor, coordinator: Actor, document: dict[str, Any]
) -> None:
    first = {**document, "conclusion": None}
    with workplace.writing(auditor) as work:
        assert read_in(work, first).findings == 2
    later = {**first, "findings": [{**first["findings"][0], "text": "Dato og sted mangler."}]}
    with workplace.writing(auditor) as work:
        assert read_in(work, later) == decisions.Applied(0, 1, sampled=False, concluded=False)
    with workplace.writing(coordinator) as work:
        findings.answer(work, 1, 1, Answer("", "Skrives på", NOON.date()))
    with pytest.raises(Invalid), workplace.writing(coordinator) as work:
        read_in(work, first)


def test_only_the_library_and_its_auditor_read_in(
    workplace: Workplace, edition: Edition, staff: Actor, document: dict[str, Any]
) -> None:
    with pytest.raises(Forbidden), workplace.writing(staff) as work:
        read_in(work, document)
    with workplace.reading(SYSTEM, edition.library_id) as work:
        audit = Audit(edition=editions.get(work, 1), findings=[])
        wrong: list[object] = [[], "x", {}, {**document, "more": 1}]
        assert all(decisions.faults(work, audit, nonsense) for nonsense in wrong)

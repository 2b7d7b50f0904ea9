"""What people type is looked through for CPR numbers before it is saved."""

from dataclasses import replace

import pytest

from sdg_tracker.access import Actor
from sdg_tracker.evidence import personal, queries, reviewing, revising
from sdg_tracker.evidence.details import EvidenceDetails
from sdg_tracker.evidence.states import Decision
from sdg_tracker.foundation.errors import Invalid
from sdg_tracker.work import Workplace
from tests.evidence.conftest import Add, refuses

NUMBER = "010190-1234"


@pytest.mark.parametrize(
    "text",
    [
        "Ring til 010190-1234.",
        "0101901234",
        "010190 1234",
        "010190\u20131234",
        "(010190-1234)",
        "31122012 og 290200-4444",
    ],
)
def test_a_number_that_may_be_a_persons_is_seen(text: str) -> None:
    assert personal.typed(text)


@pytest.mark.parametrize(
    "text", ["", "320190-1234", "Faktura 9912-3456", "45 12 34 56 78", "01019012345", "a010190-1234", "1010190-1234"]
)
def test_other_numbers_are_not(text: str) -> None:
    assert not personal.typed(text)


@pytest.mark.parametrize("field", ["title", "description", "alt", "source"])
def test_a_text_is_refused_at_its_field_and_passes_when_it_is_no_such_number(
    workplace: Workplace, add: Add, coordinator: Actor, field: str
) -> None:
    said = {field: f"Sag {NUMBER}"}
    with refuses("personal-number-typed"):
        add(**said)
    assert add(**said, no_cpr=True).evidence.number == 1
    details = replace(EvidenceDetails(title="a", kind="document"), **said)  # type: ignore[arg-type]
    with workplace.writing(coordinator) as work, pytest.raises(Invalid) as refused:
        revising.revise(work, 1, details)
    assert (refused.value.code, refused.value.field) == ("personal-number-typed", field)


def test_reasons_and_comments_are_looked_through(workplace: Workplace, add: Add, coordinator: Actor) -> None:
    add()
    with workplace.writing(coordinator) as work, refuses("personal-number-typed"):
        reviewing.review(work, 1, Decision.RETURNED, f"Slet {NUMBER}")
    with workplace.writing(coordinator) as work, refuses("personal-number-typed"):
        revising.withdraw(work, 1, f"Om {NUMBER}")
    with workplace.writing(coordinator) as work:
        revising.withdraw(work, 1, f"Om {NUMBER}", no_cpr=True)
        assert queries.get(work, 1).withdrawn_reason == f"Om {NUMBER}"

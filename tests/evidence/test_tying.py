"""Evidence is tied to requirements."""

import pytest

from sdg_tracker.access import SYSTEM, Actor
from sdg_tracker.evidence import queries, tying
from sdg_tracker.evidence.tying import Wanted
from sdg_tracker.foundation.errors import Invalid, NotFound
from sdg_tracker.schemes.models import Requirement
from sdg_tracker.work import Library, Workplace
from tests.evidence.conftest import Add, events
from tests.factories import Factories


def test_evidence_is_tied_to_requirements_of_a_cycle(
    workplace: Workplace, make: Factories, library: Library, coordinator: Actor, add: Add
) -> None:
    cycle = make.cycle(library)
    codes = [requirement.code for requirement in _requirements(workplace, library)]
    added = add(ties=[Wanted(cycle.number, codes[0], "2-3")])
    assert added.unaccepted == ()
    with workplace.writing(coordinator) as work:
        tying.tie(work, 1, Wanted(cycle.number, codes[0], "4"))
        tying.tie(work, 1, Wanted(cycle.number, codes[1]))
        tying.tie(work, 1, Wanted(cycle.number, codes[1]))
    with workplace.reading(coordinator) as work:
        evidence = queries.get(work, 1)
        assert [(tie.requirement_code, tie.pages) for tie in evidence.ties] == [(codes[0], "4"), (codes[1], "")]
        assert [found.code for found in queries.requirements_of(work, evidence.ties).values()] == codes[:2]
    with workplace.writing(coordinator) as work:
        tying.untie(work, 1, cycle.number, codes[0])
    with pytest.raises(NotFound), workplace.writing(coordinator) as work:
        tying.untie(work, 1, cycle.number, codes[0])
    with pytest.raises(Invalid) as error, workplace.writing(coordinator) as work:
        tying.tie(work, 1, Wanted(cycle.number, codes[2], "side 4"))
    assert error.value.field == "pages"
    with pytest.raises(Invalid), workplace.writing(coordinator) as work:
        tying.tie(work, 1, Wanted(cycle.number, "X9.9"))
    with pytest.raises(NotFound), workplace.writing(coordinator) as work:
        tying.tie(work, 1, Wanted(9, codes[0]))
    assert [(action, facts.get("requirement")) for action, facts in events(workplace, library, 1)[1:]] == [
        ("evidence.tied", codes[0]),
        ("evidence.tied", codes[0]),
        ("evidence.tied", codes[1]),
        ("evidence.untied", codes[0]),
    ]


def test_a_kind_that_a_requirement_does_not_ask_for_is_said_and_not_refused(
    workplace: Workplace, make: Factories, library: Library, add: Add
) -> None:
    make.cycle(library)
    strict = next(found for found in _requirements(workplace, library) if "invoice" not in found.kinds)
    added = add(kind="invoice", ties=[Wanted(1, strict.code)])
    assert added.unaccepted == (strict.code,)
    with workplace.reading(SYSTEM, library.id) as work:
        assert [tie.requirement_code for tie in queries.get(work, 1).ties] == [strict.code]


def _requirements(workplace: Workplace, library: Library) -> list[Requirement]:
    with workplace.reading(SYSTEM, library.id) as work:
        return queries.cycles(work)[0].scheme.requirements()

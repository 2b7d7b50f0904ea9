"""What tests of evidence share."""

import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import pytest

from sdg_tracker import trail
from sdg_tracker.access import SYSTEM, Actor
from sdg_tracker.evidence import adding, intake, integrity
from sdg_tracker.evidence.adding import Added
from sdg_tracker.evidence.details import EvidenceDetails
from sdg_tracker.evidence.tying import Wanted
from sdg_tracker.foundation.errors import Problem
from sdg_tracker.work import Library, Workplace

Add = Callable[..., Added]


@contextmanager
def refuses(code: str) -> Iterator[None]:
    """Expect a step to be refused for a reason."""
    with pytest.raises(Problem) as refused:
        yield
    assert refused.value.code == code


@pytest.fixture
def add(workplace: Workplace, coordinator: Actor) -> Add:
    """Receive a file and add it, as people do, in two steps."""

    def added(
        content: bytes = b"some text\n",
        name: str = "note.txt",
        ties: Sequence[Wanted] = (),
        actor: Actor = coordinator,
        **details: object,
    ) -> Added:
        with workplace.reading(actor) as work:
            received = intake.receive(work, io.BytesIO(content), name)
        with workplace.writing(actor) as work:
            return adding.add(work, received, EvidenceDetails(**details), ties)  # type: ignore[arg-type]

    return added


@pytest.fixture
def new_version(workplace: Workplace) -> Callable[..., None]:
    """Receive another file for the first piece of evidence."""

    def added(actor: Actor, content: bytes = b"another text\n", name: str = "note.txt", number: int = 1) -> None:
        with workplace.reading(actor) as work:
            received = intake.receive(work, io.BytesIO(content), name)
        with workplace.writing(actor, actor.library_id) as work:
            adding.add_version(work, number, received)

    return added


def events(workplace: Workplace, library: Library, number: int) -> list[tuple[str, dict[str, object]]]:
    """Return what the trail tells of a piece of evidence: actions and facts."""
    with workplace.reading(SYSTEM, library.id) as work:
        return [(event.action, event.facts) for event in trail.of(work, "evidence", number)]


def faults(workplace: Workplace, library: Library) -> list[str]:
    """Return what does not hold of the library's evidence."""
    with workplace.reading(SYSTEM, library.id) as work:
        return list(integrity.faults(work))

"""What tests of evidence share."""

import io
from collections.abc import Callable, Sequence

import pytest

from sdg_tracker.access import Actor
from sdg_tracker.evidence import intake, services
from sdg_tracker.evidence.services import Added, EvidenceDetails, Wanted
from sdg_tracker.work import Workplace

Add = Callable[..., Added]


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
            return services.add(work, received, EvidenceDetails(**details), ties)  # type: ignore[arg-type]

    return added

"""Withdrawn evidence is disposed of by rule; what an edition holds never is."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from sdg_tracker.access import Actor
from sdg_tracker.dossier import services as dossier
from sdg_tracker.evidence import disposal, integrity, queries, revising, tying
from sdg_tracker.evidence.models import Disposal, Tie, Version
from sdg_tracker.evidence.search_models import Searchable
from sdg_tracker.evidence.tying import Wanted
from sdg_tracker.foundation.errors import Conflict, NotFound
from sdg_tracker.jobs import Queue
from sdg_tracker.keeping import services as keeping
from sdg_tracker.trail import Event
from sdg_tracker.work import Library, Workplace
from tests.factories import Factories

LATER = datetime(2028, 3, 1, 9, tzinfo=UTC)


@pytest.fixture
def withdrawn(workplace: Workplace, coordinator: Actor, library: Library, make: Factories) -> None:
    """Two withdrawn pieces, the first of them in an edition, and one that stands."""
    cycle = make.cycle(library)
    for content in (b"frozen\n", b"gone\n", b"standing\n"):
        make.evidence(library, content)
    with workplace.writing(coordinator) as work:
        for number in (1, 2, 3):
            tying.tie(work, number, Wanted(cycle.number, "B2.1"))
    with workplace.writing(coordinator) as work:
        revising.withdraw(work, 2, "Forkert fil")
    with workplace.writing(coordinator) as work:
        dossier.freeze(work, cycle.number, "da")
    with workplace.writing(coordinator) as work:
        revising.withdraw(work, 1, "Forkert fil")


@pytest.mark.usefixtures("withdrawn")
def test_only_what_the_rule_lets_go_goes(
    workplace: Workplace, coordinator: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    with workplace.reading(coordinator) as work:
        gone = queries.get(work, 2).current.original_sha256
        assert disposal.due(work) == []  # the library has no rule
    with workplace.writing(coordinator) as work:
        work.library.disposal_months = 12
    with workplace.reading(coordinator) as work:
        assert disposal.due(work) == []  # it is too early
    monkeypatch.setattr(workplace, "clock", lambda: LATER)
    with workplace.reading(coordinator) as work:
        assert [row.number for row in disposal.due(work)] == [2]
    for wrong in ([1], [2, 3]):
        with pytest.raises(Conflict) as refused, workplace.writing(coordinator) as work:
            disposal.dispose(work, wrong)
        assert refused.value.code == "disposal-not-due"
    with workplace.writing(coordinator) as work:
        disposal.dispose(work, [2])
        assert work.owed == [(disposal.SWEEP_JOB, (work.library.id,))]
    with workplace.reading(coordinator) as work:
        record = work.session.scalars(sa.select(Disposal)).one()
        assert (record.number, record.months, record.versions) == (2, 12, [{"original": gone, "rendition": gone}])
        with pytest.raises(NotFound) as told:
            queries.get(work, 2)
        assert told.value.code == "evidence-disposed"
        for model in (Version, Tie, Searchable):
            assert len(list(work.session.scalars(sa.select(model)))) == 2
        actions = list(work.session.scalars(sa.select(Event.action).order_by(Event.number)))
        assert actions[-1] == "evidence.disposed"
        assert list(integrity.faults(work)) == []
    assert [entry.sha256 for entry in keeping.loose(workplace)] == [gone]


@pytest.mark.usefixtures("withdrawn")
def test_bytes_go_with_the_next_sweep(
    workplace: Workplace, coordinator: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    with workplace.writing(coordinator) as work:
        work.library.disposal_months = 1
    monkeypatch.setattr(workplace, "clock", lambda: LATER)
    with workplace.writing(coordinator) as work:
        library = work.library.id
        disposal.dispose(work, [2])
    swept: list[Workplace] = []
    monkeypatch.setattr(keeping, "sweep", lambda place, _tell: swept.append(place))
    Queue(workplace).perform(disposal.SWEEP_JOB, library)
    assert swept == [workplace]

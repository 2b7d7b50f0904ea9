"""The demo library's evidence has been reviewed."""

import pytest
import sqlalchemy as sa

from sdg_tracker import demo
from sdg_tracker.evidence.models import Evidence
from sdg_tracker.foundation.settings import Settings
from sdg_tracker.work import Workplace


@pytest.mark.slow
@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_most_is_accepted_some_waits_and_a_little_was_sent_back(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "UNREVIEWED", 5)  # so that a few pieces show all of it
    monkeypatch.setattr(demo, "SENT_BACK", {3: "Skriv, hvor tallene kommer fra."})
    workplace = Workplace.open(settings)  # with the clock of today: the demo's evidence is of the past
    demo.prepare(workplace, lambda _line: None)
    demo.fill(workplace, lambda _line: None, activities=None, evidence=8, seed=1)
    with workplace.reading(demo.coordinator(workplace)) as work:
        pieces = list(work.session.scalars(sa.select(Evidence).order_by(Evidence.number)))
        states = {piece.number: piece.state for piece in pieces if piece.state != "accepted"}
        assert states == {3: "returned", 5: "submitted"}
        assert [review.comment for review in pieces[2].reviews] == ["Skriv, hvor tallene kommer fra."]
        assert {tie.strength for piece in pieces if piece.state == "accepted" for tie in piece.ties} == {
            "observed",
            "solicited",
            "inferred",
        }
        assert pieces[0].reviews[0].decided_by != pieces[0].added_by
    workplace.engine.dispose()

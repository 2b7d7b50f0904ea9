"""The demo library's evidence has been reviewed."""

import pytest
import sqlalchemy as sa

from sdg_tracker import demo
from sdg_tracker.demo.files import Content
from sdg_tracker.evidence.models import Evidence
from sdg_tracker.foundation.settings import Settings
from sdg_tracker.work import Workplace
from tests.evidence import files

laid_out = demo.files.make


def _without_layout(file_type: str, content: Content) -> tuple[str, bytes]:
    """Make a file; documents are short ones, because laying them out takes most of the demo's time."""
    if file_type in ("pdf", "url"):
        return "pdf", files.pdf(text=b"% " + content.title.encode().hex().encode())
    return laid_out(file_type, content)


@pytest.mark.slow
@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_most_is_accepted_some_waits_and_a_little_was_sent_back(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo.files, "make", _without_layout)
    workplace = Workplace.open(settings)  # with the clock of today: the demo's evidence is of the past
    demo.prepare(workplace, lambda _line: None)
    demo.fill(workplace, lambda _line: None, activities=None, evidence=21, seed=1)
    with workplace.reading(demo.coordinator(workplace)) as work:
        pieces = list(work.session.scalars(sa.select(Evidence).order_by(Evidence.number)))
        states = {piece.number: piece.state for piece in pieces if piece.state != "accepted"}
        assert states == {7: "submitted", 14: "submitted", 20: "returned", 21: "submitted"}
        assert [review.comment for review in pieces[19].reviews] == [demo.SENT_BACK[20]]
        assert {tie.strength for piece in pieces if piece.state == "accepted" for tie in piece.ties} == {
            "observed",
            "solicited",
            "inferred",
        }
        assert pieces[0].reviews[0].decided_by != pieces[0].added_by
    workplace.engine.dispose()

"""The command that assesses, and the assessments of the demo library."""

import csv
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from sdg_tracker.access import Actor
from sdg_tracker.certification import queries
from sdg_tracker.certification.models import REASONED
from sdg_tracker.certification.states import AssessmentState
from sdg_tracker.cli import acting, main
from sdg_tracker.demo import _assessments as assess_demo
from sdg_tracker.foundation.i18n import use_locale
from sdg_tracker.foundation.resources import resource_dir
from sdg_tracker.schemes.models import Cycle
from sdg_tracker.work import Work, Workplace
from tests.certification.conftest import definitions

Run = Callable[..., tuple[int, str, str]]
SEED = resource_dir("seed") / "demo" / "assessments.csv"


@pytest.fixture
def run(workplace: Workplace, cycle: Cycle, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Run a command in the test's own workplace; give exit status, answer and complaint."""
    monkeypatch.setattr(acting, "open_workplace", lambda: workplace)

    def command(*arguments: str, given: str = "") -> tuple[int, str, str]:
        result = CliRunner().invoke(main, list(arguments), input=given)
        return result.exit_code, result.stdout, result.stderr

    with use_locale("en"):
        yield command


def test_a_requirement_is_assessed_from_the_command_line(
    run: Run, workplace: Workplace, coordinator: Actor, cycle: Cycle, tmp_path: Path
) -> None:
    text = tmp_path / "tekst.txt"
    text.write_text("Sådan gør vi.\n", "utf-8")
    assert run("assess", "O1.1", "met", "--text", str(text)) == (0, "O1.1: Met\n", "")
    assert run("assess", "O1.1", "under_way")[0] == 0
    assert run("assess", "O2.3", "not_pursuing", "--reason", "Ikke nu.", "--text", "-", given="Fra linjen.")[0] == 0
    with workplace.reading(coordinator) as reading:
        made = queries.assessments(reading, cycle)
        assert (made["O1.1"].state, made["O1.1"].narrative) == ("under_way", "Sådan gør vi.")
        assert (made["O2.3"].reason, made["O2.3"].narrative) == ("Ikke nu.", "Fra linjen.")
    for arguments, status in (
        (("assess", "X9", "met"), 1),
        (("assess", "O1.1", "not_applicable"), 1),
        (("assess", "O1.1", "splendid"), 2),
        (("assess", "O1.1", "met", "--text", "none.txt"), 2),
    ):
        code, _answer, complaint = run(*arguments)
        assert (code, bool(complaint)) == (status, True)
    text.write_bytes(b"\xe6")
    assert run("assess", "O1.1", "met", "--text", str(text))[0] == 1


def rows() -> list[dict[str, str]]:
    with SEED.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_demo_assesses_every_requirement_and_shows_every_state() -> None:
    found = rows()
    assert [row["requirement"] for row in found] == [row["code"] for row in definitions()]
    assert set(Counter(row["state"] for row in found)) == {state.value for state in AssessmentState}
    for row in found:
        assert row["narrative_da"].strip()
        assert bool(row["reason_da"]) == (row["state"] in REASONED)
    mandatory = {row["code"] for row in definitions() if row["mandatory"]}
    assert not {row["requirement"] for row in found if row["state"] in REASONED} & mandatory


def test_what_the_library_has_assessed_itself_stays(cycle: Cycle, work: Work) -> None:
    assert assess_demo(work) == 28
    queries.assessments(work, cycle)["O1.1"].narrative = "Ændret"
    work.session.flush()
    assert assess_demo(work) == 0
    assert queries.assessments(work, cycle)["O1.1"].narrative == "Ændret"

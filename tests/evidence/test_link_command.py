"""The command that gives a page of the web as evidence."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from sdg_tracker.access import SYSTEM, Actor
from sdg_tracker.cli import acting, main
from sdg_tracker.evidence import link_queries, queries
from sdg_tracker.foundation.i18n import use_locale
from sdg_tracker.work import Library, Workplace
from tests.evidence import files
from tests.factories import Factories

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(workplace: Workplace, coordinator: Actor, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Run a command in the test's own workplace; give exit status, answer and complaint."""
    monkeypatch.setattr(acting, "open_workplace", lambda: workplace)

    def command(*arguments: str) -> tuple[int, str, str]:
        result = CliRunner().invoke(main, ["evidence", "link", *arguments])
        return result.exit_code, result.stdout, result.stderr

    with use_locale("en"):
        yield command


def test_a_page_with_its_copy_is_added(
    run: Run, workplace: Workplace, make: Factories, library: Library, tmp_path: Path
) -> None:
    make.cycle(library)
    (tmp_path / "side.pdf").write_bytes(files.pdf())
    url = "https://avisen.example/artikel"
    given = [
        "--copy",
        str(tmp_path / "side.pdf"),
        "--seen-on",
        "2026-02-01",
        "--requirement",
        "B2.3",
        "--note",
        "Se her",
    ]
    status, answer, _complaint = run(url, *given)
    with workplace.reading(SYSTEM, library.id) as work:
        piece = queries.get(work, 1)
        assert (status, answer) == (0, f"1\t{piece.current.original_sha256}\t{url}\n")
        assert (piece.title, piece.kind, piece.description) == ("side", "link", "Se her")
        assert (piece.collected_on, [tie.requirement_code for tie in piece.ties]) == (date(2026, 2, 1), ["B2.3"])


def test_without_a_copy_it_is_fetched_at_once_and_waits_when_that_fails(
    run: Run, workplace: Workplace, library: Library
) -> None:
    status, answer, complaint = run("http://127.0.0.1/side")
    assert (status, answer) == (1, "")
    assert "Link 1 is kept and waits for a copy. 127.0.0.1 lies in a closed network" in complaint
    with workplace.reading(SYSTEM, library.id) as work:
        assert link_queries.get(work, 1).state == "failed"


def test_where_nothing_is_fetched_a_copy_is_asked_for(run: Run, workplace: Workplace) -> None:
    workplace.settings = replace(workplace.settings, fetch=False)
    status, _answer, complaint = run("https://avisen.example/")
    assert (status, "Nothing is fetched here." in complaint) == (1, True)

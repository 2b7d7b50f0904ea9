"""The commands for files of schemes."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sdg_tracker.access import SYSTEM, Actor
from sdg_tracker.cli import acting, drafting, main
from sdg_tracker.foundation.i18n import use_locale
from sdg_tracker.schemes import queries
from sdg_tracker.work import Library, Workplace
from tests.schemes.conftest import SLUG, Changed


def test_a_file_is_checked_and_loaded_for_all_or_for_one(
    workplace: Workplace, coordinator: Actor, library: Library, changed: Changed, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (acting, drafting):
        monkeypatch.setattr(module, "open_workplace", lambda: workplace)

    def run(*arguments: str | Path) -> Result:
        with use_locale("en"):
            return CliRunner().invoke(main, ["scheme", *map(str, arguments)])

    broken = changed(lambda s: s["areas"][0]["criteria"][0]["requirements"][0].update(kind="rumour", scope="moon"))
    for command in (
        ("check",),
        ("load",),
        ("load", "--library", library.slug),
        ("load", "--library", library.slug, "--draft"),
    ):
        found = run(*command, broken)
        assert found.exit_code == 1
        where = f"{SLUG}.yaml: areas[0].criteria[0].requirements[0]"
        assert [line.startswith(where) for line in found.stdout.splitlines()] == [True, True]
    own = changed(lambda s: s.update(version="0.3"))
    assert run("check", own).exit_code == 0
    assert "28" in run("check", own).stdout
    assert run("load", own, "--draft").exit_code == 2
    assert run("load", own, "--library", library.slug, "--draft").exit_code == 0
    with workplace.reading(coordinator) as work:
        assert queries.draft(work, 1)[1].document["version"] == "0.3"
        assert queries.versions(work, SLUG) == ["0.1"]
    for _twice in range(2):
        assert run("load", own, "--library", library.slug).exit_code == 0
    shared = changed(lambda s: s.update(version="0.2"))
    for _twice in range(2):
        assert run("load", shared).exit_code == 0
    with workplace.reading(coordinator) as work:
        assert queries.versions(work, SLUG) == ["0.3", "0.2", "0.1"]
    with workplace.reading(SYSTEM) as work:
        assert queries.versions(work, SLUG) == ["0.2", "0.1"]
    assert run("load", changed(lambda s: s.update(version="0.2", label={"da": "x", "en": "x"}))).exit_code == 1

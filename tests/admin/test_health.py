"""What a monitor asks, and how the installation is."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from sdg_tracker import installation
from sdg_tracker.access import Actor
from sdg_tracker.app import create_app
from sdg_tracker.foundation.db import open_database
from sdg_tracker.foundation.settings import Settings
from sdg_tracker.jobs import Queue
from sdg_tracker.work import Workplace
from tests.statements import counted


def _states(workplace: Workplace, queue: Queue | None = None) -> dict[str, bool]:
    return {check.name: check.ok for check in installation.checks(workplace, queue)}


def test_healthz_asks_nothing_of_the_database(app: Flask, workplace: Workplace) -> None:
    with counted(workplace.engine) as statements:
        answer = app.test_client().get("/healthz")
    assert (answer.status_code, answer.text, answer.mimetype) == (200, "ok", "text/plain")
    assert statements == []


def test_readyz_is_well_when_database_and_store_are(app: Flask) -> None:
    answer = app.test_client().get("/readyz")
    assert answer.status_code == 200
    assert answer.json == {"ready": True, "checks": {"database": True, "schema": True, "store": True}}


def test_readyz_says_which_check_fails_and_nothing_more(app: Flask, workplace: Workplace, tmp_path: Path) -> None:
    shutil.rmtree(tmp_path / "store", ignore_errors=True)
    (tmp_path / "store").write_text("a file where a folder should be")
    answer = app.test_client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json == {"ready": False, "checks": {"database": True, "schema": True, "store": False}}
    assert str(tmp_path) not in answer.text


def test_readyz_answers_without_a_database(settings: Settings, tmp_path: Path) -> None:
    for address, schema in ((f"sqlite:///{tmp_path}/empty.sqlite", False), (f"sqlite:///{tmp_path}", False)):
        place = Workplace.open(settings)
        place.engine.dispose()
        place.engine = open_database(address)
        answer = create_app(place).test_client().get("/readyz")
        place.engine.dispose()
        assert answer.status_code == 503
        assert answer.json
        assert answer.json["checks"]["schema"] is schema
        assert str(tmp_path) not in answer.text


def test_a_worker_that_beats_is_seen(workplace: Workplace) -> None:
    assert _states(workplace)["worker"] is False
    queue = Queue(workplace)
    queue.beat()
    assert _states(workplace, queue)["worker"] is True
    assert _states(workplace)["worker"] is True


def test_a_queue_out_of_reach_is_told(workplace: Workplace, tmp_path: Path) -> None:
    broken = replace(workplace, settings=replace(workplace.settings, jobs=f"sqlite:///{tmp_path}"))
    (check,) = [check for check in installation.checks(broken) if check.name == "worker"]
    assert not check.ok
    assert not check.needed


def test_every_check_has_a_name_and_all_that_serving_needs_is_marked(workplace: Workplace) -> None:
    found = installation.checks(workplace)
    assert [check.name for check in found] == list(installation.CHECK_NAMES)
    assert {check.name for check in found if check.needed} == {"database", "schema", "store", "secret"}
    assert all(check.ok for check in found if check.needed)


def test_a_missing_secret_is_told(workplace: Workplace, tmp_path: Path) -> None:
    bare = replace(workplace, settings=replace(workplace.settings, secret="", secret_file=str(tmp_path / "none")))
    assert _states(bare)["secret"] is False


@pytest.mark.parametrize("alive", [True, False])
def test_the_page_on_the_installation_shows_the_checks(
    app: Flask,
    workplace: Workplace,
    client_of: Callable[[Actor | None], FlaskClient],
    coordinator: Actor,
    alive: bool,
) -> None:
    if alive:
        app.extensions["queue"] = Queue(workplace)
        app.extensions["queue"].beat()
    text = client_of(coordinator).get("/admin/installation").text
    row = text.partition(str(installation.CHECK_NAMES["worker"]))[2].partition("</tr>")[0]
    assert ("badge-success" in row) is alive

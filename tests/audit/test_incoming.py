"""A file of decisions is looked at before it is read in, by the page and by the command."""

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from sdg_tracker.access import SYSTEM, Actor
from sdg_tracker.audit import incoming, queries
from sdg_tracker.audit.incoming import Change
from sdg_tracker.editions.models import Edition
from sdg_tracker.foundation.errors import Forbidden, Invalid
from sdg_tracker.work import Workplace
from tests.audit.conftest import decided
from tests.audit.test_decisions import document

Clients = Callable[[Actor | None], FlaskClient]
assert document
ADDRESS = "/editions/1/audit/decisions"


def test_what_is_new_changed_and_the_same_is_told(
    workplace: Workplace, coordinator: Actor, staff: Actor, document: dict[str, Any]
) -> None:
    with workplace.reading(coordinator) as work:
        found, faults = incoming.look(work, 1, document)
        assert found is not None
        assert queries.audits(work) == []  # looking begins nothing
    assert faults == []
    assert (found.auditor, found.sample, found.conclusion) == ("Revisor", document["sample"], document["conclusion"])
    assert [row.change for row in found.marks] == [row.change for row in found.findings] == [Change.NEW, Change.NEW]
    with workplace.writing(coordinator) as work:
        incoming.read_in(work, 1, {**document, "conclusion": None})
    document["marks"][0]["mark"], document["findings"][1]["text"] = "seen", "Frøbiblioteket og havecaféen."
    with workplace.reading(coordinator) as work:
        found, _faults = incoming.look(work, 1, document)
    assert found is not None
    assert [row.change for row in found.marks] == [Change.CHANGED, Change.SAME]
    assert [row.change for row in found.findings] == [Change.SAME, Change.CHANGED]
    with workplace.reading(staff) as work, pytest.raises(Forbidden):
        incoming.look(work, 1, document)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b" " * (incoming.LARGEST + 1)])
def test_what_is_no_decisions_file_is_refused(content: bytes) -> None:
    with pytest.raises(Invalid):
        incoming.parsed(content)


def test_faults_are_told_before_anything_is_read_in(
    workplace: Workplace, coordinator: Actor, document: dict[str, Any]
) -> None:
    other = {**document, "edition": {**document["edition"], "fingerprint": "0" * 64}}
    with workplace.reading(coordinator) as work:
        unfit: list[Any] = [[], {}, {**document, "format": 2}, other]
        for wrong in unfit:
            found, faults = incoming.look(work, 1, wrong)
            assert found is None
            assert faults
        document["marks"][0]["exhibit"] = 99
        found, faults = incoming.look(work, 1, document)
        assert found is not None
        assert len(faults) == 1


def test_the_coordinator_looks_and_reads_in_through_the_page(
    client_of: Clients, workplace: Workplace, edition: Edition, coordinator: Actor, document: dict[str, Any]
) -> None:
    browser = client_of(coordinator)
    assert browser.get(ADDRESS).status_code == 200

    def sent(content: bytes) -> Any:
        return browser.post(ADDRESS, data={"document": (io.BytesIO(content), "decisions.json")})

    assert sent(b"nonsense").status_code == 422
    wrong = sent(json.dumps({**document, "format": 3}).encode())
    assert wrong.status_code == 422
    assert 'name="content"' not in wrong.text
    shown = sent(json.dumps({**document, "auditor": "<b>Revisor</b>"}).encode())
    assert shown.status_code == 200
    assert "&lt;b&gt;Revisor&lt;/b&gt;" in shown.text
    assert "Dato mangler." in shown.text
    with workplace.reading(SYSTEM, edition.library_id) as work:
        assert queries.audit_of(work, edition) is None
    done = browser.post(ADDRESS, data={"content": json.dumps(document)})
    assert done.status_code == 303
    with workplace.reading(SYSTEM, edition.library_id) as work:
        audit = queries.audit_of(work, edition)
        assert audit is not None
        assert audit.concluded
        assert decided(audit)["marks"] == [{"note": "", **row} for row in document["marks"]]
    assert browser.post(ADDRESS, data={"content": json.dumps(document)}).status_code == 303  # twice is harmless
    assert browser.post(ADDRESS, data={"content": "{}"}).status_code == 422

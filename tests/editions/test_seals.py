"""A seal comes after the files, beside them, and holds nothing back; the row says how far it is."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from sdg_tracker import attempts
from sdg_tracker.access import SYSTEM, Actor
from sdg_tracker.editions import queries, seals
from sdg_tracker.editions.models import Edition, Seal
from sdg_tracker.editions.queries import SIGNED, TAGS
from sdg_tracker.foundation.errors import Conflict, Forbidden
from sdg_tracker.installation import faults
from sdg_tracker.work import Library, Workplace
from tests.conftest import NOON
from tests.factories import Factories

Clients = Callable[[Actor | None], FlaskClient]


def with_key(workplace: Workplace, path: Path, key: bytes, **values: object) -> None:
    """Let an installation have a key to seal with."""
    workplace.settings = replace(workplace.settings, seal_file=str(path), **values)  # type: ignore[arg-type]
    workplace.settings.keep_seal_key(key)


def newest(workplace: Workplace, library: Library, number: int) -> Edition:
    with workplace.reading(SYSTEM, library.id) as work:
        return queries.get(work, number)


def test_an_edition_is_sealed_beside_its_files(
    workplace: Workplace,
    library: Library,
    built: Edition,
    own_key: bytes,
    client_of: Clients,
    coordinator: Actor,
    tmp_path: Path,
) -> None:
    issued = {artefact.name: artefact.sha256 for artefact in built.artefacts}
    assert [seal.state for seal in built.seals] == ["queued"], "it is owed as soon as the files are made"
    with_key(workplace, tmp_path / "seal.p12", own_key)
    assert (tmp_path / "seal.p12").stat().st_mode & 0o777 == 0o600
    seals.make_owed(workplace, library.id)
    edition = newest(workplace, library, built.number)
    seal = edition.seal
    assert seal is not None
    assert (seal.state, seal.level, seal.own, seal.time_fault) == ("ready", "B-B", True, "")
    assert {artefact.name: artefact.sha256 for artefact in edition.artefacts} == issued
    assert list(faults(workplace)) == []
    browser = client_of(coordinator)
    page = browser.get(f"/editions/{built.number}").text
    assert "ikke hvem der lavede den" in page
    for name, begin in ((SIGNED, b"%PDF-"), (TAGS, b"0\x82"), ("certificate.pem", b"-----BEGIN CERTIFICATE")):
        answer = browser.get(f"/editions/{built.number}/files/{name}", buffered=True)
        assert answer.data.startswith(begin), name
    with workplace.reading(SYSTEM, library.id) as work:
        assert {str(named) for named in queries.naming(work, str(seal.report_sha256))} == {f"edition 1 {SIGNED}"}
        dropped = queries.by_file(work, str(seal.report_sha256))
        assert dropped is not None
        assert (dropped[0].number, dropped[1]) == (1, SIGNED)
    with workplace.writing(SYSTEM, library.id) as work:
        work.session.get_one(Seal, seal.id).certificate_digest = "0" * 64
    found = list(faults(workplace))
    assert any("seal 1 certificate: expected" in fault for fault in found)
    assert any(f"seal 1 {SIGNED}: expected a signature that holds, found the certificate" in fault for fault in found)


def test_what_has_no_key_is_issued_and_sealed_later(
    workplace: Workplace,
    library: Library,
    coordinator: Actor,
    staff: Actor,
    client_of: Clients,
    make: Factories,
    tmp_path: Path,
) -> None:
    workplace.settings = replace(workplace.settings, seal=str(tmp_path / "none.p12"), language="en")
    assert seals.make_own_key(workplace) is False, "a key that was set is never made"
    edition = make.edition(library)
    address = f"/editions/{edition.number}/seal"
    assert client_of(staff).post(address).status_code == 403
    browser = client_of(coordinator)
    assert browser.post(address).status_code == 303
    with pytest.raises(Conflict) as caught, workplace.writing(coordinator) as work:
        seals.again(work, edition.number)
    assert caught.value.code == "seal-under-way"
    seals.make_owed(workplace, library.id)
    found = newest(workplace, library, edition.number)
    assert (found.state, found.seals[0].state, found.seal) == ("ready", "failed", None)
    text = browser.get(f"/editions/{edition.number}?language=en").text
    assert "none.p12" in text
    assert browser.get(f"/editions/{edition.number}/files/{SIGNED}").status_code == 404
    with workplace.writing(coordinator) as work:
        assert seals.again(work, edition.number).ordinal == 2
    with pytest.raises(Forbidden), workplace.writing(staff) as work:
        seals.again(work, edition.number)


def test_an_attempt_is_a_fence_and_what_is_lost_is_owed_again(
    workplace: Workplace, library: Library, coordinator: Actor, make: Factories
) -> None:
    workplace.enqueue = lambda _jobs: None
    edition = make.edition(library)
    with workplace.writing(coordinator) as work:
        seal = seals.again(work, edition.number)
    with workplace.writing(SYSTEM, library.id) as work:
        assert seals.SEALS.claim(work, seal.id, 3) is None
        assert seals.SEALS.claim(work, seal.id, 0) is not None
        assert seals.SEALS.claim(work, seal.id, 0) is None, "somebody is at it"
        assert seals.SEALS.held(work, seal.id, 2) is None
    with workplace.reading(SYSTEM, library.id) as work:
        seals.owe_again(work, False)  # noqa: FBT003 - as the worker calls it
        assert work.owed == []
        seals.owe_again(work, True)  # noqa: FBT003 - as the worker calls it
        assert work.owed == [(seals.JOB, (library.id, seal.id, 1))]
    workplace.clock = lambda: NOON + timedelta(hours=1)
    with workplace.reading(SYSTEM, library.id) as work:
        seals.owe_again(work, False)  # noqa: FBT003 - as the worker calls it
        assert work.owed == [(seals.JOB, (library.id, seal.id, 1))]
    with workplace.writing(SYSTEM, library.id) as work:
        work.session.get_one(Seal, seal.id).attempt = attempts.LOST
    with workplace.writing(SYSTEM, library.id) as work:
        assert seals.SEALS.claim(work, seal.id, attempts.LOST) is None
        assert work.session.get_one(Seal, seal.id).state == "failed"

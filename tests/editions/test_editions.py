"""Freezing, building, verifying: one snapshot, many renderings, nothing lost."""

import hashlib
import io
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from sdg_tracker.access import SYSTEM, Actor, Role
from sdg_tracker.activities.models import Activity
from sdg_tracker.editions import build, chapters, corrections, queries, services, succession
from sdg_tracker.editions.corrections import About, Details
from sdg_tracker.editions.models import Edition, State
from sdg_tracker.foundation.errors import Conflict, Forbidden, NotFound
from sdg_tracker.foundation.i18n import use_locale
from sdg_tracker.impact import services as impact
from sdg_tracker.installation import faults
from sdg_tracker.trail import Event
from sdg_tracker.work import Library, Workplace
from tests.conftest import NOON
from tests.factories import Factories

Clients = Callable[[Actor | None], FlaskClient]


def events(workplace: Workplace, library: Library, action: str) -> int:
    """Count the events of an action."""
    with workplace.reading(SYSTEM, library.id) as work:
        counted = sa.select(sa.func.count()).select_from(Event).where(Event.action == action)
        return work.session.scalar(counted) or 0


def test_the_fingerprint_is_the_digest_of_the_snapshot(workplace: Workplace, report: Edition) -> None:
    assert workplace.blobs.digest_found(report.fingerprint) == report.fingerprint
    snapshot = build.snapshot_of(workplace.blobs, report)
    assert (snapshot["format"], snapshot["kind"], snapshot["number"]) == (1, "impact", report.number)
    assert snapshot["trail"]["length"] + 1 == len(snapshot["trail"]["events"]) + 1


def test_later_changes_do_not_reach_an_edition(workplace: Workplace, library: Library, report: Edition) -> None:
    with workplace.writing(SYSTEM, library.id) as work:
        for activity in work.session.scalars(sa.select(Activity)):
            activity.title = "changed"
    titles = {row["title"] for row in build.snapshot_of(workplace.blobs, report)["activities"]}
    assert titles == {"Byttedag", "Læsekreds om klima"}


def test_the_files_are_made_once_and_all_holds_and_made_again_they_have_the_same_bytes(
    workplace: Workplace, library: Library, built: Edition
) -> None:
    assert built.state == State.READY
    assert [artefact.name for artefact in built.artefacts] == [
        "report.pdf",
        "report.xlsx",
        "index.html",
        "ro-crate-metadata.json",
        "bag.zip",
    ]
    assert built.done == built.total
    assert build.build(workplace, library.id, built.id) is False
    assert events(workplace, library, "edition.built") == 1
    assert list(faults(workplace)) == []
    issued = {artefact.name: (artefact.sha256, artefact.size) for artefact in built.artefacts}
    assert build.again(workplace, library.slug, built) == issued


def test_another_renderer_is_refused_by_name(workplace: Workplace, library: Library, issued: Edition) -> None:
    issued.artefacts[0].renderer = "0.0.9+abc"
    with pytest.raises(Conflict) as caught:
        build.again(workplace, library.slug, issued)
    assert caught.value.facts == {"issued": "0.0.9+abc", "here": chapters.renderer()}


def test_a_missing_file_stops_the_build_and_is_named(workplace: Workplace, library: Library, report: Edition) -> None:
    row = build.snapshot_of(workplace.blobs, report)["evidence"][0]
    workplace.blobs.remove(row["sha256"])
    with pytest.raises(NotFound):
        build.build(workplace, library.id, report.id)
    with workplace.reading(SYSTEM, library.id) as work, use_locale("en"):
        edition = queries.get(work, report.number)
        assert edition.state == State.FAILED
        assert row["file"] in services.fault(edition)
    assert any(row["sha256"] in fault for fault in list(faults(workplace)))


def test_an_altered_file_stops_the_bag_and_can_be_mended(
    workplace: Workplace, library: Library, coordinator: Actor, report: Edition
) -> None:
    row = build.snapshot_of(workplace.blobs, report)["evidence"][0]
    with workplace.blobs.open(row["sha256"]) as file:
        content = file.read()
    path = workplace.blobs.path(row["sha256"])  # type: ignore[attr-defined]
    path.chmod(0o644)
    path.write_bytes(content[:-1] + b"?")
    with pytest.raises(Conflict) as caught:
        build.build(workplace, library.id, report.id)
    assert caught.value.facts["name"] == row["file"]
    path.unlink()
    workplace.blobs.put(io.BytesIO(content))
    with workplace.writing(coordinator) as work:
        services.retry(work, report.number)
    assert build.build(workplace, library.id, report.id) is True
    assert list(faults(workplace)) == []


def test_a_builder_that_died_is_taken_over_and_keeps_nothing_late(
    workplace: Workplace, library: Library, report: Edition
) -> None:
    with workplace.writing(SYSTEM, library.id) as work:
        edition = queries.get(work, report.number)
        edition.state, edition.attempt, edition.beat, edition.builder = State.BUILDING, 1, work.at, "elsewhere:1"
    assert build.build(workplace, library.id, report.id) is False  # it lives
    workplace.clock = lambda: NOON + timedelta(minutes=5)
    assert build.build(workplace, library.id, report.id) is True
    with workplace.reading(SYSTEM, library.id) as work:
        assert {artefact.attempt for artefact in queries.get(work, report.number).artefacts} == {2}


def test_what_waits_is_owed_again_by_the_sweep(workplace: Workplace, library: Library, report: Edition) -> None:
    with workplace.reading(SYSTEM, library.id) as work:
        build.sweep(work, False)  # noqa: FBT003 - as the worker calls it
        assert work.owed == []
        build.sweep(work, True)  # noqa: FBT003 - as the worker calls it
        assert work.owed == [("edition.build", (library.id, report.id))]


def test_two_who_freeze_at_once_get_two_whole_editions(
    workplace: Workplace, library: Library, make: Factories, report: Edition
) -> None:
    workplace.enqueue = lambda _jobs: None
    actors = [make.member(library, Role.COORDINATOR) for _number in range(2)]
    problems: list[Exception] = []

    def freeze(actor: Actor) -> None:
        try:
            with workplace.writing(actor) as work:
                impact.freeze(work, 2026, "da")
        except Exception as error:  # noqa: BLE001 - told by the test
            problems.append(error)

    threads = [threading.Thread(target=freeze, args=(actor,)) for actor in actors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    with workplace.reading(SYSTEM, library.id) as work:
        editions = sorted(queries.newest_first(work), key=lambda edition: edition.number)
        assert [edition.number for edition in editions] == [1, 2, 3]
        lengths = [build.snapshot_of(work.blobs, edition)["trail"]["length"] for edition in editions]
    assert lengths == sorted(set(lengths))
    assert list(faults(workplace)) == []


def test_only_a_coordinator_freezes(workplace: Workplace, staff: Actor) -> None:
    with pytest.raises(Forbidden), workplace.writing(staff) as work:
        impact.freeze(work, 2026)


def test_an_edition_is_superseded_by_a_later_one_of_its_kind(
    workplace: Workplace, coordinator: Actor, library: Library, make: Factories
) -> None:
    first, later, other = make.edition(library), make.edition(library), make.edition(library, kind="impact")
    with workplace.writing(coordinator) as work:
        succession.supersede(work, first.number, later.number, "because")
    for number, by in ((later.number, first.number), (later.number, other.number), (first.number, later.number)):
        with pytest.raises(Conflict), workplace.writing(coordinator) as work:
            succession.supersede(work, number, by, "because")


def test_an_altered_snapshot_or_file_is_named_by_verify(
    workplace: Workplace, library: Library, issued: Edition
) -> None:
    for digest, name in ((issued.fingerprint, "snapshot.json"), (issued.artefacts[0].sha256, "report.pdf")):
        path = workplace.blobs.path(digest)  # type: ignore[attr-defined]
        kept = path.read_bytes()
        path.chmod(0o644)
        path.write_bytes(kept[:-1] + b"\0")
        assert any(f"edition {issued.number} {name}" in fault for fault in list(faults(workplace)))
        path.write_bytes(kept)
    with workplace.writing(SYSTEM, library.id) as work:
        queries.get(work, issued.number).fingerprint = "0" * 64
    assert any(f"edition {issued.number} fingerprint" in fault for fault in list(faults(workplace)))


def test_anybody_can_check_a_code(
    workplace: Workplace, client_of: Clients, library: Library, make: Factories, coordinator: Actor
) -> None:
    edition = make.edition(library, b"%PDF-1.7 the report", title="Dossier 2026")
    browser = client_of(None)
    assert edition.fingerprint in browser.get(f"/verify?code={edition.short_code}").text
    assert edition.fingerprint in browser.get(f"/verify?code={edition.fingerprint.upper()}").text
    report = hashlib.sha256(b"%PDF-1.7 the report").hexdigest()
    assert "report.pdf" not in browser.get(f"/verify?code={edition.fingerprint}").text
    found = browser.get(f"/verify?code={report.upper()}").text
    assert edition.fingerprint in found
    assert "report.pdf" in found
    assert edition.fingerprint not in browser.get(f"/verify?code={report[:40]}").text
    newer = make.edition(library, b"%PDF-1.7 another")
    with workplace.writing(coordinator) as work:
        corrections.note(work, edition.number, Details(About.FIGURE, "Besøg", "10", "12", "Talt igen"))
        succession.supersede(work, edition.number, newer.number, "Tal rettet")
    told = browser.get(f"/verify?code={edition.short_code}").text
    assert f"/verify?code={newer.short_code}" in told
    assert "Talt igen" not in told  # strangers hear that something is corrected, and ask
    assert "1 rettelse" in told
    for code in ("", "abcd-abcd-abcd", edition.short_code[:11], "<script>", "'; --", "x" * 500):
        assert edition.fingerprint not in browser.get("/verify", query_string={"code": code}).text


def test_a_damaged_snapshot_is_not_called_intact(
    workplace: Workplace, client_of: Clients, library: Library, make: Factories
) -> None:
    edition = make.edition(library)
    intact = client_of(None).get(f"/verify?code={edition.short_code}").text
    path = workplace.blobs.path(edition.fingerprint)  # type: ignore[attr-defined]
    path.chmod(0o644)
    path.write_bytes(b"{}")
    assert client_of(None).get(f"/verify?code={edition.short_code}").text != intact
    assert "alert-error" in client_of(None).get(f"/verify?code={edition.short_code}").text


def test_files_are_sent_to_those_who_may_and_noted(
    workplace: Workplace, client_of: Clients, library: Library, make: Factories, coordinator: Actor
) -> None:
    edition = make.edition(library, b"%PDF-1.7 the report")
    answer = client_of(coordinator).get(f"/editions/{edition.number}/files/report.pdf", buffered=True)
    assert answer.data == b"%PDF-1.7 the report"
    assert "demoby-bibliotekerne-dossier-1.pdf" in answer.headers["Content-Disposition"]
    assert events(workplace, library, "edition.downloaded") == 1
    assert (
        client_of(coordinator).get(f"/editions/{edition.number}/files/snapshot.json", buffered=True).status_code == 404
    )
    neighbour = make.member(make.library("Nabo"), Role.COORDINATOR)
    assert client_of(neighbour).get(f"/editions/{edition.number}/files/report.pdf", buffered=True).status_code == 404
    assert client_of(None).get(f"/editions/{edition.number}/files/report.pdf", buffered=True).status_code == 303

"""The pages of evidence: adding, seeing, changing, and the way out for files."""

import io
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from sdg_tracker import trail
from sdg_tracker.access import SYSTEM, Actor, Role
from sdg_tracker.effects.models import Effect
from sdg_tracker.evidence import file_queries, listing, queries, thumbnails
from sdg_tracker.evidence.models import Evidence
from sdg_tracker.foundation.blobs import FolderBlobs
from sdg_tracker.foundation.i18n import format_date, use_locale
from sdg_tracker.measures.models import Reading
from sdg_tracker.plans.models import Occurrence, SelfCheck
from sdg_tracker.work import Library, Workplace
from tests.evidence import files
from tests.evidence.conftest import Add
from tests.factories import Factories
from tests.statements import counted

ClientOf = Callable[[Actor | None], FlaskClient]
File = tuple[bytes, str]


def english(client: FlaskClient) -> FlaskClient:
    with client.session_transaction() as session:
        session["language"] = "en"
    return client


def fetch(client: FlaskClient, address: str, **headers: str) -> TestResponse:
    """Get a file, to its end."""
    return client.get(address, headers=headers, buffered=True)


@pytest.fixture
def client(client_of: ClientOf, coordinator: Actor) -> FlaskClient:
    """The coordinator's browser."""
    return english(client_of(coordinator))


def send(client: FlaskClient, *given: File, address: str = "/evidence/new", **fields: object) -> TestResponse:
    document = [(io.BytesIO(content), name) for content, name in given]
    return client.post(address, data={"document": document, **fields}, content_type="multipart/form-data")


def made(workplace: Workplace, library: Library) -> int:
    with workplace.reading(SYSTEM, library.id) as work:
        return len(list(file_queries.digests(work)))


def actions(workplace: Workplace, library: Library) -> list[str]:
    with workplace.reading(SYSTEM, library.id) as work:
        return [event.action for event in reversed(trail.latest(work, 1, 100)[0])]


def test_files_are_added_to_an_activity(
    workplace: Workplace, make: Factories, library: Library, client: FlaskClient
) -> None:
    activity = make.activity(library, "Byttemarked", "12")
    make.cycle(library)
    form = client.get(f"/evidence/new?activity={activity.number}").text
    assert f'value="{activity.number} – Byttemarked"' in form
    assert 'value="1:O1.1"' in form
    assert "draft – not confirmed by Chora 2030" in form
    assert "multiple" in form
    answer = send(
        client,
        (files.jpeg(), "foto.jpg"),
        (files.pdf(), "referat.pdf"),
        address="/evidence/new?activity=1",
        activity="1 – Byttemarked",
        requirements=["1:O1.1"],
        public="y",
    )
    assert answer.status_code == 303
    assert answer.location == "/activities/1"
    with workplace.reading(SYSTEM, library.id) as work:
        rows, total = listing.one_page(work, listing.Filters(activity=1), "number", 10, 0)
        assert [(row.kind, row.title, row.public) for row in rows] == [
            ("photo", "foto", True),
            ("minutes", "referat", True),
        ]
        assert total == 2
        assert [row.ties[0].requirement_code for row in rows] == ["O1.1", "O1.1"]


def test_one_bad_file_of_several_saves_nothing_and_all_are_named(
    workplace: Workplace, library: Library, client: FlaskClient
) -> None:
    answer = send(client, (b"hej\n", "god.txt"), (files.EXE, "slem.pdf"), (b"", "tom.jpg"), title="Mine filer")
    assert answer.status_code == 422
    assert "“slem.pdf” is a program" in answer.text
    assert "“tom.jpg” is empty" in answer.text
    assert "god.txt” " not in answer.text
    assert 'value="Mine filer"' in answer.text
    assert made(workplace, library) == 0
    assert list(workplace.blobs.all()) == []
    assert actions(workplace, library) == []


def test_nothing_chosen_and_nonsense_are_said_at_their_fields(
    workplace: Workplace, library: Library, client: FlaskClient
) -> None:
    answer = send(client)
    assert answer.status_code == 422
    assert "Choose at least one file." in answer.text
    for fields in (
        {"activity": "noget andet"},
        {"activity": "77"},
        {"kind": "rumour"},
        {"collected_on": "2031-01-01"},
        {"collected_on": "snart"},
        {"requirements": ["1:O1.1"]},
    ):
        answer = send(client, (b"hej\n", "a.txt"), **fields)
        assert answer.status_code == 422, fields
        assert "error-summary" in answer.text
    assert made(workplace, library) == 0


def test_a_refused_form_leaves_no_bytes_behind_where_the_form_itself_was_wrong(
    workplace: Workplace, client: FlaskClient
) -> None:
    send(client, (b"hej\n", "a.txt"), activity="noget andet")
    assert list(workplace.blobs.all()) == []


def test_too_many_files_at_once_are_refused(client: FlaskClient) -> None:
    answer = send(client, *[(b"%d\n" % count, f"{count}.txt") for count in range(21)])
    assert answer.status_code == 422
    assert "at most 20 files" in answer.text


def test_the_same_file_again_is_taken_and_said(client: FlaskClient) -> None:
    assert send(client, (b"hej\n", "a.txt")).location == "/evidence/1/finish"
    answer = send(client, (b"hej\n", "b.txt"))
    assert "the same file is kept as evidence 1" in client.get(answer.location).text


def test_names_from_outside_are_harmless_on_pages_and_in_headers(client: FlaskClient) -> None:
    send(client, (b"hej\n", '../../<b>"ond\u202e".txt'))
    page = client.get("/evidence/1").text
    assert "<b>" not in page
    assert "\u202e" not in page
    header = fetch(client, "/evidence/1/versions/1/file").headers["Content-Disposition"]
    assert re.fullmatch(r"attachment; filename=\"[^\"]+\"; filename\*=UTF-8''[A-Za-z0-9%._-]+", header)


def test_a_file_goes_out_as_a_file_and_is_noted(
    workplace: Workplace, library: Library, client: FlaskClient, add: Add
) -> None:
    content = "Blåbær;1\nÆbler;2\n".encode()
    stored = add(content, "Blåbær og æbler.csv").evidence.current
    answer = fetch(client, "/evidence/1/versions/1/file")
    assert answer.status_code == 200
    assert answer.data == content
    assert answer.headers["Content-Type"] == "text/csv"
    assert answer.headers["Content-Length"] == str(len(content))
    assert answer.headers["ETag"] == f'"{stored.rendition_sha256}"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert answer.headers["Content-Disposition"] == (
        "attachment; filename=\"blaabaer og aebler.csv\"; filename*=UTF-8''Bl%C3%A5b%C3%A6r%20og%20%C3%A6bler.csv"
    )
    with workplace.reading(SYSTEM, library.id) as work:
        event = trail.of(work, "evidence", 1)[-1]
        assert (event.action, event.facts) == ("evidence.downloaded", {"version": 1, "role": "rendition"})


def test_parts_of_a_file_can_be_asked_for(
    workplace: Workplace, library: Library, client: FlaskClient, add: Add
) -> None:
    content = files.pdf(5)
    sha256 = add(content, "a.pdf").evidence.current.rendition_sha256
    address = "/evidence/1/versions/1/file"
    answer = fetch(client, address, Range="bytes=10-19")
    assert (answer.status_code, answer.data) == (206, content[10:20])
    assert answer.headers["Content-Range"] == f"bytes 10-19/{len(content)}"
    answer = fetch(client, address, **{"Range": "bytes=-5", "If-Range": f'"{sha256}"'})
    assert answer.data == content[-5:]
    assert fetch(client, address, Range=f"bytes={len(content)}-").status_code == 416
    assert actions(workplace, library).count("evidence.downloaded") == 2
    assert fetch(client, address, **{"If-None-Match": f'"{sha256}"'}).status_code == 304
    assert client.head(address, buffered=True).headers["Content-Length"] == str(len(content))
    assert actions(workplace, library).count("evidence.downloaded") == 2


def test_a_file_that_was_cut_or_lost_is_not_sent(client: FlaskClient, workplace: Workplace, add: Add) -> None:
    stored = add(b"hello\n").evidence.current
    assert isinstance(workplace.blobs, FolderBlobs)
    path = workplace.blobs.path(stored.rendition_sha256)
    path.chmod(0o644)
    path.write_bytes(b"hell\n")
    answer = fetch(client, "/evidence/1/versions/1/file")
    assert answer.status_code == 409
    assert "missing or was changed" in answer.text
    path.unlink()
    assert fetch(client, "/evidence/1/versions/1/file").status_code == 409


def test_the_original_is_for_the_coordinator(
    workplace: Workplace, library: Library, make: Factories, client_of: ClientOf, client: FlaskClient, add: Add
) -> None:
    content = files.jpeg(exif=files.exif())
    add(content, "foto.jpg")
    original = "/evidence/1/versions/1/original"
    assert fetch(client, original).data == content
    assert original in client.get("/evidence/1").text
    with counted(workplace.engine) as statements:
        shown = fetch(client, "/evidence/1/versions/1/file").data
    assert not [said for said in statements if "FROM tie" in said or "FROM cycle" in said]
    assert b"Secret" not in shown
    assert shown != content
    for role in (Role.STAFF, Role.READER, Role.ADMINISTRATOR):
        other = client_of(make.member(library, role))
        assert fetch(other, original).status_code == 403
        assert original not in other.get("/evidence/1").text
        assert fetch(other, "/evidence/1/versions/1/file").data == shown
    assert client_of(None).get(original).status_code == 303
    with workplace.reading(SYSTEM, library.id) as work:
        roles = [
            event.facts["role"] for event in trail.of(work, "evidence", 1) if event.action == "evidence.downloaded"
        ]
    assert roles == ["original", "rendition", "rendition", "rendition", "rendition"]


def test_another_library_sees_nothing(make: Factories, client_of: ClientOf, add: Add) -> None:
    add(files.jpeg(), "foto.jpg")
    stranger = client_of(make.member(make.library("Nabobyen"), Role.COORDINATOR))
    for address in (
        "",
        "/edit",
        "/withdraw",
        "/versions/new",
        "/versions/1/file",
        "/versions/1/original",
        "/thumbnail",
    ):
        assert stranger.get(f"/evidence/1{address}").status_code == 404, address
    assert stranger.post("/evidence/1/withdraw", data={"reason": "x"}).status_code == 404
    assert stranger.post("/evidence/1/requirements", data={"requirement": "1:O1.1"}).status_code == 404
    assert stranger.post("/evidence/1/requirements/remove", data={}).status_code == 404
    assert "/evidence/1" not in stranger.get("/evidence").text


def test_an_auditor_and_a_reader_change_nothing(
    make: Factories, library: Library, client_of: ClientOf, add: Add
) -> None:
    add()
    auditor, reader = (client_of(make.member(library, role)) for role in (Role.AUDITOR, Role.READER))
    assert auditor.get("/evidence").status_code == 403
    assert reader.get("/evidence/1").status_code == 200
    for address in ("/evidence/new", "/evidence/1/edit", "/evidence/1/withdraw", "/evidence/1/versions/new"):
        assert reader.get(address).status_code == 403
        assert reader.post(address).status_code == 403


def test_staff_change_their_own(make: Factories, library: Library, staff: Actor, client_of: ClientOf, add: Add) -> None:
    add()
    add(b"mine\n", actor=staff)
    browser = client_of(staff)
    assert browser.get("/evidence/1/edit").status_code == 403
    assert "/evidence/1/edit" not in browser.get("/evidence/1").text
    assert browser.get("/evidence/2/edit").status_code == 200
    assert "/evidence/2/edit" in browser.get("/evidence/2").text


def test_a_change_is_saved_and_two_people_are_told(
    workplace: Workplace, library: Library, client: FlaskClient, add: Add
) -> None:
    add(title="Før")
    form = client.get("/evidence/1/edit").text
    assert 'value="Før"' in form
    assert 'name="revision" type="hidden" value="1"' in form
    typed = {"title": "Mit", "kind": "document", "revision": "1", "description": "Skrevet længe"}
    assert client.post("/evidence/1/edit", data={**typed, "title": "Deres"}).status_code == 303
    answer = client.post("/evidence/1/edit", data=typed)
    assert answer.status_code == 409
    assert 'value="Mit"' in answer.text
    assert "Skrevet længe" in answer.text
    assert "Deres" in answer.text
    assert 'name="revision" type="hidden" value="2"' in answer.text
    assert client.post("/evidence/1/edit", data={**typed, "revision": "2"}).status_code == 303
    assert client.post("/evidence/1/edit", data={**typed, "revision": "3", "title": ""}).status_code == 422
    with workplace.reading(SYSTEM, library.id) as work:
        assert queries.get(work, 1).title == "Mit"


def test_a_new_version_is_added(workplace: Workplace, library: Library, client: FlaskClient, add: Add) -> None:
    add(b"first\n", "udkast.txt")
    address = "/evidence/1/versions/new"
    assert fetch(client, address).status_code == 200
    refused = client.post(address, data={"document": (io.BytesIO(files.EXE), "x.pdf"), "revision": "1"})
    assert refused.status_code == 422
    assert "is a program" in refused.text
    assert client.post(address, data={"revision": "1"}).status_code == 422
    good = {"document": (io.BytesIO(b"second\n"), "endelig.txt"), "revision": "1"}
    assert client.post(address, data=good).status_code == 303
    stale = {"document": (io.BytesIO(b"third\n"), "mere.txt"), "revision": "1"}
    assert client.post(address, data=stale).status_code == 409
    assert fetch(client, "/evidence/1/versions/1/file").data == b"first\n"
    assert fetch(client, "/evidence/1/versions/2/file").data == b"second\n"
    assert fetch(client, "/evidence/1/versions/3/file").status_code == 404


def test_withdrawn_evidence_says_why_and_what_has_lost_it(
    workplace: Workplace, make: Factories, library: Library, client: FlaskClient, add: Add
) -> None:
    add(title="Forkert billede")
    with counted(workplace.engine) as before:
        assert "It is used" not in client.get("/evidence/1/withdraw").text
    shown = _shown_by(workplace, make, library)
    with counted(workplace.engine) as after:
        asked = client.get("/evidence/1/withdraw").text
    assert len(after) == len(before)
    page = client.get("/evidence/1").text
    assert [text in asked for text in ("It is used", *shown)] == [True] * (len(shown) + 1)
    assert [text in page for text in ("Used by", *shown)] == [True] * (len(shown) + 1)
    assert client.post("/evidence/1/withdraw", data={"reason": "", "revision": "1"}).status_code == 422
    assert client.post("/evidence/1/withdraw", data={"reason": "Sagde nej", "revision": "1"}).status_code == 303
    page = client.get("/evidence/1").text
    assert f"{len(shown)} things that it shows" in page
    assert "Sagde nej" in page
    assert "/evidence/1/edit" not in page
    assert client.get("/evidence/1/edit").status_code == 409
    assert client.post("/evidence/1/requirements", data={"requirement": "1:O1.1"}).status_code == 409
    assert "Forkert billede" not in client.get("/evidence").text
    assert "Forkert billede" in client.get("/evidence?state=withdrawn").text


def _shown_by(workplace: Workplace, make: Factories, library: Library) -> list[str]:
    """Let a reading, an effect, a story, a note and a self-check rest on evidence 1; return how each is named."""
    read, activity = make.reading(library), make.activity(library, "Kor")
    make.plan(library)
    with workplace.writing(SYSTEM, library.id) as work:
        piece = work.session.scalars(sa.select(Evidence)).one()
        work.session.get_one(Reading, read.id).evidence_number = piece.number
        work.session.add(Effect(number=1, activity_id=activity.id, source_id=piece.id))
        work.session.add(
            Occurrence(number=1, pledge_id=2, day=date(2026, 2, 1), evidence_id=piece.id, added_at=work.at)
        )
        drawn = {"seed": "x", "drawn_from": 1, "sample": [1], "added_role": "coordinator", "added_at": work.at}
        said = {"number": 1, "pledge_id": 3, "year": 2025, "day": date(2026, 1, 9), "answer": "kept"}
        work.session.add(SelfCheck(**said, **drawn))
    make.story(library, activity, title="Koret", picture_id=1)
    with use_locale("en"):
        day = format_date(date(2026, 2, 1))
    return ["Måltal 1, 2025", "Kor</a>", "Koret</a>", f"D2 Dogme 2 ({day})", "D3 Dogme 3 (2025)"]


def test_ties_come_and_go(make: Factories, library: Library, client: FlaskClient, add: Add) -> None:
    make.cycle(library)
    add()
    address = "/evidence/1/requirements"
    assert client.post(address, data={"requirement": "1:O1.1", "pages": "2-3"}).status_code == 303
    page = client.get("/evidence/1").text
    assert "Pages 2-3" in page
    assert "/certification/db2030-biblioteker/O1.1" in page
    assert "draft – not confirmed by Chora 2030" in page
    assert 'value="1:O1.1"' not in page
    for data in ({"requirement": ""}, {"requirement": "1:X9"}, {"requirement": "1:O1.2", "pages": "midt i"}):
        answer = client.post(address, data=data)
        assert answer.status_code == 422
        assert "form-error-message" in answer.text
    assert client.post(f"{address}/remove", data={"cycle": "1", "requirement": "O1.1"}).status_code == 303
    assert client.post(f"{address}/remove", data={"cycle": "1", "requirement": "O1.1"}).status_code == 404
    assert "Not tied to any requirement." in client.get("/evidence/1").text


def test_a_thumbnail_is_waited_for_and_then_shown(
    workplace: Workplace, library: Library, client: FlaskClient, add: Add
) -> None:
    version = add(files.jpeg((900, 300)), "foto.jpg").evidence.current
    assert client.get("/evidence/1/thumbnail").status_code == 404
    waiting = client.get("/evidence/1", headers={"HX-Request": "true", "HX-Request-Type": "partial"}).text
    assert "hx-trigger" in waiting
    assert "<html" not in waiting
    thumbnails.make(workplace, library.id, version.id, 0)
    ready = client.get("/evidence/1", headers={"HX-Request": "true", "HX-Request-Type": "partial"}).text
    assert "hx-trigger" not in ready
    [address] = re.findall(r'src="(/evidence/1/thumbnail\?v=[0-9a-f]{16})"', ready)
    answer = fetch(client, address)
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["Content-Disposition"] == "inline"
    assert answer.headers["Cache-Control"] == "private, max-age=86400"
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.data[:3] == b"\xff\xd8\xff"
    assert address in client.get("/evidence").text
    assert "evidence.downloaded" not in actions(workplace, library)


def test_a_list_is_filtered_by_its_address_and_fetched_in_part(
    make: Factories, library: Library, client: FlaskClient, add: Add
) -> None:
    make.activity(library, "Frøbibliotek", "15")
    make.cycle(library)
    add(b"one\n", title="Første", activity=1, kind="photo")
    add(b"two\n", title="Anden")
    for address, shown in (
        ("?q=først", ["Første"]),
        ("?kind=photo", ["Første"]),
        ("?goal=15", ["Første"]),
        ("?activity=1", ["Første"]),
        ("?lacks=activity", ["Anden"]),
        ("?lacks=requirement&order=title", ["Anden", "Første"]),
        ("?requirement=1:O1.1", []),
        ("?requirement=O1.1", []),
        ("?order=nonsense&page=-1&year=x&cycle=y", ["Anden", "Første"]),
    ):
        found = re.findall(r'<a href="/evidence/\d+">([^<]+)</a>', client.get(f"/evidence{address}").text)
        assert found == shown, address
    part = client.get("/evidence", headers={"HX-Request": "true", "HX-Request-Type": "partial"}).text
    assert "<html" not in part
    assert "Anden" in part


def test_pages_take_a_constant_number_of_statements(
    workplace: Workplace, make: Factories, library: Library, client: FlaskClient
) -> None:
    make.cycle(library)
    for count in range(3):
        make.evidence(library, b"%d" % count, activity=make.activity(library))

    def statements(address: str) -> int:
        with counted(workplace.engine) as found:
            assert fetch(client, address).status_code == 200
        return len(found)

    addresses = ("/evidence", "/evidence?goal=4&year=2026", "/evidence/new?activity=1", "/evidence/1")
    before = [statements(address) for address in addresses]
    for count in range(20):
        make.evidence(library, b"x%d" % count, activity=make.activity(library))
    assert [statements(address) for address in addresses] == before
    assert max(before) < 40


def test_an_upload_over_the_limit_of_a_request_is_refused_whole(
    workplace: Workplace, library: Library, client: FlaskClient, tmp_path: Path
) -> None:
    client.application.config["MAX_CONTENT_LENGTH"] = 10_000
    answer = send(client, (b"0" * 20_000, "stor.txt"))
    assert answer.status_code == 413
    assert made(workplace, library) == 0
    assert list((tmp_path / "store").rglob("*")) == []

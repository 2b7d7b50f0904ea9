"""Uploads over HTTP: what a script is told, and the form that saves them."""

import hashlib
import io
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from sdg_tracker.access import Actor, Role
from sdg_tracker.evidence import queries as evidence_queries
from sdg_tracker.foundation.blobs import FolderBlobs
from sdg_tracker.giving import rules
from sdg_tracker.work import Library, Workplace
from tests.evidence import files
from tests.factories import Factories
from tests.giving.conftest import TEXT, new_key

Clients = Callable[[Actor | None], FlaskClient]
JSON = {"Accept": "application/json"}


@pytest.fixture
def client(client_of: Clients, staff: Actor) -> FlaskClient:
    return client_of(staff)


def begin(client: FlaskClient, content: bytes = TEXT, name: str = "note.txt", **more: object) -> str:
    key = new_key()
    answer = client.post("/evidence/uploads", data={"key": key, "name": name, "size": len(content), **more})
    assert answer.status_code == 200, answer.text
    return key


def append(client: FlaskClient, key: str, offset: object, piece: bytes) -> Any:
    headers = {**JSON, "Upload-Offset": str(offset), "Content-Type": "application/octet-stream"}
    return client.post(f"/evidence/uploads/{key}", data=piece, headers=headers)


def sent(client: FlaskClient, content: bytes = TEXT, name: str = "note.txt") -> str:
    key = begin(client, content, name)
    for offset in range(0, len(content), 5000):
        assert append(client, key, offset, content[offset : offset + 5000]).status_code == 200
    return key


def test_a_script_is_told_how_far_it_is_at_every_step(client: FlaskClient) -> None:
    key = begin(client)
    state = {"key": key, "received": 0, "size": len(TEXT), "ended": False, "evidence": None}
    assert client.get(f"/evidence/uploads/{key}").json == state
    assert append(client, key, 0, TEXT[:5000]).json == state | {"received": 5000}
    wrong = append(client, key, 4000, TEXT[4000:9000])
    assert (wrong.status_code, wrong.json["received"]) == (409, 5000)
    assert "note.txt" in wrong.json["text"]
    assert append(client, key, "", TEXT[5000:]).status_code == 409
    assert append(client, key, 5000, TEXT[5000:]).json["received"] == len(TEXT)
    assert client.post(f"/evidence/uploads/{key}/end").json == state | {"received": len(TEXT), "ended": True}


def test_a_part_that_is_too_large_is_not_read(client: FlaskClient) -> None:
    key = begin(client, bytes(rules.PART_LIMIT + 1))
    answer = append(client, key, 0, bytes(rules.PART_LIMIT + 1))
    assert answer.status_code in (413, 422)
    assert client.get(f"/evidence/uploads/{key}").json["received"] == 0  # type: ignore[index]


def test_a_script_is_refused_in_words_of_the_person(client: FlaskClient) -> None:
    answer = client.post("/evidence/uploads", data={"key": new_key(), "name": "film.mov", "size": 10**9}, headers=JSON)
    assert answer.status_code == 422
    assert "film.mov" in answer.json["text"]  # type: ignore[index]
    assert "50" in answer.json["text"]  # type: ignore[index]
    missing = client.get(f"/evidence/uploads/{new_key()}", headers=JSON)
    assert (missing.status_code, missing.mimetype) == (404, "application/json")


def test_a_part_needs_the_token_of_the_page(app: Flask, client: FlaskClient) -> None:
    key = begin(client)
    app.config["WTF_CSRF_ENABLED"] = True
    answer = append(client, key, 0, TEXT)
    assert (answer.status_code, answer.mimetype) == (400, "application/json")
    page = client.get("/evidence/new").text
    token = page.partition('name="csrf_token"')[2].partition('value="')[2].partition('"')[0]
    headers = {**JSON, "Upload-Offset": "0", "Content-Type": "application/octet-stream", "X-CSRFToken": token}
    answer = client.post(f"/evidence/uploads/{key}", data=TEXT, headers=headers)
    assert answer.json["received"] == len(TEXT)  # type: ignore[index]


def test_uploads_are_saved_with_what_the_form_says(
    workplace: Workplace, make: Factories, library: Library, staff: Actor, client: FlaskClient
) -> None:
    activity = make.activity(library, "Byttedag")
    keys = [sent(client, files.jpeg(), "foto.jpg"), sent(client)]
    fields = {"uploads": keys, "activity": f"{activity.number} – Byttedag", "title": "Fra dagen", "language": "da"}
    where = f"/evidence/uploads/save?activity={activity.number}"
    for _twice in range(2):
        answer = client.post(where, data=fields)
        assert (answer.status_code, answer.location) == (303, "/evidence/1/finish")
    with workplace.reading(staff) as work:
        titles = {one.title for one in evidence_queries.of_activity(work, activity)}
    assert titles == {"Fra dagen (1)", "Fra dagen (2)"}
    assert client.get("/evidence/new").text.count("data-key=") == 0
    told = client.post(where, data=fields, headers=JSON)
    assert told.json == {"evidence": [1, 2], "pages": ["/evidence/1", "/evidence/2"], "where": answer.location}


def test_a_refused_file_saves_nothing_and_the_others_stay(
    workplace: Workplace, client: FlaskClient, library: Library
) -> None:
    keys = [sent(client), sent(client, b"PK\x03\x04 not a document", "Referat.docx")]
    answer = client.post("/evidence/uploads/save", data={"uploads": keys, "language": "da"})
    assert answer.status_code == 422
    assert "Referat.docx" in answer.text
    for key in keys:
        assert f'data-key="{key}"' in answer.text
    assert answer.text.count("data-chosen") == 2
    wrong = client.post("/evidence/uploads/save", data={"uploads": keys[:1], "activity": "999", "language": "da"})
    assert wrong.status_code == 422
    nothing = client.post("/evidence/uploads/save", data={"language": "da"})
    assert nothing.status_code == 422
    assert client.post("/evidence/uploads/save", data={"uploads": keys[:1], "language": "da"}).status_code == 303


def test_a_lost_part_is_told_and_forgotten(workplace: Workplace, client: FlaskClient) -> None:
    key = sent(client)
    assert isinstance(workplace.blobs, FolderBlobs)
    workplace.blobs.path(hashlib.sha256(TEXT[5000:10_000]).hexdigest()).unlink()
    answer = client.post("/evidence/uploads/save", data={"uploads": [key], "language": "da"}, headers=JSON)
    assert answer.status_code == 409
    assert client.get(f"/evidence/uploads/{key}").json["received"] == 5000  # type: ignore[index]


def test_the_page_lists_what_i_have_not_finished_and_nobody_elses(
    client_of: Clients, client: FlaskClient, coordinator: Actor, make: Factories, library: Library
) -> None:
    activity = make.activity(library, "Byttedag")
    key = begin(client, activity=activity.number)
    append(client, key, 0, TEXT[:5000])
    text = client.get("/evidence/new").text
    assert f'data-key="{key}"' in text
    assert 'data-received="5000"' in text
    assert "Byttedag" in text.partition("data-key=")[2].partition("</li>")[0]
    assert "data-key=" not in client_of(coordinator).get("/evidence/new").text


def test_the_address_of_a_refusal_can_be_opened_again(client: FlaskClient) -> None:
    answer = client.get("/evidence/uploads/save?cycle=1&requirement=B1.1")
    assert answer.location == "/evidence/new?cycle=1&requirement=B1.1"


# /capture -----------------------------------------------------------------------------------------------------------


def test_a_picture_is_taken_without_a_script(
    workplace: Workplace, make: Factories, library: Library, staff: Actor, client: FlaskClient
) -> None:
    with workplace.reading(staff) as work:
        activity = make.activity(library, "Byttedag i dag", starts_on=work.today)
    page = client.get("/capture").text
    assert (
        "checked"
        in page.partition(f'value="{activity.number}"')[0].rpartition("<input")[2]
        + page.partition(f'value="{activity.number}"')[2].partition(">")[0]
    )
    picture = (io.BytesIO(files.jpeg()), "IMG_2041.jpg")
    answer = client.post("/capture", data={"camera": picture, "activity": activity.number, "people": "no"})
    assert (answer.status_code, answer.location) == (303, f"/capture?activity={activity.number}")
    with workplace.reading(staff) as work:
        evidence = evidence_queries.get(work, 1)
        assert evidence.activity is not None
        assert "Byttedag i dag" in evidence.title
        assert (evidence.kind, evidence.added_by) == ("photo", staff.number)
    answer = client.post("/capture", data={"activity": "none", "people": "unknown"})
    assert answer.status_code == 422


def test_a_script_sends_pictures_in_parts_and_may_ask_twice(
    workplace: Workplace, make: Factories, library: Library, client: FlaskClient
) -> None:
    activity = make.activity(library, "Byttedag")
    keys = [sent(client, files.jpeg(), "IMG_1.jpg"), sent(client, files.png(), "IMG_2.png")]
    fields = {"uploads": keys, "activity": activity.number, "people": "unknown"}
    for _twice in range(2):
        assert client.post("/capture", data=fields, headers=JSON).json["evidence"] == [1, 2]  # type: ignore[index]
    wrong = client.post("/capture", data={**fields, "uploads": [begin(client)]}, headers=JSON)
    assert wrong.status_code == 422
    assert "note.txt" in wrong.json["text"]  # type: ignore[index]


def test_an_activity_is_found_by_a_search_and_by_its_code(
    make: Factories, library: Library, client: FlaskClient
) -> None:
    for count in range(12):
        make.activity(library, f"Aktivitet {count}")
    wanted = make.activity(library, "Krebsejagt ved søen", starts_on=None)
    assert "Krebsejagt" not in client.get("/capture").text
    found = client.get("/capture?q=krebsejagt", headers={"HX-Request-Type": "partial"}).text
    assert "Krebsejagt ved søen" in found
    assert "<html" not in found
    page = client.get(f"/capture?activity={wanted.number}").text
    assert "Krebsejagt ved søen" in page
    code = client.get(f"/capture/code/{wanted.number}").text
    assert f"/capture?activity={wanted.number}" in code
    assert "<path" in code


def test_readers_neither_see_the_way_nor_get_in(
    make: Factories, library: Library, client_of: Clients, client: FlaskClient
) -> None:
    activity = make.activity(library, "Byttedag")
    reader = client_of(make.member(library, Role.READER))
    for address in ("/", f"/activities/{activity.number}"):
        assert "/capture" in client.get(address).text
        assert "/capture" not in reader.get(address).text
    assert reader.get("/capture").status_code == 403

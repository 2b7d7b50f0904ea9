"""A page of a PDF is marked as showing something for a requirement, and printed in the dossier."""

import io
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from PIL import Image

from sdg_tracker.access import Actor
from sdg_tracker.collecting import evidence_rows, vocabulary
from sdg_tracker.dossier import snapshot
from sdg_tracker.editions import kinds
from sdg_tracker.evidence import proofs, queries, tying
from sdg_tracker.evidence.blurring import Box
from sdg_tracker.evidence.models import Evidence
from sdg_tracker.evidence.tying import Wanted
from sdg_tracker.foundation.errors import Conflict, Invalid
from sdg_tracker.schemes import queries as schemes
from sdg_tracker.work import Library, Workplace
from tests import demo_library
from tests.evidence import files
from tests.factories import Factories

Clients = Callable[[Actor | None], FlaskClient]
CODE = "O1.1"


@pytest.fixture
def piece(make: Factories, library: Library, workplace: Workplace, coordinator: Actor) -> Evidence:
    """Two pages, tied to a requirement of the first cycle."""
    make.cycle(library)
    made = make.evidence(library, files.pdf(2), media_type="application/pdf", title="Referat")
    with workplace.writing(coordinator) as work:
        tying.tie(work, made.number, Wanted(1, CODE, "2"))
    return made


def test_a_marked_page_is_in_the_snapshot_until_the_file_is_another(
    workplace: Workplace, coordinator: Actor, piece: Evidence
) -> None:
    with workplace.reading(coordinator) as work:
        drawn = proofs.draw(work, queries.get(work, piece.number), 2, Box(20, 30, 25, 10))
    assert drawn.pages == 2
    with workplace.writing(coordinator) as work:
        proofs.mark(work, piece.number, 1, CODE, drawn)
    with workplace.blobs.open(drawn.picture.sha256) as file:
        picture = Image.open(io.BytesIO(file.read()))
    assert max(picture.size) == 1400
    frame = picture.convert("RGB").getpixel((int(0.2 * picture.width) + 1, int(0.35 * picture.height)))
    assert isinstance(frame, tuple)
    assert frame[0] > 140 > frame[1]
    with workplace.reading(coordinator) as work:
        taken = snapshot.take(work, schemes.cycle(work, 1), 1, "da")
        assert demo_library.faults(taken) == []
        proof = {"page": 2, "sha256": drawn.picture.sha256, "size": drawn.picture.size, "media_type": "image/jpeg"}
        assert taken["evidence"][0]["requirements"][0]["proof"] == proof
        told = next(row for row in taken["requirements"] if row["code"] == CODE)
        assert told["exhibits"][0]["proof"] == proof
        assert [file.sha256 for file in kinds.pictures(taken)] == [drawn.picture.sha256]
    with workplace.writing(coordinator) as work:
        found = queries.get(work, piece.number)
        found.ties[0].proof = {**(found.ties[0].proof or {}), "of": "0" * 64}
    with workplace.reading(coordinator) as work:
        found_again = evidence_rows.evidence(work, vocabulary.terms(work), schemes.cycle(work, 1))
        assert "proof" not in found_again[0]["requirements"][0]
    with workplace.writing(coordinator) as work:
        proofs.remove(work, piece.number, 1, CODE)
        proofs.remove(work, piece.number, 1, CODE)
        assert queries.get(work, piece.number).ties[0].proof is None


def test_what_is_not_there_is_refused(
    workplace: Workplace, make: Factories, library: Library, coordinator: Actor, piece: Evidence
) -> None:
    text = make.evidence(library)
    with workplace.reading(coordinator) as work:
        found = queries.get(work, piece.number)
        with pytest.raises(Invalid, match="1"):
            proofs.draw(work, found, 3)
        with pytest.raises(Invalid) as refused:
            proofs.draw(work, found, 1, Box(90, 0, 20, 5))
        assert refused.value.code == "proof-box"
        with pytest.raises(Conflict):
            proofs.draw(work, queries.get(work, text.number), 1)
        drawn = proofs.draw(work, found, 1)
    with workplace.writing(coordinator) as work:
        queries.get(work, piece.number).versions[0].rendition_sha256 = "1" * 64
        with pytest.raises(Conflict):
            proofs.mark(work, piece.number, 1, CODE, drawn)


def test_it_is_marked_on_a_page(client_of: Clients, workplace: Workplace, coordinator: Actor, piece: Evidence) -> None:
    browser = client_of(coordinator)
    address = f"/evidence/{piece.number}/requirements/1/{CODE}/page"
    opened = browser.get(address)
    assert f"/evidence/{piece.number}/pages/2.jpg" in opened.text  # the page that the tie names
    assert browser.get(f"/evidence/{piece.number}/pages/2.jpg", buffered=True).mimetype == "image/jpeg"
    refused = browser.post(address, data={"page": "7"})
    assert refused.status_code == 422
    assert "Filen har siderne 1 til 2." in refused.text
    place = {"box-0-left": "10", "box-0-top": "10", "box-0-width": "30,5", "box-0-height": "8"}
    assert browser.post(address, data={"page": "2", **place}).status_code == 303
    with workplace.reading(coordinator) as work:
        marked = queries.get(work, piece.number).ties[0].proof
    assert marked is not None
    assert (marked["page"], marked["box"]) == (2, [10, 10, 30.5, 8])
    assert "side 2 er mærket" in browser.get(f"/evidence/{piece.number}").text
    assert browser.post(f"{address}/remove").status_code == 303

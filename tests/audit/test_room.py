"""The room: what it shows, what is written in it, and that the library which looks writes nothing."""

import io
import re
from collections.abc import Callable

from flask.testing import FlaskClient

from sdg_tracker import trail
from sdg_tracker.access import SYSTEM, Actor
from sdg_tracker.audit import auditing, findings, queries
from sdg_tracker.audit.auditing import Marking
from sdg_tracker.audit.findings import Answer, FindingDetails
from sdg_tracker.audit.models import Audit, AuditorAccess
from sdg_tracker.audit.states import FindingKind, MarkState, Method
from sdg_tracker.editions.models import Edition
from sdg_tracker.evidence import media
from sdg_tracker.work import Library, Workplace
from tests.conftest import NOON
from tests.evidence.documents import docx
from tests.evidence.files import jpeg, pdf
from tests.factories import Factories
from tests.printing import snapshots
from tests.statements import counted

Clients = Callable[[Actor | None], FlaskClient]
COMPOSED = {
    "period": {"first": "2025-01-01", "last": "2027-12-31"}, "areas": [], "files": True, "trail": True,
    "languages": ["da"], "title_also": "", "foreword": "", "logo": None, "variant": "whole", "year": None,
    "proposal": "", "approved": None,
}  # fmt: skip
PAGES = (
    "",
    "/requirements",
    "/requirements/O1.1",
    "/exhibits",
    "/exhibits/1",
    "/sample",
    "/findings",
    "/questions",
    "/conclusion",
)


def audit_of(workplace: Workplace, edition: Edition) -> Audit:
    """Return the audit as it is kept."""
    with workplace.reading(SYSTEM, edition.library_id) as work:
        found = queries.audit_of(work, edition)
    assert found is not None
    return found


def test_every_page_shows_the_frozen_edition_and_its_opening_is_noted(
    workplace: Workplace, edition: Edition, access: AuditorAccess, browser: FlaskClient
) -> None:
    shown = {page: browser.get(f"/audit{page}", buffered=True) for page in PAGES}
    assert {page: answer.status_code for page, answer in shown.items()} == dict.fromkeys(PAGES, 200)
    requirement = shown["/requirements/O1.1"].text
    for told in ("Kravet O1.1 er opfyldt.", "Første afsnit.", "Stykke 9", "Dokumentation tilføjet"):
        assert told in requirement, told
    assert "bytes of exhibit 3" in requirement  # a text is shown as text
    small = browser.get("/audit/exhibits/1/picture", buffered=True)
    assert (small.status_code, small.mimetype, small.headers["Content-Security-Policy"]) == (
        200,
        "image/jpeg",
        "sandbox; default-src 'none'",
    )
    whole = browser.get("/audit/exhibits/3/file", buffered=True)
    assert whole.data == b"bytes of exhibit 3"
    assert whole.headers["Content-Disposition"].startswith("attachment")
    assert browser.get("/audit/exhibits/3/picture").status_code == 404
    assert browser.get("/audit/exhibits/10").status_code == 404
    assert browser.get("/audit/requirements/Z9").status_code == 404
    with workplace.reading(SYSTEM, edition.library_id) as work:
        events = trail.of(work, "auditor_access", access.number)
    pages = [event.facts["page"] for event in events if event.action == "audit.page_opened"]
    opened = [event.facts["file"] for event in events if event.action == "audit.file_opened"]
    assert pages[:5] == ["start", "requirements", "requirement O1.1", "exhibits", "exhibit 1"]
    assert opened == ["evidence/Bilag-003-stykke.csv"]


def test_an_exhibit_is_recognised_by_those_who_may_see_it_and_by_nobody_else(
    workplace: Workplace, edition: Edition, browser: FlaskClient, client_of: Clients, coordinator: Actor,
    library: Library, make: Factories,
) -> None:  # fmt: skip
    make.edition(library, b"%PDF-1.7 two", snapshot=snapshots.dossier(workplace.blobs, 9, number=2))
    digest = snapshots.dossier(workplace.blobs, 9)["evidence"][1]["sha256"]

    def told(client: FlaskClient, code: str) -> list[str]:
        return re.findall(
            r"Udgave (\d+): Udgave[^–]*– bilag 2", client.get("/verify", query_string={"code": code}).text
        )

    inside = client_of(coordinator)
    assert told(inside, digest) == told(inside, f" {digest.upper()} ") == ["1", "2"]
    assert told(browser, digest) == ["1"], "an auditor hears of the own edition only"
    for client, code in ((client_of(None), digest), (inside, digest[:63]), (inside, "0" * 64)):
        assert told(client, code) == []


def test_a_page_asks_the_database_as_often_however_much_it_shows(
    workplace: Workplace, edition: Edition, auditor: Actor, browser: FlaskClient, library: Library, make: Factories
) -> None:
    def statements(page: str) -> int:
        with counted(workplace.engine) as found:
            assert browser.get(f"/audit{page}").status_code == 200
        return len([one for one in found if one.startswith("SELECT")])

    def decide(first: int, last: int) -> None:
        with workplace.writing(auditor) as work:
            auditing.mark(work, 1, [Marking(number, MarkState.SEEN) for number in range(first, last + 1)])
            for number in range(first, last + 1):
                auditing.draw(work, 1, str(number), number, Method.RANDOM)
                findings.raise_finding(work, 1, FindingDetails(FindingKind.MINOR, "Mangler.", "O1.1", (number,)))
                findings.ask(work, 1, "Hvor?", "O1.1")

    decide(1, 1)
    few = {page: statements(page) for page in PAGES}
    decide(2, 9)
    assert {page: statements(page) for page in PAGES} == few
    assert max(few.values()) <= 16, few


def test_marks_are_saved_with_one_form_and_a_clash_keeps_what_was_typed(
    workplace: Workplace, edition: Edition, auditor: Actor, browser: FlaskClient
) -> None:
    form = {"requirement": "O1.2", "mark-1": "accepted", "revision-1": "0", "mark-2": "", "revision-2": "0"}
    assert browser.post("/audit/marks", data=form).location == "/audit/requirements/O1.2"
    with workplace.writing(auditor) as work:
        auditing.mark(work, 1, [Marking(2, MarkState.SEEN)])
    clash = browser.post(
        "/audit/marks", data={**form, "revision-1": "1", "mark-2": "questioned", "note-2": "Hvilket år?"}
    )
    assert clash.status_code == 409
    assert 'value="Hvilket år?"' in clash.text
    assert {row.exhibit: row.mark for row in audit_of(workplace, edition).marks} == {1: "accepted", 2: "seen"}
    again = {**form, "revision-1": "1", "mark-2": "questioned", "note-2": "Hvilket år?", "revision-2": "1"}
    assert browser.post("/audit/marks", data=again).status_code == 303
    one = {"mark-9": "seen", "revision-9": "0", "next": "1"}
    assert browser.post("/audit/marks", data={**one}).location == "/audit/exhibits/9"
    assert len(audit_of(workplace, edition).marks) == 3
    assert browser.post("/audit/marks", data={"mark-99": "seen", "revision-99": "0"}).status_code == 404
    listed = browser.get("/audit/exhibits?show=questioned").text
    assert "Stykke 2" in listed
    assert "Stykke 3" not in listed
    by_role = browser.get("/audit/requirements?role=aktør").text
    assert 'name="role"' in by_role
    left = browser.get("/audit/requirements?left=1&order=weak").text
    assert "O1.1" in left
    assert "O1.2" not in left


def test_a_visit_from_sample_to_conclusion(
    workplace: Workplace, edition: Edition, coordinator: Actor, browser: FlaskClient
) -> None:
    assert browser.post("/audit/sample", data={"seed": "", "size": "3", "method": "random"}).status_code == 422
    assert browser.post("/audit/sample", data={"seed": "frø", "size": "3", "method": "random"}).status_code == 303
    assert "frø" in browser.get("/audit/sample").text
    wrong = {"kind": "major", "requirement": "O1.1", "exhibits": "2, x", "text": "Planen mangler", "phrase": ""}
    refused = browser.post("/audit/findings", data=wrong)
    assert refused.status_code == 422
    assert "Planen mangler" in refused.text
    assert browser.post("/audit/findings", data={**wrong, "exhibits": "99"}).status_code == 404
    made = browser.post("/audit/findings", data={**wrong, "exhibits": "2, 1", "phrase": "no-proof"})
    assert made.location == "/audit/findings/1"
    found = audit_of(workplace, edition).findings[0]
    assert found.exhibits == [1, 2]
    assert found.text.splitlines()[1] == "Planen mangler"
    changed = {**wrong, "exhibits": "1", "revision": "1"}
    assert browser.post("/audit/findings/1", data=changed).status_code == 303
    assert browser.post("/audit/findings/1", data=changed).status_code == 409
    end = {"decision": "with_conditions", "conditions": "Vedtag planen.", "text": "Alt er set."}
    assert browser.post("/audit/conclusion", data=end).status_code == 409  # no revision was shown
    assert browser.post("/audit/conclusion", data={**end, "revision": "1"}).status_code == 409
    assert browser.post("/audit/questions", data={"text": "Hvor er planen?", "requirement": "O1.1"}).status_code == 303
    with workplace.writing(coordinator) as work:
        findings.answer(work, 1, 1, Answer("", "Vedtages i maj", NOON.date()))
        findings.reply_to(work, 1, 1, "Den vedtages i maj.")
    assert "Den vedtages i maj." in browser.get("/audit/questions").text
    assert browser.post("/audit/findings/1/send-back", data={"revision": "3", "reply": ""}).status_code == 422
    assert browser.post("/audit/findings/1/close", data={"revision": "3", "reply": "Tak"}).status_code == 303
    assert browser.post("/audit/conclusion", data={**end, "revision": "1"}).status_code == 303
    assert audit_of(workplace, edition).concluded
    assert browser.post("/audit/questions", data={"text": "En til", "requirement": ""}).status_code == 409
    for page in PAGES:
        assert '<fieldset class="marking">' not in browser.get(f"/audit{page}").text
    assert browser.post("/audit/reopen").status_code == 303


def test_the_library_sees_the_same_before_it_invites_and_writes_nothing(
    workplace: Workplace, edition: Edition, auditor: Actor, coordinator: Actor, staff: Actor, client_of: Clients
) -> None:
    with workplace.writing(auditor) as work:
        auditing.mark(work, 1, [Marking(1, MarkState.SEEN)])
    looking = client_of(coordinator)
    with workplace.reading(SYSTEM, edition.library_id) as work:
        before = work.library.trail_length
    for page in PAGES:
        answer = looking.get(f"/editions/1/as-auditor{page}")
        assert answer.status_code == 200, page
        assert "/audit/" not in answer.text, page
        assert client_of(staff).get(f"/editions/1/as-auditor{page}").status_code == 403
    assert looking.get("/editions/1/as-auditor/exhibits/1/picture", buffered=True).mimetype == "image/jpeg"
    with workplace.reading(SYSTEM, edition.library_id) as work:
        assert work.library.trail_length == before
    for step in ("marks", "sample", "findings", "questions", "conclusion", "reopen", "findings/1/close"):
        assert looking.post(f"/audit/{step}", data={"revision-1": "1"}).status_code == 403


def test_documents_are_shown_page_by_page_or_as_text_where_the_files_belong_to_the_edition(
    workplace: Workplace, library: Library, make: Factories, client_of: Clients, coordinator: Actor
) -> None:
    kept, marked = workplace.blobs.put(io.BytesIO(pdf(2))), workplace.blobs.put(io.BytesIO(jpeg((30, 40))))
    frozen = snapshots.dossier(workplace.blobs, 40)
    proof = {"page": 2, "sha256": marked.sha256, "size": marked.size, "media_type": "image/jpeg"}
    for tie in (frozen["evidence"][0]["requirements"][0], frozen["requirements"][0]["exhibits"][0]):
        tie["proof"] = proof
    frozen["evidence"][0] |= {"media_type": "application/pdf", "sha256": kept.sha256, "size": kept.size}
    written = workplace.blobs.put(io.BytesIO(docx("Referat fra mødet i maj", "Alle var der")))
    frozen["evidence"][5] |= {"media_type": media.DOCX, "sha256": written.sha256, "size": written.size}  # no picture
    make.edition(library, snapshot=frozen)
    looking, room = client_of(coordinator), "/editions/1/as-auditor"
    assert "Referat fra mødet i maj\nAlle var der" in looking.get(f"{room}/exhibits/6").text
    page = looking.get(f"{room}/exhibits/1?page=2").text
    assert f"{room}/exhibits/1/pages/2" in page
    drawn = looking.get(f"{room}/exhibits/1/pages/2")
    assert (drawn.status_code, drawn.data[:3]) == (200, b"\xff\xd8\xff")
    assert "sandbox" in drawn.headers["Content-Security-Policy"]
    for wrong in ("exhibits/1/pages/3", "exhibits/1/pages/0", "exhibits/2/pages/1"):
        assert looking.get(f"{room}/{wrong}").status_code == 404
    assert looking.get(f"{room}/requirements/O1.1/exhibits/1/proof", buffered=True).data == jpeg((30, 40))
    assert looking.get(f"{room}/requirements/O1.2/exhibits/1/proof").status_code == 404
    first, second = (looking.get(f"{room}/requirements/O1.1?page={number}").text for number in (1, 2))
    assert f"{room}/requirements/O1.1/exhibits/1/proof" in first
    assert "Stykke 26" not in first
    assert "Stykke 26" in second
    make.edition(library, snapshot={**frozen, "number": 2, "composition": {**COMPOSED, "files": False}})
    room = "/editions/2/as-auditor"
    for kept_back in ("exhibits/1/pages/1", "exhibits/3/file", "exhibits/3/picture"):
        assert looking.get(f"{room}/{kept_back}").status_code == 404, kept_back
    assert looking.get(f"{room}/exhibits/1/picture", buffered=True).status_code == 200  # printed in the report too
    for exhibit, told in ((6, "Referat fra mødet"), (3, "bytes of exhibit 3")):
        page = looking.get(f"{room}/exhibits/{exhibit}").text
        assert told not in page
        assert f"/exhibits/{exhibit}/file" not in page

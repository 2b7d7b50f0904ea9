"""What the library sees of an audit: it answers, and gets a receipt of what was opened."""

from collections.abc import Callable

from flask.testing import FlaskClient

from sdg_tracker.access import SYSTEM, Actor
from sdg_tracker.audit import auditing, findings, queries, services
from sdg_tracker.audit.auditing import Conclusion
from sdg_tracker.audit.findings import FindingDetails
from sdg_tracker.audit.models import AuditorAccess
from sdg_tracker.audit.states import Decision, FindingKind, Method
from sdg_tracker.editions.models import Edition
from sdg_tracker.work import Workplace

Clients = Callable[[Actor | None], FlaskClient]


def test_the_library_answers_on_its_page(
    workplace: Workplace, edition: Edition, auditor: Actor, coordinator: Actor, staff: Actor, client_of: Clients
) -> None:
    browser = client_of(coordinator)
    assert "as-auditor" in browser.get("/editions/1/audit").text
    assert client_of(staff).get("/editions/1/audit").status_code == 403
    with workplace.writing(auditor) as work:
        findings.raise_finding(work, 1, FindingDetails(FindingKind.MAJOR, "Planen mangler.", "O1.1", (1,)))
        findings.raise_finding(work, 1, FindingDetails(FindingKind.CONFORMITY, "Alt andet er i orden."))
        findings.ask(work, 1, "Hvor er planen?")
        auditing.draw(work, 1, "frø", 2, Method.RANDOM)
    page = browser.get("/editions/1/audit").text
    for told in ("Planen mangler.", "Alt andet er i orden.", "Hvor er planen?", "frø"):
        assert told in page
    path, prefix = "/editions/1/audit/findings/1", "finding-1-"
    given = {"cause": "Ferie", "correction": "Vedtages i maj", "deadline": "", "revision": "1"}
    refused = browser.post(path, data={prefix + name: value for name, value in given.items()})
    assert refused.status_code == 422
    assert "Vedtages i maj" in refused.text
    given["deadline"] = "2026-05-31"
    stale = browser.post(path, data={prefix + name: value for name, value in {**given, "revision": "9"}.items()})
    assert stale.status_code == 409
    sent = browser.post(path, data={prefix + name: value for name, value in given.items()})
    assert sent.location == "/editions/1/audit#finding-1"
    asked = {"question-1-answer": "I bilag 3.", "question-1-revision": "1", "question-1-evidence": "et"}
    assert browser.post("/editions/1/audit/questions/1", data=asked).status_code == 422
    asked["question-1-evidence"] = ""
    assert browser.post("/editions/1/audit/questions/1", data=asked).status_code == 303
    with workplace.reading(SYSTEM, edition.library_id) as work:
        audit = queries.audit_of(work, edition)
        assert audit is not None
        assert audit.findings[0].correction == "Vedtages i maj"
        assert audit.questions[0].answer == "I bilag 3."
    with workplace.writing(auditor) as work:
        auditing.conclude(work, 1, Conclusion(Decision.RECOMMENDED, "", "Set."))
    page = browser.get("/editions/1/audit").text
    assert page.count("<textarea") == 2  # of the finding that is not closed; questions are over
    given["revision"] = "2"
    assert browser.post(path, data={prefix + name: value for name, value in given.items()}).status_code == 303
    with workplace.writing(auditor) as work:
        findings.close(work, 1, 1)
    assert "<textarea" not in browser.get("/editions/1/audit").text
    assert browser.post(path, data={prefix + "correction": "For sent"}).status_code == 409


def test_the_receipt_lists_what_was_opened(
    workplace: Workplace, access: AuditorAccess, browser: FlaskClient, coordinator: Actor, client_of: Clients
) -> None:
    for path in ("/audit/exhibits/3/file", "/audit/exhibits/3/file", "/audit/editions/1/files/report.pdf"):
        assert browser.get(path, buffered=True).status_code == 200
    assert browser.get("/audit/requirements/O1.2").status_code == 200
    library = client_of(coordinator)
    page = library.get("/editions/auditors/1/log").text
    for told in ("evidence/Bilag-003-stykke.csv", "1/report.pdf", "evidence/Bilag-002-stykke.jpg", "Krav O1.2"):
        assert told in page
    with workplace.writing(coordinator) as work:
        services.end(work, access.number)
    assert library.get("/editions/auditors/1/log").text != page
    answer = library.get("/editions/auditors/1/receipt.csv")
    rows = answer.data.decode("utf-8-sig").splitlines()
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert rows[1].split(";")[1::2] == ["evidence/Bilag-003-stykke.csv", "2", "2026-03-02 12:00:00"]
    assert sum(row.split(";")[1].startswith("evidence/Bilag-00") for row in rows) == 3

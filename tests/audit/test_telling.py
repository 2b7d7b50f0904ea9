"""Findings reach the page of their requirement, what waits for the library, and the next dossier."""

import copy
from collections.abc import Callable

from flask.testing import FlaskClient

from sdg_tracker.access import SYSTEM, Actor
from sdg_tracker.audit import entering, findings, telling
from sdg_tracker.audit.findings import Answer, FindingDetails
from sdg_tracker.audit.states import FindingKind
from sdg_tracker.digest import queries as digest
from sdg_tracker.dossier import pdf, snapshot
from sdg_tracker.foundation.documents import digest as digest_of
from sdg_tracker.foundation.i18n import use_locale
from sdg_tracker.printing.edition import compose
from sdg_tracker.schemes import queries as schemes
from sdg_tracker.work import Library, Workplace
from tests.conftest import NOON
from tests.demo_library import faults
from tests.factories import Factories
from tests.printing import snapshots

Clients = Callable[[Actor | None], FlaskClient]


def test_a_finding_is_told_where_the_library_works_and_in_the_next_dossier(
    workplace: Workplace, library: Library, coordinator: Actor, make: Factories, client_of: Clients
) -> None:
    cycle, _activity = make.cycle(library), make.activity(library)
    with workplace.reading(coordinator) as work:
        none = snapshot.take(work, schemes.cycle(work, 1), 1, "da")
    assert "findings" not in none
    audited = make.edition(library, snapshot=none, cycle_id=cycle.id)
    auditor = entering.actor_of(make.auditor_access(audited))
    code = none["requirements"][0]["code"]
    with workplace.writing(auditor) as work:
        findings.raise_finding(work, 1, FindingDetails(FindingKind.MAJOR, "Planen mangler.\nHelt.", code))
        findings.ask(work, 1, "Hvor er referatet?")
    browser = client_of(coordinator)
    page = browser.get(f"/certification/cycles/1/{code}").text
    assert "Planen mangler." in page
    assert "/editions/1/audit#finding-1" in page
    assert 'href="/editions/1/audit"' in browser.get("/").text
    with workplace.reading(coordinator) as work, use_locale("da"):
        assert len(telling.waiting(work)) == 2
        told = [line.text for section in digest.sections(work, coordinator) for line in section.lines]
        assert "Planen mangler." in told
    with workplace.writing(coordinator) as work:
        findings.answer(work, 1, 1, Answer("Ferie", "Vedtages i maj", NOON.date()))
        findings.reply_to(work, 1, 1, "I skuffen.")
    with workplace.writing(auditor) as work:
        findings.close(work, 1, 1, "Set.")
    assert '/editions/1/audit"' not in browser.get("/").text
    with workplace.reading(SYSTEM, library.id) as work:
        after = snapshot.take(work, schemes.cycle(work, 1), 2, "da")
    assert faults(after) == []
    assert after["findings"] == [
        {
            "edition": 1,
            "number": 1,
            "kind": "major",
            "requirement": code,
            "exhibits": [],
            "text": "Planen mangler.\nHelt.",
            "state": "closed",
            "raised_on": "2026-03-02",
            "cause": "Ferie",
            "correction": "Vedtages i maj",
            "deadline": "2026-03-02",
            "reply": "Set.",
            "closed_on": "2026-03-02",
        }
    ]
    with workplace.writing(SYSTEM, library.id) as work:
        scheme = schemes.cycle(work, 1).scheme
        document = copy.deepcopy(scheme.document)
        document["areas"][0]["criteria"][0]["requirements"][0] |= {"code": "O1.9", "was": [code]}
        scheme.document = document
    with workplace.reading(coordinator) as work:
        renamed = schemes.cycle(work, 1)
        assert [told.text for told in telling.of_requirement(work, renamed, "O1.9")] == ["Planen mangler.\nHelt."]
        assert [row["requirement"] for row in telling.earlier(work, renamed)] == ["O1.9"]
    printed = snapshots.dossier(workplace.blobs, 3, findings=after["findings"])
    _head, html = compose(pdf.TEMPLATE, printed, digest_of(printed))
    assert "Vedtages i maj" in html
    assert "earlier-findings" in html
    again = make.edition(library, snapshot=printed)
    library_looks = browser.get(f"/editions/{again.number}/as-auditor/findings").text
    assert "Vedtages i maj" in library_looks
    assert "Vedtages i maj" in browser.get(f"/editions/{again.number}/as-auditor/requirements/{code}").text

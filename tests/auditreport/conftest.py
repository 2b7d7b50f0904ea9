"""A concluded audit: sample, marks, three findings of which one is closed, and a question."""

from datetime import date

import pytest

from sdg_tracker.access import Actor
from sdg_tracker.audit import auditing, findings
from sdg_tracker.audit.auditing import Conclusion, Marking
from sdg_tracker.audit.findings import Answer, FindingDetails
from sdg_tracker.audit.states import Decision, FindingKind, MarkState, Method
from sdg_tracker.editions.models import Edition
from sdg_tracker.work import Workplace
from tests.audit.conftest import access, auditor, browser, edition

FIXTURES = (access, auditor, browser, edition)  # used by their names


@pytest.fixture
def concluded(workplace: Workplace, edition: Edition, auditor: Actor, coordinator: Actor) -> Edition:
    """The edition whose audit is concluded."""
    with workplace.writing(auditor) as work:
        auditing.draw(work, 1, "2026-03", 4, Method.WEIGHTED)
        auditing.mark(work, 1, [Marking(1, MarkState.ACCEPTED), Marking(2, MarkState.QUESTIONED, "Dato? =1+1 æøå")])
        findings.raise_finding(work, 1, FindingDetails(FindingKind.MAJOR, "Afsender mangler.", "O1.1", [2]))
        findings.raise_finding(work, 1, FindingDetails(FindingKind.OPPORTUNITY, "Vis mere frem."))
        findings.raise_finding(work, 1, FindingDetails(FindingKind.GOOD_PRACTICE, "<b>Frøbiblioteket</b>"))
        findings.ask(work, 1, "Hvor er referatet?", "O1.1")
    with workplace.writing(coordinator) as work:
        findings.answer(work, 1, 1, Answer("Travlhed", "Skabelon med afsender", date(2026, 6, 1)))
        findings.reply_to(work, 1, 1, "I bilag 3.")
    with workplace.writing(auditor) as work:
        findings.close(work, 1, 1, "Godt.")
        auditing.conclude(work, 1, Conclusion(Decision.WITH_CONDITIONS, "Datoer på alle bilag.", "Arbejdet er solidt."))
    return edition

"""The audit of the demo library's dossier: a sample, marks, three findings of which one is closed, a question."""

from datetime import timedelta

from sdg_tracker.access import Actor
from sdg_tracker.audit import auditing, entering, findings, queries, services
from sdg_tracker.audit.auditing import Marking
from sdg_tracker.audit.findings import Answer, FindingDetails
from sdg_tracker.audit.frozen import frozen
from sdg_tracker.audit.states import FindingKind, MarkState, Method
from sdg_tracker.editions import queries as editions
from sdg_tracker.work import Workplace

AUDITOR, DAYS = "auditor@revision.example", 60
SEED, SIZE = "demoby", 12
QUESTIONED = {3: "Hvem har skrevet referatet, og hvornår?"}  # place in the sample -> the note
SEEN = (5, 8)  # places in the sample; the others are accepted as proof, the last ones are not looked at yet
LOOKED_AT = 10
FINDINGS = (  # kind, whether it is about the questioned exhibit, text
    (FindingKind.MINOR, True, "Referatet viser ikke, hvem der deltog, og hvornår det er skrevet."),
    (FindingKind.OPPORTUNITY, False, "Tallene for deltagere kunne følges over flere år og vises for hver aktivitet."),
    (FindingKind.GOOD_PRACTICE, False, "Arbejdet med verdensmålene er synligt i alle tre huse og værd at dele."),
)
ANSWER = (
    "Skabelonen til referater bad ikke om dato og deltagere.",
    "Skabelonen er rettet, og referatet er skrevet om.",
)
QUESTION = "Findes der en oversigt over, hvem der har været på kursus i verdensmålene?"


def audit(workplace: Workplace, coordinator: Actor, edition_number: int) -> bool:
    """Let an auditor look at an edition; return whether that was new."""
    with workplace.writing(coordinator) as work:
        edition = editions.get(work, edition_number)
        if queries.audit_of(work, edition) is not None or queries.of_edition(work, edition):
            return False
        access = services.invite(work, edition_number, AUDITOR, work.today + timedelta(days=DAYS))
        auditor = entering.actor_of(access)
        work.owed.clear()  # nobody reads its mail
    with workplace.writing(auditor) as work:
        drawn = auditing.draw(work, edition_number, SEED, SIZE, Method.WEIGHTED).exhibits
        auditing.mark(work, edition_number, [_marking(place, one) for place, one in enumerate(drawn[:LOOKED_AT])])
        questioned = drawn[min(QUESTIONED)]
        ties = frozen(work.blobs, edition).exhibit(questioned)["requirements"]
        code = ties[0]["code"] if ties else ""
        for kind, about_it, text in FINDINGS:
            details = FindingDetails(kind, text, code, [questioned]) if about_it else FindingDetails(kind, text)
            findings.raise_finding(work, edition_number, details)
        findings.ask(work, edition_number, QUESTION)
    with workplace.writing(coordinator) as work:
        findings.answer(work, edition_number, 1, Answer(*ANSWER, work.today + timedelta(days=DAYS // 2)))
    return True


def _marking(place: int, exhibit: int) -> Marking:
    if place in QUESTIONED:
        return Marking(exhibit, MarkState.QUESTIONED, QUESTIONED[place])
    return Marking(exhibit, MarkState.SEEN if place in SEEN else MarkState.ACCEPTED)

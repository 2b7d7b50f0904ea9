"""Marks, samples, findings, questions and the conclusion, as services; an auditor writes in the own audit only."""

import json
import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from sdg_tracker import trail
from sdg_tracker.access import SYSTEM, Actor, Role
from sdg_tracker.audit import auditing, findings, queries, telling
from sdg_tracker.audit.auditing import Conclusion, Marking
from sdg_tracker.audit.findings import Answer, FindingDetails
from sdg_tracker.audit.models import Audit, Sample
from sdg_tracker.audit.sampling import candidates, draw
from sdg_tracker.audit.states import Decision, FindingKind, MarkState, Method
from sdg_tracker.cli import acting, main
from sdg_tracker.editions.models import Edition
from sdg_tracker.foundation.errors import Conflict, Forbidden, Invalid, NotFound
from sdg_tracker.mail.models import Letter
from sdg_tracker.work import Library, Workplace
from tests.conftest import NOON
from tests.factories import Factories
from tests.printing import snapshots

DEADLINE = NOON.date() + timedelta(days=30)
MAJOR = FindingDetails(FindingKind.MAJOR, "Handleplanen er ikke vedtaget.", "O1.1", (2, 1, 2))


def audit_of(workplace: Workplace, edition: Edition) -> Audit:
    """Return the audit as it is kept."""
    with workplace.reading(SYSTEM, edition.library_id) as work:
        found = queries.audit_of(work, edition)
    assert found is not None
    return found


def test_exhibits_are_marked_and_the_mark_of_another_is_not_lost(
    workplace: Workplace, edition: Edition, auditor: Actor
) -> None:
    with workplace.writing(auditor) as work:
        auditing.mark(work, 1, [Marking(1, MarkState.ACCEPTED), Marking(2, MarkState.QUESTIONED, " Hvilket år? ", 0)])
    audit = audit_of(workplace, edition)
    assert [(row.exhibit, row.mark, row.note, row.marked_by) for row in audit.marks] == [
        (1, "accepted", "", 1),
        (2, "questioned", "Hvilket år?", 1),
    ]
    with pytest.raises(Conflict), workplace.writing(auditor) as work:
        auditing.mark(work, 1, [Marking(3, MarkState.SEEN), Marking(2, MarkState.SEEN, "", 0)])
    assert len(audit_of(workplace, edition).marks) == 2
    with workplace.writing(auditor) as work:
        auditing.mark(work, 1, [Marking(1, None, "", 1), Marking(2, MarkState.QUESTIONED, "Hvilket år?", 0)])
    assert [row.exhibit for row in audit_of(workplace, edition).marks] == [2]
    with pytest.raises(NotFound), workplace.writing(auditor) as work:
        auditing.mark(work, 1, [Marking(99, MarkState.SEEN)])
    with workplace.reading(SYSTEM, edition.library_id) as work:
        told = [(event.action, event.facts) for event in trail.of(work, "audit", 1)]
    assert told == [
        ("audit.begun", {"edition": 1}),
        ("audit.marked", {"marks": {"1": "accepted", "2": "questioned"}}),
        ("audit.marked", {"marks": {"1": ""}}),
    ]


def test_a_sample_is_kept_with_its_seed_and_drawn_again_alike(
    workplace: Workplace, edition: Edition, auditor: Actor
) -> None:
    with workplace.writing(auditor) as work:
        auditing.draw(work, 1, " sommer 2026 ", 4, Method.WEIGHTED)
        auditing.draw(work, 1, "anden", 2, Method.RANDOM)
    first, second = audit_of(workplace, edition).samples
    same = draw(candidates(snapshots.dossier(workplace.blobs, 9)), "sommer 2026", 4, Method.WEIGHTED)
    assert (first.seed, first.exhibits) == ("sommer 2026", same)
    assert first.requirements[0] == "O1.1"
    assert audit_of(workplace, edition).sample is not None
    assert second.number == 2
    for seed, size in (("", 1), ("x" * 101, 1), ("x", 0), ("x", 10)):
        with pytest.raises(Invalid), workplace.writing(auditor) as work:
            auditing.draw(work, 1, seed, size, Method.RANDOM)


def test_a_command_draws_the_samples_again_here_and_from_what_the_auditor_has(
    workplace: Workplace,
    edition: Edition,
    auditor: Actor,
    coordinator: Actor,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(acting, "open_workplace", lambda: workplace)
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(main, ["audit", "sample", *arguments])

    assert run("1").exit_code == 1
    with workplace.writing(auditor) as work:
        drawn = auditing.draw(work, 1, "sommer 2026", 4, Method.WEIGHTED).exhibits
    assert json.loads(run("1", "--json").stdout) == {
        "seed": "sommer 2026", "method": "weighted", "size": 4, "as_drawn": True, "exhibits": drawn,
    }  # fmt: skip
    with workplace.blobs.open(edition.fingerprint) as file:
        snapshot = file.read()
    (tmp_path / "bag" / "x-1" / "data").mkdir(parents=True)
    for path in ("bag/x-1/data/snapshot.json", "snapshot.json"):
        (tmp_path / path).write_bytes(snapshot)
    (tmp_path / "bag/x-1/bagit.txt").touch()
    shutil.make_archive("bag", "zip", "bag")
    again = ("--seed", "sommer 2026", "--size", "4", "--method", "weighted")
    for path in ("bag.zip", "bag", "snapshot.json"):
        assert [int(line.split()[0]) for line in run(path, *again).stdout.splitlines()[1:]] == drawn, path
    assert run("snapshot.json", "--seed", "en anden", "--size", "4", "--json").stdout != run("1", "--json").stdout
    (tmp_path / "other.json").write_text("[]")
    assert [run("other.json", *again).exit_code, run("none.zip", *again).exit_code, run("bag").exit_code] == [1, 1, 2]
    with workplace.writing(coordinator) as work:
        sample = work.session.scalars(sa.select(Sample)).one()
        sample.drawn = {**sample.drawn, "exhibits": drawn[::-1]}
    assert run("1").exit_code == 1


def test_a_finding_goes_from_the_auditor_to_the_library_and_back(
    workplace: Workplace, edition: Edition, auditor: Actor, coordinator: Actor
) -> None:
    with workplace.writing(auditor) as work:
        finding = findings.raise_finding(work, 1, MAJOR)
        noted = findings.raise_finding(work, 1, FindingDetails(FindingKind.GOOD_PRACTICE, "Frøbiblioteket"))
        assert (finding.number, finding.exhibits, finding.state) == (1, [1, 2], "open")
        assert (noted.number, noted.state) == (2, "closed")
    with workplace.writing(auditor) as work:
        findings.revise(work, 1, 1, FindingDetails(FindingKind.MAJOR, "Planen er ikke vedtaget.", "O1.1", (1,)), 1)
    with pytest.raises(Conflict), workplace.writing(auditor) as work:
        findings.close(work, 1, 1)
    with pytest.raises(Conflict), workplace.writing(auditor) as work:
        auditing.conclude(work, 1, Conclusion(Decision.RECOMMENDED, "", "Alt er set."))
    with workplace.writing(coordinator) as work:
        findings.answer(work, 1, 1, Answer("Ferie", "Vedtages i maj", DEADLINE))
    with pytest.raises(Conflict), workplace.writing(auditor) as work:
        findings.revise(work, 1, 1, MAJOR)
    with pytest.raises(Invalid), workplace.writing(auditor) as work:
        findings.send_back(work, 1, 1, " ")
    with workplace.writing(auditor) as work:
        findings.send_back(work, 1, 1, "Hvornår i maj?")
    with workplace.writing(coordinator) as work:
        findings.answer(work, 1, 1, Answer("Ferie", "Vedtages 4. maj", DEADLINE))
    with workplace.writing(auditor) as work:
        findings.close(work, 1, 1, "Set i referatet.")
    found = audit_of(workplace, edition).findings[0]
    assert (found.state, found.correction, found.deadline) == ("closed", "Vedtages 4. maj", DEADLINE)
    for number in (1, 2):
        with pytest.raises(Conflict), workplace.writing(coordinator) as work:
            findings.answer(work, 1, number, Answer("", "For sent", DEADLINE))
    with workplace.reading(SYSTEM, edition.library_id) as work:
        actions = [event.action for event in trail.of(work, "audit", 1)]
    assert actions.count("finding.answered") == 2
    assert actions[-1] == "finding.closed"


def test_an_answer_says_what_is_done_and_by_when(
    workplace: Workplace, edition: Edition, auditor: Actor, coordinator: Actor
) -> None:
    with workplace.writing(auditor) as work:
        findings.raise_finding(work, 1, MAJOR)
        findings.raise_finding(work, 1, FindingDetails(FindingKind.OPPORTUNITY, "Skriv det op på hjemmesiden."))
        findings.ask(work, 1, "Send referatet fra maj.", "O1.2")
    for number, given in ((1, Answer("", " ", DEADLINE)), (1, Answer("", "Rettes", None))):
        with pytest.raises(Invalid), workplace.writing(coordinator) as work:
            findings.answer(work, 1, number, given)
    with workplace.writing(coordinator) as work:
        findings.answer(work, 1, 2, Answer("", "Gør vi.", None))
        assert findings.reply_to(work, 1, 1, "Det kommer.").answered_at == NOON
    with pytest.raises(Invalid), workplace.writing(coordinator) as work:
        findings.reply_to(work, 1, 1, "")
    for code, exhibits in (("Z9", ()), ("", (77,))):
        with pytest.raises(NotFound), workplace.writing(auditor) as work:
            findings.raise_finding(work, 1, FindingDetails(FindingKind.MINOR, "x", code, exhibits))


def test_who_has_begun_is_told_of_an_answer(
    workplace: Workplace, edition: Edition, auditor: Actor, coordinator: Actor, make: Factories
) -> None:
    workplace.settings = replace(workplace.settings, smtp="smtp://127.0.0.1:1")
    with workplace.writing(auditor) as work:
        findings.ask(work, 1, "Hvorfor?")
    make.auditor_access(edition, bound="0" * 64)
    make.auditor_access(edition, bound="0" * 64, revoked_at=NOON)
    with workplace.writing(coordinator) as work:
        findings.reply_to(work, 1, 1, "Derfor.")
        letter = work.session.scalars(sa.select(Letter)).one()
    assert (letter.about, letter.about_number) == ("auditor_access", 2)
    assert "Spørgsmål 1" in letter.body


def test_in_a_concluded_audit_only_findings_go_on_until_it_is_opened_again(
    workplace: Workplace, edition: Edition, auditor: Actor, coordinator: Actor
) -> None:
    for wrong in (Conclusion(Decision.RECOMMENDED), Conclusion(Decision.WITH_CONDITIONS, "", "Tekst")):
        with pytest.raises(Invalid), workplace.writing(auditor) as work:
            auditing.conclude(work, 1, wrong)
    with workplace.writing(auditor) as work:
        findings.ask(work, 1, "Hvorfor?")
        findings.raise_finding(work, 1, FindingDetails(FindingKind.MINOR, "Referatet er uden dato."))
        findings.raise_finding(work, 1, FindingDetails(FindingKind.OPPORTUNITY, "Skriv det på hjemmesiden."))
        auditing.conclude(work, 1, Conclusion(Decision.WITH_CONDITIONS, "Planen vedtages.", "Set alt."))
    audit = audit_of(workplace, edition)
    assert (audit.concluded, audit.decision, audit.concluded_at, audit.concluded_by) == (
        True,
        "with_conditions",
        NOON,
        1,
    )
    for step in (
        lambda work: auditing.mark(work, 1, [Marking(1, MarkState.SEEN)]),
        lambda work: auditing.draw(work, 1, "x", 1, Method.RANDOM),
        lambda work: findings.raise_finding(work, 1, MAJOR),
        lambda work: auditing.conclude(work, 1, Conclusion(Decision.RECOMMENDED, "", "Igen")),
    ):
        with pytest.raises(Conflict), workplace.writing(auditor) as work:
            step(work)
    with pytest.raises(Conflict), workplace.writing(coordinator) as work:
        findings.reply_to(work, 1, 1, "For sent")
    with workplace.writing(coordinator) as work:
        assert [row.number for row in telling.waiting(work)] == [1]  # nobody waits for more
        findings.answer(work, 1, 1, Answer("", "Datoen sættes på.", NOON.date() + telling.SOON))
    with workplace.writing(auditor) as work:
        findings.send_back(work, 1, 1, "Hvornår?")
    with workplace.writing(coordinator) as work:
        assert not telling.promised(work)
        findings.answer(work, 1, 1, Answer("", "Datoen er sat på.", NOON.date() + telling.SOON))
        assert [row.number for row in telling.promised(work)] == [1]
    with workplace.writing(auditor) as work:
        assert findings.close(work, 1, 1).state == "closed"
        assert findings.close(work, 1, 2).state == "closed"
    with workplace.writing(auditor) as work:
        assert not telling.promised(work)
        auditing.reopen(work, 1)
    assert audit_of(workplace, edition).text == "Set alt."
    with pytest.raises(Conflict), workplace.writing(auditor) as work:
        auditing.reopen(work, 1)


def test_each_writes_what_is_theirs(
    workplace: Workplace, library: Library, edition: Edition, auditor: Actor, coordinator: Actor, make: Factories
) -> None:
    make.edition(library, b"two", snapshot=snapshots.dossier(workplace.blobs, 9, number=2))
    reader = make.member(library, Role.READER)
    member = make.member(library, Role.AUDITOR)
    for actor, number in ((auditor, 2), (coordinator, 1), (reader, 1), (member, 1)):
        with pytest.raises(Forbidden), workplace.writing(actor) as work:
            findings.raise_finding(work, number, MAJOR)
    with workplace.writing(auditor) as work:
        findings.raise_finding(work, 1, MAJOR)
    for actor in (auditor, reader, member):
        with pytest.raises(Forbidden), workplace.writing(actor) as work:
            findings.answer(work, 1, 1, Answer("", "Selv", DEADLINE))
    for actor in (coordinator, reader):
        with pytest.raises(Forbidden), workplace.writing(actor) as work:
            auditing.conclude(work, 1, Conclusion(Decision.RECOMMENDED, "", "Selv"))

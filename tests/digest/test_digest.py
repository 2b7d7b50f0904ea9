"""The weekly digest: what it says, to whom, and when."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from sdg_tracker.access import SYSTEM, Actor, Role
from sdg_tracker.digest import queries, rules, services
from sdg_tracker.digest.models import Digest
from sdg_tracker.digest.rules import Line, Section
from sdg_tracker.evidence.models import Evidence, Tie
from sdg_tracker.foundation.i18n import use_locale
from sdg_tracker.keeping.models import Backup, Fixity
from sdg_tracker.mail import services as mail
from sdg_tracker.work import Library, Workplace
from tests.conftest import NOON
from tests.factories import Factories
from tests.mail import server

MONDAY = date(2026, 3, 2)


def said(workplace: Workplace, actor: Actor) -> dict[str, list[str]]:
    with use_locale("en"), workplace.reading(SYSTEM, actor.library_id) as work:
        found = queries.sections(work, actor)
        assert all(section.total >= len(section.lines) for section in found)
        return {section.title: [line.text for line in section.lines] for section in found}


def test_staff_are_told_what_is_theirs(
    workplace: Workplace, make: Factories, library: Library, staff: Actor, coordinator: Actor
) -> None:
    for state in ("returned", "draft", "submitted"):
        make.evidence(library, title=f"Mit {state}", state=state, added_by=staff.number)
        make.evidence(library, title=f"En andens {state}", state=state, added_by=coordinator.number)
    make.request(staff, "Referat", due_on=date(2026, 3, 1))
    make.request(staff, "Billede", due_on=date(2026, 3, 9))
    make.request(coordinator, "Tal")
    make.link(library, state="failed", title="Artikel", added_by=staff.number)
    make.link(library, state="failed", title="En andens", added_by=coordinator.number)
    assert said(workplace, staff) == {
        "You were asked for": ["Referat – was due on 1 March 2026", "Billede – by 9 March 2026"],
        "Sent back to you": ["Mit returned"],
        "Your drafts": ["Mit draft"],
        "Links without a copy": ["Artikel"],
    }


def test_the_coordinator_is_told_what_waits_in_the_library(
    workplace: Workplace, make: Factories, library: Library, staff: Actor, coordinator: Actor
) -> None:
    cycle = make.cycle(library)
    make.evidence(library, title="Til gennemgang", state="submitted")
    expired: dict[str, Any] = {"state": "accepted", "accepted_version": 1}
    make.evidence(library, title="Udløbet", valid_until=date(2026, 3, 1), **expired)
    soon = make.evidence(library, title="Snart", collected_on=date(2025, 4, 1), valid_until=date(2026, 4, 1), **expired)
    make.evidence(library, title="I karantæne", quarantined_at=NOON)
    make.link(library, make.evidence(library, title="Artikel", **expired), standing="dead")
    make.request(staff, "Referat", due_on=date(2026, 3, 1))
    _rule(workplace, library, soon, cycle.id)
    with workplace.writing(SYSTEM) as work:
        work.session.add(Fixity(sha256="a" * 64, size=1, checked_at=NOON, result="missing"))
        work.session.add(Backup(began_at=NOON, by_worker=True, outcome="failed"))
    found = said(workplace, coordinator)
    assert [text.partition(": ")[2] for text in found.pop("Overdue requests")] == ["Referat"]
    assert found == {
        "To be reviewed": ["Til gennemgang"],
        "In quarantine": ["I karantæne"],
        "Expired": ["Udløbet – 1 March 2026, set by hand"],
        "Expires within 60 days": ["Snart – 1 April 2026, by the rule of T1.2"],
        "Dead links": ["Artikel"],
        "Trouble with the installation": ["1 stored file is damaged", "The last backup could not be made"],
    }


def _rule(workplace: Workplace, library: Library, evidence: Evidence, cycle_id: int) -> None:
    """Tie a piece to a requirement that takes it a year old."""
    from sdg_tracker.schemes.models import Requirement

    with workplace.writing(SYSTEM, library.id) as work:
        work.session.add(Tie(evidence_id=evidence.id, cycle_id=cycle_id, requirement_code="T1.2", added_at=NOON))
        for row in work.session.scalars(sa.select(Requirement).where(Requirement.code == "T1.2")):
            needs = {**row.definition["evidence"], "max_age_months": 12}
            row.definition = {**row.definition, "evidence": needs}


def test_a_digest_is_mailed_once_a_week_and_only_when_there_is_something(
    workplace: Workplace, make: Factories, library: Library, staff: Actor, coordinator: Actor
) -> None:
    make.member(library, Role.READER)
    idle = make.member(library, Role.STAFF)
    make.evidence(library, title="Mit billede", state="returned", added_by=staff.number)
    with server.serving() as box:
        workplace.settings = replace(workplace.settings, smtp=box.setting, url="https://maal.example/")
        for day, hour in ((1, 12), (2, 5), (2, 6), (2, 9), (3, 9), (4, 9)):
            workplace.clock = lambda day=day, hour=hour: datetime(2026, 3, day, hour, tzinfo=UTC)  # type: ignore[misc]
            services.write_all(workplace)
            assert _written(workplace, library) == (0 if (day, hour) < (2, 6) else 3)
            _post(workplace, library)
        [letter] = box.letters
        text = letter.get_content().replace("\r\n", "\n")
        assert letter["Subject"] == "Det venter på dig hos Demoby Bibliotekerne"
        assert "Sendt tilbage til dig (1)\n- Mit billede\n  https://maal.example/evidence/1\n" in text
        make.evidence(library, state="draft", added_by=idle.number)
        workplace.clock = lambda: datetime(2026, 3, 9, 9, tzinfo=UTC)
        services.write_all(workplace)
        _post(workplace, library)
        assert len(box.letters) == 3


def _written(workplace: Workplace, library: Library) -> int:
    with workplace.reading(SYSTEM, library.id) as work:
        return work.session.scalar(sa.select(sa.func.count()).select_from(Digest)) or 0


def _post(workplace: Workplace, library: Library) -> None:
    with workplace.reading(SYSTEM, library.id) as work:
        mail.owe_again(work, True)  # noqa: FBT003
        owed = list(work.owed)
    for _job, arguments in owed:
        mail.deliver(workplace, *arguments)


def test_of_two_workers_one_writes_it(workplace: Workplace, library: Library, staff: Actor) -> None:
    with workplace.writing(SYSTEM, library.id) as work:
        services.write(work, staff, MONDAY)
    with pytest.raises(sa.exc.IntegrityError), workplace.writing(SYSTEM, library.id) as work:
        services.write(work, staff, MONDAY)


@pytest.mark.parametrize(
    ("day", "hour", "week"),
    [
        (1, 12, None),
        (2, 6, None),
        (2, 7, MONDAY),
        (3, 0, MONDAY),
        (4, 7, None),
        (8, 23, None),
        (9, 7, date(2026, 3, 9)),
    ],
)
def test_when_it_is_written(day: int, hour: int, week: date | None) -> None:
    assert rules.week_of(datetime(2026, 3, day, hour)) == week  # noqa: DTZ001 - the library's own time


def test_a_letter_says_how_many_more_there_are() -> None:
    section = Section("Drafts", 12, [Line("One", "/evidence/1"), Line("Two")], "/evidence?state=draft")
    with use_locale("en"):
        text = rules.as_text([section], "https://maal.example", "Demoby")
    assert text == (
        "This waits for you at Demoby:\n\nDrafts (12)\n- One\n  https://maal.example/evidence/1\n- Two\n- and 10 more\n"
        "https://maal.example/evidence?state=draft\n\n-- \nDemoby\n"
    )


def test_the_page_shows_what_the_letter_would_say(
    workplace: Workplace, make: Factories, library: Library, staff: Actor, client_of: Callable[[Any], FlaskClient]
) -> None:
    browser = client_of(staff)
    with browser.session_transaction() as session:
        session["language"] = "en"
    assert "Nothing waits" in browser.get("/digest").text
    make.evidence(library, title="Mit <billede>", state="returned", added_by=staff.number)
    shown = browser.get("/digest").text
    assert '<a href="/evidence/1">Mit &lt;billede&gt;</a>' in shown
    assert "No mail is sent here" in shown

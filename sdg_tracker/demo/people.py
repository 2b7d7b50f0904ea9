"""Who is in the demo library's pictures, and what the people in them agreed to. Nobody in them exists."""

from collections.abc import Mapping
from datetime import date, timedelta

from sdg_tracker.evidence import consents
from sdg_tracker.evidence.consents import ConsentDetails
from sdg_tracker.evidence.people import About, People
from sdg_tracker.work import Work

PERSONS, HOLDS = 6, timedelta(days=3 * 365)
INFORMED = "Skilt ved døren, og sagt ved begyndelsen"


def describe(work: Work, number: int, row: Mapping[str, str]) -> None:
    """Say what a row of the plan knows of the people in a picture, and add its consent where it has one."""
    if row["people"] != People.YES:
        return
    about = About(People.YES, row["children"] == "yes", basis=row["basis"], reason=row["reason_da"], informed=INFORMED)
    consents.describe(work, number, about)
    if row["consent"]:
        given = date.fromisoformat(row["collected_on"])
        scopes = frozenset(row["consent"].split(";"))
        details = ConsentDetails(scopes, given, work.today + HOLDS, PERSONS, f"samtykke {number}")
        consents.add(work, number, details)

"""What people say of a piece of evidence, and what is wrong with it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sdg_tracker.activities.models import Activity
from sdg_tracker.evidence import guarding, queries
from sdg_tracker.foundation.errors import Invalid, words
from sdg_tracker.foundation.i18n import LANGUAGES, lazy
from sdg_tracker.work import Work

ALT_LONGEST = 500  # characters
SOURCE_LONGEST = 300  # characters

words(
    {
        "evidence-kind-unknown": lazy("There is no kind of evidence called %(kind)s. There are: %(known)s."),
        "evidence-title-long": lazy("The title is longer than %(limit)s characters."),
        "evidence-activity-withdrawn": lazy("Activity %(number)s is withdrawn. Choose another one."),
        "evidence-activity-unknown": lazy("There is no activity %(number)s in this library."),
        "evidence-alt-long": lazy("The alternative text is longer than %(limit)s characters."),
        "evidence-source-long": lazy("The source is longer than %(limit)s characters."),
        "evidence-valid-before": lazy("It can't expire before it was made."),
        "evidence-language-unknown": lazy("Choose a language from the list."),
        "evidence-day-ahead": lazy("The day lies ahead. Choose the day on which it was made."),
    }
)


@dataclass(frozen=True)
class EvidenceDetails:
    """What people say of a piece of evidence. Empty title and kind are found from the file."""

    title: str = ""
    kind: str = ""
    description: str = ""
    collected_on: date | None = None
    public: bool = False
    activity: int | None = None  # number
    language: str = "da"
    alt: str = ""
    source: str = ""
    people: str = ""  # of people.People; empty leaves it as it is, and with a new picture nobody has said
    no_cpr: bool = False  # what looks like a CPR number in these texts is none
    valid_until: date | None = None  # of a new piece: None leaves it to the requirements that it is tied to
    draft: bool = False  # of a new piece: it is not to be reviewed yet
    unfinished: bool = False  # of a new piece: its giver may still say more of it


def chosen_activity(work: Work, number: int | None) -> Activity | None:
    """Return the activity of that number. Raises Invalid for one that is not there or is withdrawn."""
    if number is None:
        return None
    found = queries.activity(work, number)
    if found is None:
        raise Invalid("evidence-activity-unknown", field="activity", number=number)
    if found.withdrawn_at is not None:
        raise Invalid("evidence-activity-withdrawn", field="activity", number=number)
    return found


def check_details(work: Work, details: EvidenceDetails) -> None:
    """Raise Invalid for the first thing that is wrong; the activity is not looked at."""
    known = queries.kinds(work)
    if details.kind not in known:
        raise Invalid("evidence-kind-unknown", field="kind", kind=details.kind, known=list(known))
    for problem in problems(details, work.today):
        raise problem


def problems(details: EvidenceDetails, today: date) -> Iterator[Invalid]:
    """Yield what is wrong with what is said of a piece; its kind and its activity are not looked at."""
    limit = 300
    if len(details.title) > limit:
        yield Invalid("evidence-title-long", field="title", limit=limit)
    if details.collected_on is not None and details.collected_on > today:
        yield Invalid("evidence-day-ahead", field="collected_on")
    until, made = details.valid_until, details.collected_on
    if until is not None and made is not None and until < made:
        yield Invalid("evidence-valid-before", field="valid_until")
    for value, field, longest in ((details.alt, "alt", ALT_LONGEST), (details.source, "source", SOURCE_LONGEST)):
        if len(value.strip()) > longest:
            yield Invalid(f"evidence-{field}-long", field=field, limit=longest)
    if details.language not in LANGUAGES:
        yield Invalid("evidence-language-unknown", field="language")
    try:
        guarding.check_answer(details.people)
        if not details.no_cpr:
            guarding.check_typed(
                title=details.title, description=details.description, alt=details.alt, source=details.source
            )
    except Invalid as problem:
        yield problem

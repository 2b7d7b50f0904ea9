"""What holds for an activity, its figures and its mappings: plain functions on values."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlsplit

from sdg_tracker.activities.states import Contribution, Qualifier, Stance, Status
from sdg_tracker.foundation.errors import Invalid, words
from sdg_tracker.foundation.i18n import LOCALES, Text, lazy
from sdg_tracker.goals.rules import goal_of

SECONDARY_LIMIT = 4  # beside the main one; an honest mapping is worth more than a long one
MAPPING_LIMIT = SECONDARY_LIMIT + 1
TITLE_LIMIT = 300  # characters, as the columns have it
REASON_LIMIT = 500
ADDRESS_LIMIT = 500
NAME_LIMIT = 200
DESCRIPTION_LIMIT = 10_000
FIRST_YEAR, LAST_YEAR = 1900, 2200
HEADCOUNT_LIMIT = 10_000_000  # people

STATUS_NAMES: Mapping[Status, Text] = {
    Status.PLANNED: lazy("Planned"),
    Status.ONGOING: lazy("Ongoing"),
    Status.HELD: lazy("Held"),
    Status.CANCELLED: lazy("Cancelled"),
}
QUALIFIER_NAMES: Mapping[Qualifier, Text] = {
    Qualifier.EXACT: lazy("exactly"),
    Qualifier.MORE_THAN: lazy("more than"),
    Qualifier.ABOUT: lazy("about"),
}
STANCE_NAMES: Mapping[Stance, Text] = {
    Stance.SUPPORTS: lazy("Supports"),
    Stance.AGAINST: lazy("Works against"),
    Stance.UNKNOWN: lazy("Don't know"),
}
CONTRIBUTION_NAMES: Mapping[Contribution, Text] = {
    Contribution.DIRECT: lazy("Direct"),
    Contribution.INDIRECT: lazy("Indirect"),
}

words(
    {
        "activity-title-missing": lazy("Give the activity a title."),
        "text-too-long": lazy("At most %(limit)s characters; this has %(found)s."),
        "activity-type-missing": lazy("Give the activity a type, one of: %(known)s."),
        "activity-type-unknown": lazy("There is no type %(value)s. Choose one of: %(known)s."),
        "audience-unknown": lazy("There is no audience %(value)s. Choose among: %(known)s."),
        "activity-branch-unknown": lazy("There is no branch %(value)s. Choose among: %(known)s."),
        "campaign-unknown": lazy("There is no campaign %(value)s. Choose among: %(known)s."),
        "partner-unknown": lazy("There is no partner %(value)s. Choose among: %(known)s."),
        "strategy-action-unknown": lazy("There is no strategy action %(value)s. Choose among: %(known)s."),
        "activity-owner-unknown": lazy("There is no such person in the library."),
        "days-not-in-order": lazy("The last day, %(ends_on)s, is before the first, %(starts_on)s."),
        "end-without-start": lazy("There is a last day but no first day. Give the first day too."),
        "year-differs": lazy(
            "The date is in %(expected)s, the year says %(found)s. Leave the year empty, or correct it."
        ),
        "year-out-of-range": lazy("A year is written with four digits, such as 2025; this says %(found)s."),
        "headcount-out-of-range": lazy("A number of people is a whole number from 0 to %(limit)s."),
        "qualifier-without-figure": lazy("There is a qualifier but no figure. Give the figure too."),
        "address-not-a-link": lazy("A link begins with https:// or http://; this says %(found)s."),
        "text-language-unknown": lazy("The language is one of %(known)s, not %(found)s."),
        "code-unknown": lazy(
            "%(value)s is neither a goal nor a target. Goals are written 1 to 17, targets such as 4.7 or 4.a."
        ),
        "code-twice": lazy("%(value)s is chosen twice. Take one of them away."),
        "goal-covered": lazy("Target %(target)s is part of goal %(goal)s, so it covers the goal. Keep one of the two."),
        "main-twice": lazy("There are two main mappings, %(codes)s. Choose one; the others are secondary."),
        "main-must-support": lazy(
            "The main mapping is what the activity supports. Make %(value)s secondary to say that it works against it "
            "or that you don't know."
        ),
        "secondary-too-many": lazy(
            "At most %(limit)s secondary mappings; these are %(found)s. Keep those that say the most."
        ),
        "reason-not-one-line": lazy("Write the reason on one line."),
    }
)


@dataclass(frozen=True)
class Figure:
    """A number of people, and how it is to be read."""

    value: int
    qualifier: Qualifier = Qualifier.EXACT


@dataclass(frozen=True)
class ActivityDetails:
    """What a person enters about an activity. Houses, campaigns, partners and actions are codes."""

    title: str
    type: str
    status: Status = Status.HELD
    description: str = ""
    language: str = "da"  # of title and description
    starts_on: date | None = None
    ends_on: date | None = None
    year: int | None = None  # only where no date is known; a date brings its own
    branches: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    campaigns: tuple[str, ...] = ()
    partners: tuple[str, ...] = ()
    strategy_actions: tuple[str, ...] = ()
    owner_number: int | None = None
    source_library: str = ""
    source_url: str = ""
    attendance: Figure | None = None  # people who came
    signups: int | None = None  # people who signed up
    helped: int | None = None  # people who got help


@dataclass(frozen=True)
class MappingChoice:
    """A goal or target that somebody chose for an activity."""

    code: str
    main: bool = False
    stance: Stance = Stance.SUPPORTS
    contribution: Contribution | None = None  # None: nobody has said
    reason: str = ""


def total(figures: Iterable[Figure]) -> Figure | None:
    """Return the sum, None of nothing.

    "More than" stays "more than": a sum with one in it is "more than"; else one with an "about" in it is "about".
    """
    parts = list(figures)
    if not parts:
        return None
    found = {part.qualifier for part in parts}
    surest_last = (Qualifier.MORE_THAN, Qualifier.ABOUT, Qualifier.EXACT)
    return Figure(sum(part.value for part in parts), next(q for q in surest_last if q in found))


def year_of(starts_on: date | None, year: int | None) -> int | None:
    """Return the year of an activity: that of its first day, else the one given.

    Raises Invalid when the two differ or the year is none.
    """
    if starts_on is None:
        if year is not None and not FIRST_YEAR <= year <= LAST_YEAR:
            raise Invalid("year-out-of-range", field="year", found=year)
        return year
    if not FIRST_YEAR <= starts_on.year <= LAST_YEAR:
        raise Invalid("year-out-of-range", field="starts_on", found=starts_on.year)
    if year is not None and year != starts_on.year:
        raise Invalid("year-differs", field="year", expected=starts_on.year, found=year)
    return starts_on.year


def checked(details: ActivityDetails) -> ActivityDetails:
    """Return the details with their texts trimmed. Raises Invalid at the first field that does not hold."""
    details = tidied(details)
    for problem in problems(details):
        raise problem
    return details


def tidied(details: ActivityDetails) -> ActivityDetails:
    """Return the details with their texts trimmed and those that are one line made one."""
    return replace(
        details,
        title=one_line(details.title),
        description=details.description.replace("\r\n", "\n").strip(),
        source_library=one_line(details.source_library),
        source_url=details.source_url.strip(),
    )


def problems(details: ActivityDetails) -> Iterator[Invalid]:
    """Yield everything that does not hold in tidied details, each naming its field."""
    if not details.title:
        yield Invalid("activity-title-missing", field="title")
    for field, text, limit in (
        ("title", details.title, TITLE_LIMIT),
        ("description", details.description, DESCRIPTION_LIMIT),
        ("source_library", details.source_library, NAME_LIMIT),
        ("source_url", details.source_url, ADDRESS_LIMIT),
    ):
        if len(text) > limit:
            yield Invalid("text-too-long", field=field, limit=limit, found=len(text))
    if details.language not in LOCALES:
        yield Invalid("text-language-unknown", field="language", known=", ".join(LOCALES), found=details.language)
    if details.source_url and not is_link(details.source_url):
        yield Invalid("address-not-a-link", field="source_url", found=details.source_url)
    yield from _problems_of_days(details)
    attendance = details.attendance.value if details.attendance else None
    for field, value in (("attendance", attendance), ("signups", details.signups), ("helped", details.helped)):
        if value is not None and not 0 <= value <= HEADCOUNT_LIMIT:
            yield Invalid("headcount-out-of-range", field=field, limit=HEADCOUNT_LIMIT)


def _problems_of_days(details: ActivityDetails) -> Iterator[Invalid]:
    first, last = details.starts_on, details.ends_on
    try:
        year_of(first, details.year)
    except Invalid as problem:
        yield problem
    if last is not None and first is None:
        yield Invalid("end-without-start", field="starts_on")
    if last is not None and first is not None and last < first:
        days = {"starts_on": first.isoformat(), "ends_on": last.isoformat()}
        yield Invalid("days-not-in-order", field="ends_on", **days)


def is_link(text: str) -> bool:
    """Return whether a text is an address that a page may link to."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not re.search(r"\s", text)


def one_line(text: str) -> str:
    """Return the text with every run of blanks and line ends as one blank."""
    return " ".join(text.split())


def arranged(choices: Sequence[MappingChoice], known: Collection[str]) -> list[MappingChoice]:
    """Return the choices in the order in which they are kept: the main one first, the others as they came.

    ``known`` holds the codes of all goals and targets. What is not supported has no contribution. Raises Invalid,
    with the position of the choice to blame as fact ``position``, when the choices break a rule.
    """
    kept: list[MappingChoice] = []
    for position, choice in enumerate(choices):
        if choice.code not in known:
            raise Invalid("code-unknown", field="code", position=position, value=choice.code)
        if choice.code in [other.code for other in kept]:
            raise Invalid("code-twice", field="code", position=position, value=choice.code)
        if choice.main and choice.stance is not Stance.SUPPORTS:
            raise Invalid("main-must-support", field="stance", position=position, value=choice.code)
        if len(choice.reason) > REASON_LIMIT:
            raise Invalid(
                "text-too-long", field="reason", position=position, limit=REASON_LIMIT, found=len(choice.reason)
            )
        if "\n" in choice.reason.strip() or "\r" in choice.reason.strip():
            raise Invalid("reason-not-one-line", field="reason", position=position)
        supports = choice.stance is Stance.SUPPORTS
        contribution = choice.contribution if supports else None
        kept.append(replace(choice, contribution=contribution, reason=one_line(choice.reason)))
    _check_together(kept)
    return sorted(kept, key=lambda choice: not choice.main)


def _check_together(choices: Sequence[MappingChoice]) -> None:
    codes = [choice.code for choice in choices]
    for position, code in enumerate(codes):
        goal = goal_of(code)
        if goal != code and goal in codes:
            second = max(position, codes.index(goal))
            raise Invalid("goal-covered", field="code", position=second, target=code, goal=goal)
    mains = [position for position, choice in enumerate(choices) if choice.main]
    if len(mains) > 1:
        both = " + ".join(codes[position] for position in mains)
        raise Invalid("main-twice", field="code", position=mains[1], codes=both)
    secondary = len(choices) - len(mains)
    if secondary > SECONDARY_LIMIT:
        raise Invalid(
            "secondary-too-many", field="code", position=len(choices) - 1, limit=SECONDARY_LIMIT, found=secondary
        )


def folded(goals: Sequence[str], targets: Sequence[str]) -> list[str]:
    """Return goals and targets as one list of codes: a goal with targets becomes those targets, in the goal's place.

    Targets of goals that are not named come last, in the order given. Nothing is named twice.
    """
    codes: list[str] = []
    for goal in goals:
        codes += [target for target in targets if goal_of(target) == goal] or [goal]
    codes += [target for target in targets if goal_of(target) not in goals]
    return list(dict.fromkeys(codes))

"""How pledges and initiatives stand on a day: plain functions on plain values.

What a measure shows on a day is what its readings say of periods that were over by then, also where they were read
later. Nothing is claimed where readings are lacking: that is ``no_data``, and what is lacking is told.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any

from sdg_tracker.measures.periods import MONTHS, Period, between
from sdg_tracker.measures.rules import Figure, written
from sdg_tracker.measures.states import Aggregation, Direction, Frequency, Qualifier
from sdg_tracker.plans.states import Answer, InitiativeState, Kind, Per, Status

Row = Mapping[str, Any]
ADDED_UP = (Aggregation.SUM.value, Aggregation.MEAN.value)
SAMPLE = 5  # pieces of evidence that a self-check looks at
LAST_QUARTER = 10  # month in which it begins


@dataclass(frozen=True)
class Progress:
    """How a pledge stands, and the numbers that say so."""

    status: Status
    numbers: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Happened:
    """That something recurring happened ``count`` times by a day. ``period``: that it counts for, else the day's."""

    day: date
    count: int = 1
    period: str = ""


@dataclass(frozen=True)
class Check:
    """A self-check of a standing rule."""

    year: int
    day: date
    answer: Answer
    told: Row = field(default_factory=dict)  # what else is said of it


@dataclass(frozen=True)
class Work:
    """An activity as an initiative sees it. ``last`` is None while it goes on."""

    number: int
    first: date
    last: date | None
    carried_out: bool  # held or under way, not only planned
    proved: bool  # has evidence that counts


# Measurable: a straight line from the baseline to the target.


def measurable(pledge: Row, measure: Row | None, figure: Callable[[str], Figure], day: date) -> Progress:
    """Return how a pledge with a measure stands against the straight line from its baseline to its target.

    The line begins on the last day of the baseline's period and ends on the day that the pledge is due. Compared is
    the newest stretch as long as that period which lies after it and is whole: for a measure that is read quarterly
    and a baseline of a year, the last four quarters that have all their readings. A figure that is the last of a year,
    or a rate, is compared as it was read last. ``figure`` gives what the measure comes to in a period. From the due
    day on only the stretch that ends by it counts.
    """
    aims = _aims(pledge, measure)
    if measure is None or isinstance(aims, str):
        return Progress(Status.NO_DATA, {**_NOTHING, "why": "measure" if measure is None else aims})
    line = aims
    numbers = {
        **_NOTHING,
        "baseline": {"period": line.period, "value": written(line.start)},
        "target": {"due_on": line.due.isoformat(), "value": written(line.end)},
    }
    frequency = Frequency(measure["frequency"])
    size = _stretch(measure, line, frequency)
    over = _over(line, frequency, min(day, line.due))
    if len(over) < size:
        return Progress(Status.NOT_DUE, numbers)
    figures = [figure(period.code) for period in over]
    seen = [
        _Observed(over[end - size + 1 : end + 1], figures[end - size + 1 : end + 1], measure["aggregation"])
        for end in range(size - 1, len(over))
    ]
    whole = [one for one in seen if one.whole]
    numbers["missing"] = [list(lack) for found in figures for lack in found.missing]
    numbers["observations"] = [
        {
            "period": one.label,
            "last": one.last.isoformat(),
            "value": written(one.value),
            "wanted": written(line.at(one.last)),
            "qualifier": one.qualifier,
        }
        for one in whole
    ]
    if day >= line.due:
        whole = [one for one in whole if one is seen[-1]]
    if not whole:
        return Progress(Status.NO_DATA, {**numbers, "why": "readings"})
    newest = whole[-1]
    numbers.update(
        wanted=written(line.at(newest.last)),
        found=written(newest.value),
        qualifier=newest.qualifier,
        period=newest.label,
        readings=list(newest.readings),
    )
    broken = [change["from"] for change in measure["changes"] if line.first < _iso(change["first"]) <= newest.last]
    if broken:
        return Progress(Status.NO_DATA, {**numbers, "why": "broken", "broken": broken[-1]})
    reached = line.reached(newest.value, line.at(newest.last), newest.qualifier)
    if reached is None:
        return Progress(Status.NO_DATA, {**numbers, "why": "qualifier"})
    return Progress(_REACHED[day >= line.due, reached], numbers)


_REACHED = {  # the day has come, the value is on the good side of the line
    (True, True): Status.KEPT,
    (True, False): Status.MISSED,
    (False, True): Status.ON_TRACK,
    (False, False): Status.BEHIND,
}
_NOTHING: Row = {"wanted": None, "found": None, "period": None, "observations": [], "missing": []}


@dataclass(frozen=True)
class _Line:
    period: str  # of the baseline
    first: date  # last day of it
    start: Decimal
    due: date
    end: Decimal
    down: bool  # the lower the better

    def at(self, day: date) -> Decimal:
        """Return the value that the line has on a day, to four decimals."""
        share = Decimal((day - self.first).days) / Decimal((self.due - self.first).days)
        return round(self.start + (self.end - self.start) * min(share, Decimal(1)), 4)

    def reached(self, value: Decimal, wanted: Decimal, qualifier: str) -> bool | None:
        """Return whether the value is on the good side of the line; None where "more than" can't tell."""
        good = value <= wanted if self.down else value >= wanted
        if qualifier == Qualifier.MORE_THAN and good == self.down:
            return None
        return good


def _aims(pledge: Row, measure: Row | None) -> "_Line | str":
    """Return the line, or the name of what is lacking for it. What the pledge does not say the measure does."""
    measure = measure or {}
    baseline = pledge["baseline"] or measure.get("baseline")
    target = pledge["target"] or measure.get("target")
    if not baseline or not baseline["period"]:
        return "baseline"
    if not target:
        return "target"
    due = (
        _iso(pledge["due_on"])
        if pledge["due_on"]
        else Period.parse(target["period"]).last
        if target["period"]
        else None
    )
    first = Period.parse(baseline["period"]).last
    if due is None or due <= first:
        return "due_on"
    start, end = Decimal(baseline["value"]), Decimal(target["value"])
    down = end < start or (end == start and measure.get("direction") == Direction.DOWN)
    return _Line(baseline["period"], first, start, due, end, down)


def _stretch(measure: Row, line: _Line, frequency: Frequency) -> int:
    """Return how many readings make up what is compared with the baseline."""
    if measure["aggregation"] not in ADDED_UP:
        return 1
    return max(1, MONTHS[Period.parse(line.period).frequency] // MONTHS[frequency])


def _over(line: _Line, frequency: Frequency, day: date) -> list[Period]:
    """Return the periods of the measure after the baseline that were over by a day."""
    first = Period.of(line.first + timedelta(days=1), frequency)
    if first.first <= line.first:
        first = first.next
    return [period for period in between(first, Period.of(day, frequency)) if period.last <= day]


class _Observed:
    """What some periods in a row come to together."""

    def __init__(self, periods: Sequence[Period], figures: Sequence[Figure], aggregation: str) -> None:
        self.last = periods[-1].last
        self.whole = all(found.value is not None and not found.missing for found in figures)
        values = [found.value or Decimal(0) for found in figures]
        self.value = sum(values, Decimal(0))
        if aggregation == Aggregation.MEAN:
            self.value = round(self.value / len(values), 4)
        said = {found.qualifier for found in figures}
        self.qualifier = next((one.value for one in Qualifier if one.value in said), Qualifier.EXACT.value)
        self.readings = [number for found in figures for number in found.readings]
        first = periods[0]
        year = len(periods) * MONTHS[first.frequency] == MONTHS[Frequency.YEAR] and first.ordinal == 1
        joined = f"{first.code}/{periods[-1].code}" if len(periods) > 1 else first.code
        self.label = f"{first.year}" if year else joined


# Recurring: so many times in each period.


def recurring(pledge: Row, happened: Iterable[Happened], first: date, last: date, day: date) -> Progress:
    """Return how a pledge to do something so many times in each period stands.

    It is asked for from the day it was adopted, ``first`` at the earliest, to the day that it is due, else ``last``. A
    period of which less than half lies in that time is not asked for. What has to be done every week is counted by the
    quarter, a week belonging to the quarter of its Thursday. What counts for a period but came after it is late, and
    makes it up. The running period has to be as full as its days are spent.
    """
    begun = max(first, _iso(pledge["adopted_on"])) if pledge["adopted_on"] else first
    ends = min(last, _iso(pledge["due_on"])) if pledge["due_on"] else last
    per, times = Per(pledge["per"] or Per.YEAR), pledge["times"] or 1
    length = Frequency.QUARTER if per is Per.WEEK else Frequency(per.value)
    known = [one for one in happened if one.day <= day]
    rows: list[dict[str, Any]] = []
    for period in between(Period.of(begun, length), Period.of(min(day, ends), length)) if begun <= day else []:
        needed = _needed(period, times, per, begun, ends)
        found = [one for one in known if (one.period or Period.of(one.day, length).code) == period.code]
        late = sum(one.count for one in found if one.day > period.last)
        count = sum(one.count for one in found)
        rows.append(
            {"period": period.code, "needed": needed, "found": count, "on_time": count - late, "late": late}
            | {"over": min(period.last, ends) < day}
        )
    return Progress(_recurring(rows, begun, ends, day), {"periods": rows})


def _needed(period: Period, times: int, per: Per, begun: date, ends: date) -> int:
    first, last = max(period.first, begun), min(period.last, ends)
    if per is Per.WEEK:
        return times * weeks(first, last)
    return times if ((last - first).days + 1) * 2 >= (period.last - period.first).days + 1 else 0


def weeks(first: date, last: date) -> int:
    """Return how many weeks there are from day to day; a week is where its Thursday is."""
    thursday = first + timedelta(days=(3 - first.weekday()) % 7)
    return max(0, (last - thursday).days // 7 + 1)


def _recurring(rows: Sequence[Row], begun: date, ends: date, day: date) -> Status:
    asked = [row for row in rows if row["needed"]]
    over = [row for row in asked if row["over"]]
    short = any(row["found"] < row["needed"] for row in over)
    if not any(row["found"] for row in rows):
        return Status.NO_DATA if over else Status.NOT_DUE
    if day > ends:
        return Status.MISSED if short else Status.KEPT
    if short:
        return Status.BEHIND
    running = [row for row in asked if not row["over"]]
    if all(row["found"] >= row["needed"] for row in running):
        return Status.KEPT
    period = Period.parse(running[0]["period"])
    first, last = max(period.first, begun), min(period.last, ends)
    spent = ((day - first).days + 1) / ((last - first).days + 1)
    return Status.ON_TRACK if running[0]["found"] >= int(running[0]["needed"] * spent) else Status.BEHIND


# Standing: a rule that somebody looks at once a year.


def standing(pledge: Row, checks: Iterable[Check], first: date, last: date, day: date) -> Progress:
    """Return how a standing rule stands: as its newest self-check says, if none of a later year that is over lacks."""
    begun = max(first, _iso(pledge["adopted_on"])) if pledge["adopted_on"] else first
    made = sorted((check for check in checks if check.day <= day), key=lambda check: (check.year, check.day))
    years = {check.year for check in made}
    lacking = [
        year for year in range(begun.year, min(day, last).year + 1) if date(year, 12, 31) < day and year not in years
    ]
    told = [
        {"year": check.year, "on": check.day.isoformat(), "answer": check.answer.value, **check.told} for check in made
    ]
    numbers = {"checks": told, "missing": lacking}
    if not made or (lacking and lacking[-1] > made[-1].year):
        return Progress(Status.NO_DATA if lacking else Status.NOT_DUE, numbers)
    return Progress(_ANSWERED[made[-1].answer], numbers)


_ANSWERED = {Answer.KEPT: Status.KEPT, Answer.PARTLY: Status.BEHIND, Answer.BROKEN: Status.MISSED}


def sample(numbers: Iterable[int], seed: str, size: int = SAMPLE) -> list[int]:
    """Return the pieces of evidence that are drawn: those with the lowest SHA-256 of ``<seed>/<number>``."""
    lots = sorted((sha256(f"{seed}/{number}".encode()).hexdigest(), number) for number in set(numbers))
    return [number for _lot, number in lots[:size]]


# Initiatives.


def initiative_states(
    first: date, last: date, works: Iterable[Work], day: date
) -> tuple[InitiativeState, dict[str, str]]:
    """Return how far an initiative is on a day, as a whole and in each of its years.

    Something done for it makes it done, evidence of that proved; once its time is over and nothing was done, it has
    lapsed.
    """
    known = [work for work in works if work.carried_out and work.first <= day]
    of_year = {}
    for year in range(first.year, last.year + 1):
        end = min(date(year, 12, 31), last)
        there = [work for work in known if work.first <= end and (work.last or day).year >= year]
        of_year[str(year)] = _initiative(there, end < day).value
    return _initiative(known, last < day), of_year


def _initiative(works: Sequence[Work], over: bool) -> InitiativeState:
    if any(work.proved for work in works):
        return InitiativeState.PROVED
    if works:
        return InitiativeState.DONE
    return InitiativeState.LAPSED if over else InitiativeState.PROMISED


def waits(pledge: Row, day: date) -> str:
    """Return why somebody has to look at a pledge, empty when nobody has to.

    ``behind``: it is behind or was not kept. ``check``: its self-check is due, in the last quarter of a year or when
    one of a year that is over is lacking. ``data``: nothing can be said of it.
    """
    status = pledge["status"]
    if pledge["kind"] == Kind.STANDING:
        checked = {check["year"] for check in status["numbers"]["checks"]}
        if status["numbers"]["missing"] or (day.month >= LAST_QUARTER and day.year not in checked):
            return "check"
    if status["shown"] in (Status.BEHIND, Status.MISSED):
        return "behind"
    return "data" if status["shown"] == Status.NO_DATA else ""


def _iso(text: str) -> date:
    return date.fromisoformat(text)

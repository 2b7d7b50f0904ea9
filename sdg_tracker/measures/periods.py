"""Periods: a month, a quarter, half a year or a year, written ``2025-03``, ``2025-Q1``, ``2025-H1``, ``2025``."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from sdg_tracker.foundation.errors import Invalid, words
from sdg_tracker.foundation.i18n import _, format_month, lazy
from sdg_tracker.measures.states import Frequency

MONTHS = {Frequency.MONTH: 1, Frequency.QUARTER: 3, Frequency.HALF_YEAR: 6, Frequency.YEAR: 12}
_CODE = re.compile(r"([0-9]{4})(?:[- ]?(Q|K|H)([0-9])|-([0-9]{2}))?", re.IGNORECASE)
_SAID = re.compile(r"([0-9])\. ?(kvartal|halvår),? ([0-9]{4})", re.IGNORECASE)  # as people say it in Danish
_LETTERS = {"Q": Frequency.QUARTER, "K": Frequency.QUARTER, "H": Frequency.HALF_YEAR}  # K: Danish "kvartal"
FIRST_YEAR, LAST_YEAR = 1900, 2200

words(
    {
        "period-unreadable": lazy(
            "%(value)s is not a period. Write 2025 for a year, 2025-H1 for half a year, 2025-Q3 for a quarter, 2025-03 "
            "for a month."
        ),
    }
)


@dataclass(frozen=True, order=True)
class Period:
    """A stretch of time. Those of one length are in the order of time."""

    year: int
    ordinal: int  # counted from 1 in the year
    frequency: Frequency = Frequency.YEAR

    @classmethod
    def parse(cls, text: str) -> "Period":
        """Return the period that a text means. Raises Invalid (``period-unreadable``)."""
        said = _SAID.fullmatch(text.strip())
        found = _CODE.fullmatch(f"{said[3]}-{said[2][0]}{said[1]}" if said else text.strip())
        if found is None or not FIRST_YEAR <= int(found[1]) <= LAST_YEAR:
            raise Invalid("period-unreadable", field="period", value=text)
        frequency, ordinal = Frequency.YEAR, 1
        if found[2]:
            frequency, ordinal = _LETTERS[found[2].upper()], int(found[3])
        elif found[4]:
            frequency, ordinal = Frequency.MONTH, int(found[4])
        if not 1 <= ordinal <= 12 // MONTHS[frequency]:
            raise Invalid("period-unreadable", field="period", value=text)
        return cls(int(found[1]), ordinal, frequency)

    @classmethod
    def of(cls, day: date, frequency: Frequency) -> "Period":
        """Return the period of this length that a day is in."""
        return cls(day.year, (day.month - 1) // MONTHS[frequency] + 1, frequency)

    @property
    def code(self) -> str:
        """Return the period as it is written in files and addresses."""
        if self.frequency is Frequency.YEAR:
            return f"{self.year}"
        if self.frequency is Frequency.MONTH:
            return f"{self.year}-{self.ordinal:02d}"
        return f"{self.year}-{'Q' if self.frequency is Frequency.QUARTER else 'H'}{self.ordinal}"

    @property
    def first(self) -> date:
        """Return the first day."""
        return date(self.year, (self.ordinal - 1) * MONTHS[self.frequency] + 1, 1)

    @property
    def last(self) -> date:
        """Return the last day."""
        return self.next.first - timedelta(days=1)

    @property
    def next(self) -> "Period":
        """Return the period after this one."""
        if self.ordinal == 12 // MONTHS[self.frequency]:
            return Period(self.year + 1, 1, self.frequency)
        return Period(self.year, self.ordinal + 1, self.frequency)

    def parts(self, frequency: Frequency) -> list["Period"]:
        """Return the periods of a length that make up this one; none where those are longer."""
        first, last, found = self.first, self.last, []
        period = Period.of(first, frequency)
        while period.first >= first and period.last <= last:
            found.append(period)
            period = period.next
        return found

    @property
    def name(self) -> str:
        """Return the period as people say it, such as ``3. kvartal 2025``."""
        if self.frequency is Frequency.YEAR:
            return f"{self.year}"
        if self.frequency is Frequency.MONTH:
            return format_month(self.first)
        if self.frequency is Frequency.QUARTER:
            return _("quarter %(number)s of %(year)s", number=self.ordinal, year=self.year)
        return _("half-year %(number)s of %(year)s", number=self.ordinal, year=self.year)

    @property
    def short(self) -> str:
        """Return the period as a chart or a table has room for it, such as ``K3 2025``."""
        if self.frequency is Frequency.QUARTER:
            return _("Q%(number)s %(year)s", number=self.ordinal, year=self.year)
        if self.frequency is Frequency.HALF_YEAR:
            return _("H%(number)s %(year)s", number=self.ordinal, year=self.year)
        return self.code


def between(first: Period, last: Period) -> list[Period]:
    """Return the periods from one to another, both of one length and both among them."""
    found = []
    while first <= last:
        found.append(first)
        first = first.next
    return found

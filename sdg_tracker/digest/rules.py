"""When digests are written, and how they read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sdg_tracker.foundation.i18n import _, ngettext_

HOUR = 7
MONDAY, TUESDAY = 0, 1
SHOWN = 10  # lines of a section


@dataclass(frozen=True)
class Line:
    """One thing that waits, and the path of its page; empty where there is none of its own."""

    text: str
    path: str = ""


@dataclass(frozen=True)
class Section:
    """Things of one kind that wait: how many, the first of them, and the path of the list."""

    title: str
    total: int
    lines: Sequence[Line]
    path: str

    @property
    def more(self) -> int:
        """Return how many are not shown."""
        return self.total - len(self.lines)


def week_of(local: datetime) -> date | None:
    """Return the Monday of the digest that is to be written now, None when none is.

    They are written on Monday from seven o'clock; on Tuesday those that could not be.
    """
    day = local.weekday()
    if (day == MONDAY and local.hour >= HOUR) or day == TUESDAY:
        return local.date() - timedelta(days=day)
    return None


def as_text(sections: Sequence[Section], site: str, library: str) -> str:
    """Return a digest as a letter says it."""
    lines = [_("This waits for you at %(library)s:", library=library), ""]
    for section in sections:
        lines += [f"{section.title} ({section.total})"]
        lines += [f"- {line.text}" + (f"\n  {site}{line.path}" if line.path else "") for line in section.lines]
        if section.more > 0:
            lines.append("- " + ngettext_("and %(num)s more", "and %(num)s more", section.more))
        lines += [f"{site}{section.path}", ""]
    return "\n".join([*lines, "-- ", library, ""])

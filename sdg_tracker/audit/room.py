"""What the room shows of an edition and its audit: requirements with what is left to do, exhibits with what is said."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from sdg_tracker.audit import auditing, sampling
from sdg_tracker.audit.frozen import Frozen, frozen
from sdg_tracker.audit.models import Audit, AuditorAccess, Finding, Mark, Sample
from sdg_tracker.audit.sampling import Weakness
from sdg_tracker.audit.states import FindingState, Method
from sdg_tracker.certification.readiness import UNASSESSED
from sdg_tracker.editions.models import Edition
from sdg_tracker.foundation.i18n import current_locale, in_locale
from sdg_tracker.work import Work

Row = Mapping[str, Any]
NOT_APPLICABLE = "not_applicable"
WEAK_STATES = ("missing", "under_way", UNASSESSED)


@dataclass(frozen=True)
class Line:
    """A requirement in the list, with what is left to do."""

    requirement: Row
    state: str
    exhibits: int
    left: int  # exhibits without a mark
    weak: int  # weaknesses of its exhibits, and its own
    sampled: int
    findings: tuple[Finding, ...]


@dataclass
class Room:
    """One edition as an auditor sees it. Without an access it is the library that looks, and nothing can be written."""

    edition: Edition
    frozen: Frozen
    audit: Audit | None
    access: AuditorAccess | None
    to: Callable[..., str]  # the address of a page of the room

    @property
    def writes(self) -> bool:
        """Return whether the auditor can write now."""
        return self.access is not None and not self.concluded

    @property
    def concluded(self) -> bool:
        """Return whether the audit is concluded."""
        return self.audit is not None and self.audit.concluded

    @property
    def snapshot(self) -> Row:
        """Return the frozen data."""
        return self.frozen.snapshot

    @cached_property
    def marks(self) -> Mapping[int, Mark]:
        """Return the marks by exhibit."""
        return {row.exhibit: row for row in self.audit.marks} if self.audit else {}

    @property
    def sample(self) -> Sample | None:
        """Return the sample that holds."""
        return self.audit.sample if self.audit else None

    @cached_property
    def sampled(self) -> frozenset[int]:
        """Return the exhibits of the sample."""
        return frozenset(self.sample.exhibits if self.sample else ())

    @cached_property
    def weaknesses(self) -> Mapping[int, tuple[Weakness, ...]]:
        """Return the weaknesses of each exhibit, in a fixed order."""
        return {
            row.exhibit: tuple(weakness for weakness in Weakness if weakness in row.weaknesses)
            for row in sampling.candidates(self.snapshot)
        }

    @property
    def findings(self) -> list[Finding]:
        """Return all findings."""
        return list(self.audit.findings) if self.audit else []

    @property
    def unanswered(self) -> list[int]:
        """Return the findings that put the conclusion off."""
        return auditing.unanswered(self.audit) if self.audit else []

    @property
    def progress(self) -> dict[str, int]:
        """Return how far the auditor is, as numbers."""
        return {
            "requirements": len(self.frozen.requirements),
            "done": sum(line.exhibits > 0 and line.left == 0 for line in self.lines()),
            "exhibits": len(self.frozen.exhibits),
            "marked": len(self.marks),
            "sampled": len(self.sampled),
            "sampled_marked": len(self.sampled & self.marks.keys()),
            "findings": len(self.findings),
            "open": sum(row.state == FindingState.OPEN for row in self.findings),
            "answered": sum(row.state == FindingState.ANSWERED for row in self.findings),
        }

    def lines(self, state: str = "", *, role: str = "", left: bool = False, order: str = "scheme") -> list[Line]:
        """Return the requirements: of a state, of a role, with exhibits not marked yet, the weak first; else all."""
        rows = self.frozen.requirements.values()
        found = [self._line(row) for row in rows if not role or role in row["roles"]]
        found = [line for line in found if (not state or line.state == state) and (not left or line.left)]
        return sorted(found, key=lambda line: -line.weak) if order == "weak" else found

    def _line(self, row: Row) -> Line:
        exhibits = [tie["exhibit"] for tie in row["exhibits"]]
        state = state_of(row)
        weak = sum(len(self.weaknesses[exhibit]) for exhibit in exhibits)
        weak += 10 * (state in WEAK_STATES) + 5 * (row["readiness"]["status"] == "gap")
        return Line(
            row,
            state,
            len(exhibits),
            sum(exhibit not in self.marks for exhibit in exhibits),
            weak,
            sum(exhibit in self.sampled for exhibit in exhibits),
            tuple(finding for finding in self.findings if finding.requirement == row["code"]),
        )

    def neighbours(self, code: str) -> tuple[Row | None, Row | None]:
        """Return the requirements before and after one."""
        rows = list(self.frozen.requirements.values())
        at = list(self.frozen.requirements).index(code)
        return rows[at - 1] if at else None, rows[at + 1] if at + 1 < len(rows) else None

    def beside(self, exhibit: int) -> tuple[Row | None, Row | None]:
        """Return the exhibits before and after one: of the sample while it is in it, else of all."""
        numbers = self.sample.exhibits if self.sample and exhibit in self.sampled else sorted(self.frozen.exhibits)
        at = numbers.index(exhibit)
        before = self.frozen.exhibits[numbers[at - 1]] if at else None
        after = self.frozen.exhibits[numbers[at + 1]] if at + 1 < len(numbers) else None
        return before, after

    def about(self, exhibit: int) -> list[Finding]:
        """Return the findings that name an exhibit."""
        return [finding for finding in self.findings if exhibit in finding.exhibits]

    def tickets(self, exhibit: int) -> int:
        """Return how many tickets an exhibit has in the sample."""
        method = Method(self.sample.method) if self.sample else Method.RANDOM
        return 1 if method is Method.RANDOM else 1 + sampling.TICKETS * len(self.weaknesses[exhibit])

    @property
    def supplements(self) -> set[int]:
        """Return the numbers of the supplements that belong to the audit."""
        rows: Iterable[Any] = self.audit.questions if self.audit else ()
        return {row.supplement for row in rows if row.supplement is not None}

    def place(self, period: str) -> str:
        """Return the year, the house, or both, for which something is needed: its code in words."""
        rows = self.snapshot["library"]["branches"]
        names = {row["code"]: in_locale(row["name"], row["name_en"] or row["name"]) for row in rows}
        return ", ".join(names.get(part, part) for part in period.split(" ") if part)

    def comments(self, code: str) -> list[Row]:
        """Return the comments on a requirement that are shown to the auditor; older editions have none."""
        return list(self.frozen.requirement(code).get("comments", ()))

    def earlier(self, code: str = "") -> list[Row]:
        """Return what earlier audits found, of a requirement or of all; older editions have none."""
        rows: Iterable[Row] = self.snapshot.get("findings", ())
        return [row for row in rows if not code or row["requirement"] == code]

    def action(self, event: Row) -> str:
        """Return the words for what happened."""
        name = self.snapshot["names"]["actions"].get(event["action"])
        return said(name) if name else str(event["action"])

    def role(self, code: str) -> str:
        """Return the word for who did it."""
        name = self.snapshot["names"]["roles"].get(code)
        return said(name) if name else code


def room_of(work: Work, edition: Edition, audit: Audit | None, access: AuditorAccess | None, to: Any) -> Room:
    """Return the room of an edition. Raises NotFound or Conflict when the frozen data are damaged."""
    return Room(edition, frozen(work.blobs, edition), audit, access, to)


def state_of(requirement: Row) -> str:
    """Return the state that a requirement is counted under: what does not apply is not applicable."""
    if not requirement["applies"]:
        return NOT_APPLICABLE
    return str(requirement["assessment"]["state"] or UNASSESSED)


def said(text: Row | None) -> str:
    """Return a text of the snapshot in the current language."""
    return "" if text is None else str(text[current_locale()])


def day(text: str | None) -> date | None:
    """Return a day of the snapshot."""
    return date.fromisoformat(text) if text else None


def moment(text: str) -> datetime:
    """Return a moment of the snapshot."""
    return datetime.fromisoformat(text)

"""The rows of a sheet turned into activities."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sdg_tracker.activities import columns, rules
from sdg_tracker.activities.cells import (
    code_parts,
    figure_in,
    meaning,
    named,
    qualifier_in,
    status_in,
    whole_in,
    year_in,
)
from sdg_tracker.activities.columns import CONTRIBUTION_WORDS, QUALIFIER_WORDS
from sdg_tracker.activities.queries import Vocabulary
from sdg_tracker.activities.rules import ActivityDetails, Figure, MappingChoice
from sdg_tracker.activities.states import Contribution, Qualifier, Status
from sdg_tracker.foundation.columns import SEPARATOR, RowReader, day, value_of, word
from sdg_tracker.foundation.errors import Invalid, words
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.foundation.tables import Fault, Note, Place, Sheet
from sdg_tracker.foundation.text import sort_key
from sdg_tracker.goals.rules import goal_of, mismatches

words(
    {
        "import-no-type-column": lazy("There is no column for the type. Add one headed %(heading)s."),
        "qualifiers-differ": lazy(
            "The figure itself says “%(found)s”, this column says “%(value)s”. Keep one of the two."
        ),
        "goal-code-unknown": lazy("%(value)s is not a goal. Goals are the numbers 1 to 17."),
        "target-in-goal-column": lazy(
            "%(value)s is a target. Write it in the column %(column)s, and goal %(goal)s here."
        ),
        "target-code-unknown": lazy("%(value)s is not a target. Targets are written such as 4.7 or 4.a."),
        "target-without-goal": lazy(
            "Target %(value)s belongs to goal %(goal)s, which is not in the column %(column)s. "
            "Add the goal there, or take the target away."
        ),
        "code-became-date": lazy(
            "Excel has made the target into a date, %(value)s. Format the column as text and write the target again."
        ),
        "code-became-number": lazy(
            "Excel has made the target into the number %(value)s, so it may be %(value)s or %(value)s0. "
            "Format the column as text and write it again."
        ),
        "contributions-uneven": lazy(
            "There are %(found)s contributions for %(expected)s goals. Write one for each goal, in the same order."
        ),
        "contribution-unknown": lazy("There is no contribution %(value)s. Write one of: %(known)s."),
        "contribution-without-goal": lazy("There is a contribution but no goal. Write the goal too."),
        "mapping-line-unreadable": lazy("“%(value)s” can't be read as a mapping. Write such as: %(example)s."),
        "mapping-columns-differ": lazy(
            "This cell and the column %(column)s say different things. Change both, or empty the cell of %(column)s."
        ),
    }
)


@dataclass(frozen=True)
class ImportRow:
    """One activity of a file."""

    sheet: str
    row: int
    details: ActivityDetails
    choices: tuple[MappingChoice, ...]

    @property
    def key(self) -> tuple[str, str]:
        """Return what two rows share when they may be the same activity."""
        return sort_key(self.details.title)[: rules.TITLE_LIMIT], self.details.source_library

    @property
    def when(self) -> tuple[date | None, int | None]:
        """Return day and year; two activities of the same name at different times are two activities."""
        return self.details.starts_on, self.details.starts_on.year if self.details.starts_on else self.details.year


_EXAMPLE = MappingChoice("12.5", main=True, contribution=Contribution.DIRECT, reason="…")


class SheetReader(RowReader):
    """Turns the rows of one sheet into activities."""

    columns = columns.KNOWN

    def __init__(self, sheet: Sheet, known: Vocabulary) -> None:
        self.known = known
        super().__init__(sheet)
        if "type" not in self.places:
            problem = Invalid("import-no-type-column", heading=self.heading("type"))
            self.faults.append(Fault(Place(sheet.name, 1), problem))

    def rows(self) -> Iterator[ImportRow]:
        """Yield every activity; a row with a fault too, so that its other columns are checked."""
        if self.faults:
            return
        for _row in self.each_row():
            found = self._activity()
            if found is not None:
                yield found

    def _activity(self) -> ImportRow | None:
        before = len(self.faults)
        known = self.known
        types = {code: (term.da, term.en) for code, term in known.types.items()}
        of_type = self.several("type", types, "activity-type-unknown")
        if not self.text("type"):
            self.fault("type", Invalid("activity-type-missing", known=", ".join(types)))
        details = rules.tidied(
            ActivityDetails(
                title=self.text("title"),
                type=of_type[0] if of_type else "",
                status=self.take("status", status_in, Status.HELD),
                description=self.text("description"),
                language=self.text("language") or "da",
                starts_on=self.take("starts_on", day, None),
                ends_on=self.take("ends_on", day, None),
                year=self.take("year", year_in, None),
                branches=self.several("branch", named(known.branches), "activity-branch-unknown"),
                audiences=self.several(
                    "audience", {code: (t.da, t.en) for code, t in known.audiences.items()}, "audience-unknown"
                ),
                campaigns=self.several("campaign", named(known.campaigns), "campaign-unknown"),
                partners=self.several("partners", named(known.partners), "partner-unknown"),
                strategy_actions=self.several(
                    "strategy_action", dict.fromkeys(known.strategy_actions, ()), "strategy-action-unknown"
                ),
                source_library=self.text("source_library"),
                source_url=self.text("source_url"),
                attendance=self._attendance(),
                signups=self.take("signups", whole_in, None),
                helped=self.take("helped", whole_in, None),
            )
        )
        for problem in rules.problems(details):
            self.fault(_COLUMN_OF.get(str(problem.field), str(problem.field)), problem)
        choices = self._choices()
        self._note_mismatches(details)
        if len(self.faults) > before and not details.title:
            return None
        return ImportRow(self.sheet.name, self.row, details, tuple(choices))

    def _attendance(self) -> Figure | None:
        figure = self.take("attendance", figure_in, None)
        said = self.take("attendance_qualifier", qualifier_in, None)
        if said is None or figure is None:
            if said is not None and not self.text("attendance"):
                self.fault("attendance_qualifier", Invalid("qualifier-without-figure"))
            return figure
        if figure.qualifier not in (Qualifier.EXACT, said):
            found, value = (word(one, QUALIFIER_WORDS) for one in (figure.qualifier, said))
            self.fault("attendance_qualifier", Invalid("qualifiers-differ", found=found, value=value))
        return replace(figure, qualifier=said)

    def _choices(self) -> list[MappingChoice]:
        before = len(self.faults)
        goals, targets = self._goals(), self._targets()
        if goals:
            for target in targets:
                if goal_of(target) not in goals:
                    column, goal = self.heading("goals"), goal_of(target)
                    self.fault("targets", Invalid("target-without-goal", value=target, goal=goal, column=column))
        contributions = self._contributions(goals or list(dict.fromkeys(map(goal_of, targets))))
        lines = [line for line in self.text("mappings").splitlines() if line.strip()]
        if len(self.faults) > before:
            return []
        goals = goals or list(dict.fromkeys(map(goal_of, targets)))
        choices = columns.simple_choices(goals, targets, contributions, rules.one_line(self.text("reason")))
        key = "targets" if targets else "goals"
        if lines:
            choices, key = self._lines(lines), "mappings"
        if len(self.faults) > before:
            return []
        try:
            return rules.arranged(choices, self.known.codes)
        except Invalid as problem:
            self.fault("reason" if problem.field == "reason" and not lines else key, problem)
            return []

    def _lines(self, lines: Sequence[str]) -> list[MappingChoice]:
        choices = []
        for line in lines:
            choice = columns.choice_of(line)
            if choice is None:
                self.fault(
                    "mappings", Invalid("mapping-line-unreadable", value=line, example=columns.line_of(_EXAMPLE))
                )
            else:
                choices.append(choice)
        said = columns.cells_of(choices)
        if len(choices) == len(lines):
            for key in ("goals", "targets", "contribution", "reason"):
                if key in self.places and meaning(key, self.text(key)) != meaning(key, getattr(said, key)):
                    self.fault(key, Invalid("mapping-columns-differ", column=self.heading("mappings")))
        return choices

    def _goals(self) -> list[str]:
        found: list[str] = []
        for part in code_parts(self.text("goals")):
            match = _GOAL.fullmatch(part)
            code = str(int(match["number"])) if match else ""
            if match and code in self.known.codes:
                found.append(code)
                for mismatch in mismatches(f"SDG {code} {match['name'] or ''}", self.known.goal_names):
                    self._note("goals", code, mismatch.goal, part)
            elif part.lower() in self.known.codes:
                problem = Invalid(
                    "target-in-goal-column", value=part, goal=goal_of(part), column=self.heading("targets")
                )
                self.fault("goals", problem)
            else:
                self.fault("goals", Invalid("goal-code-unknown", value=part))
        return list(dict.fromkeys(found))

    def _targets(self) -> list[str]:
        cell = self.cell("targets")
        if isinstance(cell, (date, datetime)):
            self.fault("targets", Invalid("code-became-date", value=self.text("targets")))
            return []
        if isinstance(cell, (int, float)) and f"{cell}0" in self.known.codes and str(cell) in self.known.codes:
            self.fault("targets", Invalid("code-became-number", value=str(cell)))
            return []
        found: list[str] = []
        for part in code_parts(self.text("targets")):
            match = _TARGET.match(part.lower())
            code = match[0] if match else ""
            if code in self.known.codes:
                found.append(code)
            else:
                self.fault("targets", Invalid("target-code-unknown", value=part))
        return list(dict.fromkeys(found))

    def _contributions(self, goals: Sequence[str]) -> list[Contribution | None]:
        found: list[Contribution | None] = []
        before = len(self.faults)
        parts = [part.strip() for part in self.text("contribution").split(SEPARATOR)]
        if parts == [""]:
            return []
        for part in parts:
            value = value_of(part, CONTRIBUTION_WORDS) if part else None
            if part and value is None:
                known = ", ".join(word(one, CONTRIBUTION_WORDS) for one in CONTRIBUTION_WORDS)
                self.fault("contribution", Invalid("contribution-unknown", value=part, known=known))
            found.append(value)
        if len(self.faults) > before:
            return []
        if not goals:
            self.fault("contribution", Invalid("contribution-without-goal"))
            return []
        if len(found) != len(goals):
            self.fault("contribution", Invalid("contributions-uneven", found=len(found), expected=len(goals)))
            return []
        return found

    def _note_mismatches(self, details: ActivityDetails) -> None:
        for key in ("title", "description"):
            for mismatch in mismatches(getattr(details, key), self.known.goal_names):
                self._note(key, mismatch.number, mismatch.goal, mismatch.quote)

    def _note(self, key: str, number: str, goal: str, quote: str) -> None:
        text = lazy(
            "“%(quote)s” pairs number %(number)s with the name of goal %(goal)s. Look which one is meant.",
            quote=quote,
            number=number,
            goal=goal,
        )
        self.notes.append(Note(self.place(key), text))


_COLUMN_OF = {
    "branches": "branch",
    "audiences": "audience",
    "campaigns": "campaign",
    "strategy_actions": "strategy_action",
}
_GOAL = re.compile(
    r"(?:verdensmål|mål|goal|sdg)?\s*(?P<number>\d{1,2})(?:\s*[.:\-–]?\s+(?P<name>\D.*)|\.)?", re.IGNORECASE
)
_TARGET = re.compile(r"\d{1,2}\.(?:\d{1,2}|[a-e])(?![\w.])")

"""Reading a list of activities from a .csv or .xlsx file. All that is wrong is said at once, with its place."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sdg_tracker.activities import columns, rules
from sdg_tracker.activities.columns import CONTRIBUTION_WORDS, QUALIFIER_WORDS, STATUS_WORDS
from sdg_tracker.activities.models import Activity
from sdg_tracker.activities.queries import Vocabulary
from sdg_tracker.activities.rules import ActivityDetails, Figure, MappingChoice
from sdg_tracker.activities.states import Contribution, Qualifier, Status
from sdg_tracker.foundation.columns import SEPARATOR, RowReader, day, parts, value_of, word
from sdg_tracker.foundation.errors import Invalid, words
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.foundation.tables import Cell, Fault, ImportRefused, Note, Place, Sheet, whole_file
from sdg_tracker.foundation.text import search_text, sort_key
from sdg_tracker.goals.rules import goal_of, mismatches

words(
    {
        "import-no-heading": lazy(
            "There is no column for the title. The first row has to hold headings such as %(known)s."
        ),
        "import-no-type-column": lazy("There is no column for the type. Add one headed %(heading)s."),
        "not-a-number": lazy("%(value)s is not a whole number. Write it with digits only, such as 2000."),
        "not-a-figure": lazy("%(value)s is not a number of people. Write such as 48, “more than 2000” or “about 150”."),
        "not-a-year": lazy("%(value)s is not a year. Write it with four digits, such as 2025."),
        "status-unknown": lazy("There is no status %(value)s. Write one of: %(known)s."),
        "qualifier-unknown": lazy("There is no qualifier %(value)s. Write one of: %(known)s."),
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
        "row-twice": lazy("The same activity stands in row %(other)s too. Take one of them away, or give them dates."),
        "already-here": lazy("This activity is here already, with number %(number)s. Take the row out of the file."),
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


def parse(sheets: Sequence[Sheet], known: Vocabulary) -> tuple[list[ImportRow], list[Note]]:
    """Return the activities of the tables, and what should be known of them. Raises ImportRefused with all faults."""
    rows: list[ImportRow] = []
    notes: list[Note] = []
    faults: list[Fault] = []
    tables = [sheet for sheet in sheets if columns.KNOWN.has(sheet, "title")]
    if not tables:
        problem = Invalid("import-no-heading", known=", ".join(columns.KNOWN.by_key[key].heading for key in _EXAMPLES))
        raise ImportRefused([Fault(Place(sheet.name, 1), problem) for sheet in sheets[:1]])
    for sheet in sheets:
        notes += sheet.notes
        if sheet not in tables:
            notes.append(Note(Place(sheet.name), lazy("The sheet has no column for a title and was left out.")))
            continue
        reader = _SheetReader(sheet, known)
        rows += reader.rows()
        notes += reader.notes
        faults += reader.faults
    faults += _repeated(rows)
    if faults:
        raise ImportRefused(faults)
    if not rows:
        raise whole_file(sheets[0].name, Invalid("import-empty"))
    return rows, notes


def refuse_twins(rows: Sequence[ImportRow], kept: Mapping[tuple[str, str], Sequence[Activity]]) -> None:
    """Raise ImportRefused with every row that is an activity that the library already has."""
    faults = []
    for row in rows:
        for twin in kept.get(row.key, ()):
            if (twin.starts_on, twin.year) == row.when:
                faults.append(Fault(Place(row.sheet, row.row), Invalid("already-here", number=twin.number)))
                break
    if faults:
        raise ImportRefused(faults)


_EXAMPLE = MappingChoice("12.5", main=True, contribution=Contribution.DIRECT, reason="…")
_EXAMPLES = ("title", "description", "type", "starts_on", "goals", "targets")


def _repeated(rows: Sequence[ImportRow]) -> Iterator[Fault]:
    seen: dict[object, ImportRow] = {}
    for row in rows:
        first = seen.setdefault((row.key, row.when), row)
        if first is not row:
            other = str(first.row) if first.sheet == row.sheet else f"{first.row} ({first.sheet})"
            yield Fault(Place(row.sheet, row.row), Invalid("row-twice", other=other))


class _SheetReader(RowReader):
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
                status=self.take("status", _status, Status.HELD),
                description=self.text("description"),
                language=self.text("language") or "da",
                starts_on=self.take("starts_on", day, None),
                ends_on=self.take("ends_on", day, None),
                year=self.take("year", _year, None),
                branches=self.several("branch", _named(known.branches), "activity-branch-unknown"),
                audiences=self.several(
                    "audience", {code: (t.da, t.en) for code, t in known.audiences.items()}, "audience-unknown"
                ),
                campaigns=self.several("campaign", _named(known.campaigns), "campaign-unknown"),
                partners=self.several("partners", _named(known.partners), "partner-unknown"),
                strategy_actions=self.several(
                    "strategy_action", dict.fromkeys(known.strategy_actions, ()), "strategy-action-unknown"
                ),
                source_library=self.text("source_library"),
                source_url=self.text("source_url"),
                attendance=self._attendance(),
                signups=self.take("signups", _whole, None),
                helped=self.take("helped", _whole, None),
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
        figure = self.take("attendance", _figure, None)
        said = self.take("attendance_qualifier", _qualifier, None)
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
                if key in self.places and _meaning(key, self.text(key)) != _meaning(key, getattr(said, key)):
                    self.fault(key, Invalid("mapping-columns-differ", column=self.heading("mappings")))
        return choices

    def _goals(self) -> list[str]:
        found: list[str] = []
        for part in _code_parts(self.text("goals")):
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
        for part in _code_parts(self.text("targets")):
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
_FIGURE = re.compile(r"(?P<qualifier>\D*?)\s*(?P<value>\d[\d.\s]*)\s*(?:personer|deltagere|people|participants)?")
_GROUPED = re.compile(r"\d{1,3}(?:[.\s]\d{3})+")


def _code_parts(text: str) -> list[str]:
    """Return the parts of a cell with codes; a comma separates them only before a number, as names have commas too."""
    return [part.strip() for part in re.split(r"[;\n]|,(?=\s*\d)", text) if part.strip()]


def _meaning(key: str, text: str) -> list[object]:
    """Return what a cell says in a form in which cells of both languages are compared."""
    if key == "contribution":
        return [value_of(part, CONTRIBUTION_WORDS) for part in text.split(SEPARATOR)]
    return [search_text(part) for part in parts(text)]


def _named(rows: Mapping[str, object]) -> dict[str, tuple[str, str]]:
    return {code: (str(getattr(row, "name", "")), str(getattr(row, "name_en", ""))) for code, row in rows.items()}


def _status(cell: Cell) -> Status:
    found = value_of(str(cell), STATUS_WORDS)
    if found is None:
        known = ", ".join(word(status, STATUS_WORDS) for status in Status)
        raise Invalid("status-unknown", value=cell, known=known)
    return found


def _qualifier(cell: Cell) -> Qualifier:
    found = value_of(str(cell), QUALIFIER_WORDS)
    if found is None:
        known = ", ".join(word(qualifier, QUALIFIER_WORDS) for qualifier in Qualifier)
        raise Invalid("qualifier-unknown", value=cell, known=known)
    return found


def _year(cell: Cell) -> int:
    if isinstance(cell, datetime):
        raise Invalid("not-a-year", value=cell.date().isoformat())
    text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
    if not re.fullmatch(r"\d{4}", text, re.ASCII):
        raise Invalid("not-a-year", value=text)
    return int(text)


def _whole(cell: Cell) -> int:
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        if cell < 0 or cell > rules.HEADCOUNT_LIMIT:
            raise Invalid("headcount-out-of-range", limit=rules.HEADCOUNT_LIMIT)
        if float(cell).is_integer():
            return int(cell)
    text = str(cell)
    if re.fullmatch(r"\d{1,10}", text, re.ASCII):
        return int(text)
    if _GROUPED.fullmatch(text) and text.isascii():
        return int(re.sub(r"\D", "", text))
    raise Invalid("not-a-number", value=text)


def _figure(cell: Cell) -> Figure:
    if not isinstance(cell, str):
        return Figure(_whole(cell))
    match = _FIGURE.fullmatch(cell)
    said = match["qualifier"].strip() if match else ""
    qualifier = value_of(said, QUALIFIER_WORDS) if said else Qualifier.EXACT
    if match is None or qualifier is None:
        raise Invalid("not-a-figure", value=cell)
    try:
        return Figure(_whole(match["value"].strip()), qualifier)
    except Invalid:
        raise Invalid("not-a-figure", value=cell) from None

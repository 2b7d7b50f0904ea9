"""Reading a list of activities from a .csv or .xlsx file. All that is wrong is said at once, with its place."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TypeVar

from sdg_tracker.activities import columns, rules
from sdg_tracker.activities.columns import CONTRIBUTION_WORDS, QUALIFIER_WORDS, SEPARATOR, STATUS_WORDS
from sdg_tracker.activities.models import Activity, Contribution, Qualifier, Status
from sdg_tracker.activities.queries import Vocabulary
from sdg_tracker.activities.rules import ActivityDetails, Figure, MappingChoice
from sdg_tracker.foundation.errors import Invalid, words
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.foundation.tables import Cell, Fault, ImportRefused, Note, Place, Sheet, trimmed, whole_file
from sdg_tracker.foundation.text import search_text, sort_key
from sdg_tracker.goals.rules import goal_of, mismatches

words(
    {
        "import-no-heading": lazy(
            "There is no column for the title. The first row has to hold headings such as %(known)s."
        ),
        "import-no-type-column": lazy("There is no column for the type. Add one headed %(heading)s."),
        "heading-twice": lazy("Two columns mean the same, here and %(other)s. Take one of them away or rename it."),
        "row-too-long": lazy(
            "The row has %(found)s cells, but there are %(expected)s headings. Give the column a heading, "
            "or put a text that holds the separator in quotation marks."
        ),
        "cell-error": lazy("The cell holds Excel's error %(value)s. Write the value itself."),
        "not-a-date": lazy("%(value)s is not a date. Write it as 2025-01-31 or 31-01-2025."),
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


def knows(heading: str) -> bool:
    """Return whether a heading means a column of activities."""
    return columns.of_heading(heading) is not None


def parse(sheets: Sequence[Sheet], known: Vocabulary) -> tuple[list[ImportRow], list[Note]]:
    """Return the activities of the tables, and what should be known of them. Raises ImportRefused with all faults."""
    rows: list[ImportRow] = []
    notes: list[Note] = []
    faults: list[Fault] = []
    tables = [sheet for sheet in sheets if any(_means(heading, "title") for heading in sheet.headings)]
    if not tables:
        problem = Invalid("import-no-heading", known=", ".join(columns.BY_KEY[key].heading for key in _EXAMPLES))
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


def _means(heading: str, key: str) -> bool:
    column = columns.of_heading(heading)
    return column is not None and column.key == key


def _repeated(rows: Sequence[ImportRow]) -> Iterator[Fault]:
    seen: dict[object, ImportRow] = {}
    for row in rows:
        first = seen.setdefault((row.key, row.when), row)
        if first is not row:
            other = str(first.row) if first.sheet == row.sheet else f"{first.row} ({first.sheet})"
            yield Fault(Place(row.sheet, row.row), Invalid("row-twice", other=other))


Value = TypeVar("Value")


class _SheetReader:
    """Turns the rows of one sheet into activities, and collects what is wrong on the way."""

    def __init__(self, sheet: Sheet, known: Vocabulary) -> None:
        self.sheet, self.known = sheet, known
        self.notes: list[Note] = []
        self.faults: list[Fault] = []
        self._places: dict[str, int] = {}  # key of a column -> where it stands
        self._row = 0
        self._cells: list[Cell] = []
        self._read_headings()

    def rows(self) -> Iterator[ImportRow]:
        """Yield every activity; a row with a fault too, so that its other columns are checked."""
        if self.faults:
            return
        for number, cells in self.sheet.rows:
            self._row, self._cells = number, trimmed(cells)
            if len(self._cells) > len(self.sheet.headings):
                self._fault("", Invalid("row-too-long", found=len(self._cells), expected=len(self.sheet.headings)))
                continue
            found = self._activity()
            if found is not None:
                yield found

    def _read_headings(self) -> None:
        for index, heading in enumerate(self.sheet.headings):
            column = columns.of_heading(heading)
            place = Place(self.sheet.name, 1, heading)
            if column is None:
                if heading.strip():
                    self.notes.append(Note(place, lazy("The column is not known and was left out.")))
            elif column.key in self._places:
                other = self.sheet.headings[self._places[column.key]]
                self.faults.append(Fault(place, Invalid("heading-twice", other=other)))
            elif column.read:
                self._places[column.key] = index
        if "type" not in self._places:
            problem = Invalid("import-no-type-column", heading=columns.BY_KEY["type"].heading)
            self.faults.append(Fault(Place(self.sheet.name, 1), problem))

    def _heading(self, key: str) -> str:
        place = self._places.get(key)
        return columns.BY_KEY[key].heading if place is None else self.sheet.headings[place].strip()

    def _fault(self, key: str, problem: Invalid) -> None:
        self.faults.append(Fault(Place(self.sheet.name, self._row, self._heading(key) if key else ""), problem))

    def _cell(self, key: str) -> Cell:
        place = self._places.get(key)
        cell = self._cells[place] if place is not None and place < len(self._cells) else None
        return cell.strip() if isinstance(cell, str) else cell

    def _text(self, key: str) -> str:
        cell = self._cell(key)
        if isinstance(cell, float) and cell.is_integer():
            return str(int(cell))
        if isinstance(cell, datetime):
            return cell.date().isoformat()
        return "" if cell is None else str(cell)

    def _take(self, key: str, convert: Callable[[Cell], Value], otherwise: Value) -> Value:
        """Return a cell's value; notes the fault and returns ``otherwise`` when it has none."""
        cell = self._cell(key)
        if cell is None or cell == "":
            return otherwise
        if isinstance(cell, str) and re.fullmatch(r"#[A-Z/0]+[!?]?", cell):
            self._fault(key, Invalid("cell-error", value=cell))
            return otherwise
        try:
            return convert(cell)
        except Invalid as problem:
            self._fault(key, problem)
            return otherwise

    def _several(self, key: str, names: Mapping[str, Sequence[str]], problem: str) -> tuple[str, ...]:
        """Return the codes of a cell with several values; ``names`` has what each code may be called."""
        known = {search_text(name): code for code, called in names.items() for name in (code, *called) if name}
        found = []
        for part in _parts(self._text(key)):
            code = known.get(search_text(part))
            if code is None:
                self._fault(key, Invalid(problem, value=part, known=", ".join(names)))
            else:
                found.append(code)
        return tuple(dict.fromkeys(found))

    def _activity(self) -> ImportRow | None:
        before = len(self.faults)
        known = self.known
        types = {code: (term.da, term.en) for code, term in known.types.items()}
        of_type = self._several("type", types, "activity-type-unknown")
        if not self._text("type"):
            self._fault("type", Invalid("activity-type-missing", known=", ".join(types)))
        details = rules.tidied(
            ActivityDetails(
                title=self._text("title"),
                type=of_type[0] if of_type else "",
                status=self._take("status", _status, Status.HELD),
                description=self._text("description"),
                language=self._text("language") or "da",
                starts_on=self._take("starts_on", _day, None),
                ends_on=self._take("ends_on", _day, None),
                year=self._take("year", _year, None),
                branches=self._several("branch", _named(known.branches), "activity-branch-unknown"),
                audiences=self._several(
                    "audience", {code: (t.da, t.en) for code, t in known.audiences.items()}, "audience-unknown"
                ),
                campaigns=self._several("campaign", _named(known.campaigns), "campaign-unknown"),
                partners=self._several("partners", _named(known.partners), "partner-unknown"),
                strategy_actions=self._several(
                    "strategy_action", dict.fromkeys(known.strategy_actions, ()), "strategy-action-unknown"
                ),
                source_library=self._text("source_library"),
                source_url=self._text("source_url"),
                attendance=self._attendance(),
                signups=self._take("signups", _whole, None),
                helped=self._take("helped", _whole, None),
            )
        )
        for problem in rules.problems(details):
            self._fault(_COLUMN_OF.get(str(problem.field), str(problem.field)), problem)
        choices = self._choices()
        self._note_mismatches(details)
        if len(self.faults) > before and not details.title:
            return None
        return ImportRow(self.sheet.name, self._row, details, tuple(choices))

    def _attendance(self) -> Figure | None:
        figure = self._take("attendance", _figure, None)
        said = self._take("attendance_qualifier", _qualifier, None)
        if said is None or figure is None:
            if said is not None and not self._text("attendance"):
                self._fault("attendance_qualifier", Invalid("qualifier-without-figure"))
            return figure
        if figure.qualifier not in (Qualifier.EXACT, said):
            found, value = (columns.word(one, QUALIFIER_WORDS) for one in (figure.qualifier, said))
            self._fault("attendance_qualifier", Invalid("qualifiers-differ", found=found, value=value))
        return replace(figure, qualifier=said)

    def _choices(self) -> list[MappingChoice]:
        before = len(self.faults)
        goals, targets = self._goals(), self._targets()
        if goals:
            for target in targets:
                if goal_of(target) not in goals:
                    column, goal = self._heading("goals"), goal_of(target)
                    self._fault("targets", Invalid("target-without-goal", value=target, goal=goal, column=column))
        contributions = self._contributions(goals or list(dict.fromkeys(map(goal_of, targets))))
        lines = [line for line in self._text("mappings").splitlines() if line.strip()]
        if len(self.faults) > before:
            return []
        goals = goals or list(dict.fromkeys(map(goal_of, targets)))
        choices = columns.simple_choices(goals, targets, contributions, rules.one_line(self._text("reason")))
        key = "targets" if targets else "goals"
        if lines:
            choices, key = self._lines(lines), "mappings"
        if len(self.faults) > before:
            return []
        try:
            return rules.arranged(choices, self.known.codes)
        except Invalid as problem:
            self._fault("reason" if problem.field == "reason" and not lines else key, problem)
            return []

    def _lines(self, lines: Sequence[str]) -> list[MappingChoice]:
        choices = []
        for line in lines:
            choice = columns.choice_of(line)
            if choice is None:
                self._fault(
                    "mappings", Invalid("mapping-line-unreadable", value=line, example=columns.line_of(_EXAMPLE))
                )
            else:
                choices.append(choice)
        said = columns.cells_of(choices)
        if len(choices) == len(lines):
            for key in ("goals", "targets", "contribution", "reason"):
                if key in self._places and _meaning(key, self._text(key)) != _meaning(key, getattr(said, key)):
                    self._fault(key, Invalid("mapping-columns-differ", column=self._heading("mappings")))
        return choices

    def _goals(self) -> list[str]:
        found: list[str] = []
        for part in _code_parts(self._text("goals")):
            match = _GOAL.fullmatch(part)
            code = str(int(match["number"])) if match else ""
            if match and code in self.known.codes:
                found.append(code)
                for mismatch in mismatches(f"SDG {code} {match['name'] or ''}", self.known.goal_names):
                    self._note("goals", code, mismatch.goal, part)
            elif part.lower() in self.known.codes:
                problem = Invalid(
                    "target-in-goal-column", value=part, goal=goal_of(part), column=self._heading("targets")
                )
                self._fault("goals", problem)
            else:
                self._fault("goals", Invalid("goal-code-unknown", value=part))
        return list(dict.fromkeys(found))

    def _targets(self) -> list[str]:
        cell = self._cell("targets")
        if isinstance(cell, (date, datetime)):
            self._fault("targets", Invalid("code-became-date", value=self._text("targets")))
            return []
        if isinstance(cell, (int, float)) and f"{cell}0" in self.known.codes and str(cell) in self.known.codes:
            self._fault("targets", Invalid("code-became-number", value=str(cell)))
            return []
        found: list[str] = []
        for part in _code_parts(self._text("targets")):
            match = _TARGET.match(part.lower())
            code = match[0] if match else ""
            if code in self.known.codes:
                found.append(code)
            else:
                self._fault("targets", Invalid("target-code-unknown", value=part))
        return list(dict.fromkeys(found))

    def _contributions(self, goals: Sequence[str]) -> list[Contribution | None]:
        found: list[Contribution | None] = []
        before = len(self.faults)
        parts = [part.strip() for part in self._text("contribution").split(SEPARATOR)]
        if parts == [""]:
            return []
        for part in parts:
            value = columns.value_of(part, CONTRIBUTION_WORDS) if part else None
            if part and value is None:
                known = ", ".join(columns.word(one, CONTRIBUTION_WORDS) for one in CONTRIBUTION_WORDS)
                self._fault("contribution", Invalid("contribution-unknown", value=part, known=known))
            found.append(value)
        if len(self.faults) > before:
            return []
        if not goals:
            self._fault("contribution", Invalid("contribution-without-goal"))
            return []
        if len(found) != len(goals):
            self._fault("contribution", Invalid("contributions-uneven", found=len(found), expected=len(goals)))
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
        self.notes.append(Note(Place(self.sheet.name, self._row, self._heading(key)), text))


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
_DAY_FIRST = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})")
_YEAR_FIRST = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?")


def _parts(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"[;\n]", text) if part.strip()]


def _code_parts(text: str) -> list[str]:
    """Return the parts of a cell with codes; a comma separates them only before a number, as names have commas too."""
    return [part.strip() for part in re.split(r"[;\n]|,(?=\s*\d)", text) if part.strip()]


def _meaning(key: str, text: str) -> list[object]:
    """Return what a cell says in a form in which cells of both languages are compared."""
    if key == "contribution":
        return [columns.value_of(part, CONTRIBUTION_WORDS) for part in text.split(SEPARATOR)]
    return [search_text(part) for part in _parts(text)]


def _named(rows: Mapping[str, object]) -> dict[str, tuple[str, str]]:
    return {code: (str(getattr(row, "name", "")), str(getattr(row, "name_en", ""))) for code, row in rows.items()}


def _status(cell: Cell) -> Status:
    found = columns.value_of(str(cell), STATUS_WORDS)
    if found is None:
        known = ", ".join(columns.word(status, STATUS_WORDS) for status in Status)
        raise Invalid("status-unknown", value=cell, known=known)
    return found


def _qualifier(cell: Cell) -> Qualifier:
    found = columns.value_of(str(cell), QUALIFIER_WORDS)
    if found is None:
        known = ", ".join(columns.word(qualifier, QUALIFIER_WORDS) for qualifier in Qualifier)
        raise Invalid("qualifier-unknown", value=cell, known=known)
    return found


def _day(cell: Cell) -> date:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = str(cell)
    year_first, day_first = _YEAR_FIRST.fullmatch(text), _DAY_FIRST.fullmatch(text)
    try:
        if year_first:
            return date(int(year_first[1]), int(year_first[2]), int(year_first[3]))
        if day_first:
            return date(int(day_first[3]), int(day_first[2]), int(day_first[1]))
    except ValueError:
        pass
    raise Invalid("not-a-date", value=text)


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
    qualifier = columns.value_of(said, QUALIFIER_WORDS) if said else Qualifier.EXACT
    if match is None or qualifier is None:
        raise Invalid("not-a-figure", value=cell)
    try:
        return Figure(_whole(match["value"].strip()), qualifier)
    except Invalid:
        raise Invalid("not-a-figure", value=cell) from None

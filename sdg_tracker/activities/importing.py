"""Reading a list of activities from a .csv or .xlsx file. All that is wrong is said at once, with its place."""

from collections.abc import Iterator, Mapping, Sequence

from sdg_tracker.activities import columns
from sdg_tracker.activities.models import Activity
from sdg_tracker.activities.queries import Vocabulary
from sdg_tracker.activities.sheets import ImportRow, SheetReader
from sdg_tracker.foundation.errors import Invalid, words
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.foundation.tables import Fault, ImportRefused, Note, Place, Sheet, whole_file

words(
    {
        "import-no-heading": lazy(
            "There is no column for the title. The first row has to hold headings such as %(known)s."
        ),
        "row-twice": lazy("The same activity stands in row %(other)s too. Take one of them away, or give them dates."),
        "already-here": lazy("This activity is here already, with number %(number)s. Take the row out of the file."),
    }
)


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
        reader = SheetReader(sheet, known)
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


_EXAMPLES = ("title", "description", "type", "starts_on", "goals", "targets")


def _repeated(rows: Sequence[ImportRow]) -> Iterator[Fault]:
    seen: dict[object, ImportRow] = {}
    for row in rows:
        first = seen.setdefault((row.key, row.when), row)
        if first is not row:
            other = str(first.row) if first.sheet == row.sheet else f"{first.row} ({first.sheet})"
            yield Fault(Place(row.sheet, row.row), Invalid("row-twice", other=other))

"""Many pieces of evidence at once: a list says of each file of a folder where it goes. All of them, or none.

First ``read`` the list, then ``receive`` the files before the writing step, then ``add`` them in it; or ``check`` only.
"""

import functools
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO, TypeVar

import sqlalchemy as sa

from sdg_tracker.access import Permission
from sdg_tracker.activities.models import Activity
from sdg_tracker.evidence import adding, file_queries, intake, queries, rules
from sdg_tracker.evidence import details as evidence_details
from sdg_tracker.evidence.adding import Added
from sdg_tracker.evidence.details import EvidenceDetails
from sdg_tracker.evidence.findings import Finding
from sdg_tracker.evidence.intake import Received
from sdg_tracker.evidence.people import People
from sdg_tracker.evidence.tying import Wanted
from sdg_tracker.foundation import tables
from sdg_tracker.foundation.columns import Column, Columns, RowReader, day, parts, value_of, word
from sdg_tracker.foundation.errors import Invalid, words
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.foundation.tables import Cell, Fault, ImportRefused, Note, Place, Sheet
from sdg_tracker.foundation.text import sort_key
from sdg_tracker.schemes import queries as schemes
from sdg_tracker.schemes.models import Cycle
from sdg_tracker.work import Work

Opener = Callable[[str], BinaryIO]
Taken = TypeVar("Taken")
COLUMNS = Columns(
    (
        Column("file", "Fil", "File", 40, ("filnavn", "file name", "filename")),
        Column("activity", "Aktivitet", "Activity", 30, ("aktivitetsnummer", "activity number")),
        Column("requirements", "Krav", "Requirements", 18, ("requirement",)),
        Column("kind", "Type", "Kind", 16, ("art",)),
        Column("title", "Titel", "Title", 44),
        Column("description", "Beskrivelse", "Description", 60),
        Column("collected_on", "Dato", "Date", 12, ("dag", "day", "fra dato")),
        Column("valid_until", "Gyldig til", "Valid until", 12),
        Column("source", "Kilde", "Source", 30),
        Column("alt", "Billedtekst", "Alternative text", 44, ("alt", "alternativ tekst", "alt text")),
        Column("language", "Sprog", "Language", 8),
        Column("people", "Personer", "People", 10, ("personer på billedet", "people in the picture")),
    )
)
PEOPLE_WORDS: Mapping[People, tuple[str, ...]] = {
    People.NO: ("nej", "no"),
    People.YES: ("ja", "yes"),
    People.UNKNOWN: ("ved ikke", "don't know", "ukendt"),
}

words(
    {
        "bulk-no-heading": lazy(
            "There is no column for the file. The first row has to hold headings such as %(known)s."
        ),
        "bulk-file-missing": lazy("The row names no file. Write its name, or take the row out."),
        "bulk-file-unknown": lazy("There is no file %(name)s in the folder. Look whether it is spelled alike."),
        "bulk-row-twice": lazy("The same file stands for the same activity in row %(other)s too. Take one out."),
        "bulk-activity-unknown": lazy("There is no activity %(value)s. Write its number or its whole title."),
        "bulk-activity-several": lazy("Several activities are called %(value)s: %(numbers)s. Write the number."),
        "bulk-requirement-unknown": lazy("There is no requirement %(value)s in %(cycle)s."),
        "bulk-no-cycle": lazy("The library has no certification cycle, so nothing can be tied to requirements."),
        "bulk-kind-several": lazy("A piece of evidence has one kind. Write one of: %(known)s."),
        "bulk-kind-unknown": lazy("There is no kind of evidence called %(value)s. There are: %(known)s."),
        "bulk-people-unknown": lazy(
            "%(value)s does not say whether people can be recognised. Write one of: %(known)s."
        ),
        "bulk-already-here": lazy(
            "The same file is evidence %(number)s of the same activity already. Take the row out."
        ),
    }
)


@dataclass(frozen=True)
class Planned:
    """A row of the list: a file, where the row stands, and what it becomes."""

    place: Place
    file: str  # as the folder has it
    details: EvidenceDetails
    ties: tuple[Wanted, ...]


def read(work: Work, content: bytes, name: str, files: Collection[str]) -> tuple[list[Planned], list[Note]]:
    """Return what a list (.xlsx or .csv) says of the files of a folder, and what should be known of it.

    Raises ImportRefused with all that is wrong, by sheet, row and column.
    """
    work.require(Permission.EVIDENCE_ADD)
    sheets = tables.read(content, name, COLUMNS.knows)
    lists = [sheet for sheet in sheets if COLUMNS.has(sheet, "file")]
    if not lists:
        known = ", ".join(column.heading for column in COLUMNS.by_key.values())
        raise ImportRefused([Fault(Place(sheets[0].name, 1), Invalid("bulk-no-heading", known=known))])
    offered = _Offered(work, files)
    planned: list[Planned] = []
    notes = [note for sheet in sheets for note in sheet.notes]
    faults: list[Fault] = []
    for sheet in lists:
        reader = _ListReader(sheet, offered)
        planned += reader.planned()
        notes += reader.notes
        faults += reader.faults
    faults += _repeated(planned)
    if faults:
        raise ImportRefused(faults)
    if not planned:
        raise tables.whole_file(name, Invalid("import-empty"))
    named = {row.file for row in planned}
    left = sorted((file for file in files if file not in named), key=sort_key)
    notes += [
        Note(Place(name), lazy("The list does not name %(file)s, so it is left out.", file=file)) for file in left
    ]
    return planned, notes


def check(
    work: Work, planned: Sequence[Planned], open_file: Opener, tell: Callable[[Planned], None]
) -> Iterator[tuple[Planned, Finding]]:
    """Check every file, keep none, and return what was found. Raises ImportRefused as ``receive`` does."""
    looked = _each_file(
        planned, open_file, tell, functools.partial(intake.look, work), lambda row, one: _twin(work, row, one.sha256)
    )
    return ((row, finding) for row in planned for finding in looked[row.file].findings)


def receive(
    work: Work, planned: Sequence[Planned], open_file: Opener, tell: Callable[[Planned], None]
) -> dict[str, Received]:
    """Check every file and keep its bytes.

    Raises ImportRefused with every file that is refused or that the library has for the same activity already.
    """
    return _each_file(
        planned,
        open_file,
        tell,
        functools.partial(intake.receive, work),
        lambda row, one: _twin(work, row, one.original.sha256),
    )


def _each_file(
    planned: Sequence[Planned],
    open_file: Opener,
    tell: Callable[[Planned], None],
    take: Callable[[BinaryIO, str], Taken],
    refuse: Callable[[Planned, Taken], Invalid | None],
) -> dict[str, Taken]:
    taken: dict[str, Taken] = {}
    refused: dict[str, Invalid] = {}
    faults = []
    for row in planned:
        if row.file not in taken and row.file not in refused:
            try:
                with open_file(row.file) as stream:
                    taken[row.file] = take(stream, PurePosixPath(row.file).name)
            except Invalid as refusal:
                refused[row.file] = refusal
        tell(row)
        problem = refused.get(row.file) or refuse(row, taken[row.file])
        if problem:
            faults.append(Fault(row.place, problem))
    if faults:
        raise ImportRefused(faults)
    return taken


def add(work: Work, planned: Iterable[Planned], received: Mapping[str, Received]) -> list[Added]:
    """Add a piece of evidence for each row, in the order of the list."""
    return [adding.add(work, received[row.file], row.details, row.ties) for row in planned]


def _twin(work: Work, row: Planned, sha256: str) -> Invalid | None:
    """Return the refusal of a file that the library has for the same activity."""
    for number in file_queries.holding(work, sha256):
        held = queries.get(work, number).activity
        if (held.number if held else None) == row.details.activity:
            return Invalid("bulk-already-here", number=number)
    return None


def _people(cell: Cell) -> str:
    found = value_of(str(cell), PEOPLE_WORDS)
    if found is None:
        raise Invalid(
            "bulk-people-unknown", value=cell, known=", ".join(word(one, PEOPLE_WORDS) for one in PEOPLE_WORDS)
        )
    return found.value


def _repeated(planned: Sequence[Planned]) -> Iterable[Fault]:
    seen: dict[object, Planned] = {}
    for row in planned:
        first = seen.setdefault((row.file, row.details.activity), row)
        if first is not row:
            yield Fault(row.place, Invalid("bulk-row-twice", other=first.place.row))


def _alike(name: str) -> str:
    """Return a file's name in the form in which names are compared: systems write capitals and å in their own ways."""
    return unicodedata.normalize("NFC", name.replace("\\", "/").removeprefix("./")).casefold()


class _Offered:
    """What the rows of a list may name."""

    def __init__(self, work: Work, files: Collection[str]) -> None:
        self.files = {_alike(file): file for file in files}
        self.kinds = queries.kinds(work)
        self.today = work.today
        self.cycle: Cycle | None = schemes.current_cycle(work)
        self.requirements = schemes.requirements(work, self.cycle.scheme) if self.cycle else {}
        self.numbers: set[int] = set()
        self.titles: dict[str, list[int]] = {}
        standing = sa.select(Activity.number, Activity.title).where(Activity.withdrawn_at.is_(None))
        for number, title in work.session.execute(standing.order_by(Activity.number)):
            self.numbers.add(number)
            self.titles.setdefault(sort_key(title), []).append(number)


class _ListReader(RowReader):
    """Turns the rows of one sheet into pieces of evidence to come."""

    columns = COLUMNS

    def __init__(self, sheet: Sheet, offered: _Offered) -> None:
        self.offered = offered
        super().__init__(sheet)

    def planned(self) -> list[Planned]:
        """Return every row in which nothing is wrong."""
        found = []
        if not self.faults:
            for _row in self.each_row():
                before = len(self.faults)
                row = self._planned()
                if len(self.faults) == before:
                    found.append(row)
        return found

    def _planned(self) -> Planned:
        file = self._file()
        details = EvidenceDetails(
            title=self.text("title") or rules.title_from(PurePosixPath(file).name),
            kind=self._kind(),
            description=self.text("description"),
            collected_on=self.take("collected_on", day, None),
            activity=self._activity(),
            language=self.text("language").lower() or "da",
            alt=self.text("alt"),
            source=self.text("source"),
            valid_until=self.take("valid_until", day, None),
            people=self.take("people", _people, ""),
        )
        for problem in evidence_details.problems(details, self.offered.today):
            self.fault(str(problem.field), problem)
        return Planned(self.place(""), file, details, self._ties())

    def _file(self) -> str:
        name = self.text("file")
        found = self.offered.files.get(_alike(name))
        if not name:
            self.fault("file", Invalid("bulk-file-missing"))
        elif found is None:
            self.fault("file", Invalid("bulk-file-unknown", name=name))
        return found or name

    def _kind(self) -> str:
        kinds = {code: (term.da, term.en) for code, term in self.offered.kinds.items()}
        found = self.several("kind", kinds, "bulk-kind-unknown")
        if len(found) > 1:
            self.fault("kind", Invalid("bulk-kind-several", known=", ".join(kinds)))
        return found[0] if found else ""

    def _activity(self) -> int | None:
        text = self.text("activity")
        if not text:
            return None
        if text.isascii() and text.isdigit() and int(text) in self.offered.numbers:
            return int(text)
        numbers = self.offered.titles.get(sort_key(text), [])
        if len(numbers) == 1:
            return numbers[0]
        if numbers:
            self.fault("activity", Invalid("bulk-activity-several", value=text, numbers=", ".join(map(str, numbers))))
        else:
            self.fault("activity", Invalid("bulk-activity-unknown", value=text))
        return None

    def _ties(self) -> tuple[Wanted, ...]:
        codes, cycle = parts(self.text("requirements").replace(",", ";")), self.offered.cycle
        if not codes:
            return ()
        if cycle is None:
            self.fault("requirements", Invalid("bulk-no-cycle"))
            return ()
        for code in codes:
            if code not in self.offered.requirements:
                problem = Invalid("bulk-requirement-unknown", value=code, cycle=cycle.title)
                self.fault("requirements", problem)
        return tuple(Wanted(cycle.number, code) for code in dict.fromkeys(codes))

"""The sheets that tell what every figure of a report is made of: values with their formula beside them, as text."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sdg_tracker.effects.wording import BASIS_NAMES, DIMENSION_NAMES
from sdg_tracker.foundation.i18n import _
from sdg_tracker.impact.made import FORMULAS
from sdg_tracker.impact.marks import ranges
from sdg_tracker.measures import rules
from sdg_tracker.measures.periods import Period
from sdg_tracker.measures.states import QUALIFIER_NAMES
from sdg_tracker.plans.wording import STATUS_NAMES, proof
from sdg_tracker.printing.head import Head
from sdg_tracker.printing.texts import said
from sdg_tracker.workbooks import sheets as shared
from sdg_tracker.workbooks.book import Cell, Column, Link, Sheet, place
from sdg_tracker.workbooks.sheets import FIRST, day

Row = Mapping[str, Any]


def sheets(head: Head) -> list[Sheet]:
    """Return the figures with what they are made of, readings, pledges and effects, as far as there are any."""
    edition = head.snapshot
    found = [_figures(head)]
    if any(row["readings"] for row in edition.get("measures", ())):
        found.append(_readings(head))
    if (edition.get("plan") or {}).get("pledges"):
        found.append(_pledges(head))
    if _scored(head):
        found.append(_effects(head))
    return found


def linked(head: Head) -> Callable[[str, int | None], Cell]:
    """Return what makes a number a cell that leads to the row of its figure, given by its name, where it has one."""
    places = {row["name"]: index for index, row in enumerate(head.snapshot.get("followed", ()), FIRST)}

    def cell(name: str, value: int | None) -> Cell:
        known = value is not None and name in places
        return Link(place(_names()["figures"], places[name]), value, figure=True) if known and value else value

    return cell


def number(value: str) -> int | Decimal:
    """Return a number of a snapshot as a cell holds it."""
    found = Decimal(value)
    return int(found) if found == found.to_integral_value() else found


def rows_of(places: Sequence[int]) -> str:
    """Return the rows of a sheet in one text."""
    return ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in ranges(places))


def _figures(head: Head) -> Sheet:
    columns = (
        Column(_("Mark"), _("The small number beside the figure in the report."), 7),
        Column(_("Figure"), _("What it is a figure of."), 52),
        Column(_("Value"), _("The figure. It was computed when the edition was frozen; no cell computes."), 12),
        Column(_("Formula"), _("How it comes from the rows that it is made of."), 60),
        Column(_("How exact"), _("Whether it is exact, more than the number given, about it, or estimated."), 12),
        Column(_("Made of"), _("Leads to the first of the rows that it is made of."), 18),
        Column(_("Exhibits"), _("Numbers of the exhibits behind it."), 24),
        Column(_("Missing"), _("Readings that are not there, by period and house."), 28),
    )
    return Sheet(
        _names()["figures"], _("One row for each figure of the report that has a mark."), columns, _made(head), 2
    )


def _names() -> dict[str, str]:
    return {"figures": _("Figures"), "readings": _("Readings"), "pledges": _("Pledges"), "effects": _("Effects")}


class _Places:
    """Where the rows stand that figures are made of."""

    def __init__(self, head: Head) -> None:
        edition = head.snapshot
        self.rows: Mapping[str, Mapping[Any, int]] = {
            "activities": {row["number"]: index for index, row in enumerate(edition["activities"], FIRST)},
            "readings": {one["number"]: index for index, (_row, one) in enumerate(_all(head), FIRST) if one["number"]},
            "effects": {row["activity"]: index for index, row in enumerate(_scored(head), FIRST)},
            "figures": {row["name"]: index for index, row in enumerate(edition["followed"], FIRST)},
        }

    def of(self, one: Row) -> tuple[str, list[int]]:
        """Return the sheet of some of the rows of a figure, and which they are there."""
        kind = next(kind for kind in ("activities", "readings", "figures") if kind in one)
        keys = one[kind]
        if str(one.get("field", "")).startswith("effect"):
            kind = "effects"
        sheet = shared.names()["activities"] if kind == "activities" else _names()[kind]
        return sheet, [self.rows[kind][key] for key in keys if key in self.rows[kind]]


def _made(head: Head) -> Iterator[Sequence[Cell]]:
    known = _Places(head)
    for row in head.snapshot["followed"]:
        formulas, link = [], None
        for one in row["of"]:
            sheet, places = known.of(one)
            if row["name"].startswith("year:"):  # activities that are not in this edition
                formulas.append(_("activities no. %(numbers)s of the library", numbers=rows_of(one["activities"])))
            elif places:
                formulas.append(_("%(sheet)s, rows %(rows)s", sheet=sheet, rows=rows_of(places)))
                link = link or Link(place(sheet, min(places)), sheet)
        lost = _("rows that are not in this edition") if row["formula"] in ("count", "sum") else ""
        made = "; ".join(formulas) or lost
        yield (
            row["mark"],
            said(row["label"]),
            number(row["value"]),
            f"{FORMULAS[row['formula']]}: {made}" if made else str(FORMULAS[row["formula"]]),
            str(QUALIFIER_NAMES[row["qualifier"]]),
            link,
            rows_of(row["evidence"]),
            "; ".join(_missing(head, period, house, _never(head, row)) for period, house in row["missing"]),
        )


def _missing(head: Head, period: str, house: str, never: Mapping[rules.Missing, str]) -> str:
    said = [head.branches.get(house, house)] if house else []
    if (period, house) in never:
        said.append(_("never to be known: %(reason)s", reason=never[period, house].rstrip(".")))
    named = Period.parse(period).name
    return f"{named} ({'; '.join(said)})" if said else named


def _never(head: Head, row: Row) -> Mapping[rules.Missing, str]:
    """Return why what is missing of a followed figure will never be known, as far as that is said."""
    known = {one["code"]: one for one in head.snapshot.get("measures", ())}
    code = row["name"].split(":")[1] if row["name"].startswith("measure:") else ""
    return rules.reasons(known[code], known) if code in known else {}


def _all(head: Head) -> list[tuple[Row, Row]]:
    return [(row, one) for row in head.snapshot.get("measures", ()) for one in row["readings"]]


def _readings(head: Head) -> Sheet:
    columns = (
        Column(_("No."), _("Number of the reading; empty for one that was counted from activities."), 7),
        Column(_("Figure"), _("What was read."), 34),
        Column(_("Unit"), _("What it is counted in."), 12),
        Column(_("Period"), _("The stretch of time that it is of."), 20),
        Column(_("House"), _("The house; empty for the whole library."), 26),
        Column(_("Value"), _("The reading."), 12),
        Column(_("How exact"), _("Whether it is exact, more than the number given, about it, or estimated."), 12),
        Column(_("Read on"), _("The day on which it was read."), 12),
        Column(_("Source"), _("Where it comes from."), 30),
        Column(_("Note"), _("As the library wrote it."), 30),
        Column(_("Exhibit"), _("The exhibit that shows it; leads to it."), 9),
        Column("SHA-256", _("Digest of that exhibit's file, 64 hexadecimal digits."), 68),
        Column(_("Corrections"), _("What stood there before, what is right, when and why."), 50),
        Column(_("Definition"), _("What is counted."), 60),
    )
    meaning = _("One row for each reading that figures are made of, then one for each that will never be known.")
    return Sheet(_names()["readings"], meaning, columns, _reading_rows(head), 2)


def _reading_rows(head: Head) -> Iterator[Sequence[Cell]]:
    evidence = {row["number"]: (index, row) for index, row in enumerate(head.snapshot["evidence"], FIRST)}
    for row, one in _all(head):
        index, piece = evidence.get(one["evidence"], (0, None))
        yield (
            one["number"] or None,
            said(row["title"]),
            said(row["unit"]),
            Period.parse(one["period"]).name,
            head.branches.get(one["branch"], one["branch"]),
            number(one["value"]),
            str(QUALIFIER_NAMES[one["qualifier"]]),
            day(one.get("read_on")),
            one["source"] or row.get("source", ""),
            one.get("note", ""),
            Link(place(shared.names()["evidence"], index), piece["exhibit"]) if piece else None,
            piece["sha256"] if piece else "",
            "; ".join(_corrected(one)),
            said(row["definition"]),
        )
    for row in head.snapshot.get("measures", ()):  # after the others: formulas name those by their rows
        for one in row.get("unknown", ()):
            why = _("Never to be known: %(reason)s", reason=one["reason"])
            named = head.branches.get(one["branch"], one["branch"])
            what = None, said(row["title"]), said(row["unit"]), Period.parse(one["period"]).name, named
            yield (*what, None, "", None, "", why, None, "", "", said(row["definition"]))


def _corrected(reading: Row) -> Iterator[str]:
    values = [change["old"] for change in reading["corrections"]] + [reading["value"]]
    for change, new in zip(reading["corrections"], values[1:], strict=True):
        yield f"{change['at'][:10]}: {change['old']} → {new} ({change['reason']})"


def _pledges(head: Head) -> Sheet:
    columns = (
        Column(_("No."), _("Code of the pledge."), 7),
        Column(_("Pledge"), _("Its title."), 34),
        Column(_("Text"), _("What was promised."), 50),
        Column(_("Status"), _("How it stood at the end of the year, or when the edition was frozen."), 16),
        Column(_("Computed"), _("The same as computed; another where the library says otherwise."), 16),
        Column(_("Reason"), _("Why the library says otherwise."), 30),
        Column(_("Proof"), _("What it was computed from."), 60),
        Column(_("Due on"), _("The day by which it is to be kept."), 12),
    )
    measures = {row["code"]: row for row in head.snapshot.get("measures", ())}
    rows = (
        (
            row["code"],
            said(row["title"]),
            said(row["text"]),
            str(STATUS_NAMES[row["status"]["shown"]]),
            str(STATUS_NAMES[row["status"]["computed"]]),
            (row["status"]["overruled"] or {}).get("reason", ""),
            " ".join(proof(row, measures.get(row["measure"]), head.branches)),
            day(row["due_on"]),
        )
        for row in head.snapshot["plan"]["pledges"]
    )
    return Sheet(_names()["pledges"], _("One row for each pledge of the plan."), columns, rows, kept=2)


def _scored(head: Head) -> list[Row]:
    return [row for row in head.snapshot.get("effects", ()) if row["intended"] or row["seen"]]


def _effects(head: Head) -> Sheet:
    sides = [(code, str(name)) for code, name in DIMENSION_NAMES.items()]
    meant, seen = _("From 1, hardly at all, to 5, very much; empty where it was no purpose."), _("The same as seen.")
    columns = (
        Column(_("No."), _("Number of the activity; leads to it."), 7),
        Column(_("Activity"), _("Its title, as the library wrote it."), 40),
        *(Column(_("%(what)s: meant", what=name), meant, 12) for _code, name in sides),
        *(Column(_("%(what)s: seen", what=name), seen, 12) for _code, name in sides),
        Column(_("How it is known"), _("Whether the library saw it, or people were asked."), 22),
        Column(_("Answers"), _("People who answered."), 9),
        Column(_("Note"), _("As the library wrote it."), 40),
        Column(_("Exhibit"), _("The exhibit that shows it; leads to it."), 9),
    )
    activities = {row["number"]: (index, row) for index, row in enumerate(head.snapshot["activities"], FIRST)}
    evidence = {row["number"]: (index, row["exhibit"]) for index, row in enumerate(head.snapshot["evidence"], FIRST)}

    def cells(row: Row) -> Sequence[Cell]:
        index, activity = activities[row["activity"]]
        shown = evidence.get(row.get("source"))
        return (
            Link(place(shared.names()["activities"], index), row["activity"]),
            activity["title"],
            *((row["intended"] or {}).get(code) for code, _name in sides),
            *((row["seen"] or {}).get(code) for code, _name in sides),
            str(BASIS_NAMES[row["basis"]]) if row["basis"] else "",
            row["answers"],
            row.get("note", ""),
            Link(place(shared.names()["evidence"], shown[0]), shown[1]) if shown else None,
        )

    meaning = _("One row for each activity of which something was meant or seen, with what it did for people.")
    return Sheet(_names()["effects"], meaning, columns, map(cells, _scored(head)), kept=2)

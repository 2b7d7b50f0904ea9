"""The year's report as a workbook: its figures, and the rows that they can be counted from again."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, BinaryIO

from sdg_tracker.foundation.blobs import Blobs
from sdg_tracker.foundation.i18n import _, use_locale
from sdg_tracker.impact import following_sheets
from sdg_tracker.printing.head import Head
from sdg_tracker.printing.texts import said, utc
from sdg_tracker.workbooks import book, sheets
from sdg_tracker.workbooks.book import Cell, Column, Link, Sheet, Strong
from sdg_tracker.workbooks.sheets import Row, attendance, attendance_columns

Linked = Callable[[str, Any], Cell]


def build(snapshot: Mapping[str, Any], fingerprint: str, _blobs: Blobs, target: BinaryIO) -> None:
    """Write the workbook, a function of the snapshot alone."""
    head = Head(snapshot, fingerprint)
    with use_locale(head.language):
        composed = "composition" in snapshot  # reports from before there was a choice keep their sheets
        book.write(
            target,
            head,
            [
                _overview(head),
                _goals(head),
                _actions(head),
                _branches(head),
                *(following_sheets.sheets(head) if composed else ()),
                sheets.activities(head, with_period=False),
                sheets.mappings(head),
                sheets.evidence(head, with_requirements=False),
                sheets.trail(head),
            ],
        )


def _overview(head: Head) -> Sheet:
    meaning = _("The year at a glance. All of it can be counted again from the other sheets.")
    columns = (Column("", "", 50), Column("", "", 20), Column("", "", 16))
    return Sheet(sheets.names()["overview"], meaning, columns, _overview_rows(head), table=False)


def _overview_rows(head: Head) -> Iterator[Sequence[Cell]]:
    edition, linked = head.snapshot, following_sheets.linked(head)
    totals = edition["figures"]["totals"]
    yield (Strong(edition["title"]),)
    yield (head.library,)
    yield ()
    yield (_("Year"), str(edition["year"]))
    yield (_("Edition"), head.number)
    yield (_("Frozen (UTC)"), utc(edition["frozen_at"]))
    yield (_("Fingerprint"), head.fingerprint)
    yield (_("Check it here"), Link(head.check_address, head.check_address))
    yield from sheets.of_earlier(head)
    yield ()
    yield (Strong(_("Figures")), Strong(_("Number")))
    yield (_("Activities of the year"), linked("total:activities", totals["activities"]))
    yield (_("of these mapped to a goal"), linked("total:mapped", totals["mapped"]))
    yield (_("of these without a goal"), linked("total:without_mapping", totals["without_mapping"]))
    yield (_("of these with an exhibit"), linked("total:with_evidence", totals["with_evidence"]))
    yield (_("of these still planned"), linked("total:planned", totals["planned"]))
    yield (_("Cancelled, not counted in anything"), linked("total:cancelled", totals["cancelled"]))
    yield (_("Exhibits"), linked("total:evidence", totals["evidence"]))
    yield (_("Came"), *_came(linked, "total", totals))
    yield (_("Signed up"), linked("total:signups", totals["signups"]))
    yield (_("Helped"), linked("total:helped", totals["helped"]))
    yield ()
    yield (Strong(_("How it is counted")),)
    for line in rules(edition):
        yield (line,)


def rules(edition: Row) -> list[str]:
    """Return how the figures of a report are made, in the current language."""
    return [
        _("An activity is of the year when at least one of its days is in %(year)s.", year=str(edition["year"])),
        _("One that goes on without a last day reaches to the day of freezing."),
        _("One of which only the year is known is of that year. Cancelled and withdrawn ones are left out."),
        _("An activity counts once for a goal, however many targets it serves, and whole in each goal and house."),
        _("So the rows for goals, actions and houses add up to more than the whole."),
        _("Only what an activity supports is counted; what it works against stands on the sheet of mappings."),
        _("Those who came, signed up and got help are three figures and are never added to each other."),
        _("A sum with a “more than” in it is “more than”; else one with an “about” in it is “about”."),
        _("Evidence counts in the year in which it was made; if its activity was not then, in the activity's."),
    ]


def _goals(head: Head) -> Sheet:
    columns = (
        Column(_("Goal"), _("Number of the goal."), 7),
        Column(_("Name"), _("Its short name."), 44),
        Column(_("As main goal"), _("Activities of the year that have it as their main goal."), 12),
        Column(
            _("All"),
            _("Activities of the year that support it at all, as their main goal or beside it."),
            9,
        ),
        Column(_("Exhibits"), _("Exhibits of the activities that support it."), 9),
        *attendance_columns(),
    )
    linked = following_sheets.linked(head)

    def cells(row: Row) -> Sequence[Cell]:
        name = f"goal:{row['code']}"
        counts = (linked(f"{name}:main", row["main"]), linked(f"{name}:activities", row["all"]))
        return (row["code"], head.goals[row["code"]], *counts, *_shared(linked, name, row))

    rows = map(cells, head.snapshot["figures"]["by_goal"])
    return Sheet(
        _("Goals"), _("One row for each of the 17 goals, also those without activities."), columns, rows, kept=2
    )


def _came(linked: Linked, name: str, row: Row) -> Sequence[Cell]:
    """Return how many came, leading to what it is made of, and how it is to be read."""
    number, said = attendance(row["attendance"])
    return linked(f"{name}:attendance", number), said


def _shared(linked: Linked, name: str, row: Row) -> Sequence[Cell]:
    """Return exhibits and headcounts."""
    counts = {field: linked(f"{name}:{field}", row[field]) for field in ("evidence", "signups", "helped")}
    return counts["evidence"], *_came(linked, name, row), counts["signups"], counts["helped"]


def _group(linked: Linked, name: str, row: Row) -> Sequence[Cell]:
    return linked(f"{name}:activities", row["activities"]), *_shared(linked, name, row)


def _figure_columns() -> tuple[Column, ...]:
    return (
        Column(_("Activities"), _("Activities of the year."), 10),
        Column(_("Exhibits"), _("Exhibits of these activities."), 9),
        *attendance_columns(),
    )


def _actions(head: Head) -> Sheet:
    columns = (
        Column(_("Action"), _("Code of the action in the strategy."), 9),
        Column(_("Name"), _("What the action is called."), 44),
        Column(_("Objective"), _("The objective that the action belongs to."), 40),
        *_figure_columns(),
    )
    linked = following_sheets.linked(head)
    known = {row["code"]: row for row in (head.snapshot["strategy"] or {"actions": []})["actions"]}
    rows = (
        (
            row["code"],
            said(known[row["code"]]["title"]),
            said(known[row["code"]]["objective_title"]),
            *_group(linked, f"action:{row['code']}", row),
        )
        for row in head.snapshot["figures"]["by_action"]
    )
    meaning = _("One row for each action of the library's strategy, also those without activities.")
    return Sheet(_("Strategy actions"), meaning, columns, rows, kept=2)


def _branches(head: Head) -> Sheet:
    columns = (Column(_("House"), _("The house; the last row is for all outside the houses."), 36), *_figure_columns())
    linked = following_sheets.linked(head)
    rows = (
        (_house(head, row["code"]), *_group(linked, f"branch:{row['code']}", row))
        for row in head.snapshot["figures"]["by_branch"]
    )
    return Sheet(_("Houses"), _("One row for each house; one in several houses counts in each."), columns, rows)


def _house(head: Head, code: str) -> str:
    return head.branches.get(code, code) if code else _("outside the houses")

"""The sheets of a plan, which a printed plan and a dossier share: pledges and initiatives."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from sdg_tracker.foundation.i18n import _
from sdg_tracker.plans import steering, told, wording
from sdg_tracker.printing.head import Head
from sdg_tracker.printing.texts import said
from sdg_tracker.workbooks.book import Cell, Column, Sheet
from sdg_tracker.workbooks.sheets import day, listed


def pledges(head: Head) -> Sheet:
    """Return the sheet of pledges, each with its status and the numbers that it was counted from."""
    columns = (
        Column(_("Code"), _("Code of the pledge in the plan."), 8),
        Column(_("Pledge"), _("What it is called."), 30),
        Column(_("Text"), _("What the library promises."), 50),
        Column(_("Kind"), _("How it is proved: by a figure, by counting, or by a yearly self-check."), 20),
        Column(_("Status"), _("The status that holds."), 14),
        Column(_("Counted"), _("The status as it was counted; another one where the library has overruled it."), 14),
        Column(_("Why overruled"), _("The library's reason; empty where the counted status holds."), 40),
        Column(_("Responsible"), _("Who is responsible, as a role."), 22),
        Column(_("Adopted on"), _("When the pledge was adopted."), 12),
        Column(_("Deadline"), _("The day by which it is to be kept; empty where there is none."), 12),
        Column(_("Goals and targets"), _("Codes of the goals and targets that it is about."), 14),
        Column(_("Measure"), _("Code of the measure that it is measured by."), 18),
        Column(_("Baseline"), _("The value that it starts from."), 12),
        Column(_("Baseline of"), _("The period of that value."), 10),
        Column(_("Target value"), _("The value to reach."), 12),
        Column(_("Target of"), _("The period of that value."), 10),
        Column(_("On the straight line"), _("What the value would be now, on a straight line to the target."), 12),
        Column(_("Measured"), _("The value of the newest whole period."), 12),
        Column(_("Measured in"), _("That period."), 10),
        Column(_("Missing"), _("Periods without a reading."), 16),
        Column(
            _("Counted or checked"), _("Each period or year: what was promised, what was done, on time or late."), 50
        ),
        Column(_("Activities"), _("Numbers of the activities that belong to it."), 14),
        Column(_("Exhibits"), _("Numbers of the exhibits in this edition."), 14),
    )
    return Sheet(_("Pledges"), _("One row for each pledge of the plan."), columns, _pledge_rows(head), kept=2)


def _pledge_rows(head: Head) -> Iterator[Sequence[Cell]]:
    proof = told.proofs(head.snapshot)
    for one in told.pledges(head.snapshot):
        row, status = one.row, one.row["status"]
        numbers, overruled = status["numbers"], status["overruled"]
        baseline, target = row["baseline"] or {}, row["target"] or {}
        yield (
            row["code"],
            said(row["title"]),
            said(row["text"]),
            str(wording.KIND_NAMES[row["kind"]]),
            str(wording.STATUS_NAMES[status["shown"]]),
            str(wording.STATUS_NAMES[status["computed"]]),
            overruled["reason"] if overruled else None,
            row["responsible"],
            day(row["adopted_on"]),
            day(row["due_on"]),
            listed([*row["goals"], *row["targets"]]),
            row["measure"],
            _decimal(baseline.get("value")),
            baseline.get("period"),
            _decimal(target.get("value")),
            target.get("period"),
            _decimal(numbers.get("wanted")),
            _decimal(numbers.get("found")),
            numbers.get("period"),
            "\n".join(proof(one)),
            listed(row["activities"]),
            listed(one.exhibits),
        )


def _decimal(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)


def initiatives(head: Head) -> Sheet:
    """Return the sheet of initiatives, each with its state in each year of the plan."""
    years = steering.years(head.snapshot["plan"])
    columns = (
        Column(_("Code"), _("Code of the initiative in the plan."), 8),
        Column(_("Initiative"), _("What it is called."), 36),
        Column(_("Area"), _("The field of work that it belongs to."), 18),
        Column(_("Role"), _("The library's role: it tells, brings people together, or acts itself."), 14),
        Column(_("Goals and targets"), _("Codes of the goals and targets that it is about."), 14),
        Column(_("Strategy actions"), _("Codes of the actions of the strategy that it serves."), 12),
        Column(_("Pledges"), _("Codes of the pledges that it serves."), 12),
        Column(_("Responsible"), _("Who is responsible, as a role."), 22),
        Column(_("Partners"), _("With whom, separated by semicolons."), 28),
        Column(_("What"), _("What is done."), 50),
        Column(_("How"), _("How it is done."), 40),
        Column(_("First day"), _("When it begins."), 12),
        Column(_("Last day"), _("When it is over."), 12),
        Column(_("Measure of success"), _("How it will be seen that it worked."), 36),
        Column(_("Baseline"), _("Where it starts from."), 16),
        Column(_("Target value"), _("Where it is to get to."), 16),
        Column(_("State"), _("How far it is: promised, done, proved by accepted evidence, or lapsed."), 12),
        *(
            Column(str(year), _("Its state in %(year)s; empty where nothing was planned.", year=year), 12)
            for year in years
        ),
        Column(_("Activities"), _("Numbers of the activities that belong to it."), 14),
        Column(_("Exhibits"), _("Numbers of the exhibits in this edition."), 14),
    )
    rows = _initiative_rows(head, years)
    return Sheet(_("Initiatives"), _("One row for each initiative of the plan."), columns, rows, kept=2)


def _initiative_rows(head: Head, years: Sequence[int]) -> Iterator[Sequence[Cell]]:
    partners = head.snapshot["plan"].get("partners", {})
    for one in told.initiatives(head.snapshot):
        row = one.row
        states = (steering.state_in(row, year) for year in years)
        yield (
            row["code"],
            row["title"],
            str(wording.AREA_NAMES[row["area"]]),
            str(wording.ROLE_NAMES[row["role"]]),
            listed([*row["goals"], *row["targets"]]),
            listed(row["strategy_actions"]),
            listed(row["pledges"]),
            row["responsible"],
            "; ".join(said(partners[code]) if code in partners else code for code in row["partners"]),
            row["what"],
            row["how"],
            day(row["first"]),
            day(row["last"]),
            row["success"],
            row["baseline"],
            row["target"],
            str(wording.INITIATIVE_NAMES[row["state"]]) if row["state"] else None,
            *(str(wording.INITIATIVE_NAMES[state]) if state else None for state in states),
            listed(row["activities"]),
            listed(one.exhibits),
        )

"""The sheet of what the audits of earlier dossiers found, and what was done about it."""

from collections.abc import Iterator, Mapping, Sequence

from sdg_tracker.audit.wording import FINDING_KINDS, FINDING_STATES
from sdg_tracker.foundation.i18n import _
from sdg_tracker.printing.head import Head
from sdg_tracker.workbooks.book import Cell, Column, Link, Sheet
from sdg_tracker.workbooks.sheets import day, listed


def sheet(head: Head, places: Mapping[str, str]) -> list[Sheet]:
    """Return the sheet; nothing where there were no findings, or none whose exhibits are told, as in older editions.

    ``places`` are those of the requirements, by code.
    """
    if not any("exhibits" in row for row in head.snapshot.get("findings", ())):
        return []
    columns = (
        Column(_("Edition"), _("Number of the edition that was audited."), 8),
        Column(_("No."), _("Number of the finding in the audit."), 7),
        Column(_("Kind"), _("What kind of finding it is."), 24),
        Column(_("Requirement"), _("Code of the requirement; empty where it is about the whole."), 12),
        Column(_("Exhibits"), _("Numbers of the exhibits, in the edition that was audited."), 14),
        Column(_("What was found"), _("As the auditor wrote it."), 60),
        Column(_("State"), _("How far it is."), 24),
        Column(_("Raised"), _("The day on which it was written down."), 12),
        Column(_("Cause"), _("Why it happened, as the library wrote it."), 40),
        Column(_("Correction"), _("What the library does about it, as the library wrote it."), 40),
        Column(_("Deadline"), _("The day by which it is done."), 12),
        Column(_("Auditor's remark"), _("What the auditor said to the answer."), 40),
        Column(_("Closed"), _("The day on which the auditor closed it."), 12),
    )
    meaning = _("One row for each finding in the audits of earlier dossiers, and what was done.")
    return [Sheet(_("Earlier findings"), meaning, columns, _rows(head, places), kept=2)]


def _rows(head: Head, places: Mapping[str, str]) -> Iterator[Sequence[Cell]]:
    for row in head.snapshot["findings"]:
        code = row["requirement"]
        yield (
            row["edition"],
            row["number"],
            str(FINDING_KINDS[row["kind"]]),
            Link(places[code], code) if code in places else code,
            listed(row.get("exhibits", ())),
            row["text"],
            str(FINDING_STATES[row["state"]]),
            day(row["raised_on"]),
            row["cause"],
            row["correction"],
            day(row["deadline"]),
            row["reply"],
            day(row["closed_on"]),
        )

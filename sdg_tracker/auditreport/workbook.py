"""The audit report as a workbook: findings with their answers, marks, samples, what was opened, the trail."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, BinaryIO

from sdg_tracker.audit.wording import DECISION_NAMES, FINDING_KINDS, FINDING_STATES, MARK_NAMES, METHOD_NAMES
from sdg_tracker.auditreport.shown import OPENED
from sdg_tracker.foundation.blobs import Blobs
from sdg_tracker.foundation.i18n import _, use_locale
from sdg_tracker.printing.head import Head
from sdg_tracker.printing.texts import said, utc
from sdg_tracker.workbooks import book, sheets
from sdg_tracker.workbooks.book import Cell, Column, Link, Sheet, Strong
from sdg_tracker.workbooks.sheets import day, listed

Rows = Iterator[Sequence[Cell]]


def build(snapshot: Mapping[str, Any], fingerprint: str, _blobs: Blobs, target: BinaryIO) -> None:
    """Write the workbook, a function of the snapshot alone."""
    head = Head(snapshot, fingerprint)
    with use_locale(head.language):
        pages = [_overview(head), _findings(head), _marks(head), _drawn(head), _questions(head), _opened(head)]
        book.write(target, head, [*pages, sheets.trail(head)])


def _overview(head: Head) -> Sheet:
    columns = (Column("", "", 44), Column("", "", 60))
    meaning = _("The audit at a glance.")
    return Sheet(sheets.names()["overview"], meaning, columns, _overview_rows(head), table=False)


def _overview_rows(head: Head) -> Rows:
    edition = head.snapshot
    audit, audited = edition["audit"], edition["audited"]
    yield (Strong(edition["title"]),)
    yield (head.library,)
    yield ()
    yield (_("Edition that was audited"), audited["number"])
    yield (_("Fingerprint of the edition that was audited"), audited["fingerprint"])
    yield (_("Begun (UTC)"), utc(audit["begun_at"]))
    yield (_("Concluded (UTC)"), utc(audit["concluded_at"]))
    yield (_("Decision"), str(DECISION_NAMES[audit["decision"]]))
    yield (_("Conditions"), audit["conditions"])
    yield (_("Reasons"), audit["text"])
    yield ()
    yield (_("Exhibits in the edition"), audit["exhibits"])
    for mark, name in MARK_NAMES.items():
        yield (str(name), sum(row["mark"] == mark for row in audit["marks"]))
    yield ()
    for kind, name in FINDING_KINDS.items():
        yield (str(name), sum(row["kind"] == kind for row in audit["findings"]))
    yield ()
    yield (_("Edition"), head.number)
    yield (_("Frozen (UTC)"), utc(edition["frozen_at"]))
    yield (_("Fingerprint"), head.fingerprint)
    yield (_("Check it here"), Link(head.check_address, head.check_address))


def _findings(head: Head) -> Sheet:
    columns = (
        Column(_("No."), _("Number of the finding in the audit."), 7),
        Column(_("Kind"), _("What kind of finding it is."), 24),
        Column(_("Requirement"), _("Code of the requirement; empty where it is about the whole."), 12),
        Column(_("What the scheme asks"), _("Text of the requirement."), 40),
        Column(_("Exhibits"), _("Numbers of the exhibits, in the edition that was audited."), 14),
        Column(_("What was found"), _("As the auditor wrote it."), 60),
        Column(_("State"), _("How far it is."), 24),
        Column(_("Raised (UTC)"), _("When it was written down."), 20),
        Column(_("Cause"), _("Why it happened, as the library wrote it."), 40),
        Column(_("Correction"), _("What the library does about it, as the library wrote it."), 40),
        Column(_("Deadline"), _("The day by which it is done."), 12),
        Column(_("Answered (UTC)"), _("When the library answered."), 20),
        Column(_("Auditor's remark"), _("What the auditor said to the answer."), 40),
        Column(_("Closed (UTC)"), _("When the auditor closed it."), 20),
    )
    return Sheet(_("Findings"), _("One row for each finding."), columns, _finding_rows(head), kept=2)


def _finding_rows(head: Head) -> Rows:
    audit = head.snapshot["audit"]
    texts = {row["code"]: said(row["text"]) for row in audit["requirements"]}
    for row in audit["findings"]:
        yield (
            row["number"],
            str(FINDING_KINDS[row["kind"]]),
            row["requirement"],
            texts.get(row["requirement"], ""),
            listed(row["exhibits"]),
            row["text"],
            str(FINDING_STATES[row["state"]]),
            _moment(row["raised_at"]),
            row["cause"],
            row["correction"],
            day(row["deadline"]),
            _moment(row["answered_at"]),
            row["reply"],
            _moment(row["closed_at"]),
        )


def _marks(head: Head) -> Sheet:
    columns = (
        Column(_("Exhibit"), _("Number of the exhibit in the edition that was audited."), 8),
        Column(_("Title"), _("As the library wrote it."), 44),
        Column(_("Requirements"), _("Codes of the requirements that it shows something for."), 20),
        Column(_("Mark"), _("What the auditor said of it."), 22),
        Column(_("Note"), _("As the auditor wrote it."), 50),
        Column(_("Marked (UTC)"), _("When it was marked."), 20),
        Column(_("File"), _("The file in the bag of the edition that was audited."), 46),
        Column("SHA-256", _("Digest of that file, 64 hexadecimal digits."), 68),
    )
    rows = (
        (
            row["exhibit"],
            row["title"],
            listed(row["requirements"]),
            str(MARK_NAMES[row["mark"]]),
            row["note"],
            _moment(row["marked_at"]),
            row["file"].removeprefix("evidence/"),
            row["sha256"],
        )
        for row in head.snapshot["audit"]["marks"]
    )
    return Sheet(_("Marks"), _("One row for each exhibit that the auditor marked."), columns, rows)


def _drawn(head: Head) -> Sheet:
    columns = (
        Column(_("Sample"), _("Number of the sample; the last one holds."), 8),
        Column(_("Place"), _("Place in the order drawn."), 7),
        Column(_("Exhibit"), _("Number of the exhibit in the edition that was audited."), 8),
        Column(_("Seed"), _("The seed; with method and size the sample can be drawn again."), 20),
        Column(_("Method"), _("How it was drawn."), 40),
        Column(_("Size"), _("How many were asked for."), 7),
        Column(_("Drawn (UTC)"), _("When it was drawn."), 20),
    )
    rows = (
        (
            number,
            place,
            exhibit,
            sample["seed"],
            str(METHOD_NAMES[sample["method"]]),
            sample["size"],
            _moment(sample["drawn_at"]),
        )
        for number, sample in enumerate(head.snapshot["audit"]["samples"], 1)
        for place, exhibit in enumerate(sample["exhibits"], 1)
    )
    return Sheet(_("Sample"), _("One row for each exhibit that was drawn."), columns, rows)


def _questions(head: Head) -> Sheet:
    columns = (
        Column(_("No."), _("Number of the question in the audit."), 7),
        Column(_("Requirement"), _("Code of the requirement; empty where it is about the whole."), 12),
        Column(_("Question"), _("As the auditor wrote it."), 60),
        Column(_("Asked (UTC)"), _("When it was asked."), 20),
        Column(_("Answer"), _("As the library wrote it."), 60),
        Column(_("Answered (UTC)"), _("When the library answered."), 20),
        Column(_("Supplement"), _("Number of the edition with the new material; empty for none."), 12),
    )
    rows = (
        (
            row["number"],
            row["requirement"],
            row["text"],
            _moment(row["asked_at"]),
            row["answer"],
            _moment(row["answered_at"]),
            row["supplement"],
        )
        for row in head.snapshot["audit"]["questions"]
    )
    return Sheet(_("Questions"), _("One row for each question to the library."), columns, rows)


def _opened(head: Head) -> Sheet:
    columns = (
        Column(_("Access"), _("Number of the auditor's access."), 8),
        Column(_("What"), _("Whether a file was fetched or its preview shown."), 16),
        Column(_("Name"), _("Name of the file."), 60),
        Column("SHA-256", _("Digest of the file, 64 hexadecimal digits."), 68),
        Column(_("How often"), _("How many times."), 9),
        Column(_("First (UTC)"), _("When first."), 20),
        Column(_("Last (UTC)"), _("When last."), 20),
    )
    rows = (
        (
            access["number"],
            str(OPENED[row["what"]]),
            row["name"],
            row["sha256"],
            row["times"],
            _moment(row["first"]),
            _moment(row["last"]),
        )
        for access in head.snapshot["audit"]["accesses"]
        for row in access["opened"]
    )
    return Sheet(_("What was opened"), _("One row for each file that an auditor opened."), columns, rows)


def _moment(value: str | None) -> Cell:
    return utc(value) if value else None

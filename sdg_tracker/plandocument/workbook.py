"""The printed plan as a workbook: the plan, its pledges and initiatives, every reading behind it, the trail."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, BinaryIO

from sdg_tracker.foundation.blobs import Blobs
from sdg_tracker.foundation.i18n import _, use_locale
from sdg_tracker.plandocument.rules import VARIANT_NAMES, Variant
from sdg_tracker.plans import wording
from sdg_tracker.printing.head import Head
from sdg_tracker.printing.texts import paragraphs, said, utc
from sdg_tracker.workbooks import book, planned, sheets
from sdg_tracker.workbooks.book import Cell, Column, Link, Sheet, Strong
from sdg_tracker.workbooks.sheets import Row, day, listed

Rows = Iterator[Sequence[Cell]]


def build(snapshot: Mapping[str, Any], fingerprint: str, _blobs: Blobs, target: BinaryIO) -> None:
    """Write the workbook, a function of the snapshot alone."""
    head = Head(snapshot, fingerprint)
    with use_locale(head.language):
        pages = [_overview(head), planned.pledges(head), planned.initiatives(head), _readings(head)]
        if snapshot["composition"]["year"] is not None:
            pages += [sheets.activities(head, with_period=False), sheets.evidence(head, with_requirements=False)]
        book.write(target, head, [*pages, sheets.trail(head)])


def _overview(head: Head) -> Sheet:
    columns = (Column("", "", 44), Column("", "", 30), Column("", "", 30), Column("", "", 40), Column("", "", 40))
    meaning = _("The plan at a glance: period, approval, focus goals, versions and what they changed.")
    return Sheet(_("Plan"), meaning, columns, _overview_rows(head), table=False)


def _overview_rows(head: Head) -> Rows:
    edition = head.snapshot
    plan, chosen = edition["plan"], edition["composition"]
    yield (Strong(edition["title"]),)
    yield (head.library,)
    yield ()
    yield (_("Plan"), plan["title"])
    yield (_("What it is"), str(VARIANT_NAMES[Variant(chosen["variant"])]))
    yield (_("Year"), str(chosen["year"]) if chosen["year"] else None)
    yield (_("Statuses on"), day(chosen["on"]))
    yield (_("First day"), day(plan["first"]))
    yield (_("Last day"), day(plan["last"]))
    yield (_("Version"), plan["version"])
    if plan["approved"]:
        yield (_("Approved by"), plan["approved"]["by"])
        yield (_("Approved on"), day(plan["approved"]["on"]))
        yield (_("Case number"), plan["approved"]["case"])
    yield (_("Edition"), head.number)
    yield (_("Frozen (UTC)"), utc(edition["frozen_at"]))
    yield (_("Fingerprint"), head.fingerprint)
    yield (_("Check it here"), Link(head.check_address, head.check_address))
    yield from sheets.of_earlier(head)
    yield ()
    yield (Strong(_("Focus goals")), Strong(_("Name")), Strong(_("Reason")))
    for row in plan["focus_goals"]:
        yield (row["label"], " + ".join(head.goals[code] for code in row["goals"]), row["reason"])
    yield from _texts(chosen)
    yield ()
    yield from _changes(edition)


def _texts(chosen: Row) -> Rows:
    names = {
        "foreword": _("Foreword"),
        "reached": _("What was reached"),
        "not_reached": _("What was not reached"),
        "learned": _("What the library has learned"),
        "proposal": _("Proposal"),
    }
    for key, name in names.items():
        for count, text in enumerate(paragraphs(chosen[key])):
            if not count:
                yield ()
                yield (Strong(name),)
            yield (text,)


def _changes(edition: Row) -> Rows:
    headings = (_("Versions and changes"), _("About"), _("As it stood"), _("As changed"), _("Reason"))
    yield tuple(Strong(heading) for heading in headings)
    proposal = edition.get("proposal")
    versions = [
        (_("Version %(version)s, approved", version=row["version"]), row) for row in edition["plan"]["versions"]
    ]
    if proposal:
        since = _("Version %(version)s, approved since", version=proposal["version"])
        still = _("Version %(version)s, proposed", version=proposal["version"])
        versions.append((since if proposal["approved_on"] else still, proposal))
    for name, row in versions:
        yield (name, None, None, None, row["reason"])
        for change in row["changes"]:
            what = f"{wording.WHAT_NAMES[change['what']]} {change['code'] or ''}".strip()
            about = wording.FIELD_NAMES.get(change["field"], change["field"])
            yield (what, str(about), *(wording.changed(change["field"], change[side]) for side in ("old", "new")))


def _readings(head: Head) -> Sheet:
    columns = (
        Column(_("Measure"), _("Code of the measure."), 20),
        Column(_("Name"), _("What it is called."), 30),
        Column(_("What it counts"), _("Its definition, with what is included and what is not."), 50),
        Column(_("Period"), _("The period that was read: a year, half year, quarter or month."), 10),
        Column(_("First day"), _("First day of the period."), 12),
        Column(_("Last day"), _("Last day of the period."), 12),
        Column(_("House"), _("The house; empty for the whole library."), 24),
        Column(_("Value"), _("What was read."), 14),
        Column(_("Unit"), _("What the value counts."), 12),
        Column(
            _("How exact"), _("Whether the value is exact, more than the number given, about it, or estimated."), 12
        ),
        Column(_("Source"), _("Where it was read."), 24),
        Column(_("Note"), _("As the library wrote it."), 40),
        Column(_("Before correction"), _("The value that stood there before; empty where nothing was corrected."), 14),
        Column(_("Why corrected"), _("The reason for the correction."), 30),
    )
    meaning = _(
        "One row for each reading behind the pledges, and for each that will never be known. A period without a value "
        "was not read; it is no nought."
    )
    return Sheet(_("Readings"), meaning, columns, _reading_rows(head), kept=2)


def _reading_rows(head: Head) -> Rows:
    exact = {
        "exact": _("exact"),
        "more_than": _("more than"),
        "about": _("about"),
        "estimated": _("estimated"),
    }
    for measure in head.snapshot["measures"]:
        counts = " ".join(filter(None, (said(measure[key]) for key in ("definition", "includes", "excludes"))))
        for row in measure["readings"]:
            corrected = row["corrections"]
            yield (
                measure["code"],
                said(measure["title"]),
                counts,
                row["period"],
                day(row["first"]),
                day(row["last"]),
                head.branches.get(row["branch"], row["branch"]),
                Decimal(row["value"]),
                said(measure["unit"]),
                exact.get(row["qualifier"], row["qualifier"]),
                row["source"],
                row["note"],
                listed([one["old"] for one in corrected]),
                listed([one["reason"] for one in corrected]),
            )
        for row in measure.get("unknown", ()):
            why = _("Never to be known: %(reason)s", reason=row["reason"])
            named = head.branches.get(row["branch"], row["branch"])
            days = day(row["first"]), day(row["last"])
            what = measure["code"], said(measure["title"]), counts
            yield (*what, row["period"], *days, named, None, said(measure["unit"]), None, None, why, None, None)

"""The receipt of an access: every page and file that was opened, out of the trail, for the data protection officer."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sdg_tracker import trail
from sdg_tracker.access import Permission
from sdg_tracker.audit.frozen import frozen
from sdg_tracker.audit.models import AuditorAccess
from sdg_tracker.audit.wording import page_name
from sdg_tracker.foundation.errors import Problem
from sdg_tracker.foundation.i18n import _
from sdg_tracker.trail import Event
from sdg_tracker.work import Work

PAGE, FILE = "audit.page_opened", "audit.file_opened"


@dataclass
class Opened:
    """A file, a preview or a page that was opened: how often, when first and last."""

    kind: str  # "file", "preview" or "page"
    name: str
    sha256: str
    times: int
    first: datetime
    last: datetime


@dataclass(frozen=True)
class Receipt:
    """What an access opened: files that were fetched, exhibits whose previews were shown, pages."""

    files: Sequence[Opened]
    previews: Sequence[Opened]
    pages: Sequence[Opened]


def receipt(work: Work, access: AuditorAccess) -> Receipt:
    """Return what an access has opened until now, in the order in which it was opened first."""
    work.require(Permission.AUDITOR_INVITE, access)
    found: dict[tuple[str, str], Opened] = {}
    exhibits = _exhibits(work, access)
    for event in trail.of(work, AuditorAccess.__tablename__, access.number):
        if event.action == FILE:
            _add(found, "file", event.facts["file"], event.facts["sha256"], event)
        elif event.action == PAGE:
            _add(found, "page", page_name(event.facts["page"]), "", event)
            for exhibit in event.facts["exhibits"]:
                name, sha256 = exhibits.get(exhibit, (str(exhibit), ""))
                _add(found, "preview", name, sha256, event)
    rows = list(found.values())
    return Receipt(*([row for row in rows if row.kind == kind] for kind in ("file", "preview", "page")))


def _add(found: dict[tuple[str, str], Opened], kind: str, name: str, sha256: str, event: Event) -> None:
    row = found.setdefault((kind, name), Opened(kind, name, sha256, 0, event.at, event.at))
    row.times, row.last = row.times + 1, event.at


def _exhibits(work: Work, access: AuditorAccess) -> dict[int, tuple[str, str]]:
    try:
        rows = frozen(work.blobs, access.edition).exhibits.values()
    except Problem:  # damaged frozen data are told of elsewhere; the receipt has its numbers
        return {}
    return {row["exhibit"]: (row["file"], row["sha256"]) for row in rows}


def as_csv(work: Work, found: Receipt) -> bytes:
    """Return the receipt as a table that spreadsheets open: UTF-8 with its mark, semicolons, local times."""
    zone = ZoneInfo(work.library.timezone)
    kinds = {"file": _("file fetched"), "preview": _("preview shown"), "page": _("page opened")}
    out = io.StringIO()
    table = csv.writer(out, delimiter=";", lineterminator="\r\n")
    table.writerow([_("What"), _("Name"), "SHA-256", _("How often"), _("First"), _("Last")])
    for row in (*found.files, *found.previews, *found.pages):
        times = [f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S}" for at in (row.first, row.last)]
        table.writerow([kinds[row.kind], row.name, row.sha256, row.times, *times])
    return out.getvalue().encode("utf-8-sig")

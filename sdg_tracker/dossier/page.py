"""The dossier's page in the bag: HTML that is read from the folder, with links to every file."""

from collections.abc import Mapping
from typing import Any, BinaryIO

from sdg_tracker.audit import sampling
from sdg_tracker.audit.phrases import PHRASES
from sdg_tracker.audit.wording import DECISION_NAMES, FINDING_KINDS, MARK_NAMES, METHOD_NAMES
from sdg_tracker.certification.wording import STATE_NAMES
from sdg_tracker.dossier.workbook import lacking
from sdg_tracker.foundation.blobs import Blobs
from sdg_tracker.foundation.i18n import _, use_locale
from sdg_tracker.printing import bagpage, served
from sdg_tracker.printing.head import Head
from sdg_tracker.printing.texts import render
from sdg_tracker.schemes.words import decision

DESK = "js/bag/desk.js"


def build(snapshot: Mapping[str, Any], fingerprint: str, _blobs: Blobs, target: BinaryIO) -> None:
    """Write the page, a function of the snapshot alone."""
    head = Head(snapshot, fingerprint)
    with use_locale(head.language):
        values: dict[str, Any] = {
            **bagpage.values(snapshot, [DESK], _words()),
            "MARKS": MARK_NAMES,
            "FINDING_KINDS": FINDING_KINDS,
            "DECISIONS": DECISION_NAMES,
            "METHODS": METHOD_NAMES,
            "PHRASES": PHRASES,
            "weak": {row.exhibit: len(row.weaknesses) for row in sampling.candidates(snapshot)},
            "STATES": STATE_NAMES,
            "requirements": {row["code"]: row for row in snapshot["requirements"]},
            "lacks": {row["code"]: lacking(head, row) for row in snapshot["requirements"]},
            "gaps": [row for row in snapshot["requirements"] if lacking(head, row)],
            "rule": decision({"decision": snapshot["scheme"]["decision"]}),
            "served": served.by_goal(snapshot),
        }
    target.write(render("print/index_dossier.html", head.language, head=head, edition=snapshot, **values).encode())


def _words() -> dict[str, str]:
    """Return the words of the auditor's desk; ``{name}`` stands for what the script fills in."""
    return {
        "desk_exhibit": _("Exhibit %(number)s", number="{number}"),
        "desk_kept": _("Kept in this browser."),
        "desk_not_kept": _("This browser keeps nothing for this page. Save the decisions file before you close it."),
        "desk_progress": _(
            "Marked: %(marked)s of %(all)s exhibits. In the sample: %(sampled)s of %(drawn)s. Findings: %(findings)s.",
            marked="{marked}",
            all="{all}",
            sampled="{sampled}",
            drawn="{drawn}",
            findings="{findings}",
        ),
        "desk_unknown": _("There is no exhibit %(exhibit)s.", exhibit="{numbers}"),
        "desk_no_text": _("Write why: the conclusion goes into the file when it says so."),
        "desk_no_conditions": _("Write the conditions: the conclusion goes into the file when it has them."),
        "desk_majors": _(
            "There is a major nonconformity. The conclusion goes into the file when the library has answered it: send "
            "the file without it first."
        ),
        "desk_saved": _("The decisions file is saved. Send it to the library."),
        "desk_saved_open": _("The decisions file is saved without the conclusion. %(why)s", why="{why}"),
        "desk_no_file": _("%(name)s is no decisions file.", name="{name}"),
        "desk_other": _("%(name)s is about another edition.", name="{name}"),
        "desk_replace": _("What is on the desk is replaced. Go on?"),
        "desk_loaded": _("%(name)s is on the desk.", name="{name}"),
        "desk_clear": _("Everything on the desk is taken away. Have you saved the file?"),
    }

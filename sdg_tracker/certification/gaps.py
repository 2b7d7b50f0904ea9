"""What a requirement lacks, in words, and where the one who looks mends it."""

from dataclasses import dataclass
from typing import Any

from flask import url_for

from sdg_tracker.access import Permission
from sdg_tracker.accounts import queries as accounts
from sdg_tracker.certification import wording
from sdg_tracker.certification.needs import EACH, Need, What
from sdg_tracker.certification.queries import Readiness
from sdg_tracker.certification.readiness import Result
from sdg_tracker.certification.wording import Names
from sdg_tracker.foundation.i18n import Text, lazy
from sdg_tracker.schemes import queries as schemes
from sdg_tracker.schemes import words
from sdg_tracker.schemes.models import Cycle, Requirement
from sdg_tracker.web.identity import can
from sdg_tracker.web.lifecycle import reading


@dataclass(frozen=True)
class Gap:
    """Something that is lacking, in words, and where it is mended."""

    text: str
    href: str
    action: Text


def names_of(cycle: Cycle) -> Names:
    """Return the names that needs of a cycle are told with."""
    work, document = reading(), cycle.scheme.document
    return Names(
        branches={branch.code: branch.title for branch in accounts.branches(work)},
        kinds={term.code: term.title for term in schemes.terms(work, "evidence-kind")},
        settings={row["key"]: words.text(row["text"]) for row in document.get("settings", [])},
        facts={row["key"]: words.text(row["text"]) for row in document.get("facts", [])},
    )


def gaps(found: Readiness, result: Result, names: Names) -> list[Gap]:
    """Return what a requirement lacks, each with the link that mends it."""
    requirement = found.requirements[result.code]
    return [
        Gap(wording.gap(need, result, requirement, names), *_mended(found.cycle, requirement, need))
        for need in result.gaps
    ]


def _mended(cycle: Cycle, requirement: Requirement, need: Need) -> tuple[str, Text]:
    """Return where something that is lacking is mended, for the one who looks, and what the link is called."""
    if need.what in (What.FACT, What.SETTING) and can(Permission.CYCLE_MANAGE):
        field = f"{need.what.value}_{need.key}"
        address = url_for("schemes.cycle", slug=cycle.scheme.slug, number=cycle.number, _anchor=field)
        return address, lazy("Period and settings")
    if (need.what is What.EVIDENCE or need.key == EACH) and can(Permission.EVIDENCE_ADD):
        address = url_for("evidence.add", cycle=cycle.number, requirement=requirement.code)
        return address, lazy("Add evidence")
    if need.what is What.COUNT and can(Permission.ACTIVITY_READ):
        return url_for("activities.index", **_counted(requirement, need)), lazy("See the activities")
    here = url_for("certification.requirement", number=cycle.number, code=requirement.code)
    writes = can(Permission.ASSESSMENT_WRITE)
    return here, lazy("Assess the requirement") if writes else lazy("See the requirement")


def _counted(requirement: Requirement, need: Need) -> dict[str, Any]:
    """Return filters that leave the activities among which the missing ones are likely to be."""
    where = requirement.definition["counts"].get("where", {})
    filters: dict[str, Any] = {}
    if need.year.isdigit():
        filters["year"] = need.year
    if need.branch:
        filters["branch"] = need.branch
    if len(where.get("types", ())) == 1:
        filters["type"] = where["types"][0]
    if where.get("with_evidence"):
        filters["without_evidence"] = "y"
    elif where.get("mapped"):
        filters["without_mapping"] = "y"
    return filters

"""The page of the check before freezing."""

from dataclasses import dataclass

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from sdg_tracker.access import Permission
from sdg_tracker.certification import check_wording, checking, preflight
from sdg_tracker.certification.preflight import Case, Kind, Subject, Weight
from sdg_tracker.foundation.i18n import Text, lazy
from sdg_tracker.schemes import queries as schemes
from sdg_tracker.schemes.models import Cycle
from sdg_tracker.web import navigation
from sdg_tracker.web.identity import allow
from sdg_tracker.web.lifecycle import page, reading

blueprint = Blueprint("checking", __name__)
navigation.belongs("checking", "schemes")
LISTED = 20  # cases of a kind; the others are a link away
_ANCHORS = {
    Kind.NO_EVIDENCE: "evidence",
    Kind.UNREVIEWED: "evidence",
    Kind.CHANGED: "work",
    Kind.NOT_APPROVED: "work",
    Kind.COMMENTS: "comments",
}
_ABOUT_PEOPLE = (Kind.PEOPLE_UNKNOWN, Kind.CONSENT)


@dataclass(frozen=True)
class Shown:
    """A case, and the link that mends it."""

    case: Case
    more: str
    href: str
    action: Text


@dataclass(frozen=True)
class Listed:
    """The cases of a kind."""

    kind: Kind
    weight: Weight
    title: Text
    hint: Text
    total: int
    rows: list[Shown]


@blueprint.get("/certification/cycles/<int:number>/check")
@allow(Permission.ASSESSMENT_READ)
def check(number: int) -> ResponseReturnValue:
    """Show everything that is wrong or weak before a dossier is frozen."""
    cycle = schemes.cycle(reading(), number)
    cases, asked = checking.check(reading(), cycle), request.args.get("kind", "")
    groups = [group for group in preflight.groups(cases) if asked in ("", group.kind.value)]
    return page(
        "certification/check.html",
        cycle=cycle,
        asked=asked if groups else "",
        counts=preflight.counts(cases),
        weights=check_wording.WEIGHT_NAMES,
        groups=[
            Listed(
                group.kind,
                group.weight,
                check_wording.KIND_NAMES[group.kind],
                check_wording.KIND_HINTS[group.kind],
                len(group.cases),
                [_shown(cycle, case) for case in (group.cases if asked else group.cases[:LISTED])],
            )
            for group in groups
        ],
    )


def _shown(cycle: Cycle, case: Case) -> Shown:
    return Shown(case, check_wording.more(case), *_mended(cycle, case))


def _mended(cycle: Cycle, case: Case) -> tuple[str, Text]:
    if case.subject is Subject.REQUIREMENT:
        anchor = _ANCHORS.get(case.kind, "assessment")
        address = url_for("certification.requirement", number=cycle.number, code=case.about, _anchor=anchor)
        return address, lazy("See the requirement")
    number = int(case.about)
    if case.subject is Subject.ACTIVITY:
        if case.kind is Kind.NO_SOURCE:
            return url_for("evidence.add", activity=number), lazy("Add evidence")
        return url_for("activities.show", number=number), lazy("See the activity")
    if case.subject is Subject.MEASURE:
        return url_for("measures.show", number=number), lazy("See the readings")
    if case.kind in _ABOUT_PEOPLE:
        return url_for("people.show", number=number), lazy("People in the picture")
    return url_for("evidence.show", number=number), lazy("See the evidence")

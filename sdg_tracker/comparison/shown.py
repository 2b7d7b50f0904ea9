"""A difference in the words of a language, the same for screen, paper and workbook."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sdg_tracker.activities.rules import STATUS_NAMES as PROGRESS_NAMES
from sdg_tracker.activities.states import Status as Progress
from sdg_tracker.certification.readiness import Status
from sdg_tracker.certification.wording import STATE_NAMES, STATUS_NAMES
from sdg_tracker.comparison import words
from sdg_tracker.comparison.difference import ADDED, CHANGED, GONE, REPLACED, Difference, Figure, Item
from sdg_tracker.comparison.difference import Field as Changed
from sdg_tracker.comparison.words import Piece
from sdg_tracker.foundation.i18n import Text, _, format_number, lazy
from sdg_tracker.plans.wording import INITIATIVE_NAMES
from sdg_tracker.plans.wording import STATUS_NAMES as PLEDGE_NAMES
from sdg_tracker.printing.texts import day, said

LONG = ("text", "narrative", "reason", "answers", "promise")  # fields whose words are held against each other
KIND_NAMES: Mapping[str, Text] = {
    ADDED: lazy("Added since"),
    GONE: lazy("No longer there"),
    CHANGED: lazy("Changed"),
    REPLACED: lazy("Replaced"),
}
WITHDRAWN: Text = lazy("Withdrawn or left out")
FIELD_NAMES: Mapping[str, Text] = {
    "state": lazy("Assessment"),
    "narrative": lazy("How it is met"),
    "reason": lazy("Why not"),
    "omission": lazy("Ready-made reason"),
    "answers": lazy("What else the scheme asks for"),
    "status": lazy("Count"),
    "lacking": lazy("What it lacks"),
    "text": lazy("Wording"),
    "place": lazy("Area and criterion"),
    "mandatory": lazy("Mandatory"),
    "quantity": lazy("How many are needed"),
    "exhibit": lazy("Exhibit"),
    "sha256": lazy("File (digest)"),
    "review": lazy("Reviewed"),
    "name": lazy("Title"),
    "sort": lazy("Kind"),
    "shown_for": lazy("Shown for"),
    "valid_until": lazy("Valid until"),
    "days": lazy("Days"),
    "progress": lazy("Status"),
    "attendance": lazy("Came"),
    "signups": lazy("Signed up"),
    "helped": lazy("Helped"),
    "goals": lazy("Goals and targets"),
    "pledge": lazy("Status"),
    "measured": lazy("Measured"),
    "promise": lazy("What is promised"),
    "aim": lazy("Target value"),
    "due_on": lazy("Deadline"),
    "responsible": lazy("Responsible"),
    "initiative": lazy("State"),
}
CODES: Mapping[str, Mapping[str, Text]] = {
    "state": STATE_NAMES,
    "pledge": PLEDGE_NAMES,
    "initiative": INITIATIVE_NAMES,
}
FIGURE_NAMES: Mapping[str, Text] = {
    "decision": lazy("The scheme's threshold is reached"),
    "total": lazy("Requirements"),
    **STATE_NAMES,
    "gaps": lazy("Requirements that lack something"),
    "exhibits": lazy("Exhibits"),
    "accepted": lazy("Exhibits that the library has accepted"),
    "activities": lazy("Activities"),
    "mapped": lazy("Activities mapped to a goal"),
    "with_evidence": lazy("Activities with evidence"),
    "cancelled": lazy("Cancelled"),
    "planned": lazy("Planned"),
    "attendance": lazy("Came"),
    "signups": lazy("Signed up"),
    "helped": lazy("Helped"),
    "goals": lazy("Goals with activities"),
    "goal": lazy("Activities for goal %(goal)s"),
}


@dataclass(frozen=True)
class Line:
    """One change as people read it; ``pieces`` stand in place of old and new where texts are long."""

    kind: str
    sign: str  # the kind in words
    key: str
    name: str
    what: str
    old: str
    new: str
    pieces: Sequence[Piece] = ()


@dataclass(frozen=True)
class Section:
    """Changes of one sort, and how much of that sort stayed."""

    key: str
    title: str
    lines: list[Line]
    same: str
    counts: Mapping[str, int] = field(default_factory=dict)  # of things by kind


def sections(found: Difference) -> list[Section]:
    """Return the difference in the current language; sorts that the kind of edition does not have are left out."""
    same = found.same
    parts = [
        ("requirements", _("Requirements"), found.requirements, _("%(number)s are the same.")),
        ("evidence", _("Evidence"), found.evidence, _("%(number)s are the same.")),
        ("activities", _("Activities"), found.activities, _("%(number)s are the same.")),
        ("plan", _("The plan"), found.plan, _("%(number)s are the same.")),
    ]
    shown = [
        Section(key, title, list(_lines(items)), text % {"number": format_number(same[key])}, _counts(items))
        for key, title, items, text in parts
        if items or same[key]
    ]
    moved = [figure for figure in found.figures if not figure.same]
    figures = Section(
        "figures",
        _("Figures"),
        [_figure(figure) for figure in moved],
        _("%(number)s are the same.") % {"number": format_number(len(found.figures) - len(moved))},
    )
    return [figures, *shown]


def notes(found: Difference) -> list[str]:
    """Return what has to be known to read the difference rightly."""
    if found.old.narrowed == found.new.narrowed == False:  # noqa: E712 - both of them
        return []
    return [_("One of the two holds only some areas: what stands as added or gone may only have been left out.")]


def _counts(items: Iterable[Item]) -> dict[str, int]:
    found: dict[str, int] = {}
    for item in items:
        found[item.kind] = found.get(item.kind, 0) + 1
    return found


def _lines(items: Iterable[Item]) -> Iterable[Line]:
    for item in items:
        sign = str(WITHDRAWN if item.kind == GONE and _is_evidence(item) else KIND_NAMES[item.kind])
        name, key = _text("title", item.title), _key(item)
        fields = [one for one in item.fields if one.name != "exhibit"]
        if not fields:
            yield Line(item.kind, sign, key, name, _("Reason") if item.why else "", item.why, "")
        for one in fields:
            yield _line(item, one, sign, key, name)


def _is_evidence(item: Item) -> bool:
    return any(one.name == "exhibit" for one in item.fields)


def _key(item: Item) -> str:
    """Return the code, or for an exhibit its number in both."""
    for one in item.fields:
        if one.name == "exhibit":
            numbers = [str(number) for number in dict.fromkeys((one.old, one.new)) if number is not None]
            return _("Exhibit %(number)s", number=" → ".join(numbers))
    return item.key


def _line(item: Item, one: Changed, sign: str, key: str, name: str) -> Line:
    old, new = _text(one.name, one.old), _text(one.name, one.new)
    what = str(FIELD_NAMES[one.name])
    if one.name in LONG and item.kind == CHANGED:
        return Line(item.kind, sign, key, name, what, old, new, words.pieces(old, new))
    return Line(item.kind, sign, key, name, what, old, new)


def _figure(figure: Figure) -> Line:
    name = str(FIGURE_NAMES[figure.name])
    if figure.of:
        name = name % {"goal": said(figure.of)} if "%(" in name else f"{name}: {said(figure.of)}"
    old, new = (_text("figure", value) for value in (figure.old, figure.new))
    return Line(CHANGED, "", "", name, _moved(figure), old, new)


def _moved(figure: Figure) -> str:
    """Return by how much a number grew or fell; empty for what is no number."""
    if isinstance(figure.old, bool) or not isinstance(figure.old, int) or not isinstance(figure.new, int):
        return ""
    step = figure.new - figure.old
    return f"{'+' if step > 0 else '−'}{format_number(abs(step))}"


def _text(name: str, value: Any) -> str:  # noqa: PLR0911 - one line for each sort of value
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Mapping):
        return said(value)
    if isinstance(value, int):
        return format_number(value)
    if name in CODES:
        return str(CODES[name][value])
    if name == "status":
        return str(STATUS_NAMES[Status(value)])
    if name == "progress":
        return str(PROGRESS_NAMES[Progress(value)])
    if name == "review":
        return _("accepted") if value == "accepted" else _("not reviewed yet")
    if name in ("valid_until", "due_on"):
        return day(value)
    return f"{value[:12]}…" if name == "sha256" else str(value)

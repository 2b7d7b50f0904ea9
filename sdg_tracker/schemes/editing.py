"""Changes of a scheme that is being written. Plain functions: each gives a new document and leaves the old as it is.

Codes are what answers hang on, so a code is one requirement for ever. A requirement that gets another code keeps the
former ones as ``was``; what is named elsewhere in the document (weights of areas, codes that can't be left out)
follows.
"""

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sdg_tracker.foundation.errors import Conflict, Invalid, NotFound, words
from sdg_tracker.foundation.i18n import in_locale, lazy

Document = dict[str, Any]
Values = Mapping[str, Any]

words(
    {
        "part-unknown": lazy("There is no %(part)s in this scheme."),
        "part-place": lazy("Choose where it belongs."),
        "code-taken": lazy("The code %(part)s is in use: %(text)s"),
        "code-was": lazy("%(part)s is a former code of %(other)s, so it can't become something else."),
        "code-used-before": lazy(
            "Version %(version)s has %(part)s for this: %(text)s. A code is never used for another thing: choose "
            "another one, or say that it is the same requirement."
        ),
        "code-changed": lazy("The code was %(part)s. Say whether it is still the same requirement."),
        "setting-used": lazy("These still ask for it: %(codes)s. Change them first."),
        "nowhere-to-move": lazy("It can't be moved further."),
    }
)


class Part(StrEnum):
    """What a scheme is made of."""

    AREA = "area"
    CRITERION = "criterion"
    REQUIREMENT = "requirement"
    SETTING = "setting"
    FACT = "fact"


@dataclass(frozen=True)
class At:
    """One part of a scheme, by its code or key."""

    part: Part
    code: str


NAMED_BY_KEY = (Part.SETTING, Part.FACT)
INSIDE = {Part.CRITERION: Part.AREA, Part.REQUIREMENT: Part.CRITERION}


@dataclass(frozen=True)
class Found:
    """A part of a document, and where it stands."""

    row: Document
    rows: list[Document]  # those it stands among
    parent: str  # code of the area or criterion that it is in; empty for what stands alone

    @property
    def index(self) -> int:
        """Return its place among the others."""
        return next(number for number, row in enumerate(self.rows) if row is self.row)


def find(document: Document, part: Part, code: str) -> Found:
    """Return a part by its code or key. Raises NotFound."""
    for rows, parent in _lists(document, part):
        for row in rows:
            if row[_name(part)] == code:
                return Found(row, rows, parent)
    raise NotFound("part-unknown", part=code)


def choices(document: Document, part: Part) -> list[tuple[str, Mapping[str, str]]]:
    """Return code and text of every part of a kind, in order."""
    return [(row[_name(part)], row["text"]) for rows, _parent in _lists(document, part) for row in rows]


def set_head(document: Document, values: Values) -> Document:
    """Return the document with other names, rule or cycle; a value of None takes the key away."""
    made = deepcopy(document)
    for key, value in values.items():
        if value is None:
            made.pop(key, None)
        else:
            made[key] = deepcopy(value)
    return made


def add(
    document: Document, part: Part, values: Values, parent: str, earlier: "Earlier", *, same: bool = False
) -> Document:
    """Return the document with one part more, the last of its place.

    ``same``: it is the same requirement that an earlier version had under its code. Raises Invalid, which names the
    field.
    """
    made = deepcopy(document)
    code = values[_name(part)]
    _check_code(made, part, code, {} if same else earlier)
    _place(made, part, parent).append(_in_order(part, {**_children(part), **deepcopy(dict(values))}))
    return made


def change(
    document: Document,
    at: At,
    values: Values,
    parent: str,
    earlier: "Earlier",
    *,
    same: bool | None = None,
) -> Document:
    """Return the document with a part changed and, where it is to stand in another place, moved to the end of that.

    ``same``: whether a requirement with another code is the same one; None: nobody has said. Raises NotFound, and
    Invalid, which names the field.
    """
    part, code = at.part, at.code
    made = deepcopy(document)
    found, new = find(made, part, code), values[_name(part)]
    kept: Document = {key: found.row[key] for key in ("criteria", "requirements", "was") if key in found.row}
    row: Document = {**kept, **values}
    if new != code:
        if part is Part.REQUIREMENT and same is None and code in earlier:
            raise Invalid("code-changed", field="same", part=code)
        own = found.row.get("was", [])
        _check_code(made, part, new, {} if new in own else earlier, own)
        _rename(made, part, code, new)
        if part is Part.REQUIREMENT:
            was = [one for one in own if one != new] + [code] * (code in earlier)
            row["was"] = was if was and same is not False else None
    row = _in_order(part, deepcopy(row))
    if parent == found.parent:
        found.rows[found.index] = row
    else:
        place = _place(made, part, parent)
        found.rows.remove(found.row)
        place.append(row)
    return made


def move(document: Document, at: At, steps: int) -> Document:
    """Return the document with a part one place up (-1) or down (1); over the edge into the next area or criterion.

    Raises NotFound; Conflict at the very end.
    """
    made = deepcopy(document)
    found = find(made, at.part, at.code)
    index, rows = found.index, found.rows
    if 0 <= index + steps < len(rows):
        rows.insert(index + steps, rows.pop(index))
        return made
    places = [there for there, _parent in _lists(made, at.part)]
    beside = next(number for number, there in enumerate(places) if there is rows) + steps
    if not 0 <= beside < len(places):
        raise Conflict("nowhere-to-move")
    rows.pop(index)
    places[beside].insert(len(places[beside]) if steps < 0 else 0, found.row)
    return made


def remove(document: Document, at: At) -> Document:
    """Return the document without a part and all that is in it. Raises NotFound, Conflict for a setting in use."""
    part, code = at.part, at.code
    made = deepcopy(document)
    found = find(made, part, code)
    if part in NAMED_BY_KEY:
        users = _users(made, part, code)
        if users:
            raise Conflict("setting-used", codes=users)
    found.rows.remove(found.row)
    decision = made["decision"]
    if part is Part.SETTING and code in decision.get("settings_agreed", ()):
        decision["settings_agreed"].remove(code)
    if part is Part.AREA and "always" in decision:
        decision["always"] = [row for row in decision["always"] if row["area"] != code]
    kept = {row["code"] for rows, _parent in _lists(made, Part.REQUIREMENT) for row in rows}
    omission = decision.get("omission", {})
    if "not_for" in omission:
        omission["not_for"] = [one for one in omission["not_for"] if one in kept]
    return made


@dataclass(frozen=True)
class Former:
    """A requirement as an earlier version has it."""

    version: str
    text: Mapping[str, str]


Earlier = Mapping[str, Former]  # by code: all that earlier versions of the scheme have


def _check_code(document: Document, part: Part, code: str, earlier: Earlier, own: Sequence[str] = ()) -> None:
    """Refuse a code that something else has or had; ``own`` are those that the part itself had. Raises Invalid."""
    field = _name(part)
    for rows, _parent in _lists(document, part):
        for row in rows:
            if row[field] == code:
                raise Invalid("code-taken", field=field, part=code, text=_said(row["text"]))
            if code in row.get("was", ()) and code not in own:
                raise Invalid("code-was", field=field, part=code, other=row["code"])
    if part is Part.REQUIREMENT and code in earlier:
        former = earlier[code]
        raise Invalid("code-used-before", field=field, part=code, version=former.version, text=_said(former.text))


def _rename(document: Document, part: Part, code: str, new: str) -> None:
    """Let what names the part name it by its new code."""
    decision = document["decision"]
    if part is Part.AREA:
        for row in decision.get("always", ()):
            if row["area"] == code:
                row["area"] = new
    if part is Part.REQUIREMENT and "not_for" in decision.get("omission", {}):
        decision["omission"]["not_for"] = [new if one == code else one for one in decision["omission"]["not_for"]]


def _users(document: Document, part: Part, key: str) -> list[str]:
    """Return the codes of the requirements that name a setting or a fact; "cycle" for the scheme's own period."""
    names = _settings_in if part is Part.SETTING else _facts_in
    users = [row["code"] for rows, _parent in _lists(document, Part.REQUIREMENT) for row in rows if key in names(row)]
    return users + (["cycle"] if part is Part.SETTING and key in _settings_in(document["cycle"]) else [])


def _settings_in(value: object) -> set[str]:
    if isinstance(value, dict):
        if set(value) == {"setting"}:
            return {value["setting"]}
        return set().union(*(_settings_in(one) for one in value.values())) if value else set()
    return set().union(*(_settings_in(one) for one in value)) if isinstance(value, list) and value else set()


def _facts_in(requirement: Values) -> set[str]:
    return set(facts_of(requirement.get("applies_if", {})))


def facts_of(condition: Values) -> Iterator[str]:
    """Yield the keys of the facts that a condition asks for."""
    if "fact" in condition:
        yield condition["fact"]
    for part in (*condition.get("all", ()), *condition.get("any", ())):
        yield from facts_of(part)


def _lists(document: Document, part: Part) -> Iterator[tuple[list[Document], str]]:
    """Yield every list that holds parts of a kind, with the code of what it stands in."""
    if part in NAMED_BY_KEY:
        yield document.setdefault(f"{part.value}s", []), ""
        return
    areas = document["areas"]
    if part is Part.AREA:
        yield areas, ""
        return
    for area in areas:
        if part is Part.CRITERION:
            yield area["criteria"], area["code"]
        else:
            for criterion in area["criteria"]:
                yield criterion["requirements"], criterion["code"]


def _place(document: Document, part: Part, parent: str) -> list[Document]:
    for rows, code in _lists(document, part):
        if code == parent or part not in INSIDE:
            return rows
    raise Invalid("part-place", field="parent")


def _name(part: Part) -> str:
    return "key" if part in NAMED_BY_KEY else "code"


def _children(part: Part) -> Document:
    return {Part.AREA: {"criteria": []}, Part.CRITERION: {"requirements": []}}.get(part, {})


_KEYS = ("code", "was", "text", "guidance", "kind", "scope", "quantity", "counts", "evidence", "mandatory", "points",
         "applies_if", "roles", "goals", "sources", "confidence", "criteria", "requirements")  # fmt: skip


def _in_order(part: Part, row: Document) -> Document:
    """Return a part with its keys as files have them, and without those that hold nothing."""
    if part in NAMED_BY_KEY:
        return row
    return {key: row[key] for key in _KEYS if key in row and row[key] is not None}


def _said(both: Mapping[str, str]) -> str:
    return in_locale(both["da"], both["en"])

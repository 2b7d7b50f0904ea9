"""What a new version of a scheme does to those who work with an older one. Plain functions on documents."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sdg_tracker.schemes.document import fits

Document = Mapping[str, Any]

TOLD = (  # of a requirement, what may differ, in the order in which pages tell it
    "text", "guidance", "mandatory", "points", "kind", "scope", "quantity", "counts", "evidence", "applies_if", "roles",
    "goals",
)  # fmt: skip


class Effect(StrEnum):
    """What becomes of a requirement; one may be both moved and changed."""

    GONE = "gone"
    NEW = "new"
    CHANGED = "changed"  # text or demand
    MOVED = "moved"  # another code, criterion or area
    KEPT = "kept"


@dataclass(frozen=True)
class Place:
    """A requirement in one version."""

    code: str
    area: str
    criterion: str
    definition: Mapping[str, Any]

    @property
    def text(self) -> Mapping[str, str]:
        """Return what is asked, in both languages."""
        found: Mapping[str, str] = self.definition["text"]
        return found


@dataclass(frozen=True)
class Line:
    """One requirement in both versions; ``before`` is absent for a new one, ``after`` for one that is gone."""

    before: Place | None
    after: Place | None
    fields: tuple[str, ...] = ()  # of TOLD, those that differ

    @property
    def renamed(self) -> bool:
        """Return whether it has another code."""
        return self.before is not None and self.after is not None and self.before.code != self.after.code

    @property
    def effects(self) -> tuple[Effect, ...]:
        """Return what becomes of it."""
        if self.before is None:
            return (Effect.NEW,)
        if self.after is None:
            return (Effect.GONE,)
        moved = self.renamed or (self.before.area, self.before.criterion) != (self.after.area, self.after.criterion)
        found = [effect for effect, is_so in ((Effect.CHANGED, bool(self.fields)), (Effect.MOVED, moved)) if is_so]
        return tuple(found) or (Effect.KEPT,)

    @property
    def place(self) -> Place:
        """Return it as it will be, or as it was when it is gone."""
        found = self.after or self.before
        if found is None:
            raise ValueError("a line without a requirement")
        return found


@dataclass(frozen=True)
class Value:
    """A setting or a fact in both versions. ``before`` or ``after`` is absent where a version has it not."""

    key: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None

    @property
    def text(self) -> Mapping[str, str]:
        """Return what it is called, in both languages."""
        found: Mapping[str, str] = (self.after or self.before or {})["text"]
        return found

    @property
    def effect(self) -> Effect:
        """Return what becomes of it."""
        if self.before is None or self.after is None:
            return Effect.NEW if self.before is None else Effect.GONE
        return Effect.KEPT if self.before == self.after else Effect.CHANGED


@dataclass(frozen=True)
class Comparison:
    """Two versions of a scheme. ``lines`` stand in the order of the newer one, what is gone last."""

    lines: tuple[Line, ...]
    settings: tuple[Value, ...] = ()
    facts: tuple[Value, ...] = ()
    head: tuple[str, ...] = field(default=())  # what else differs: name, label, decision, cycle …

    @property
    def renamed(self) -> dict[str, str]:
        """Return the codes that are new names, by the old ones."""
        return {line.before.code: line.after.code for line in self.lines if line.before and line.after and line.renamed}

    @property
    def gone(self) -> list[str]:
        """Return the codes of the requirements that are gone."""
        return [line.before.code for line in self.lines if line.before and line.after is None]

    def counts(self) -> dict[Effect, int]:
        """Return how many requirements each effect meets."""
        return {effect: sum(effect in line.effects for line in self.lines) for effect in Effect}


HEAD = ("name", "summary", "label", "owner", "claim_type", "decided_by", "decision", "cycle", "stages", "type_roles")


def compare(before: Document, after: Document) -> Comparison:
    """Return what becomes of each requirement of a version in a later one.

    A requirement is the same where its code is; else where one of the codes that it had is a code of the earlier
    version, the latest one first.
    """
    old, new = {place.code: place for place in places(before)}, list(places(after))
    taken = {place.code for place in new if place.code in old}
    lines: list[Line] = []
    for place in new:
        found = old.get(place.code)
        if found is None:
            for code in reversed(place.definition.get("was", ())):
                if code in old and code not in taken:
                    found = old[code]
                    taken.add(code)
                    break
        lines.append(Line(found, place, _differing(found, place)))
    lines += [Line(place, None) for code, place in old.items() if code not in taken]
    return Comparison(
        tuple(lines),
        _values(before, after, "settings"),
        _values(before, after, "facts"),
        tuple(key for key in HEAD if before.get(key) != after.get(key)),
    )


def places(document: Document) -> Iterator[Place]:
    """Yield every requirement with where it stands, in order."""
    for area in document["areas"]:
        for criterion in area["criteria"]:
            for definition in criterion["requirements"]:
                yield Place(definition["code"], area["code"], criterion["code"], definition)


def carried(definitions: list[Mapping[str, Any]], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a cycle that a version's settings or facts can hold."""
    known = {definition["key"]: definition for definition in definitions}
    return {key: value for key, value in values.items() if key in known and _holds(known[key], value)}


def _holds(definition: Mapping[str, Any], value: object) -> bool:
    return fits(definition["type"], value) and (definition["type"] != "choice" or value in definition["options"])


def _differing(before: Place | None, after: Place) -> tuple[str, ...]:
    if before is None:
        return ()
    return tuple(key for key in TOLD if before.definition.get(key) != after.definition.get(key))


def _values(before: Document, after: Document, key: str) -> tuple[Value, ...]:
    old = {row["key"]: row for row in before.get(key, [])}
    new = {row["key"]: row for row in after.get(key, [])}
    return tuple(Value(name, old.get(name), new.get(name)) for name in dict.fromkeys([*new, *old]))

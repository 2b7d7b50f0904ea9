"""Changes of a document that is being written, and what a version does to those on an older one: plain rules."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from typing import Any

import pytest

from sdg_tracker.foundation.errors import Conflict, Invalid, NotFound, Problem
from sdg_tracker.foundation.resources import resource_dir
from sdg_tracker.schemes import difference, editing, files, frame
from sdg_tracker.schemes.difference import Effect
from sdg_tracker.schemes.editing import At, Former, Part

SEED = files.read(resource_dir("seed") / "certification" / "db2030-biblioteker.yaml")
TEXT = {"da": "Noget", "en": "Something"}
EARLIER = {place.code: Former("0.1", place.text) for place in difference.places(SEED)}


@contextmanager
def refused(code: str) -> Iterator[None]:
    """Expect a refusal of this code."""
    with pytest.raises(Problem) as caught:
        yield
    assert caught.value.code == code


def requirement(code: str, **values: Any) -> dict[str, Any]:
    """Return a requirement that asks for one document."""
    evidence = {"min": 1, "kinds": ["document"], "max_age_months": None, "public_required": False}
    rest = {"kind": "document", "scope": "organisation", "mandatory": False, "roles": [], "sources": []}
    return {"code": code, "text": TEXT, "guidance": TEXT, "evidence": evidence, "confidence": "D", **rest, **values}


def codes(document: dict[str, Any]) -> list[str]:
    """Return the codes of the requirements in order."""
    return [place.code for place in difference.places(document)]


def row(document: dict[str, Any], code: str) -> dict[str, Any]:
    """Return a requirement."""
    return editing.find(document, Part.REQUIREMENT, code).row


def test_each_change_leaves_the_document_it_began_with() -> None:
    before = deepcopy(SEED)
    added = editing.add(SEED, Part.AREA, {"code": "X", "text": TEXT}, "", {})
    inside = editing.add(added, Part.CRITERION, {"code": "X1", "text": TEXT}, "X", {})
    whole = editing.add(inside, Part.REQUIREMENT, requirement("X1.1"), "X1", EARLIER)
    editing.move(whole, At(Part.REQUIREMENT, "X1.1"), -1)
    editing.remove(whole, At(Part.AREA, "O"))
    editing.change(whole, At(Part.REQUIREMENT, "X1.1"), requirement("X1.2"), "O1", EARLIER)
    assert before == SEED
    assert list(frame.faults(whole, {})) == []
    assert codes(whole) == [*codes(SEED), "X1.1"]
    assert [fault.path for fault in frame.faults(added, {})] == [f"areas[{len(SEED['areas'])}].criteria"]
    with refused("part-place"):
        editing.add(SEED, Part.REQUIREMENT, requirement("X1.1"), "X9", EARLIER)


def test_a_code_is_one_requirement_for_ever() -> None:
    gone = editing.remove(SEED, At(Part.REQUIREMENT, "O1.2"))
    with pytest.raises(Invalid) as caught:
        editing.add(gone, Part.REQUIREMENT, requirement("O1.2"), "O1", EARLIER)
    assert (caught.value.code, caught.value.field, caught.value.facts["version"]) == ("code-used-before", "code", "0.1")
    assert "O1.2" in codes(editing.add(gone, Part.REQUIREMENT, requirement("O1.2"), "O1", EARLIER, same=True))
    with refused("code-taken"):
        editing.add(SEED, Part.REQUIREMENT, requirement("O1.1"), "O1", EARLIER)

    with refused("code-changed"):  # nobody has said whether it is the same
        editing.change(SEED, At(Part.REQUIREMENT, "O1.2"), requirement("O1.9"), "O1", EARLIER)
    same = editing.change(SEED, At(Part.REQUIREMENT, "O1.2"), requirement("O1.9"), "O1", EARLIER, same=True)
    other = editing.change(SEED, At(Part.REQUIREMENT, "O1.2"), requirement("O1.9"), "O1", EARLIER, same=False)
    assert row(same, "O1.9")["was"] == ["O1.2"]
    assert "was" not in row(other, "O1.9")
    for add in (same, other):
        with pytest.raises(Invalid):
            editing.add(add, Part.REQUIREMENT, requirement("O1.2"), "O1", EARLIER)
    with refused("code-used-before"):  # another requirement's former code, though it is free
        editing.change(gone, At(Part.REQUIREMENT, "O1.1"), requirement("O1.2"), "O1", EARLIER, same=True)

    later = {**EARLIER, "O1.9": Former("0.2", TEXT)}
    twice = editing.change(same, At(Part.REQUIREMENT, "O1.9"), requirement("O1.10"), "O1", later, same=True)
    assert row(twice, "O1.10")["was"] == ["O1.2", "O1.9"]
    back = editing.change(twice, At(Part.REQUIREMENT, "O1.10"), requirement("O1.2"), "O1", later, same=True)
    assert row(back, "O1.2")["was"] == ["O1.9"]
    unknown = editing.change(same, At(Part.REQUIREMENT, "O1.9"), requirement("O1.8"), "O1", EARLIER)
    assert row(unknown, "O1.8")["was"] == ["O1.2"]  # O1.9 was never published, so nothing hangs on it


def test_what_names_a_part_follows_it() -> None:
    scored = files.read(resource_dir("seed") / "certification" / "best-n-example.yaml")
    renamed = editing.change(scored, At(Part.AREA, "17"), {"code": "P", "text": TEXT}, "", {})
    assert renamed["decision"]["always"] == [{"area": "P", "weight": 0.22}]
    assert editing.remove(scored, At(Part.AREA, "17"))["decision"]["always"] == []
    index = files.read(resource_dir("seed") / "certification" / "gri-content-index.yaml")
    known = {place.code: Former("0.1", place.text) for place in difference.places(index)}
    values = {key: value for key, value in row(index, "2-1").items() if key != "code"}
    moved = editing.change(index, At(Part.REQUIREMENT, "2-1"), {"code": "2-99", **values}, "GRI2-A", known, same=True)
    assert moved["decision"]["omission"]["not_for"][0] == "2-99"
    assert "2-1" not in editing.remove(index, At(Part.REQUIREMENT, "2-1"))["decision"]["omission"]["not_for"]
    for part, key in ((Part.SETTING, "plan_years"), (Part.SETTING, "evidence_max_age_months")):
        with refused("setting-used"):
            editing.remove(SEED, At(part, key))
    points = files.read(resource_dir("seed") / "certification" / "points-example.yaml")
    with refused("setting-used"):
        editing.remove(points, At(Part.FACT, "serves_food"))
    with pytest.raises(NotFound):
        editing.remove(points, At(Part.FACT, "nothing"))


def test_parts_move_over_the_edge_of_what_they_stand_in() -> None:
    order = codes(SEED)
    down = SEED
    for _step in range(len(order) + len(list(editing.choices(SEED, Part.CRITERION)))):
        try:
            down = editing.move(down, At(Part.REQUIREMENT, order[0]), 1)
        except Conflict:
            break
    assert codes(down) == [*order[1:], order[0]]
    with refused("nowhere-to-move"):
        editing.move(SEED, At(Part.AREA, "O"), -1)
    first = editing.choices(SEED, Part.AREA)
    assert editing.choices(editing.move(SEED, At(Part.AREA, "O"), 1), Part.AREA)[:2] == [first[1], first[0]]


def test_versions_are_held_against_each_other() -> None:
    after = editing.change(
        SEED, At(Part.REQUIREMENT, "O1.2"), {**row(SEED, "O1.2"), "code": "O1.9"}, "O2", EARLIER, same=True
    )
    after = editing.remove(after, At(Part.REQUIREMENT, "O1.1"))
    after = editing.add(after, Part.REQUIREMENT, requirement("O1.7"), "O1", EARLIER)
    after = editing.change(
        after, At(Part.REQUIREMENT, "O2.1"), {**row(SEED, "O2.1"), "text": TEXT, "mandatory": False}, "O2", EARLIER
    )
    after = editing.add(after, Part.SETTING, {**SEED["settings"][0], "key": "new_one"}, "", {})
    found = difference.compare(SEED, after)
    by_code = {line.place.code: line for line in found.lines}
    assert (found.renamed, found.gone) == ({"O1.2": "O1.9"}, ["O1.1"])
    assert by_code["O1.9"].effects == (Effect.MOVED,)
    assert by_code["O2.1"].effects == (Effect.CHANGED,)
    assert by_code["O2.1"].fields == ("text", "mandatory")
    assert by_code["O1.7"].effects == (Effect.NEW,)
    assert by_code["O2.2"].effects == (Effect.KEPT,)
    assert found.counts() == {
        Effect.GONE: 1,
        Effect.NEW: 1,
        Effect.CHANGED: 1,
        Effect.MOVED: 1,
        Effect.KEPT: len(codes(SEED)) - 3,
    }
    assert [value.key for value in found.settings if value.effect is not Effect.KEPT] == ["new_one"]
    assert difference.compare(SEED, SEED).counts()[Effect.KEPT] == len(codes(SEED))


def test_only_one_requirement_follows_a_former_code() -> None:
    after = deepcopy(SEED)
    criterion = after["areas"][0]["criteria"][0]
    criterion["requirements"] = [requirement("O1.9", was=["O1.1", "O1.2"]), requirement("O1.8", was=["O1.3"])]
    found = difference.compare(SEED, after)
    assert found.renamed == {"O1.2": "O1.9"}  # the later of its codes; the answers to the other are not mixed in
    assert found.gone == ["O1.1"]
    criterion["requirements"][1]["was"] = ["O1.2"]
    assert [str(fault.path) for fault in frame.faults(after, {})] == ["areas[0].criteria[0].requirements[1].was[0]"]


def test_values_go_along_where_the_new_version_can_hold_them() -> None:
    definitions: list[Any] = [
        {"key": "n", "type": "integer"},
        {"key": "w", "type": "choice", "options": ["a", "b"]},
        {"key": "t", "type": "text"},
    ]
    assert difference.carried(definitions, {"n": 3, "w": "c", "t": "x", "gone": 1}) == {"n": 3, "t": "x"}
    assert difference.carried(definitions, {"n": "3", "w": "b"}) == {"w": "b"}

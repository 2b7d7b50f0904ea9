"""Broken scheme files are refused with file, path in the file and reason."""

from pathlib import Path
from typing import Any

import pytest

from sdg_tracker.foundation.errors import Invalid
from sdg_tracker.foundation.i18n import use_locale
from sdg_tracker.foundation.resources import resource_dir
from sdg_tracker.schemes import files
from tests.schemes.conftest import Change, Changed

FIRST = "areas[0].criteria[0].requirements[0]"
WORDS = {"activity-type": ["projekt", "fællesskab"], "audience": ["alle"]}


def first(document: dict[str, Any]) -> dict[str, Any]:
    """Return the first requirement."""
    found: dict[str, Any] = document["areas"][0]["criteria"][0]["requirements"][0]
    return found


def refusal(path: Path, words: dict[str, list[str]] | None = None) -> Invalid:
    """Return how a file is refused."""
    with pytest.raises(Invalid) as caught:
        files.read(path, words)
    assert caught.value.code == "scheme-broken"
    return caught.value


def problems(path: Path, words: dict[str, list[str]] | None = None) -> list[str]:
    """Return what is wrong with a file, in English."""
    with use_locale("en"):
        found = refusal(path, words).facts["problems"]
        assert isinstance(found, list)
        return [str(fault) for fault in found]


@pytest.mark.parametrize("path", sorted((resource_dir("seed") / "certification").glob("*.yaml")), ids=lambda p: p.stem)
def test_every_seed_file_holds(path: Path) -> None:
    assert files.read(path)["id"] == path.stem


BY_SCHEMA: dict[str, tuple[Change, str, str]] = {
    "a draft without label": (lambda s: s.pop("label"), "", "lacks label"),
    "an unknown rule": (lambda s: s["decision"].update(rule="jury"), "decision.rule", "must be one of all_mandatory"),
    "a parameter of another rule": (
        lambda s: s["decision"].update(share=0.4), "decision.share", "is not a key of this format"),
    "two kinds of validity": (lambda s: s["cycle"].update(one_off=True), "cycle", "needs exactly one of"),
    "a text without English": (lambda s: first(s)["text"].pop("en"), f"{FIRST}.text", "lacks en"),
    "an unknown kind of evidence": (
        lambda s: first(s)["evidence"]["kinds"].append("rumour"), f"{FIRST}.evidence.kinds[5]", 'not "rumour"'),
    "a count without what it counts": (lambda s: first(s).update(kind="activity_count"), FIRST, "lacks counts"),
    "a confident claim without source": (
        lambda s: first(s).update(sources=[], confidence="B"), f"{FIRST}.sources", "needs at least 1"),
    "an unknown role": (lambda s: first(s)["roles"].append("leder"), f"{FIRST}.roles[1]", 'not "leder"'),
    "an unknown key": (lambda s: first(s).update(weight=3), f"{FIRST}.weight", "is not a key of this format"),
    "a negative minimum": (
        lambda s: first(s)["evidence"].update(min=-1), f"{FIRST}.evidence.min", "must be at least 0, not -1"),
}  # fmt: skip


@pytest.mark.parametrize("name", BY_SCHEMA)
def test_the_schema_refuses_a_file_and_names_path_and_reason(changed: Changed, name: str) -> None:
    change, path, reason = BY_SCHEMA[name]
    file = changed(change)
    (found,) = problems(file)
    assert found.startswith(f"{path}: " if path else reason), found
    assert reason in found
    for language in ("da", "en"):
        with use_locale(language):
            text = str(refusal(file))
        assert file.name in text
        assert path in text


def settings(document: dict[str, Any], key: str) -> dict[str, Any]:
    """Return a setting."""
    found: dict[str, Any] = next(row for row in document["settings"] if row["key"] == key)
    return found


DB, POINTS, BEST, GRI, IFLA = (
    "db2030-biblioteker", "points-example", "best-n-example", "gri-content-index", "ifla-green-library",
)  # fmt: skip
BEYOND: dict[str, tuple[str, Change, str, str]] = {
    "a requirement twice": (
        DB, lambda s: first(s).update(code="O1.2"), f"{FIRST}.code", "O1.2 occurs more than once"),
    "an area twice": (DB, lambda s: s["areas"][0].update(code="D"), "areas[0].code", "D occurs more than once"),
    "a criterion twice": (
        DB, lambda s: s["areas"][0]["criteria"][0].update(code="O2"), "areas[0].criteria[0].code", "more than once"),
    "a setting twice": (DB, lambda s: s["settings"].append(s["settings"][0]), "settings[0].key", "more than once"),
    "a fact twice": (DB, lambda s: s["facts"].append(s["facts"][0]), "facts[0].key", "more than once"),
    "a step twice": (DB, lambda s: s["stages"].append(s["stages"][0]), "stages[0].code", "more than once"),
    "a setting that is not declared": (
        DB, lambda s: first(s)["evidence"].update(min={"setting": "none_such"}),
        f"{FIRST}.evidence.min.setting", "the setting none_such is not declared"),
    "a text used as a number": (
        DB, lambda s: first(s)["evidence"].update(min={"setting": "report_recipient"}),
        f"{FIRST}.evidence.min.setting", "the setting report_recipient is no number"),
    "a number below nothing": (
        DB, lambda s: settings(s, "staff_involved_percent").update(value=-1),
        f"{FIRST}.quantity.min.setting", "the setting staff_involved_percent is below 0"),
    "a setting called known without value": (
        DB, lambda s: settings(s, "report_deadline").update(known=True), "settings[3].value", "has no value"),
    "a setting of another type": (
        DB, lambda s: settings(s, "plan_years").update(value="three"), "settings[0].value", "is not of type integer"),
    "a truth value for a number": (
        DB, lambda s: settings(s, "plan_years").update(value=True), "settings[0].value", "is not of type integer"),
    "a day that is none": (
        DB, lambda s: settings(s, "report_deadline").update(value="soon"), "settings[3].value", "not of type date"),
    "an agreement on a setting that is not declared": (
        DB, lambda s: s["decision"]["settings_agreed"].append("none_such"),
        "decision.settings_agreed[7]", "not declared"),
    "a condition on a fact that is not declared": (
        POINTS, lambda s: first(s).update(applies_if={"all": [{"fact": "none_such", "is": True}]}),
        f"{FIRST}.applies_if.all[0].fact", "the fact none_such is not declared"),
    "a truth value compared with a word": (
        POINTS, lambda s: first(s).update(applies_if={"fact": "serves_food", "is": "yes"}),
        f"{FIRST}.applies_if.is", "is not of type boolean"),
    "a truth value compared with a number": (
        POINTS, lambda s: first(s).update(applies_if={"fact": "serves_food", "at_least": 2}),
        f"{FIRST}.applies_if.at_least", "the fact serves_food is no number"),
    "an option that is none": (
        IFLA, lambda s: first(s).update(applies_if={"fact": "entry", "is": "house"}),
        f"{FIRST}.applies_if.is", "must be one of whole_library, project, not house"),
    "a label of no option": (
        IFLA, lambda s: s["facts"][0]["labels"].update(house={"da": "et hus", "en": "a house"}),
        "facts[0].labels.house", "is none of the options"),
    "a requirement without weight": (
        POINTS, lambda s: first(s).update(mandatory=False), FIRST, "must be either mandatory or worth points"),
    "points where they mean nothing": (
        DB, lambda s: first(s).update(points=3), f"{FIRST}.points", "mean nothing under the rule agreed_individually"),
    "an answer that may be missing": (
        GRI, lambda s: first(s).update(mandatory=False), f"{FIRST}.mandatory", "must be true under the rule"),
    "an omission of nothing": (
        IFLA, lambda s: s["decision"]["omission"].update(not_for=["9.9"]),
        "decision.omission.not_for[0]", "there is no requirement 9.9"),
    "a weight for no area": (
        BEST, lambda s: s["decision"]["always"][0].update(area="99"), "decision.always[0].area", "there is no area 99"),
    "more areas than there are": (
        BEST, lambda s: s["decision"]["best"].update(n=9), "decision.best.n", "must be at most 4, not 9"),
    "weights that do not add up": (
        BEST, lambda s: s["decision"]["best"].update(weight=0.2), "decision", "add up to 0.82 instead of 1"),
    "another name than the file's": (DB, lambda s: s.update(id="another"), "id", "must be the file's name"),
}  # fmt: skip


@pytest.mark.parametrize("name", BEYOND)
def test_what_a_schema_cannot_say_is_checked_too(changed: Changed, name: str) -> None:
    slug, change, path, reason = BEYOND[name]
    found = problems(changed(change, slug))
    assert any(text.startswith(f"{path}: ") and reason in text for text in found), found


def test_all_problems_of_a_file_are_told_at_once(changed: Changed) -> None:
    def spoil(document: dict[str, Any]) -> None:
        document.pop("label")
        document["decision"]["rule"] = "jury"
        first(document)["weight"] = 3
        first(document)["text"].pop("en")

    found = problems(changed(spoil))
    assert len(found) == 4
    assert {text.split(": ")[0] for text in found} >= {"decision.rule", f"{FIRST}.weight", f"{FIRST}.text"}


def test_types_and_audiences_come_from_the_shared_words(changed: Changed) -> None:
    def spoil(document: dict[str, Any]) -> None:
        document["type_roles"] = {"projekt": ["facilitator"], "fest": ["formidler"]}

    found = problems(changed(spoil), WORDS)
    assert "type_roles.fest: must be one of projekt, fællesskab, not fest" in found
    assert any(text.startswith("areas[") and ".counts.where.audience[0]: must be one of alle" in text for text in found)


def test_what_is_not_yaml_is_refused_with_line_and_column(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("format: 1\nid: [x\nversion: 2", "utf-8")
    (found,) = problems(path)
    assert found.startswith("3:")


def test_a_key_given_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("format: 1\nid: x\nid: y\n", "utf-8")
    (found,) = problems(path)
    assert found.startswith("3:1: ")
    assert "id occurs twice" in found


@pytest.mark.parametrize("text", ["", "- 1\n", "just words\n", "12\n", "? [a]\n: b\n"])
def test_what_is_no_scheme_at_all_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(text, "utf-8")
    assert problems(path)


def test_a_missing_file_and_other_bytes_are_refused(tmp_path: Path) -> None:
    assert problems(tmp_path / "none.yaml")
    path = tmp_path / "x.yaml"
    path.write_bytes(b"\xff\xfe\x00")
    assert problems(path)


def test_days_in_a_file_stay_text(changed: Changed) -> None:
    path = changed(lambda s: settings(s, "report_deadline").update(value="2026-03-31"))
    path.write_text(path.read_text("utf-8").replace("'2026-03-31'", "2026-03-31"), "utf-8")
    assert settings(files.read(path), "report_deadline")["value"] == "2026-03-31"

"""What a requirement asks in a cycle."""

from typing import Any

import pytest

from sdg_tracker.schemes import rules

DOCUMENT: dict[str, Any] = {
    "settings": [
        {"key": "pieces", "value": 2, "known": True},
        {"key": "months", "value": None, "known": False},
    ]
}


def test_a_number_of_the_scheme_is_taken_as_it_is() -> None:
    assert rules.amount(3, DOCUMENT, {}) == rules.Amount(3)


def test_a_setting_gives_the_schemes_value_until_another_is_chosen() -> None:
    reference = {"setting": "pieces"}
    assert rules.amount(reference, DOCUMENT, {}) == rules.Amount(2, "pieces")
    assert rules.amount(reference, DOCUMENT, {"pieces": 5}) == rules.Amount(5, "pieces", changed=True)
    assert rules.amount({"setting": "months"}, DOCUMENT, {}) == rules.Amount(None, "months", known=False)
    with pytest.raises(LookupError):
        rules.amount({"setting": "none_such"}, DOCUMENT, {})


def test_what_is_asked_is_resolved_for_the_cycle() -> None:
    definition: dict[str, Any] = {
        "evidence": {"min": {"setting": "pieces"}, "kinds": ["photo"], "max_age_months": None, "public_required": True},
        "quantity": {"min": 4, "unit": "activities", "per": "year"},
    }
    asked = rules.asked(definition, DOCUMENT, {"pieces": 3})
    assert (asked.evidence.value, asked.kinds, asked.max_age, asked.public_required) == (3, ("photo",), None, True)
    assert (asked.quantity, asked.unit, asked.per) == (rules.Amount(4), "activities", "year")
    definition["evidence"]["max_age_months"] = {"setting": "months"}
    assert rules.asked(definition, DOCUMENT, {"months": 12}).max_age == rules.Amount(
        12, "months", known=False, changed=True
    )


YES, NO, UNKNOWN = {"fact": "a", "is": True}, {"fact": "b", "is": True}, {"fact": "c", "is": True}


@pytest.mark.parametrize(
    ("condition", "answer"),
    [
        (None, True),
        (YES, True),
        (NO, False),
        (UNKNOWN, None),
        ({"fact": "n", "at_least": 2}, True),
        ({"fact": "n", "at_least": 4}, False),
        ({"fact": "c", "at_least": 4}, None),
        ({"all": [YES, YES]}, True),
        ({"all": [YES, NO]}, False),
        ({"all": [UNKNOWN, NO]}, False),
        ({"all": [UNKNOWN, YES]}, None),
        ({"any": [NO, YES]}, True),
        ({"any": [UNKNOWN, YES]}, True),
        ({"any": [NO, NO]}, False),
        ({"any": [UNKNOWN, NO]}, None),
        ({"all": [{"any": [NO, YES]}, YES]}, True),
    ],
)
def test_a_requirement_applies_as_its_condition_says(condition: dict[str, Any] | None, answer: bool | None) -> None:
    assert rules.applies(condition, {"a": True, "b": False, "n": 3}) is answer


def test_versions_are_ordered_as_numbers() -> None:
    assert sorted(["1.10", "1.9", "0.1", "1.9.1"], key=rules.version_order) == ["0.1", "1.9", "1.9.1", "1.10"]


def test_settings_of_a_cycle_are_the_schemes_values_and_what_was_chosen() -> None:
    assert rules.settings_of(DOCUMENT, {"pieces": 7}) == {"pieces": 7, "months": None}

"""What was meant is compared with what was seen, and nothing is claimed of too few."""

from decimal import Decimal

from sdg_tracker.effects import rules
from sdg_tracker.effects.rules import Claim, Measured, Why


def measured(number: int, before: int | None, after: int | None, *goals: str, answers: int = 0) -> Measured:
    return Measured(number, goals, ("hoved",), {"frirum": before}, {"frirum": after}, answers)


def test_nothing_is_claimed_of_fewer_than_three_activities() -> None:
    rows = [measured(1, 2, 4, "4", answers=10), measured(2, 3, 4, "4", "13", answers=5), measured(3, 4, None, "4")]
    haven = rules.compare(rows)[0]
    assert (haven.intended, haven.seen, haven.difference, haven.claim) == (None, None, None, Claim.FEW)
    assert (haven.pairs, haven.meant, haven.noticed, haven.answers) == (2, 3, 2, 15)
    haven = rules.compare([*rows, measured(4, 3, 3, "4")])[0]
    assert (haven.intended, haven.seen, haven.claim) == (Decimal("2.7"), Decimal("3.7"), Claim.MORE)
    assert haven.difference == Decimal("1.0")
    by_goal = rules.by([*rows, measured(4, 3, 3, "4")], lambda row: row.goals)
    assert {goal: lines[0].claim for goal, lines in by_goal.items()} == {"4": Claim.MORE, "13": Claim.FEW}


def test_means_near_each_other_are_as_meant_and_lower_ones_less() -> None:
    near = [measured(number, 3, after) for number, after in enumerate((3, 3, 4))]
    less = [measured(number, 4, 3) for number in range(3)]
    assert [rules.compare(rows)[0].claim for rows in (near, less)] == [Claim.AS_MEANT, Claim.LESS]
    assert rules.difference({"frirum": 2, "perspektiv": 4}, {"frirum": 5}) == {
        "frirum": 3,
        "perspektiv": None,
        "kreativitet": None,
        "faellesskab": None,
    }


def test_a_story_is_ready_with_three_parts_a_goal_and_an_activity() -> None:
    whole = {"need": "a", "done": "b", "changed": "c"}
    assert rules.unfinished(whole, ["4"], [1]) == ()
    assert rules.unfinished({**whole, "done": " "}, [], []) == (Why.UNFINISHED, Why.NO_GOALS, Why.NO_ACTIVITIES)

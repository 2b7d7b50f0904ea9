"""The sample can be drawn again by anybody."""

from datetime import date
from hashlib import sha256

from hypothesis import given, settings
from hypothesis import strategies as st

from sdg_tracker.audit.sampling import Candidate, Weakness, draw, tickets, weaknesses
from sdg_tracker.audit.states import Method

WEAK = st.frozensets(st.sampled_from(list(Weakness)))
CANDIDATES = st.lists(st.tuples(st.integers(1, 40), WEAK), max_size=12, unique_by=lambda pair: pair[0]).map(
    lambda pairs: [Candidate(number, f"{number:064x}", weak) for number, weak in pairs]
)


@settings(max_examples=60)
@given(CANDIDATES, st.text(max_size=8), st.integers(0, 15), st.sampled_from(list(Method)), st.randoms())
def test_the_same_seed_draws_the_same_whatever_the_order(candidates, seed, size, method, random) -> None:  # type: ignore[no-untyped-def]
    drawn = draw(candidates, seed, size, method)
    shuffled = random.sample(candidates, len(candidates))
    assert draw(shuffled, seed, size, method) == drawn
    assert len(drawn) == len(set(drawn)) == min(size, len(candidates))
    assert set(drawn) <= {candidate.exhibit for candidate in candidates}
    assert draw(candidates, seed, size + 1, method)[: len(drawn)] == drawn


def test_the_rule_is_as_it_is_told() -> None:
    plain = [Candidate(number, f"{number:064x}") for number in (1, 2, 3)]
    lots = {sha256(f"frø/{row.exhibit}/{row.sha256}/1".encode()).hexdigest(): row.exhibit for row in plain}
    assert draw(plain, "frø", 3, Method.RANDOM) == [lots[lot] for lot in sorted(lots)]
    assert draw(plain, "frø", 3, Method.WEIGHTED) == draw(plain, "frø", 3, Method.RANDOM)
    weak = Candidate(2, f"{2:064x}", frozenset({Weakness.INFERRED, Weakness.UNREVIEWED}))
    assert (tickets(weak, Method.RANDOM), tickets(weak, Method.WEIGHTED)) == (1, 5)
    weighted = min(sha256(f"frø/2/{2:064x}/{ticket}".encode()).hexdigest() for ticket in range(1, 6))
    others = sorted([*(lot for lot, exhibit in lots.items() if exhibit != 2), weighted])
    assert draw([plain[0], weak, plain[2]], "frø", 1, Method.WEIGHTED) == [lots.get(others[0], 2)]


def test_the_weak_are_drawn_more_often() -> None:
    weak = frozenset({Weakness.UNREVIEWED, Weakness.UNDER_WAY})
    rows = [Candidate(number, f"{number:064x}", weak if number == 1 else frozenset()) for number in range(1, 11)]
    drawn = [1 in draw(rows, str(seed), 2, Method.WEIGHTED) for seed in range(200)]
    plain = [1 in draw(rows, str(seed), 2, Method.RANDOM) for seed in range(200)]
    assert sum(drawn) > 2 * sum(plain) > 0


def test_what_is_weak() -> None:
    strong = {
        "state": "accepted",
        "valid_until": None,
        "requirements": [{"code": "A1", "strength": "observed"}],
    }
    states: dict[str, str | None] = {"A1": "met", "A2": "under_way", "A3": "missing", "A4": None}
    day = date(2026, 3, 1)
    assert weaknesses(strong, states, day) == frozenset()
    assert weaknesses({**strong, "state": "submitted"}, states, day) == {Weakness.UNREVIEWED}
    assert weaknesses({**strong, "valid_until": "2026-05-30"}, states, day) == {Weakness.EXPIRES_SOON}
    assert weaknesses({**strong, "valid_until": "2026-05-31"}, states, day) == frozenset()
    inferred = {**strong, "requirements": [{"code": "A1", "strength": "inferred"}]}
    assert weaknesses(inferred, states, day) == {Weakness.INFERRED}
    assert weaknesses({**strong, "requirements": [{"code": "A2"}]}, states, day) == {Weakness.UNDER_WAY}
    often = {**strong, "requirements": [{"code": code} for code in ("A1", "A4", "A5", "A6")]}
    assert weaknesses(often, states, day) == {Weakness.USED_OFTEN}

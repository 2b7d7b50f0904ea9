"""Searching: both engines find alike, by words, parts of words, other spellings, and with a letter wrong."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdg_tracker.access import SYSTEM, Actor
from sdg_tracker.evidence import fulltext, listing, revising
from sdg_tracker.evidence.details import EvidenceDetails
from sdg_tracker.evidence.listing import Filters
from sdg_tracker.evidence.searching import one_letter_apart
from sdg_tracker.foundation.text import stems
from sdg_tracker.work import Library, Workplace
from tests.evidence import documents
from tests.evidence.conftest import Add
from tests.factories import Factories
from tests.statements import counted


def found(workplace: Workplace, actor: Actor, text: str, **filters: object) -> list[int]:
    with workplace.reading(actor) as work:
        rows, total = listing.one_page(work, Filters(q=text, **filters), "number", 50, 0)  # type: ignore[arg-type]
    assert total == len(rows)
    return [row.number for row in rows]


@pytest.fixture
def shelf(workplace: Workplace, add: Add, library: Library, make: Factories) -> None:
    """Four pieces whose files hold text, read by the worker; and a neighbour's."""
    add(
        documents.docx("Referat af mødet om frøbiblioteket. Vi såede ærter og bønner."),
        "referat.docx",
        title="Møde i maj",
    )
    add(
        "Løbere i skoven: 42 deltagere\n".encode(),
        "tal 2026.csv",
        title="Årets tal",
        description="Klimaløb",
        kind="statistics",
    )
    add(b"x\n", "a.txt", title="Fællesspisning", source="Ungdomsskolen", alt="To unge skærer grøntsager")
    add("Бібліотека запрошує\n".encode(), "indbydelse.txt", title="Ukrainsk aften")
    neighbour = make.library("Nabobyen")
    make.evidence(neighbour, b"1", title="Frøbibliotek i nabobyen")
    fulltext.read_owed(workplace, library.id)


FINDS: dict[str, list[int]] = {
    "møde": [1],
    "MØDERNE": [1],
    "moede": [1],
    "ærter": [1],
    "aerter bønne": [1],
    "boenner": [1],
    "frøbibl": [1],
    "bibliotek": [1],  # inside of another word
    "biblotek": [],  # inside of a word there is no letter wrong
    "frøbibloteket": [1],
    "frøbilbiotek": [1],
    "aarets": [2],
    "løber": [2],
    "løber møde": [],
    "42": [2],
    "4": [2],
    "tal 2026": [2],
    "deltager": [2],
    "deltagare": [2],
    "ungdomsskole": [3],
    "grøntsag": [3],
    "groentsager skære": [3],
    "Бібліотека": [4],
    "бібл": [4],
    "%": [],
    '"(* OR -:': [],
    "møde & | ! ' \\": [1],
    "x" * 300: [],
    "  ": [1, 2, 3, 4],
}


@pytest.mark.usefixtures("shelf")
def test_a_search_finds(workplace: Workplace, coordinator: Actor) -> None:
    assert {text: found(workplace, coordinator, text) for text in FINDS} == FINDS


def test_what_is_changed_is_found_by_its_new_words_only(
    workplace: Workplace, add: Add, coordinator: Actor, library: Library
) -> None:
    add(documents.docx("Kompost og regnorme"), "a.docx", title="Haven")
    fulltext.read_owed(workplace, library.id)
    with workplace.writing(coordinator) as work:
        revising.revise(work, 1, EvidenceDetails(title="Gården", kind="document"))
    assert found(workplace, coordinator, "haven") == []
    assert found(workplace, coordinator, "gård kompost") == [1]


def test_a_new_version_is_found_by_its_own_text(
    workplace: Workplace, add: Add, coordinator: Actor, library: Library, new_version: object
) -> None:
    add(documents.docx("Kompost"), "a.docx", title="Haven")
    fulltext.read_owed(workplace, library.id)
    assert callable(new_version)
    new_version(coordinator, documents.docx("Bistader"), "b.docx")
    assert found(workplace, coordinator, "kompost") == []
    fulltext.read_owed(workplace, library.id)
    assert found(workplace, coordinator, "bistade") == [1]
    assert found(workplace, coordinator, "kompost") == []


@pytest.mark.usefixtures("shelf")
def test_a_search_is_narrowed_and_asks_no_more_of_a_larger_library(
    workplace: Workplace, make: Factories, coordinator: Actor, library: Library
) -> None:
    def statements(text: str) -> int:
        with counted(workplace.engine) as sent, workplace.reading(coordinator) as work:
            listing.one_page(work, Filters(q=text), "number", 50, 0)
        return len(sent)

    assert found(workplace, coordinator, "tal", kind="statistics") == [2]
    assert found(workplace, coordinator, "tal", kind="photo") == []
    before = [statements(text) for text in ("møde", "xyzzy", "frøbiblotek")]
    for count in range(60):
        make.evidence(library, b"%d" % count, title=f"Møde nummer {count} med tal og frøbibliotek")
    assert [statements(text) for text in ("møde", "xyzzy", "frøbiblotek")] == before


def test_the_house_of_the_activity_narrows(
    workplace: Workplace, make: Factories, coordinator: Actor, library: Library
) -> None:
    house, other = make.branch(library, "Søndervang"), make.branch(library, "Nord")
    activity = make.activity(library, "Byttedag", starts_on=date(2026, 1, 2))
    with workplace.writing(SYSTEM, library.id) as work:
        work.session.merge(activity, load=False).branches.append(work.session.merge(house, load=False))
    make.evidence(library, title="Inde", activity=activity)
    make.evidence(library, title="Ude")
    assert found(workplace, coordinator, "", branch=house.code) == [1]
    assert found(workplace, coordinator, "", branch=other.code) == []


def test_words_are_folded_and_cut_to_their_stem() -> None:
    assert set(stems("Bønnerne, boenner").values()) == set(stems("bønner").values()) == {"boen"}
    assert stems("Ålborg") == stems("Aalborg")
    assert stems("en En EN") == {"en": "en"}
    assert stems(None, "") == {}
    assert all(len(word) <= 60 for word in stems("x" * 500, "я" * 500))


WORDS = st.text("abcd", max_size=7)


@given(WORDS, WORDS)
def test_one_letter_apart_is_symmetric_and_no_more_than_a_letter(one: str, other: str) -> None:
    apart = one_letter_apart(one, other)
    assert apart == one_letter_apart(other, one)
    near = {one}
    for place in range(len(one) + 1):
        near.add(one[:place] + one[place + 1 :])
        near.add(one[:place] + one[place : place + 2][::-1] + one[place + 2 :])
        for letter in "abcd":
            near |= {one[:place] + letter + one[place:], one[:place] + letter + one[place + 1 :]}
    assert apart == (other in near)

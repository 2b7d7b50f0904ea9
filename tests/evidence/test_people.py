"""Who may be shown where: the rule by table, and the same as a condition of both databases."""

import itertools
from dataclasses import dataclass, replace
from datetime import date, datetime

import pytest
import sqlalchemy as sa

from sdg_tracker.access import SYSTEM
from sdg_tracker.evidence import people
from sdg_tracker.evidence.models import Evidence
from sdg_tracker.evidence.people import Basis, People, Reason, Scope
from sdg_tracker.evidence.people_models import Consent
from sdg_tracker.evidence.showing import may_be_shown
from sdg_tracker.work import Library, Workplace
from tests.conftest import NOON
from tests.factories import Factories

DAY = date(2026, 3, 1)
OUTSIDE = (Scope.WEBSITE, Scope.PRINT, Scope.SOCIAL_MEDIA)


@dataclass
class Piece:
    """A photo that may be shown and has nobody in it."""

    kind: str = "photo"
    public: bool = True
    people: str = "no"
    children: bool = False
    sensitive: bool = False
    basis: str = ""
    withdrawn_at: datetime | None = None
    paused_at: datetime | None = None


@dataclass
class Given:
    """A consent for the website that stands."""

    given_on: date = date(2026, 1, 1)
    expires_on: date | None = None
    withdrawn_on: date | None = None
    withdrawn_at: datetime | None = None
    internal_report: bool = False
    website: bool = True
    print: bool = False
    social_media: bool = False


AGREED = Given()
TABLE: list[tuple[str, Piece, list[Given], tuple[Reason, ...]]] = [
    ("nobody", Piece(), [], ()),
    ("a document", Piece(kind="minutes", people=""), [], ()),
    ("not marked", Piece(public=False), [], (Reason.NOT_PUBLIC,)),
    ("unknown", Piece(people="unknown"), [], (Reason.UNKNOWN,)),
    ("an old photo", Piece(people=""), [], (Reason.UNKNOWN,)),
    ("unknown with consent", Piece(people="unknown", basis="consent"), [AGREED], (Reason.UNKNOWN,)),
    ("no right said", Piece(people="yes"), [], (Reason.NO_BASIS,)),
    ("no right said, but consent", Piece(people="yes"), [AGREED], (Reason.NO_BASIS,)),
    ("none needed", Piece(people="yes", basis="none_needed"), [], ()),
    ("public task", Piece(people="yes", basis="public_task"), [], ()),
    ("consent", Piece(people="yes", basis="consent"), [AGREED], ()),
    ("no consent", Piece(people="yes", basis="consent"), [], (Reason.NO_CONSENT,)),
    ("for paper only", Piece(people="yes", basis="consent"), [Given(website=False, print=True)], (Reason.NO_CONSENT,)),
    ("last day", Piece(people="yes", basis="consent"), [Given(expires_on=DAY)], ()),
    ("expired", Piece(people="yes", basis="consent"), [Given(expires_on=date(2026, 2, 28))], (Reason.EXPIRED,)),
    ("renewed", Piece(people="yes", basis="consent"), [Given(expires_on=date(2026, 2, 28)), AGREED], ()),
    ("given later", Piece(people="yes", basis="consent"), [Given(given_on=date(2026, 3, 2))], (Reason.NO_CONSENT,)),
    ("withdrawn", Piece(people="yes", basis="consent"), [Given(withdrawn_on=DAY)], (Reason.NO_CONSENT,)),
    ("children", Piece(people="yes", basis="public_task", children=True), [], (Reason.CHILDREN,)),
    ("sensitive", Piece(people="yes", basis="none_needed", sensitive=True), [], (Reason.SENSITIVE,)),
    ("children who agreed", Piece(people="yes", basis="public_task", children=True), [AGREED], ()),
    ("paused", Piece(people="yes", basis="consent", paused_at=NOON), [AGREED], (Reason.PAUSED,)),
    ("withdrawn piece", Piece(withdrawn_at=NOON), [], (Reason.WITHDRAWN,)),
]


@pytest.mark.parametrize(("piece", "given", "reasons"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_what_may_be_shown_on_the_website(piece: Piece, given: list[Given], reasons: tuple[Reason, ...]) -> None:
    assert people.publication(piece, given, Scope.WEBSITE, DAY) == reasons


@pytest.mark.parametrize("scope", OUTSIDE)
def test_a_consent_holds_for_the_uses_it_names_and_no_other(scope: Scope) -> None:
    piece, only = Piece(people="yes", basis="consent"), replace(AGREED, website=False)
    setattr(only, scope.value, True)
    assert [other for other in OUTSIDE if not people.publication(piece, [only], other, DAY)] == [scope]


@pytest.mark.parametrize(
    ("piece", "reasons"),
    [
        (Piece(people="unknown", public=False), ()),
        (Piece(people="yes"), ()),
        (Piece(people="yes", basis="public_task", children=True, sensitive=True), ()),
        (Piece(people="yes", basis="consent"), (Reason.NO_CONSENT,)),
        (Piece(people="yes", paused_at=NOON), (Reason.PAUSED,)),
    ],
)
def test_inside_the_library_only_consent_that_was_asked_for_is_needed(
    piece: Piece, reasons: tuple[Reason, ...]
) -> None:
    assert people.publication(piece, [], Scope.INTERNAL_REPORT, DAY) == reasons


@pytest.mark.parametrize(
    ("piece", "given", "blurred_at", "paused"),
    [
        (Piece(people="yes"), [AGREED], None, False),
        (Piece(people="yes"), [AGREED, Given(withdrawn_on=DAY, withdrawn_at=NOON)], None, True),
        (Piece(people="no"), [Given(withdrawn_on=DAY, withdrawn_at=NOON)], None, False),
        (Piece(people="yes"), [Given(withdrawn_on=DAY, withdrawn_at=NOON)], NOON.replace(hour=1), True),
        (Piece(people="yes"), [Given(withdrawn_on=DAY, withdrawn_at=NOON)], NOON, False),
    ],
)
def test_a_withdrawn_consent_pauses_until_something_is_blurred(
    piece: Piece, given: list[Given], blurred_at: datetime | None, paused: bool
) -> None:
    assert people.pauses(piece, given, blurred_at) is paused


@pytest.mark.parametrize(
    ("said", "kind", "media_type", "before", "kept"),
    [
        ("", "document", "text/plain", "", ""),
        ("", "document", "image/png", "", "unknown"),
        ("", "photo", "application/pdf", "", "unknown"),
        ("", "photo", "image/png", "yes", "yes"),
        ("no", "photo", "image/png", "yes", "no"),
    ],
)
def test_of_a_picture_without_an_answer_nobody_knows(
    said: str, kind: str, media_type: str, before: str, kept: str
) -> None:
    assert people.answered(said, kind, media_type, before) == kept


def test_the_condition_of_the_database_is_the_rule(workplace: Workplace, make: Factories, library: Library) -> None:
    consents: list[list[Given]] = [
        [],
        [AGREED],
        [Given(website=False, print=True)],
        [Given(expires_on=DAY), Given(withdrawn_on=DAY, withdrawn_at=NOON)],
        [Given(expires_on=date(2026, 2, 28))],
        [Given(given_on=date(2026, 3, 2))],
    ]
    told = [
        Piece(kind, public, who, children, sensitive, basis)
        for kind, public, who in itertools.product(("photo", "minutes"), (True, False), ("", *People))
        for children, sensitive in ((False, False), (True, False), (False, True))
        for basis in ("", *Basis)
    ]
    told += [Piece(paused_at=NOON), Piece(withdrawn_at=NOON)]
    example = make.evidence(library)
    columns = ("kind", "title", "language", "added_at", "sort_key", "search_text")
    same = {name: getattr(example, name) for name in columns}
    expected, pieces = {}, []
    with workplace.writing(SYSTEM, library.id) as work:
        for number, (piece, given) in enumerate(itertools.product(told, consents), 10):
            row = Evidence(number=number, **same | vars(piece))
            for ordinal, one in enumerate(given, 1):
                row.consents.append(Consent(ordinal=ordinal, library_id=library.id, added_at=NOON, **vars(one)))
            expected[number] = not people.publication(piece, given, Scope.WEBSITE, DAY)
            pieces.append(row)
        work.session.add_all(pieces)
        work.session.flush()
        rows = sa.select(Evidence.number, may_be_shown(DAY)).where(Evidence.number >= 10)
        found = {number: bool(shown) for number, shown in work.session.execute(rows)}
    assert found == expected
    assert 0 < sum(found.values()) < len(found)

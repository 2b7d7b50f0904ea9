"""Loading schemes and words; opening and changing cycles."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from sdg_tracker import trail
from sdg_tracker.access import SYSTEM, Actor, Role
from sdg_tracker.foundation.errors import Conflict, Forbidden, Invalid, NotFound
from sdg_tracker.foundation.i18n import use_locale
from sdg_tracker.installation import load_reference
from sdg_tracker.schemes import queries, services
from sdg_tracker.schemes.models import Cycle, Requirement, Scheme, Term
from sdg_tracker.work import Library, Work, Workplace
from tests.factories import Factories
from tests.schemes.conftest import SLUG, Changed
from tests.statements import counted

SIZES = {
    "best-n-example": (5, 10),
    "db2030-biblioteker": (4, 28),
    "gri-content-index": (4, 19),
    "ifla-green-library": (7, 16),
    "points-example": (5, 21),
}


@pytest.fixture
def system(workplace: Workplace) -> Iterator[Work]:
    """The program's writing step, undone at the end."""
    step = workplace.begin(SYSTEM, None, writes=True)
    yield step
    step.session.rollback()
    step.session.close()


def test_the_five_schemes_are_loaded_with_all_requirements(system: Work) -> None:
    found = {}
    for scheme in queries.newest(system):
        whole = queries.get(system, scheme.slug)
        found[scheme.slug] = (len(whole.areas), len(whole.requirements()))
        assert list(queries.requirements(system, scheme)) == [row.code for row in whole.requirements()]
        assert whole.label
    assert found == SIZES


def test_loading_the_reference_data_again_changes_nothing(workplace: Workplace) -> None:
    with counted(workplace.engine) as statements:
        assert load_reference(workplace) == []
    written = [statement for statement in statements if statement.split()[0] in ("INSERT", "UPDATE", "DELETE")]
    assert written == []


def test_a_requirement_is_kept_as_the_file_has_it(system: Work) -> None:
    scheme = queries.get(system, SLUG)
    found = queries.requirement(system, scheme, "B2.3")
    assert found.definition["counts"] == {"of": "partner", "where": {"with_partner": True}}
    assert (found.kind, found.scope, found.mandatory) == ("activity_count", "organisation", True)
    assert (found.criterion.code, found.criterion.area.code) == ("B2", "B")
    with use_locale("en"):
        assert found.title == "Local associations, organisations and volunteers are partners."
    with use_locale("da"):
        assert found.title == "Lokale foreninger, organisationer og frivillige er partnere."
    with pytest.raises(NotFound):
        queries.requirement(system, scheme, "X9")


def test_a_version_that_is_loaded_is_never_changed(system: Work, changed: Changed) -> None:
    before = queries.get(system, SLUG).digest
    assert services.load_file(system, changed(lambda s: None)) is None
    with pytest.raises(Conflict) as caught:
        services.load_file(system, changed(lambda s: s["summary"].update(en="Another summary.")))
    assert caught.value.code == "scheme-version-changed"
    assert queries.get(system, SLUG).digest == before


def test_a_new_version_stands_beside_the_old_and_old_cycles_stay(
    workplace: Workplace, coordinator: Actor, cycle: Cycle, changed: Changed
) -> None:
    def renew(document: dict[str, Any]) -> None:
        document["version"] = "0.10"
        document["areas"][0]["criteria"][0]["requirements"].pop()

    with workplace.writing(SYSTEM) as work:
        made = services.load_file(work, changed(renew))
        assert made is not None
    with workplace.reading(coordinator) as work:
        assert queries.versions(work, SLUG) == ["0.10", "0.1"]
        assert queries.get(work, SLUG).version == "0.10"
        assert len(queries.get(work, SLUG).requirements()) == 27
        assert [row.version for row in queries.newest(work) if row.slug == SLUG] == ["0.10"]
        kept = queries.current_cycle(work)
        assert kept is not None
        assert kept.scheme.version == "0.1"
        assert "O1.2" in queries.requirements(work, kept.scheme)
    with workplace.writing(coordinator) as work:
        later = services.open_cycle(work, SLUG, date(2028, 1, 1), date(2030, 12, 31))
        assert later.scheme.version == "0.10"


def test_a_broken_file_leaves_nothing(system: Work, changed: Changed) -> None:
    path = changed(lambda s: (s.update(version="9"), s.pop("label")))
    with pytest.raises(Invalid):
        services.load_file(system, path)
    assert queries.versions(system, SLUG) == ["0.1"]


def test_a_scheme_can_count_only_known_types(system: Work, changed: Changed) -> None:
    with pytest.raises(Invalid, match="fest"):
        services.load_file(system, changed(lambda s: s.update(version="9", type_roles={"fest": ["formidler"]})))


def test_only_the_program_loads_schemes_and_words(work: Work, changed: Changed) -> None:
    with pytest.raises(Forbidden):
        services.load_file(work, changed(lambda s: s.update(version="9")))
    with pytest.raises(Forbidden):
        services.load_terms(work)


def test_the_shared_words_are_loaded_in_their_order(system: Work, tmp_path: Path) -> None:
    assert services.load_terms(system) is False
    assert [term.code for term in queries.terms(system, "audience")] == [
        "alle", "børn", "unge", "voksne", "seniorer", "familier", "skoler", "personale",
    ]  # fmt: skip
    assert len(queries.terms(system, "activity-type")) == 11
    with use_locale("en"):
        assert queries.vocabularies(system)["evidence-kind"]["minutes"] == "minutes"
    with use_locale("da"):
        assert queries.vocabularies(system)["evidence-kind"]["minutes"] == "referat"
    path = tmp_path / "words.csv"
    path.write_text("vocabulary,code,da,en\naudience,alle,alle,anybody\naudience,gæster,gæster,guests\n", "utf-8")
    assert services.load_terms(system, path) is True
    assert services.load_terms(system, path) is False
    assert system.session.get_one(Term, ("audience", "alle")).en == "anybody"
    assert system.session.get(Term, ("audience", "børn")) is not None


def test_kinds_of_evidence_are_those_of_the_schema(system: Work) -> None:
    known = {term.code for term in queries.terms(system, "evidence-kind")}
    used = {kind for row in system.session.scalars(sa.select(Requirement)) for kind in row.kinds}
    assert used <= known


# Cycles


def test_opening_a_cycle_gives_it_a_number_and_a_line_in_the_trail(work: Work) -> None:
    opened = services.open_cycle(
        work, SLUG, date(2025, 1, 1), date(2027, 12, 31), facts={"branch_count": 3}, settings={"pledges_min": 6}
    )
    assert (opened.number, opened.settings, opened.facts) == (1, {"pledges_min": 6}, {"branch_count": 3})
    (event,) = trail.of(work, "cycle", 1)
    assert event.facts == {
        "scheme": SLUG, "version": "0.1", "starts_on": "2025-01-01", "ends_on": "2027-12-31",
        "settings": {"pledges_min": 6}, "facts": {"branch_count": 3},
    }  # fmt: skip


def test_a_value_equal_to_the_schemes_follows_the_scheme(work: Work) -> None:
    opened = services.open_cycle(
        work, SLUG, date(2025, 1, 1), date(2027, 12, 31), settings={"plan_years": 3, "report_deadline": None}
    )
    assert opened.settings == {}


def test_free_text_is_not_told_in_the_trail(work: Work) -> None:
    chosen = {"report_recipient": "Somebody by name", "report_deadline": date(2026, 9, 1)}
    opened = services.open_cycle(work, SLUG, date(2025, 1, 1), date(2027, 12, 31), settings=chosen)
    assert opened.settings == {"report_recipient": "Somebody by name", "report_deadline": "2026-09-01"}
    (event,) = trail.of(work, "cycle", 1)
    assert event.facts["settings"] == {"report_recipient": "(text)", "report_deadline": "2026-09-01"}


@pytest.mark.parametrize(
    ("code", "field", "chosen", "said"),
    [
        ("cycle-setting-unknown", None, {"none_such": 1}, {}),
        ("cycle-fact-unknown", None, {}, {"none_such": 1}),
        ("cycle-value-type", "setting_pledges_min", {"pledges_min": "six"}, {}),
        ("cycle-value-type", "setting_pledges_min", {"pledges_min": True}, {}),
        ("cycle-value-type", "setting_pledges_min", {"pledges_min": 2.5}, {}),
        ("cycle-value-type", "setting_report_deadline", {"report_deadline": "soon"}, {}),
        ("cycle-value-below", "setting_pledges_min", {"pledges_min": -1}, {}),
        ("cycle-value-limit", "setting_staff_involved_percent", {"staff_involved_percent": 101}, {}),
        ("cycle-value-type", "fact_renewal", {}, {"renewal": "yes"}),
        ("cycle-value-type", "fact_branch_count", {}, {"branch_count": "three"}),
    ],
)
def test_a_value_that_does_not_hold_is_refused_at_its_field(
    work: Work, code: str, field: str | None, chosen: dict[str, Any], said: dict[str, Any]
) -> None:
    with pytest.raises(Invalid) as caught:
        services.open_cycle(work, SLUG, date(2025, 1, 1), date(2027, 12, 31), settings=chosen, facts=said)
    assert (caught.value.code, caught.value.field) == (code, field)
    assert str(caught.value)


def test_a_choice_must_be_one_of_its_options(work: Work) -> None:
    with pytest.raises(Invalid) as caught:
        services.open_cycle(work, "ifla-green-library", date(2026, 1, 1), date(2026, 12, 31), facts={"entry": "house"})
    assert caught.value.code == "cycle-value-option"


def test_days_must_be_in_order_and_not_overlap(work: Work) -> None:
    with pytest.raises(Invalid) as caught:
        services.open_cycle(work, SLUG, date(2025, 1, 1), date(2024, 12, 31))
    assert (caught.value.code, caught.value.field) == ("cycle-days-order", "ends_on")
    services.open_cycle(work, SLUG, date(2025, 1, 1), date(2027, 12, 31))
    with pytest.raises(Invalid) as caught:
        services.open_cycle(work, SLUG, date(2027, 12, 31), date(2030, 12, 31))
    assert (caught.value.code, caught.value.facts["cycle"]) == ("cycle-overlap", 1)
    other = services.open_cycle(work, "points-example", date(2026, 1, 1), date(2026, 12, 31))
    assert other.number == 2


def test_changing_a_cycle_replaces_its_values_and_tells_what_changed(
    workplace: Workplace, coordinator: Actor, cycle: Cycle
) -> None:
    with workplace.writing(coordinator) as work:
        services.set_cycle(work, 1, settings={"pledges_min": 8}, facts={"renewal": False}, seen=1)
    with workplace.writing(coordinator) as work:
        services.set_cycle(work, 1, settings={"pledges_min": 3, "outreach_per_year": 4}, seen=2)
    with workplace.reading(coordinator) as work:
        kept = queries.cycle(work, 1)
        assert (kept.settings, kept.facts, kept.revision) == ({"outreach_per_year": 4}, {"renewal": False}, 3)
        told = [event.facts for event in trail.of(work, "cycle", 1)][1:]
        assert told[0]["settings"] == {"pledges_min": 8}
        assert told[0]["facts"] == {"branch_count": None, "renewal": False}
        assert told[1]["settings"] == {"outreach_per_year": 4, "pledges_min": None}
        assert list(trail.faults(work)) == []


def test_saving_without_a_change_leaves_no_trace(workplace: Workplace, coordinator: Actor, cycle: Cycle) -> None:
    with workplace.writing(coordinator) as work:
        services.set_cycle(work, 1, settings={}, facts={"branch_count": 3}, seen=1)
    with workplace.reading(coordinator) as work:
        assert queries.cycle(work, 1).revision == 1
        assert len(trail.of(work, "cycle", 1)) == 1


def test_another_revision_is_a_conflict(workplace: Workplace, coordinator: Actor, cycle: Cycle) -> None:
    with workplace.writing(coordinator) as work:
        services.set_cycle(work, 1, settings={"pledges_min": 8}, seen=1)
    with pytest.raises(Conflict, match=r".") as caught, workplace.writing(coordinator) as work:
        services.set_cycle(work, 1, settings={"pledges_min": 9}, seen=1)
    assert caught.value.code == "changed-meanwhile"


def test_a_refused_change_keeps_the_cycle(workplace: Workplace, coordinator: Actor, cycle: Cycle) -> None:
    with pytest.raises(Invalid), workplace.writing(coordinator) as work:
        services.set_cycle(work, 1, ends_on=date(2024, 1, 1))
    with workplace.reading(coordinator) as work:
        assert queries.cycle(work, 1).ends_on == date(2027, 12, 31)


@pytest.mark.parametrize("role", [Role.READER, Role.STAFF, Role.AUDITOR, Role.ADMINISTRATOR])
def test_others_cannot_open_or_change_a_cycle(
    workplace: Workplace, make: Factories, library: Library, cycle: Cycle, role: Role
) -> None:
    with pytest.raises(Forbidden), workplace.writing(make.member(library, role)) as work:
        services.open_cycle(work, SLUG, date(2030, 1, 1), date(2032, 12, 31))
    with pytest.raises(Forbidden), workplace.writing(make.member(library, role)) as work:
        services.set_cycle(work, 1, settings={})


def test_another_librarys_cycle_is_not_found(workplace: Workplace, make: Factories, cycle: Cycle) -> None:
    neighbour = make.member(make.library("Nabobyen"), Role.COORDINATOR)
    with workplace.reading(neighbour) as work:
        assert queries.cycles(work) == []
        assert queries.current_cycle(work) is None
    with pytest.raises(NotFound), workplace.writing(neighbour) as work:
        services.set_cycle(work, 1, settings={})


def test_the_current_cycle_is_the_one_that_runs_today(work: Work) -> None:
    assert queries.current_cycle(work) is None
    services.open_cycle(work, SLUG, date(2028, 1, 1), date(2030, 12, 31))
    found = queries.current_cycle(work)
    assert found is not None
    assert found.starts_on.year == 2028
    services.open_cycle(work, SLUG, date(2022, 1, 1), date(2024, 12, 31))
    found = queries.current_cycle(work)
    assert found is not None
    assert found.starts_on.year == 2022
    services.open_cycle(work, "points-example", date(2026, 1, 1), date(2026, 12, 31))
    services.open_cycle(work, SLUG, date(2025, 1, 1), date(2027, 12, 31))
    found = queries.current_cycle(work)
    assert found is not None
    assert found.scheme.slug == "points-example"
    found = queries.current_cycle(work, SLUG)
    assert found is not None
    assert found.starts_on.year == 2025


def test_unknown_schemes_and_versions_are_not_found(system: Work) -> None:
    for slug, version in (("none-such", None), (SLUG, "9.9")):
        with pytest.raises(NotFound):
            queries.get(system, slug, version)
    assert system.session.scalar(sa.select(sa.func.count()).select_from(Scheme)) == 5

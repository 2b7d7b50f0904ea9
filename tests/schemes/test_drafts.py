"""Drafts with undo, publishing, files; a period moved to another version and back."""

from copy import deepcopy
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from sdg_tracker import trail
from sdg_tracker.access import SYSTEM, Actor, Role
from sdg_tracker.certification import services as certification
from sdg_tracker.certification.models import Assessment
from sdg_tracker.certification.services import AssessmentDetails
from sdg_tracker.certification.states import AssessmentState
from sdg_tracker.evidence.models import Tie
from sdg_tracker.foundation.db import Base
from sdg_tracker.foundation.errors import Conflict, Forbidden, Invalid, NotFound, Problem
from sdg_tracker.foundation.resources import resource_dir
from sdg_tracker.schemes import drafts, files, following, moving, queries, services
from sdg_tracker.schemes.editing import At, Part, find
from sdg_tracker.schemes.models import Cycle, DraftStep, Scheme
from sdg_tracker.work import Library, Work, Workplace
from tests.factories import Factories
from tests.schemes.conftest import SLUG, Changed
from tests.schemes.test_editing import requirement
from tests.statements import counted


def document(work: Work, number: int) -> dict[str, Any]:
    """Return what a draft says."""
    return queries.draft(work, number)[1].document


def refusal(error: pytest.ExceptionInfo[Problem]) -> str:
    """Return the code of a refusal."""
    return error.value.code


def renamed(work: Work, code: str = "O1.2", new: str = "O1.9") -> Scheme:
    """Publish a version in which a requirement has another code, one is gone and one is new."""
    draft = drafts.start(work, SLUG)
    found = find(document(work, draft.number), Part.REQUIREMENT, code)
    drafts.change_part(work, draft.number, At(Part.REQUIREMENT, code), {**found.row, "code": new}, "O1", same=True)
    drafts.remove_part(work, draft.number, At(Part.REQUIREMENT, "O1.1"))
    drafts.remove_part(work, draft.number, At(Part.SETTING, "staff_involved_percent"))
    drafts.add_part(work, draft.number, Part.REQUIREMENT, requirement("O1.7"), "O1")
    return drafts.publish(work, draft.number, "0.2")


def test_a_draft_is_changed_step_by_step_and_every_step_can_be_undone(work: Work) -> None:
    draft = drafts.start(work, SLUG)
    assert drafts.start(work, SLUG) is draft  # one at a time
    first = document(work, draft.number)
    assert (draft.based_on, first["version"]) == ("0.1", "0.2")
    drafts.set_head(work, draft.number, {"name": {"da": "Ny", "en": "New"}})
    drafts.add_part(work, draft.number, Part.AREA, {"code": "X", "text": {"da": "x", "en": "x"}}, seen=draft.revision)
    last = document(work, draft.number)
    for _step in range(2):
        drafts.undo(work, draft.number)
    assert document(work, draft.number) == first
    with pytest.raises(Conflict) as caught:
        drafts.undo(work, draft.number)
    assert refusal(caught) == "nothing-to-undo"
    for _step in range(2):
        drafts.redo(work, draft.number)
    assert document(work, draft.number) == last
    drafts.undo(work, draft.number)
    drafts.move_part(work, draft.number, At(Part.AREA, "O"), 1)  # a new change takes the place of what was undone
    with pytest.raises(Conflict) as caught:
        drafts.redo(work, draft.number)
    assert refusal(caught) == "nothing-to-redo"
    with pytest.raises(Conflict) as caught:
        drafts.undo(work, draft.number, seen=draft.revision - 1)
    assert refusal(caught) == "changed-meanwhile"
    for number in range(drafts.STEPS_KEPT + 5):
        drafts.set_head(work, draft.number, {"name": {"da": f"N {number}", "en": "N"}})
    kept = work.session.scalar(sa.select(sa.func.count()).where(DraftStep.draft_id == draft.id))
    assert kept == drafts.STEPS_KEPT + 1
    told = trail.of(work, "scheme_draft", draft.number)[:4]
    assert [event.action.partition(".")[2] for event in told] == [
        "draft_begun",
        "draft_changed",
        "draft_changed",
        "draft_undone",
    ]
    assert told[2].facts == {"scheme": SLUG, "what": "area_added", "code": "X"}


def test_a_draft_is_published_once_it_holds_and_belongs_to_its_library(
    workplace: Workplace, coordinator: Actor, make: Factories
) -> None:
    with workplace.writing(coordinator) as work:
        draft = drafts.start(work, SLUG)
        drafts.add_part(work, draft.number, Part.AREA, {"code": "X", "text": {"da": "x", "en": "x"}})
        with pytest.raises(Invalid) as caught:
            drafts.publish(work, draft.number, "0.2")
        assert [fault.path for fault in caught.value.facts["problems"]] == ["areas[4].criteria"]  # type: ignore[attr-defined]
        drafts.undo(work, draft.number)
        for version, code in (("0.1", "version-order"), ("x", "version-shape"), ("1..2", "version-shape")):
            with pytest.raises(Invalid) as caught:
                drafts.publish(work, draft.number, version)
            assert refusal(caught) == code
        scheme = drafts.publish(work, draft.number, "0.2")
        assert scheme.library_id == coordinator.library_id
        assert scheme.document["label"]["da"] == "udkast – ikke bekræftet af Chora 2030"
        assert len(queries.get(work, SLUG).requirements()) == 28
        with pytest.raises(Conflict):
            drafts.undo(work, draft.number)
    neighbour = make.member(make.library(), Role.COORDINATOR)
    with workplace.writing(neighbour) as work:
        assert queries.versions(work, SLUG) == ["0.1"]
        assert queries.newest(work)[1].version == "0.1"
        with pytest.raises(NotFound):
            queries.draft(work, draft.number)
        own = drafts.publish(work, drafts.start(work, SLUG).number, "0.2")  # the same number, another library's
        assert own.id != scheme.id
    with workplace.writing(SYSTEM) as work:
        assert queries.versions(work, SLUG) == ["0.1"]
    with workplace.writing(make.member(make.library(), Role.STAFF)) as work, pytest.raises(Forbidden):
        drafts.start(work, SLUG)


def test_a_file_becomes_a_draft_or_leaves_nothing(work: Work, changed: Changed) -> None:
    def file(change: Any) -> bytes:
        return changed(change).read_bytes()

    with pytest.raises(Invalid) as caught:
        drafts.take(work, file(lambda s: s["areas"][0]["criteria"][0]["requirements"][0].pop("kind")), "x.yaml")
    problems: Any = caught.value.facts["problems"]
    [fault] = problems
    assert (fault.path, caught.value.facts["file"]) == ("areas[0].criteria[0].requirements[0]", "x.yaml")
    assert queries.drafts(work) == []
    draft = drafts.take(work, file(lambda s: s.update(version="3")), "whatever (1).yaml")
    again = drafts.take(work, file(lambda s: s.update(version="4")), "x.yml")
    assert again is draft
    assert document(work, draft.number)["version"] == "4"
    drafts.undo(work, draft.number)
    assert document(work, draft.number)["version"] == "3"
    assert files.parse(files.dump(document(work, draft.number)).encode(), "x") == document(work, draft.number)
    with pytest.raises(Invalid) as caught:
        drafts.take(work, file(lambda s: s.update(id="cycles")), "x.yaml")
    assert refusal(caught) == "scheme-name-reserved"
    assert drafts.load(work, file(lambda s: s), "x.yaml") is None  # it is there and says the same
    drafts.discard(work, draft.number)
    assert drafts.load(work, file(lambda s: s.update(version="5")), "x.yaml") is not None
    assert queries.versions(work, SLUG) == ["5", "0.1"]


def test_hostile_files_are_refused_at_once() -> None:
    bomb = "a: &a [x, x]\nb: [" + "*a, " * 9 + "]"
    for content, told in (
        (bomb.encode(), "aliases"),
        (b"[" * 60 + b"]" * 60, "deep"),
        (b"[" * 9000, "YAML"),
        (b"a: .nan", "number"),
        (b'a: "\\0"', "control"),
        (b"\xff\xfe\x00", "read"),
        (b"!!python/object/apply:os.system [id]", "YAML"),
        (b"x: " + b"y" * files.LARGEST, "larger"),
        (b"- 1", "type"),
    ):
        with pytest.raises(Invalid) as caught:
            files.parse(content, "x.yaml")
        problems: Any = caught.value.facts["problems"]
        assert told in " ".join(fault.reason.message for fault in problems), content[:20]


def test_answers_follow_their_codes_to_a_version_and_back(
    workplace: Workplace, coordinator: Actor, make: Factories, library: Library
) -> None:
    """Renamed, gone and new requirements; values of the period; what is said meanwhile stays too."""
    with workplace.writing(coordinator) as work:
        cycle = services.open_cycle(
            work, SLUG, date(2026, 1, 1), date(2028, 12, 31), facts={"branch_count": 3},
            settings={"staff_involved_percent": 60, "pledges_min": 6},
        )  # fmt: skip
        for code in ("O1.1", "O1.2", "O2.1"):
            certification.assess(work, cycle.number, code, AssessmentDetails(AssessmentState.MET, f"Sådan {code}"))
    piece = make.evidence(library)
    with workplace.writing(coordinator) as work:
        for code in ("O1.1", "O1.2"):
            work.session.add(Tie(cycle_id=cycle.id, evidence_id=piece.id, requirement_code=code, added_at=work.at))
    before = _said(workplace, coordinator)
    with workplace.writing(coordinator) as work:
        version = renamed(work)
        seen = queries.cycle(work, cycle.number)
        preview = moving.preview(work, seen, version.document)
        assert (preview.comparison.renamed, preview.comparison.gone) == ({"O1.2": "O1.9"}, ["O1.1"])
        assert [(str(name.message), count) for name, count in preview.said("O1.2")] == [
            ("assessments", 1),
            ("pieces of evidence", 1),
        ]
        assert preview.values_lost == ("staff_involved_percent",)
        with pytest.raises(Conflict):
            moving.move(work, cycle.number, "0.2", seen.revision + 1)
        moving.move(work, cycle.number, "0.2", seen.revision)
    after = _said(workplace, coordinator)
    assert after == ({"O1.1", "O1.9", "O2.1"}, {"O1.1", "O1.9"})
    with workplace.writing(coordinator) as work:
        found = queries.cycle(work, cycle.number)
        assert (found.scheme.version, found.settings) == ("0.2", {"pledges_min": 6})
        assert moving.preview(work, found, found.scheme.document).stored == ("O1.1",)  # nothing deletes it
        with pytest.raises(Conflict) as caught:
            moving.move(work, cycle.number, "0.1")
        assert refusal(caught) == "cycle-version-older"
        certification.assess(work, cycle.number, "O1.7", AssessmentDetails(AssessmentState.UNDER_WAY))
        services.set_cycle(work, cycle.number, settings={"pledges_min": 8})
        moving.move_back(work, cycle.number)
    assert _said(workplace, coordinator) == (before[0] | {"O1.7"}, before[1])
    with workplace.reading(coordinator) as work:
        found = queries.cycle(work, cycle.number)
        assert (found.scheme.version, found.settings) == ("0.1", {"pledges_min": 8, "staff_involved_percent": 60})
        assert found.facts == {"branch_count": 3}
        row = work.session.scalars(sa.select(Assessment).where(Assessment.requirement_code == "O1.2")).one()
        assert row.narrative == "Sådan O1.2"
    with workplace.writing(coordinator) as work:
        with pytest.raises(Conflict) as caught:
            moving.move_back(work, cycle.number)
        assert refusal(caught) == "cycle-not-moved"
        moving.move(work, cycle.number, "0.2")  # and once more
        assert [event.action for event in trail.of(work, "cycle", cycle.number)][-2:] == [
            "cycle.moved_back",
            "cycle.moved",
        ]


def _said(workplace: Workplace, actor: Actor) -> tuple[set[str], set[str]]:
    """Return the codes under which assessments and evidence lie."""
    with workplace.reading(actor) as work:
        return set(work.session.scalars(sa.select(Assessment.requirement_code))), set(
            work.session.scalars(sa.select(Tie.requirement_code))
        )


def test_two_sets_of_answers_are_never_mixed(workplace: Workplace, coordinator: Actor, cycle: Cycle) -> None:
    with workplace.writing(coordinator) as work:
        certification.assess(work, cycle.number, "O1.2", AssessmentDetails(AssessmentState.MET, "Sådan"))
        work.session.add(Assessment(cycle_id=cycle.id, requirement_code="O1.9", state="met", assessed_at=work.at))
        renamed(work)
        with pytest.raises(Conflict) as caught:
            moving.move(work, cycle.number, "0.2")
        assert (refusal(caught), caught.value.facts) == ("cycle-code-held", {"before": "O1.2", "after": "O1.9"})


def test_everything_that_hangs_on_a_requirement_is_registered() -> None:
    hanging = {
        mapper.class_.__name__
        for mapper in Base.registry.mappers
        if {"cycle_id", "requirement_code"} <= set(mapper.columns.keys())
    }
    assert hanging == {follower.model.__name__ for follower in following.followers()}
    assert {"Assessment", "Tie", "Request"} <= hanging


def large(size: int) -> dict[str, Any]:
    """Return a scheme with so many requirements, a tenth of them with another code than before."""
    seed = deepcopy(files.read(resource_dir("seed") / "certification" / f"{SLUG}.yaml"))
    groups = [
        {"code": f"Z{group}", "text": {"da": "z", "en": "z"}, "requirements": [
            requirement(f"Z{group}.{number}") for number in range(20)
        ]}
        for group in range(size // 20)
    ]  # fmt: skip
    return {**seed, "id": "stor-ordning", "settings": [], "facts": [], "version": "1", "type_roles": {},
            "decision": {"rule": "all_mandatory"}, "cycle": {"plan_years": None, "report_every": None, "one_off": True},
            "areas": [{"code": "Z", "text": {"da": "z", "en": "z"}, "criteria": groups}]}  # fmt: skip


def test_a_preview_of_1200_requirements_takes_as_many_statements_as_one_of_60(
    workplace: Workplace, coordinator: Actor, library: Library, make: Factories
) -> None:
    found: list[int] = []
    for size in (60, 1200):
        document = {**large(size), "id": f"stor-{size}"}
        with workplace.writing(coordinator) as work:
            services.add_version(work, document, library.id)
        cycle = make.cycle(library, f"stor-{size}", starts_on=date(2026, 1, 1))
        later = deepcopy(document)
        later["version"] = "2"
        for group in later["areas"][0]["criteria"]:
            for row in group["requirements"][:2]:
                row.update(was=[row["code"]], code=f"{row['code']}.N")
        with workplace.writing(coordinator) as work:
            services.add_version(work, later, library.id)
            with counted(workplace.engine) as statements:
                preview = moving.preview(work, queries.cycle(work, cycle.number), later)
            assert len(preview.comparison.renamed) == size // 10
            found.append(len(statements))
            assert moving.move(work, cycle.number, "2").renamed == preview.comparison.renamed
    assert found[0] == found[1]

"""The RO-Crate of a bag: flat, whole, and about what the snapshot holds."""

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sdg_tracker.dossier import snapshot
from sdg_tracker.foundation.blobs import FolderBlobs
from sdg_tracker.foundation.documents import canonical, digest
from sdg_tracker.impact import snapshot as impact
from sdg_tracker.printing import crate
from sdg_tracker.schemes import queries as schemes
from sdg_tracker.work import Work
from tests import demo_library

Entity = dict[str, Any]


@pytest.fixture(scope="module")
def taken(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The demo library's dossier and report, by their kinds."""

    def take(work: Work) -> dict[str, Any]:
        return {
            "dossier": snapshot.take(work, schemes.cycle(work, 1), 1, "en"),
            "impact": impact.take(work, 2025, 2, "en"),
        }

    return demo_library.taken(sqlite_template, tmp_path_factory.mktemp("crate"), take)


def built(edition: dict[str, Any]) -> bytes:
    out = io.BytesIO()
    crate.build(edition, digest(edition), FolderBlobs(Path("/nonexistent")), out)
    return out.getvalue()


def references(value: Any) -> Iterator[str]:
    """Yield what a value refers to."""
    if isinstance(value, list):
        for one in value:
            yield from references(one)
    elif isinstance(value, dict):
        assert set(value) == {"@id"}, "an entity inside another"
        yield value["@id"]


@pytest.mark.parametrize("kind", ["dossier", "impact"])
def test_it_keeps_the_rules_of_a_crate(taken: dict[str, Any], kind: str) -> None:
    content = built(taken[kind])
    document = json.loads(content)
    assert content == canonical(document) == built(json.loads(json.dumps(taken[kind])))
    assert document["@context"][0] == "https://w3id.org/ro/crate/1.2/context"
    graph: list[Entity] = document["@graph"]
    known = {entity["@id"]: entity for entity in graph}
    assert len(known) == len(graph)
    about = known["ro-crate-metadata.json"]
    assert (about["@type"], about["about"]) == ("CreativeWork", {"@id": "./"})
    assert about["conformsTo"] == {"@id": "https://w3id.org/ro/crate/1.2"}
    root = known["./"]
    assert root["@type"] == "Dataset"
    assert {"name", "description", "datePublished", "license", "author"} <= root.keys()
    assert root["identifier"] == digest(taken[kind])
    for entity in graph:
        assert entity["@type"]
        for name, value in entity.items():
            for reference in references(value) if name not in ("@id", "@type") else ():
                assert reference in known or reference == "https://w3id.org/ro/crate/1.2", (entity["@id"], reference)
    files = {entity["@id"] for entity in graph if entity["@type"] == "File"}
    assert {reference["@id"] for reference in root["hasPart"]} == files
    assert {"report.pdf", "report.xlsx", "index.html", "snapshot.json", "trail.jsonl"} <= files


def test_a_dossier_without_the_files_describes_exhibits_that_are_elsewhere(taken: dict[str, Any]) -> None:
    graph = json.loads(built({**taken["dossier"], "composition": {"files": False}}))["@graph"]
    known = {entity["@id"]: entity for entity in graph}
    assert known["#exhibit-1"]["@type"] == "CreativeWork"
    assert not [reference for reference in references(known["./"]["hasPart"]) if reference.startswith("evidence/")]
    for entity in graph:
        assert all(one in known for one in references(entity.get("subjectOf", [])))


def test_it_describes_activities_targets_and_exhibits(taken: dict[str, Any]) -> None:
    edition = taken["dossier"]
    known = {entity["@id"]: entity for entity in json.loads(built(edition))["@graph"]}
    for row in edition["evidence"]:
        found = known[row["file"]]
        assert (found["sha256"], found["contentSize"]) == (row["sha256"], str(row["size"]))
        assert found["encodingFormat"] == row["media_type"]
        told = set(references(found.get("about", [])))
        assert {f"#requirement-{tie['code']}" for tie in row["requirements"]} <= told
    snapshot_file = known["snapshot.json"]
    assert (snapshot_file["sha256"], snapshot_file["contentSize"]) == (digest(edition), str(len(canonical(edition))))
    for row in edition["activities"]:
        event = known[f"#activity-{row['number']}"]
        supports = {mapping["code"] for mapping in row["mappings"] if mapping["stance"] == "supports"}
        assert event["@type"] == "Event"
        assert set(references(event.get("about", []))) == {f"http://metadata.un.org/sdg/{code}" for code in supports}
        assert len(list(references(event.get("subjectOf", [])))) == len(row["exhibits"])
    goals = [one for one in known if re.fullmatch(r"http://metadata\.un\.org/sdg/\d+", one)]
    assert len(goals) == 17
    target = known["http://metadata.un.org/sdg/12.5"]
    assert (target["termCode"], target["isPartOf"]) == ("12.5", {"@id": "http://metadata.un.org/sdg/12"})

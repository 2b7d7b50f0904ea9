"""The demo library for tests: filled as the command fills it, but with evidence of a few bytes each, so in seconds."""

import csv
import io
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import sdg_tracker
from sdg_tracker import demo
from sdg_tracker.access import Actor
from sdg_tracker.accounts import passwords
from sdg_tracker.activities import queries as activities
from sdg_tracker.demo import effects
from sdg_tracker.evidence.models import Evidence, Tie, Version
from sdg_tracker.foundation.documents import canonical
from sdg_tracker.foundation.resources import resource_dir
from sdg_tracker.foundation.settings import Settings
from sdg_tracker.foundation.text import search_text, sort_key
from sdg_tracker.schemes import queries as schemes
from sdg_tracker.work import Work, Workplace

AUTUMN = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)
MEDIA = {
    "pdf": "application/pdf",
    "url": "application/pdf",
    "png": "image/png",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


def rows(name: str) -> list[dict[str, str]]:
    """Return the rows of a file of the demo library."""
    with (resource_dir("seed") / "demo" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def parts(cell: str) -> list[str]:
    """Return the parts of a cell."""
    return [part for part in cell.split(";") if part]


@contextmanager
def hashed(kept: str = "nobody signs in") -> Iterator[None]:
    """Give everybody this hash, without the third of a second that making one takes by its nature."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "hashed", lambda _password: kept)
        yield


def fill(workplace: Workplace, evidence: int | None = None) -> Actor:
    """Make the demo library, with so many pieces of evidence or all, and return its coordinator."""
    demo.prepare(workplace, lambda _line: None)
    with hashed():
        demo.fill(workplace, lambda _line: None, activities=None, evidence=0, seed=1)
    actor = demo.coordinator(workplace)
    planned = rows("evidence-plan")[:evidence]
    stored = [workplace.blobs.put(io.BytesIO(f"Bilag {row['title_da']}\n".encode())) for row in planned]
    with workplace.writing(actor) as work:
        cycle = schemes.current_cycle(work)
        assert cycle is not None
        by_title = {activity.title: activity.id for activity in activities.walk(work)}
        for row, blob in zip(planned, stored, strict=True):
            piece = Evidence(
                number=work.next_number("evidence"),
                activity_id=by_title[row["activity"]],
                kind=row["kind"],
                title=row["title_da"],
                sort_key=sort_key(row["title_da"]),
                search_text=search_text(row["title_da"]),
                collected_on=date.fromisoformat(row["collected_on"]),
                public=row["public"] == "yes",
                people="no" if row["kind"] == "photo" else "",  # so that what is public is shown
                added_at=work.at,
            )
            piece.versions.append(
                Version(
                    ordinal=1,
                    file_name="bilag",
                    media_type=MEDIA[row["file_type"]],
                    original_sha256=blob.sha256,
                    original_size=blob.size,
                    rendition_sha256=blob.sha256,
                    rendition_size=blob.size,
                    thumbnail_state="none",
                    added_at=work.at,
                )
            )
            piece.ties += [
                Tie(cycle_id=cycle.id, requirement_code=code, pages="", added_at=work.at)
                for code in parts(row["requirement"])
            ]
            work.session.add(piece)
    effects.fill(workplace, actor)
    return actor


_filled: dict[int | None, tuple[Path, Actor]] = {}  # by pieces of evidence, made when they are first asked for


def taken(
    template: Path, folder: Path, take: Callable[[Work], dict[str, Any]], evidence: int | None = None
) -> dict[str, Any]:
    """Return a snapshot of the demo library as it is read back; of those who ask, the first gives it a folder."""
    if evidence not in _filled:
        shutil.copyfile(template, folder / "tracker.sqlite")
        with _opened(folder) as workplace:
            _filled[evidence] = folder, fill(workplace, evidence)
    place, coordinator = _filled[evidence]
    with _opened(place) as workplace, workplace.reading(coordinator) as work:
        content = canonical(take(work))
    snapshot: dict[str, Any] = json.loads(content)
    return snapshot


@contextmanager
def _opened(folder: Path) -> Iterator[Workplace]:
    settings = Settings(
        database=f"sqlite:///{folder}/tracker.sqlite",
        store=f"file:{folder}/store",
        jobs=f"sqlite:///{folder}/jobs.sqlite",
        secret="a secret that only tests know",
        url="https://verdensmaal.demoby.example/",
    )
    workplace = Workplace.open(settings)
    workplace.clock = lambda: AUTUMN
    try:
        yield workplace
    finally:
        workplace.engine.dispose()


@cache
def schema() -> Draft202012Validator:
    """Return what a snapshot of format 1 is held against."""
    path = Path(sdg_tracker.__file__).parent / "editions" / "snapshot-1.schema.json"
    found = json.loads(path.read_text("utf-8"))
    Draft202012Validator.check_schema(found)
    return Draft202012Validator(found)


def faults(snapshot: dict[str, Any]) -> list[str]:
    """Return what the schema refuses in a snapshot."""
    return [f"{error.json_path}: {error.message}" for error in schema().iter_errors(snapshot)]

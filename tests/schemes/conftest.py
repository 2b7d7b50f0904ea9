"""Scheme files to change, and the library's cycle."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from sdg_tracker.access import Actor
from sdg_tracker.foundation.resources import resource_dir
from sdg_tracker.schemes import files, services
from sdg_tracker.schemes.models import Cycle
from sdg_tracker.work import Workplace

SLUG = "db2030-biblioteker"
Change = Callable[[dict[str, Any]], object]
Changed = Callable[..., Path]


@pytest.fixture
def changed(tmp_path: Path) -> Changed:
    """Give the file of a scheme after a change to what it says."""

    def write(change: Change, slug: str = SLUG) -> Path:
        source = resource_dir("seed") / "certification" / f"{slug}.yaml"
        document = yaml.safe_load(source.read_text("utf-8"))
        change(document)
        path = tmp_path / f"{slug}.yaml"
        path.write_text(files.dump(document), "utf-8")
        return path

    return write


@pytest.fixture
def cycle(workplace: Workplace, coordinator: Actor) -> Cycle:
    """The library's cycle on the library certification, 2025 to 2027."""
    with workplace.writing(coordinator) as work:
        return services.open_cycle(work, SLUG, date(2025, 1, 1), date(2027, 12, 31), facts={"branch_count": 3})

"""The 2025 report of the demo library, taken once."""

from pathlib import Path
from typing import Any

import pytest

from sdg_tracker.foundation.documents import digest
from sdg_tracker.impact import snapshot
from tests import demo_library


@pytest.fixture(scope="session")
def report(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The snapshot of the demo library's report on 2025."""
    folder = tmp_path_factory.mktemp("impact")
    return demo_library.taken(sqlite_template, folder, lambda work: snapshot.take(work, 2025, 2, "en"))


@pytest.fixture(scope="session")
def fingerprint(report: dict[str, Any]) -> str:
    """Its fingerprint."""
    return digest(report)

"""The reports of the demo library on 2025 and on 2026, which is not over, taken once."""

from pathlib import Path
from typing import Any

import pytest

from sdg_tracker.foundation.documents import digest
from sdg_tracker.impact import snapshot
from sdg_tracker.work import Work
from tests import demo_library


@pytest.fixture(scope="session")
def reports(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The snapshots of the demo library's reports by year."""
    folder = tmp_path_factory.mktemp("impact")

    def take(work: Work) -> dict[str, Any]:
        return {str(year): snapshot.take(work, year, 2, "en") for year in (2025, 2026)}

    return demo_library.taken(sqlite_template, folder, take)


@pytest.fixture(scope="session")
def report(reports: dict[str, Any]) -> dict[str, Any]:
    """The snapshot of the demo library's report on 2025."""
    found: dict[str, Any] = reports["2025"]
    return found


@pytest.fixture(scope="session")
def fingerprint(report: dict[str, Any]) -> str:
    """Its fingerprint."""
    return digest(report)

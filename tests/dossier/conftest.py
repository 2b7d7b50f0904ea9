"""The dossier of the demo library, taken once."""

from pathlib import Path
from typing import Any

import pytest

from sdg_tracker.dossier import snapshot
from sdg_tracker.foundation.documents import digest
from sdg_tracker.schemes import queries as schemes
from sdg_tracker.work import Work
from tests import demo_library


@pytest.fixture(scope="session")
def dossier(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The snapshot of the demo library's dossier."""

    def take(work: Work) -> dict[str, Any]:
        return snapshot.take(work, schemes.cycle(work, 1), 1, "en")

    return demo_library.taken(sqlite_template, tmp_path_factory.mktemp("dossier"), take)


@pytest.fixture(scope="session")
def fingerprint(dossier: dict[str, Any]) -> str:
    """Its fingerprint."""
    return digest(dossier)

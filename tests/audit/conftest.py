"""A frozen dossier of nine exhibits, and the auditor who is invited to it."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from sdg_tracker.access import Actor
from sdg_tracker.audit import entering
from sdg_tracker.audit.models import Audit, AuditorAccess
from sdg_tracker.audit.rules import token
from sdg_tracker.editions.models import Edition
from sdg_tracker.work import Library, Workplace
from tests.factories import Factories
from tests.printing import snapshots


@pytest.fixture
def edition(workplace: Workplace, library: Library, make: Factories) -> Edition:
    """Edition 1, a dossier with nine exhibits and six requirements."""
    return make.edition(library, b"%PDF-1.7 one", snapshot=snapshots.dossier(workplace.blobs, 9, number=1))


@pytest.fixture
def access(make: Factories, edition: Edition) -> AuditorAccess:
    """An access to it to the end of the year; its link is not used yet."""
    return make.auditor_access(edition)


@pytest.fixture
def auditor(access: AuditorAccess) -> Actor:
    """The auditor of that access."""
    return entering.actor_of(access)


@pytest.fixture
def browser(
    client_of: Callable[[Actor | None], FlaskClient], workplace: Workplace, access: AuditorAccess
) -> FlaskClient:
    """The auditor's browser, which has used the link."""
    client = client_of(None)
    assert client.post(path_to(workplace, access)).status_code == 303
    return client


def path_to(workplace: Workplace, access: AuditorAccess) -> str:
    """Return the path of an access's link."""
    return f"/audit/{token(workplace.settings.key(), access.id, access.nonce)}"


def decided(audit: Audit) -> dict[str, Any]:
    """Return the sample, marks, findings and conclusion of a concluded audit as they stand in a file of decisions."""
    sample = audit.sample
    assert sample is not None
    return {
        "sample": {"seed": sample.seed, "size": sample.size, "method": sample.method, "exhibits": sample.exhibits},
        "marks": [{"exhibit": row.exhibit, "mark": row.mark, "note": row.note} for row in audit.marks],
        "findings": [
            {
                "key": row.key,
                "kind": row.kind,
                "requirement": row.requirement,
                "exhibits": list(row.exhibits),
                "text": row.text,
            }
            for row in audit.findings
        ],
        "conclusion": {"decision": audit.decision, "conditions": audit.conditions, "text": audit.text},
    }

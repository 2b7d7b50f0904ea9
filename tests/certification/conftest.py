"""The requirements of the five schemes as their files have them, and a library with a cycle."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import yaml
from flask.testing import FlaskClient

from sdg_tracker.access import Actor
from sdg_tracker.certification.material import Frame
from sdg_tracker.foundation.resources import resource_dir
from sdg_tracker.schemes import services
from sdg_tracker.schemes.models import Cycle
from sdg_tracker.schemes.rules import settings_of
from sdg_tracker.work import Workplace

SLUG = "db2030-biblioteker"
SLUGS = ("best-n-example", "db2030-biblioteker", "gri-content-index", "ifla-green-library", "points-example")
DAY = date(2026, 3, 2)  # the tests' clock
DOCUMENTS: dict[str, dict[str, Any]] = {
    slug: yaml.safe_load((resource_dir("seed") / "certification" / f"{slug}.yaml").read_text("utf-8")) for slug in SLUGS
}
Clients = Callable[[Actor | None], FlaskClient]


def definitions(slug: str = SLUG) -> list[dict[str, Any]]:
    """Return a scheme's requirements in order."""
    areas = DOCUMENTS[slug]["areas"]
    return [r for area in areas for criterion in area["criteria"] for r in criterion["requirements"]]


def definition(code: str, slug: str = SLUG) -> dict[str, Any]:
    """Return one requirement."""
    return next(row for row in definitions(slug) if row["code"] == code)


def frame(slug: str = SLUG, **values: Any) -> Frame:
    """Return a cycle of three years of a library with three houses."""
    document = DOCUMENTS[slug]
    given: dict[str, Any] = {
        "starts_on": date(2025, 1, 1),
        "ends_on": date(2027, 12, 31),
        "settings": settings_of(document, values.pop("chosen", {})),
        "facts": {"branch_count": 3, "renewal": True},
        "type_roles": document.get("type_roles", {}),
        "decision": document["decision"],
        "branches": ("hoved", "syd", "nord"),
    }
    return Frame(**{**given, **values})


@pytest.fixture
def cycle(workplace: Workplace, coordinator: Actor) -> Cycle:
    """The library's cycle on the library certification, 2025 to 2027."""
    with workplace.writing(coordinator) as work:
        facts = {"branch_count": 2, "renewal": False}
        return services.open_cycle(work, SLUG, date(2025, 1, 1), date(2027, 12, 31), facts=facts)


@pytest.fixture
def browser(client_of: Clients, coordinator: Actor) -> FlaskClient:
    """The coordinator's browser, in English."""
    return english(client_of(coordinator))


def english(client: FlaskClient, language: str = "en") -> FlaskClient:
    """Turn a browser to a language."""
    with client.session_transaction() as session:
        session["language"] = language
    return client

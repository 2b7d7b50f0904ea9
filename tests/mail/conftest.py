"""What tests with mail share."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from sdg_tracker.work import Workplace
from tests.mail import server
from tests.mail.server import Postbox


@pytest.fixture
def box(workplace: Workplace) -> Iterator[Postbox]:
    """A mail server that the workplace knows."""
    with server.serving() as found:
        workplace.settings = replace(workplace.settings, smtp=found.setting)
        yield found

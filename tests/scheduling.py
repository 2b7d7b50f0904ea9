"""Which tests run together on one worker, and in which order: the long ones first.

pytest-xdist's own groups say nothing to pytest 9, which no longer reads the name that they are put into.
"""

import re

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

FIRST = (  # long or waiting, so that short ones fill the end evenly
    "tests/processes/",
    "tests/journeys/",
    "tests/test_access.py",
    "tests/architecture/",
    "tests/backups/",
    "tests/keeping/",
    "tests/foundation/",
)
TOGETHER = (
    re.compile(r"tests/(journeys)/.*\[(sqlite|postgresql)-"),  # a served site of each engine
    re.compile(r"tests/journeys/(test_bag)\.py::test_(?!a_dropped)"),  # a bag that is unpacked
    re.compile(r"tests/processes/(test_editions)\.py::test_(?!a_worker)"),  # a frozen dossier
    re.compile(r"tests/architecture/(test_routes)\.py.*\[(sqlite|postgresql)\]"),  # the answers of all addresses
    re.compile(r"tests/(dossier|impact|workbooks)/"),  # the demo library, read once
    re.compile(r"tests/(printing)/"),  # a dossier in chapters, merged once
    re.compile(r"tests/editions/(test_bag)\.py"),  # a bag, made once
    re.compile(r"tests/.*(bucket)"),  # an S3 server
)


class Scheduling(LoadScopeScheduling):  # type: ignore[misc] # xdist has no types
    """Hands out tests one by one, and those that belong together together."""

    def __init__(self, config: pytest.Config, log: Producer | None = None) -> None:
        config.option.loadscopereorder = False  # they come in order
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        for pattern in TOGETHER:
            if found := pattern.match(nodeid):
                return " ".join(found.groups())
        return nodeid


def in_order(items: list[pytest.Item]) -> None:
    """Sort tests: those that take long first, else as they were."""
    items.sort(key=_rank)


def _rank(item: pytest.Item) -> int:
    return next((rank for rank, start in enumerate(FIRST) if item.nodeid.startswith(start)), len(FIRST))

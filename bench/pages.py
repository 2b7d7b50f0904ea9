"""List and overview pages at 5,000 activities and 20,000 pieces of evidence against 500 and 2,000."""

import logging
import tempfile
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

import sqlalchemy as sa
from flask.testing import FlaskClient

from bench.measure import Figure, paired, peak_mb
from sdg_tracker import demo
from sdg_tracker.app import create_app
from sdg_tracker.foundation.settings import Settings
from sdg_tracker.installation import prepare
from sdg_tracker.work import Workplace

LIMIT = 1.3
SEARCHED = 2.0  # of a search: it looks through every word of the library's vocabulary
ROUNDS = 30
SMALL, LARGE = (500, 2_000), (5_000, 20_000)
PAGES = {
    "overview": "/",
    "activities": "/activities",
    "activities_filtered": "/activities?goal=13&without=evidence",
    "activities_last_page": "/activities?page=20",
    "evidence": "/evidence",
    "evidence_to_review": "/evidence?state=submitted&giver=me",
    "evidence_expired": "/evidence?validity=expired",
    "goal": "/goals/13",
}
SEARCHES = {"evidence_search": "/evidence?q=tal+1999", "evidence_mistyped": "/evidence?q=statisitk"}


class Site:
    """An installation of a size, with a signed-in coordinator."""

    def __init__(self, folder: Path, size: tuple[int, int]) -> None:
        settings = Settings(
            database=f"sqlite:///{folder}/tracker.sqlite",
            store=f"file:{folder}/store",
            jobs=f"sqlite:///{folder}/jobs.sqlite",
            secret="only for measuring",  # noqa: S106
        )
        self.workplace = Workplace.open(settings)
        prepare(self.workplace, demo.name())
        demo.fill(self.workplace, lambda _line: None, activities=size[0], evidence=size[1], seed=1)
        self.client = self._signed_in()
        self.statements = 0
        sa.event.listen(self.workplace.engine, "before_cursor_execute", self._count)

    def _signed_in(self) -> FlaskClient:
        client = create_app(self.workplace).test_client()
        actor = demo.coordinator(self.workplace)
        with client.session_transaction() as session:
            session.update(user=actor.number, epoch=1, library=actor.library_id)
        return client

    def _count(self, *_arguments: object) -> None:
        self.statements += 1

    def get_anew(self, address: str) -> int:
        """Open a page as after a change: nothing that was counted before is known."""
        self.workplace.sums.clear()
        return self.get(address)

    def get(self, address: str) -> int:
        """Open a page and return how many statements it took. Raises AssertionError unless it was answered."""
        before = self.statements
        answer = self.client.get(address)
        assert answer.status_code == 200, f"{address}: {answer.status_code}"
        return self.statements - before


@cache
def _sites() -> tuple[Site, Site]:
    logging.disable(logging.INFO)
    folder = Path(tempfile.mkdtemp(prefix="sdg-bench-"))
    return Site(folder / "small", SMALL), Site(folder / "large", LARGE)


def measure(address: str, limit: float = LIMIT) -> Figure:
    """Return how much more a page costs with ten times as much behind it."""
    small, large = _sites()
    queries = small.get_anew(address), large.get_anew(address)
    baseline, cpu = paired(lambda: small.get(address), lambda: large.get(address), ROUNDS)
    anew, baseline_anew = reversed(paired(lambda: small.get_anew(address), lambda: large.get_anew(address), ROUNDS))
    more = {
        "statements": float(queries[1]),
        "baseline_statements": float(queries[0]),
        "ms": cpu * 1000,
        "ms_after_a_change": anew * 1000,
        "ratio_after_a_change": anew / baseline_anew,
    }
    ratio = cpu / baseline if queries[0] == queries[1] else float("inf")
    return Figure(ratio, limit, cpu * ROUNDS, baseline * ROUNDS, peak_mb(), ROUNDS, more)


FIGURES: dict[str, Callable[[], Figure]] = {
    **{f"pages_{name}": partial(measure, address) for name, address in PAGES.items()},
    **{f"pages_{name}": partial(measure, address, SEARCHED) for name, address in SEARCHES.items()},
}

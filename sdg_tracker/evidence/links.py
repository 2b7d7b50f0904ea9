"""Links as evidence: a page of the web, a dated copy of it, and whether it is still there.

A link becomes a piece of evidence when there is a copy: one that a person made, or one that the worker fetched. Until
then it waits in a list of its own, and nothing counts, ties or freezes it. Afterwards the worker follows it monthly.
"""

import logging
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from typing import Any

from sdg_tracker import jobs, trail
from sdg_tracker.access import SYSTEM, Permission
from sdg_tracker.attempts import Attempts
from sdg_tracker.evidence import adding, captures, link_queries, queries
from sdg_tracker.evidence.adding import Added
from sdg_tracker.evidence.captures import Capture
from sdg_tracker.evidence.details import EvidenceDetails
from sdg_tracker.evidence.intake import Received
from sdg_tracker.evidence.link_models import Link
from sdg_tracker.evidence.states import CopyState, Standing
from sdg_tracker.evidence.tying import Wanted
from sdg_tracker.foundation import fetcher
from sdg_tracker.foundation.errors import Conflict, Invalid, NotFound, Problem, words
from sdg_tracker.foundation.fetcher import Fetcher
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.foundation.settings import Settings
from sdg_tracker.jobs import library_ids
from sdg_tracker.work import Work, Workplace, check_revision

log = logging.getLogger(__name__)
JOB = "evidence.link"
KIND = "link"  # of evidence, where nobody chooses another
ATTEMPTS = 3  # that ended in a failure which may pass
PATIENCE = timedelta(minutes=3)  # longer than an attempt takes
PAUSE = timedelta(minutes=10)  # after a failure that may pass
AT_A_TIME = 5  # links of a library followed in one round
PASSING = frozenset({"fetch-unknown-host", "fetch-no-answer", "fetch-slow", "fetch-garbled", "store-unreachable"})
PASSING_STATUS = frozenset({408, 425, 429, 500, 502, 503, 504})

LINKS = Attempts(
    Link,
    JOB,
    owed=CopyState.OWED.value,
    working=CopyState.FETCHING.value,
    failed=CopyState.FAILED.value,
    since="added_at",
)

words(
    {
        "link-copied": lazy("Link %(number)s has its copy already."),
        "link-given-up": lazy("Link %(number)s was given up and is no longer changed."),
        "link-not-failed": lazy("The copy of link %(number)s is on its way already."),
        "link-seen-ahead": lazy("The day lies ahead. Choose the day on which you saw the page."),
        "fetch-off": lazy("Nothing is fetched here. Print the page as PDF, and choose that file as the copy."),
        "fetch-lost": lazy("The program was interrupted too often while it fetched the page."),
    }
)
trail.declare(
    {
        "link.added": (lazy("Link added"), {"url", "seen_on"}),
        "link.copied": (lazy("Copy of a link kept"), {"evidence", "original"}),
        "link.failed": (lazy("No copy of a link could be fetched"), {"reason"}),
        "link.retried": (lazy("Link fetched again"), set()),
        "link.given_up": (lazy("Link given up"), set()),
        "link.died": (lazy("Link is dead"), {"since", "reason"}),
        "link.revived": (lazy("Dead link leads somewhere again"), set()),
    }
)


@dataclass(frozen=True)
class LinkDetails:
    """Where something was seen and when, and what is said of the evidence that it becomes."""

    url: str
    seen_on: date
    about: EvidenceDetails


def ours(settings: Settings) -> Fetcher:
    """Return what fetches for the worker."""
    return Fetcher(settings.upload_limit)


def add(work: Work, details: LinkDetails, received: Received, ties: Sequence[Wanted] = ()) -> tuple[Link, Added]:
    """Add a link with a copy that its giver made: it is evidence at once."""
    link, about = _added(work, details)
    return link, _become(work, link, received, about, ties, own=True)


def ask(work: Work, details: LinkDetails, ties: Sequence[Wanted] = ()) -> Link:
    """Add a link whose copy the worker is to fetch: it becomes evidence then."""
    if not work.settings.fetch:
        raise Invalid("fetch-off", field="document")
    link, about = _added(work, details)
    adding.check(work, about, ties)
    link.details, link.wanted = _as_json(about), [asdict(wanted) for wanted in ties]
    work.session.flush()
    LINKS.owe(work, link)
    return link


def _added(work: Work, details: LinkDetails) -> tuple[Link, EvidenceDetails]:
    work.require(Permission.EVIDENCE_ADD)
    url = fetcher.well_formed(details.url)
    if details.seen_on > work.today:
        raise Invalid("link-seen-ahead", field="seen_on")
    about = replace(details.about, collected_on=details.seen_on, kind=details.about.kind or KIND)
    link = Link(
        number=work.next_number("link"),
        url=url,
        title=about.title.strip(),
        seen_on=details.seen_on,
        state=CopyState.OWED.value,
        beat=work.at,
        added_by=work.actor.number,
        added_at=work.at,
    )
    work.session.add(link)
    work.session.flush()
    trail.record(work, "link.added", link, url=url, seen_on=details.seen_on.isoformat())
    return link, about


def give_copy(work: Work, number: int, received: Received) -> Added:
    """Take a file that a person made of the page as the copy that could not be fetched."""
    link = _open_link(work, number)
    return _become(work, link, received, _from_json(link.details), _wishes(work, link), own=True)


def retry(work: Work, number: int) -> Link:
    """Let the worker try once more what it gave up."""
    link = _open_link(work, number)
    if link.state != CopyState.FAILED.value:
        raise Conflict("link-not-failed", number=number)
    if not work.settings.fetch:
        raise Conflict("fetch-off")
    link.state, link.attempt, link.beat, link.failure = CopyState.OWED.value, 0, work.at, None
    work.session.flush()
    trail.record(work, "link.retried", link)
    LINKS.owe(work, link)
    return link


def give_up(work: Work, number: int, revision: int | None = None) -> Link:
    """Let a link go that never got a copy. Its row stays."""
    link = _open_link(work, number)
    check_revision(link, revision)
    link.state, link.given_up_at = CopyState.GIVEN_UP.value, work.at
    work.session.flush()
    trail.record(work, "link.given_up", link)
    return link


def _open_link(work: Work, number: int) -> Link:
    link = link_queries.get(work, number, lock=True)
    work.require(Permission.EVIDENCE_REVISE, link)
    if link.state == CopyState.KEPT.value:
        raise Conflict("link-copied", number=number)
    if link.state == CopyState.GIVEN_UP.value:
        raise Conflict("link-given-up", number=number)
    return link


def _become(
    work: Work, link: Link, received: Received, about: EvidenceDetails, ties: Sequence[Wanted], *, own: bool
) -> Added:
    """Make a link the evidence that its copy is."""
    added = adding.add(work, received, about, ties, giver=link.added_by)
    link.evidence, link.state, link.own_copy, link.copied_at = added.evidence, CopyState.KEPT.value, own, work.at
    link.failure, link.details, link.wanted = None, {}, []
    if not own:
        link.standing, link.checked_at = Standing.ALIVE.value, work.at
    work.session.flush()
    trail.record(work, "link.copied", link, evidence=added.evidence.number, original=received.original.sha256)
    return added


def _as_json(about: EvidenceDetails) -> dict[str, Any]:
    return {key: value.isoformat() if isinstance(value, date) else value for key, value in asdict(about).items()}


def _from_json(kept: Mapping[str, Any]) -> EvidenceDetails:
    days = {key: date.fromisoformat(kept[key]) for key in ("collected_on", "valid_until") if kept.get(key)}
    return EvidenceDetails(**{**kept, **days})


def _wishes(work: Work, link: Link) -> list[Wanted]:
    """Return the ties that were asked for and can still be made."""
    found = []
    for wish in link.wanted:
        wanted = Wanted(int(wish["cycle"]), str(wish["requirement"]), str(wish["pages"]))
        try:
            queries.requirement(work, wanted.cycle, wanted.requirement)
        except (Invalid, NotFound):
            continue
        found.append(wanted)
    return found


# The copy ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Claim:
    """An attempt that is ours: which page to fetch, and the number under which the result is taken."""

    link_id: int
    attempt: int
    url: str


@jobs.task(JOB)
def fetch(workplace: Workplace, library_id: int, link_id: int, attempt: int) -> None:
    """Fetch the copy of a link, if ``attempt`` is still the last one: so a job that comes twice works once."""
    if workplace.settings.fetch:
        copy(workplace, library_id, link_id, attempt, ours(workplace.settings))


def copy(workplace: Workplace, library_id: int, link_id: int, attempt: int, by: Fetcher) -> None:
    """Fetch the copy of a link with a given fetcher."""
    with workplace.writing(SYSTEM, library_id) as work:
        claimed = claim(work, link_id, attempt)
    if claimed is None:
        return
    capture, failure = None, None
    try:
        capture = _captured(workplace, library_id, claimed, by)
    except Problem as problem:
        log.info("link %s, attempt %s: %s", link_id, claimed.attempt, problem)
        failure = problem
    with workplace.writing(SYSTEM, library_id) as work:
        finish(work, claimed, capture, failure)


def _captured(workplace: Workplace, library_id: int, claimed: Claim, by: Fetcher) -> Capture:
    with tempfile.TemporaryFile() as file:
        fetched = by.fetch(claimed.url, file)
        with workplace.reading(SYSTEM, library_id) as work:
            return captures.receive(work, file, fetched, claimed.url, work.at)


def claim(work: Work, link_id: int, attempt: int) -> Claim | None:
    """Begin the attempt after ``attempt``; None when another one has begun, or nothing is owed."""
    work.require(Permission.EVIDENCE_PREPARE)
    link = LINKS.claim(work, link_id, attempt, lambda lost: _fail(work, lost, Invalid("fetch-lost")))
    if link is None:
        return None
    return Claim(link.id, attempt + 1, link.url)


def finish(work: Work, claimed: Claim, capture: Capture | None, failure: Problem | None) -> bool:
    """Keep the copy, or say why there is none; False when another attempt has begun meanwhile."""
    work.require(Permission.EVIDENCE_PREPARE)
    link = LINKS.held(work, claimed.link_id, claimed.attempt)
    if link is None:
        return False
    if capture is not None:
        about = _from_json(link.details)
        about = replace(about, title=about.title or capture.title[:300], activity=_standing_activity(work, about))
        _become(work, link, capture.received, about, _wishes(work, link), own=False)
    elif failure is not None:
        if not passes(failure) or LINKS.miss(link, ATTEMPTS):
            _fail(work, link, failure)
        else:
            link.failure = _reason(failure)
    return True


def passes(failure: Problem) -> bool:
    """Return whether a failure may be over when it is tried again."""
    return failure.code in PASSING or failure.facts.get("status") in PASSING_STATUS


def _standing_activity(work: Work, about: EvidenceDetails) -> int | None:
    """Return the activity that was asked for, None when it was withdrawn meanwhile."""
    found = queries.activity(work, about.activity) if about.activity else None
    return about.activity if found is not None and found.withdrawn_at is None else None


def _fail(work: Work, link: Link, failure: Problem) -> None:
    link.state, link.failure = CopyState.FAILED.value, _reason(failure)
    work.session.flush()
    trail.record(work, "link.failed", link, reason=failure.code)


def _reason(failure: Problem) -> dict[str, Any]:
    facts = {key: value if isinstance(value, int | str | list) else str(value) for key, value in failure.facts.items()}
    return {"code": failure.code, "facts": facts}


def why(link: Link) -> str:
    """Return why there is no copy, or why the page was not reached, in the current language; empty for no reason."""
    return str(Invalid(link.failure["code"], **link.failure["facts"])) if link.failure else ""


@jobs.sweep("evidence.links")
def owe_again(work: Work, at_start: bool) -> None:
    """Owe again what was lost: at a worker's start everything that is open, later what has waited long."""
    if not work.settings.fetch:
        return

    def pause(link: Link) -> timedelta:
        return PAUSE * link.attempt if link.failure and link.state == CopyState.OWED.value else PATIENCE

    LINKS.owe_in_turn(work, pause, at_start=at_start)


# Whether it is still there -------------------------------------------------------------------------------------------


@jobs.chore("evidence.links")
def follow(workplace: Workplace) -> None:
    """Follow the links that nobody has followed for a month, a few at a time."""
    if workplace.settings.fetch:
        follow_with(workplace, ours(workplace.settings))


def follow_with(workplace: Workplace, by: Fetcher) -> None:
    """Follow links with a given fetcher."""
    for library_id in library_ids(workplace):
        with workplace.reading(SYSTEM, library_id) as work:
            work.require(Permission.EVIDENCE_PREPARE)
            due = link_queries.due(work, AT_A_TIME)
        for link_id, url, checked_at in due:
            failure = None
            try:
                by.probe(url)
            except Problem as problem:
                failure = problem
            with workplace.writing(SYSTEM, library_id) as work:
                link = link_queries.by_id(work, link_id)
                if link is not None and link.checked_at == checked_at:  # else another worker was quicker
                    note(work, link, failure)


def _proves_nothing(failure: Problem) -> bool:
    """Return whether a page may be there all the same: the program is not let in, or the address is an example."""
    return failure.code == "fetch-reserved" or str(failure.facts.get("status", "")) in fetcher.SHUT


def note(work: Work, link: Link, failure: Problem | None) -> None:
    """Write down what following a link found. It is dead when it failed on two days, alive at the first success."""
    work.require(Permission.EVIDENCE_PREPARE)
    before, since = link.standing, link.failing_since
    link.checked_at = work.at
    if failure is None or _proves_nothing(failure):
        link.standing = (Standing.ALIVE if failure is None else Standing.SHUT).value
        link.failing_since = None
        link.failure = None if failure is None else _reason(failure)
        if before == Standing.DEAD.value:
            work.session.flush()
            trail.record(work, "link.revived", link)
        return
    link.failure = _reason(failure)
    if since is None:
        link.standing, link.failing_since = Standing.FAILING.value, work.today
    elif since < work.today and before != Standing.DEAD.value:
        link.standing = Standing.DEAD.value
        work.session.flush()
        trail.record(work, "link.died", link, since=since.isoformat(), reason=failure.code)

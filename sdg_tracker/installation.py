"""The whole installation: its reference data, and the proof that nothing was changed."""

import ctypes
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import sqlalchemy as sa

from sdg_tracker import trail
from sdg_tracker.access import SYSTEM
from sdg_tracker.accounts import services as accounts
from sdg_tracker.activities import strategies
from sdg_tracker.editions import queries as editions_queries
from sdg_tracker.editions import seals
from sdg_tracker.editions import services as editions
from sdg_tracker.evidence import file_queries, integrity, scanner
from sdg_tracker.foundation.db import schema_found, schema_needed, upgrade
from sdg_tracker.foundation.errors import Conflict, Invalid, Problem, words
from sdg_tracker.foundation.i18n import Text, _, format_size, lazy, ngettext_
from sdg_tracker.foundation.settings import Settings
from sdg_tracker.goals import services as goals
from sdg_tracker.goals.models import FRAMEWORK
from sdg_tracker.jobs import Queue, library_ids
from sdg_tracker.mail import post
from sdg_tracker.schemes import queries as schemes_queries
from sdg_tracker.schemes import services as schemes
from sdg_tracker.work import Library, Work, Workplace

SCHEME = "db2030-biblioteker"  # what a first cycle is opened on
CYCLE_YEARS = 3
DEFAULT_NAME = "Biblioteket"

words({"library-other": lazy("There is a library already: %(name)s. Add another with: sdg-tracker library add NAME")})


def load_reference(workplace: Workplace) -> list[str]:
    """Load framework, schemes and strategies from the seed files; return what was new, empty when nothing was."""
    with workplace.writing(SYSTEM) as work:
        new = [f"framework {FRAMEWORK}"] if goals.load(work) else []
        new += ["vocabularies"] if schemes.load_terms(work) else []
        new += [f"scheme {scheme.slug} {scheme.version}" for scheme in schemes.load(work)]
        new += [f"strategy {slug}" for slug in strategies.load_strategies(work)]
    return new


def faults(workplace: Workplace, *, signatures: bool = True) -> Iterator[str]:
    """Walk every trail, every blob and every seal and yield what does not hold, one fault a line.

    ``signatures``: read them too. The bytes of seals are always read, and their digests held against the trail.
    """
    for library_id in library_ids(workplace):
        with workplace.reading(SYSTEM, library_id) as work:
            yield from trail.faults(work)
            yield from integrity.faults(work)
            yield from editions.faults(work)
            yield from seals.faults(work, signatures=signatures)


@dataclass(frozen=True)
class Counts:
    """How much there is in all libraries together."""

    libraries: int
    events: int
    files: int  # digests that rows name, however often


def counts(workplace: Workplace) -> Counts:
    """Return how much ``faults`` walks."""
    events = files = 0
    libraries = library_ids(workplace)
    for library_id in libraries:
        with workplace.reading(SYSTEM, library_id) as work:
            events += work.library.trail_length
            digests = {digest.sha256 for digest in file_queries.digests(work)}
            for edition in editions_queries.newest_first(work):
                digests |= {edition.fingerprint, *(artefact.sha256 for artefact in edition.artefacts)}
            files += len(digests)
    return Counts(len(libraries), events, files)


def prepare(
    workplace: Workplace,
    name: str | None,
    tell: Callable[[str], None] = lambda _line: None,
    cycle_from: date | None = None,
) -> None:
    """Bring a database to where a library can work: schema, reference data, library, cycle; only what is missing.

    The cycle begins on ``cycle_from``, else on 1 January of this year. Raises Conflict when there is a library of
    another name.
    """
    upgrade(workplace.engine)
    for loaded in load_reference(workplace):
        tell(_("Loaded %(what)s.", what=loaded))
    if not library_ids(workplace):
        with workplace.writing(SYSTEM) as work:
            accounts.add_library(work, name or DEFAULT_NAME)
        tell(_("Added the library %(name)s.", name=name or DEFAULT_NAME))
    with workplace.writing(SYSTEM, library_ids(workplace)[0]) as work:
        if name is not None and not _has_library(work, name):
            raise Conflict("library-other", name=work.library.name)
        if schemes_queries.current_cycle(work) is None:
            starts_on = cycle_from or date(work.today.year, 1, 1)
            schemes.open_cycle(work, SCHEME, starts_on, date(starts_on.year + CYCLE_YEARS - 1, 12, 31))
            tell(_("Opened a certification cycle of %(years)s years.", years=CYCLE_YEARS))


def _has_library(work: Work, name: str) -> bool:
    return work.session.scalar(sa.select(Library.id).where(Library.name == name)) is not None


@dataclass(frozen=True)
class Check:
    """How one thing is. Without a ``needed`` one nothing can be served; others only make something wait."""

    name: str
    ok: bool
    text: str
    needed: bool = True


CHECK_NAMES: Mapping[str, Text] = {
    "database": lazy("Database"),
    "schema": lazy("Schema"),
    "store": lazy("Store of files"),
    "secret": lazy("Secret"),
    "worker": lazy("Worker"),
    "printing": lazy("Printing"),
    "seal": lazy("Seal"),
    "scanner": lazy("Scanner for harmful code"),
    "mail": lazy("Mail"),
    "disk": lazy("Free space"),
}
LATE = 30.0  # seconds without a sign of life after which a worker counts as stopped
SPACE_NEEDED = 1_000_000_000  # bytes
PRINTING = {  # what WeasyPrint loads -> the Debian package that has it
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
}


def _well(name: str, text: str, *, needed: bool = True) -> Check:
    return Check(name, ok=True, text=text, needed=needed)


def _ill(name: str, text: str, *, needed: bool = True) -> Check:
    return Check(name, ok=False, text=text, needed=needed)


def checks(workplace: Workplace, queue: Queue | None = None) -> list[Check]:
    """Return how the installation is; without a queue, the one that the settings name is asked for the worker."""
    return [
        *serving_checks(workplace),
        _secret(workplace.settings),
        _worker(queue or Queue(replace(workplace))),
        _printing(),
        _seal(workplace.settings),
        _scanner(workplace.settings),
        _mail(workplace.settings),
        _disk(workplace.settings),
    ]


def serving_checks(workplace: Workplace) -> list[Check]:
    """Return only what has to hold for requests to be served: database, schema, store."""
    return [*_database(workplace), _store(workplace)]


def _database(workplace: Workplace) -> list[Check]:
    kind = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[workplace.engine.dialect.name]
    try:
        found, needed = schema_found(workplace.engine), schema_needed()
    except sa.exc.DBAPIError as error:
        reason = str(error.orig).strip().partition("\n")[0]
        return [
            _ill("database", _("%(kind)s can't be reached: %(reason)s", kind=kind, reason=reason)),
            _ill("schema", _("Not known while the database can't be reached.")),
        ]
    reached = _well("database", _("%(kind)s is reached.", kind=kind))
    if found is None:
        return [reached, _ill("schema", _("The database is empty. Run: sdg-tracker init"))]
    if found != needed:
        text = _("Found %(found)s, needed %(needed)s. Run: sdg-tracker upgrade", found=found, needed=needed)
        return [reached, _ill("schema", text)]
    return [reached, _well("schema", found)]


def _store(workplace: Workplace) -> Check:
    try:
        workplace.blobs.check_writable()
    except OSError as error:
        return _ill("store", _("Nothing can be written: %(reason)s", reason=error.strerror or str(error)))
    except Problem as problem:
        return _ill("store", str(problem))
    return _well("store", _("Can be written."))


def _secret(settings: Settings) -> Check:
    try:
        there = bool(settings.key())
    except (Invalid, OSError):
        there = False
    return Check("secret", there, _("Is there.") if there else _("Missing. Run: sdg-tracker init"))


def _worker(queue: Queue) -> Check:
    try:
        seconds = queue.seconds_since_beat()
    except Exception as error:  # noqa: BLE001 - each kind of queue has errors of its own
        text = _("The queue can't be reached: %(reason)s", reason=str(error).partition("\n")[0])
        return _ill("worker", text, needed=False)
    if seconds is None:
        return _ill("worker", _("Not running; what it should do waits."), needed=False)
    text = ngettext_("Last seen %(num)s second ago.", "Last seen %(num)s seconds ago.", round(seconds))
    return Check("worker", seconds < LATE, text, needed=False)


def _printing() -> Check:
    missing = []
    for library, package in PRINTING.items():
        try:
            ctypes.CDLL(library)
        except OSError:
            missing.append(package)
    if missing:
        text = _("These system packages are missing: %(packages)s", packages=", ".join(missing))
        return _ill("printing", text, needed=False)
    return _well("printing", _("The system's libraries are there."), needed=False)


def _seal(settings: Settings) -> Check:
    try:
        settings.seal_key()
    except Invalid as error:
        return _ill("seal", str(error), needed=False)
    time = _("Time stamps come from %(address)s.", address=settings.timestamp) if settings.timestamp else ""
    own = _("A key is there.") if settings.seal else _("The key is the installation's own: it proves what, not who.")
    return _well("seal", f"{own} {time}".strip(), needed=False)


def _scanner(settings: Settings) -> Check:
    if not settings.clamd:
        return _well("scanner", _("None is set up; files are kept unscanned."), needed=False)
    try:
        scanner.ping(settings.clamd)
    except (scanner.ScannerAway, Invalid) as error:
        text = _("It can't be asked, so new files wait in quarantine: %(reason)s", reason=error)
        return _ill("scanner", text, needed=False)
    return _well("scanner", _("Is reached."), needed=False)


def _mail(settings: Settings) -> Check:
    """Ask the server for nothing but an answer; a password that is wrong shows when a letter is sent."""
    try:
        server = post.server(settings.smtp)
        if server is None:
            return _well("mail", _("None is set up; no mail is sent."), needed=False)
        post.ping(server)
    except Invalid as error:
        return _ill("mail", str(error), needed=False)
    except post.NotSent as error:
        return _ill("mail", _("The server can't be reached, so mail waits: %(reason)s", reason=error), needed=False)
    return _well("mail", _("Is reached."), needed=False)


def _disk(settings: Settings) -> Check:
    """Tell the space where files are kept; for a bucket that of temporary files, through which all of them go."""
    near = settings.store.startswith("file:")
    folder = Path(settings.store.removeprefix("file:") if near else tempfile.gettempdir()).absolute()
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    return Check("disk", free >= SPACE_NEEDED, _("%(size)s free.", size=format_size(free)), needed=False)

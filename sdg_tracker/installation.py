"""The whole installation: its reference data, and the proof that nothing was changed."""

from collections.abc import Iterator

from sdg_tracker import trail
from sdg_tracker.access import SYSTEM
from sdg_tracker.activities import services as activities
from sdg_tracker.goals import services as goals
from sdg_tracker.goals.models import FRAMEWORK
from sdg_tracker.jobs import library_ids
from sdg_tracker.schemes import services as schemes
from sdg_tracker.work import Workplace


def load_reference(workplace: Workplace) -> list[str]:
    """Load framework, schemes and strategies from the seed files; return what was new, empty when nothing was."""
    with workplace.writing(SYSTEM) as work:
        new = [f"framework {FRAMEWORK}"] if goals.load(work) else []
        new += ["vocabularies"] if schemes.load_terms(work) else []
        new += [f"scheme {scheme.slug} {scheme.version}" for scheme in schemes.load(work)]
        new += [f"strategy {slug}" for slug in activities.load_strategies(work)]
    return new


def faults(workplace: Workplace) -> Iterator[str]:
    """Walk every trail and every blob and yield what does not hold, one fault a line."""
    for library_id in library_ids(workplace):
        with workplace.reading(SYSTEM, library_id) as work:
            yield from trail.faults(work)


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
    "disk": lazy("Free space"),
}
LATE = 30.0  # seconds without a sign of life after which a worker counts as stopped
SPACE_NEEDED = 1_000_000_000  # bytes
PRINTING = {  # what WeasyPrint loads -> the Debian package that has it
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
}


def checks(workplace: Workplace, queue: Queue | None = None) -> list[Check]:
    """Return how the installation is; without a queue, the one that the settings name is asked for the worker."""
    return [
        *serving_checks(workplace),
        _secret(workplace.settings),
        _worker(queue or Queue(replace(workplace))),
        _printing(),
        _disk(workplace.settings),
    ]


def serving_checks(workplace: Workplace) -> list[Check]:
    """Return only what has to hold for requests to be served: database, schema, store."""
    return [*_database(workplace), _store(workplace)]


def _database(workplace: Workplace) -> list[Check]:
    kind = workplace.engine.dialect.name
    try:
        found, needed = schema_found(workplace.engine), schema_needed(workplace.engine)
    except sa.exc.DBAPIError as error:
        reason = str(error.orig).strip().partition("\n")[0]
        return [
            Check("database", False, _("%(kind)s can't be reached: %(reason)s", kind=kind, reason=reason)),
            Check("schema", False, _("Not known while the database can't be reached.")),
        ]
    reached = Check("database", True, _("%(kind)s is reached.", kind=kind))
    if found is None:
        return [reached, Check("schema", False, _("The database is empty. Run: sdg-tracker init"))]
    if found != needed:
        text = _("Found %(found)s, needed %(needed)s. Run: sdg-tracker upgrade", found=found, needed=needed)
        return [reached, Check("schema", False, text)]
    return [reached, Check("schema", True, found)]


def _store(workplace: Workplace) -> Check:
    try:
        workplace.blobs.check_writable()
    except OSError as error:
        return Check("store", False, _("Nothing can be written: %(reason)s", reason=error.strerror or str(error)))
    return Check("store", True, _("Can be written."))


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
        return Check("worker", False, text, needed=False)
    if seconds is None:
        return Check("worker", False, _("Not running; what it should do waits."), needed=False)
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
        return Check("printing", False, text, needed=False)
    return Check("printing", True, _("The system's libraries are there."), needed=False)


def _disk(settings: Settings) -> Check:
    folder = Path(settings.store.removeprefix("file:")).absolute()
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    return Check("disk", free >= SPACE_NEEDED, _("%(size)s free.", size=format_size(free)), needed=False)

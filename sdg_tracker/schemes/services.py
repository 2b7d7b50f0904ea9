"""Loading schemes and shared words; opening and changing a library's cycles."""

import csv
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from sdg_tracker import trail
from sdg_tracker.access import Permission
from sdg_tracker.foundation import errors
from sdg_tracker.foundation.documents import digest
from sdg_tracker.foundation.errors import Conflict, Invalid
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.foundation.resources import resource_dir
from sdg_tracker.schemes import files, queries, words
from sdg_tracker.schemes.document import fits
from sdg_tracker.schemes.models import Area, Criterion, Cycle, Requirement, Scheme, Term
from sdg_tracker.work import Work, check_revision

RESERVED = frozenset({"schemes", "cycles"})  # words that addresses have in the place of a scheme
Values = Mapping[str, Any]
Definition = Mapping[str, Any]

trail.declare(
    {
        "cycle.opened": (
            lazy("Certification period opened"),
            {"scheme", "version", "starts_on", "ends_on", "settings", "facts"},
        ),
        "cycle.audit_day_set": (lazy("Day of the audit set"), {"audit_on"}),
        "cycle.changed": (lazy("Certification period changed"), {"starts_on", "ends_on", "settings", "facts"}),
    }
)
errors.words(
    {
        "scheme-version-changed": lazy(
            "The file %(file)s differs from version %(version)s of %(scheme)s as it is loaded. "
            "A loaded version is never changed: give the file a new version."
        ),
        "scheme-name-reserved": lazy("A scheme can't be called %(scheme)s: addresses use that word."),
        "cycle-days-order": lazy("The last day must not be before the first."),
        "cycle-overlap": lazy("The days overlap with certification period %(cycle)s of the same scheme."),
        "cycle-setting-unknown": lazy("The scheme has no setting %(key)s."),
        "cycle-fact-unknown": lazy("The scheme asks for no fact %(key)s."),
        "cycle-value-type": lazy("%(name)s: %(value)s is not a value of the right kind."),
        "cycle-value-limit": lazy("%(name)s must lie between 0 and %(limit)s."),
        "cycle-value-below": lazy("%(name)s can't be below 0."),
        "cycle-value-option": lazy("%(name)s must be one of %(known)s."),
    }
)


def load_terms(work: Work, path: Path | None = None) -> bool:
    """Load the shared vocabularies; return whether anything was new or changed. No word is taken away."""
    work.require(Permission.SCHEME_LOAD)
    kept = {(term.vocabulary, term.code): term for term in work.session.scalars(sa.select(Term))}
    with (path or resource_dir("seed") / "vocabularies.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for position, row in enumerate(rows, 1):
        term = kept.get((row["vocabulary"], row["code"]))
        if term is None:
            term = Term(vocabulary=row["vocabulary"], code=row["code"])
            work.session.add(term)
        term.position, term.da, term.en = position, row["da"], row["en"]
    changed = bool(work.session.new) or any(work.session.is_modified(term) for term in kept.values())
    work.session.flush()
    return changed


def seed_words() -> dict[str, list[str]]:
    """Return the codes of the vocabularies that come with the program, which scheme files may name."""
    known: dict[str, list[str]] = {}
    with (resource_dir("seed") / "vocabularies.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            known.setdefault(row["vocabulary"], []).append(row["code"])
    return known


def load(work: Work, folder: Path | None = None) -> list[Scheme]:
    """Load every scheme file of a folder, of the seed unless told; return those that were new."""
    found = [
        load_file(work, path) for path in sorted((folder or resource_dir("seed") / "certification").glob("*.yaml"))
    ]
    return [scheme for scheme in found if scheme is not None]


def load_file(work: Work, path: Path) -> Scheme | None:
    """Load one scheme file; return the scheme, None when this version was there already.

    A new version stands beside the old ones, and cycles stay on theirs. Raises Invalid for a broken file, Conflict
    for a version that was loaded with other content.
    """
    work.require(Permission.SCHEME_LOAD)
    return load_document(work, files.read(path, queries.known_words(work)), path.name)


def load_document(work: Work, document: dict[str, Any], name: str) -> Scheme | None:
    """Load a scheme for all libraries that a file of this name says. See load_file."""
    work.require(Permission.SCHEME_LOAD)
    slug, version = document["id"], document["version"]
    loaded = sa.select(Scheme.digest).where(Scheme.slug == slug, Scheme.version == version, Scheme.library_id.is_(None))
    kept = work.session.scalar(loaded)
    if kept == digest(document):
        return None
    if kept is not None:
        raise Conflict("scheme-version-changed", file=name, scheme=slug, version=version)
    return add_version(work, document)


def add_version(work: Work, document: dict[str, Any], library_id: int | None = None) -> Scheme:
    """Add a version that holds, for all libraries or for one. Whoever calls it has asked and looked."""
    if document["id"] in RESERVED:
        raise Invalid("scheme-name-reserved", field="slug", scheme=document["id"])
    scheme = Scheme(
        library_id=library_id,
        slug=document["id"],
        version=document["version"],
        status=document["status"],
        digest=digest(document),
        document=document,
        loaded_at=work.at,
    )
    work.session.add(scheme)
    work.session.flush()
    scheme.areas.extend(_area(scheme, position, area) for position, area in enumerate(document["areas"], 1))
    work.session.flush()
    return scheme


def _area(scheme: Scheme, position: int, area: Definition) -> Area:
    made = Area(position=position, code=area["code"], text=area["text"])
    for number, criterion in enumerate(area["criteria"], 1):
        group = Criterion(position=number, code=criterion["code"], text=criterion["text"])
        group.requirements.extend(
            Requirement(
                scheme_id=scheme.id,
                position=place,
                code=definition["code"],
                kind=definition["kind"],
                scope=definition["scope"],
                mandatory=definition["mandatory"],
                definition=definition,
            )
            for place, definition in enumerate(criterion["requirements"], 1)
        )
        made.criteria.append(group)
    return made


def open_cycle(
    work: Work,
    scheme_slug: str,
    starts_on: date,
    ends_on: date,
    *,
    facts: Values | None = None,
    settings: Values | None = None,
) -> Cycle:
    """Open a cycle on the newest version of a scheme.

    Raises NotFound for the scheme; Invalid, which names the field, for days and values that don't hold.
    """
    work.require(Permission.CYCLE_MANAGE)
    scheme = queries.get(work, scheme_slug)
    work.lock_library()
    cycle = Cycle(scheme=scheme, starts_on=starts_on, ends_on=ends_on)
    cycle.settings = _settings(scheme, settings or {})
    cycle.facts = _facts(scheme, facts or {})
    _check_days(work, cycle, scheme)
    cycle.number = work.next_number("cycle")
    work.session.add(cycle)
    work.session.flush()
    trail.record(
        work,
        "cycle.opened",
        cycle,
        scheme=scheme.slug,
        version=scheme.version,
        starts_on=starts_on.isoformat(),
        ends_on=ends_on.isoformat(),
        settings=_told(scheme.document.get("settings", []), {}, cycle.settings),
        facts=_told(scheme.document.get("facts", []), {}, cycle.facts),
    )
    return cycle


def set_cycle(
    work: Work,
    number: int,
    *,
    starts_on: date | None = None,
    ends_on: date | None = None,
    facts: Values | None = None,
    settings: Values | None = None,
    seen: int | None = None,
) -> Cycle:
    """Change days, settings and facts of a cycle; what is None stays, a mapping replaces the one before.

    ``seen`` is the revision that was shown. A setting that equals the scheme's value, or is None, follows the scheme.
    Raises NotFound; Conflict for another revision; Invalid, which names the field.
    """
    cycle = queries.cycle(work, number)
    work.require(Permission.CYCLE_MANAGE, cycle)
    work.lock_library()
    work.session.refresh(cycle)
    check_revision(cycle, seen)
    document = cycle.scheme.document
    before = (cycle.starts_on, cycle.ends_on, cycle.settings, cycle.facts)
    cycle.starts_on, cycle.ends_on = starts_on or cycle.starts_on, ends_on or cycle.ends_on
    if settings is not None and (chosen := _settings(cycle.scheme, settings)) != cycle.settings:
        cycle.settings = chosen
    if facts is not None and (said := _facts(cycle.scheme, facts)) != cycle.facts:
        cycle.facts = said
    _check_days(work, cycle, cycle.scheme)
    if before == (cycle.starts_on, cycle.ends_on, cycle.settings, cycle.facts):
        return cycle
    work.session.flush()
    trail.record(
        work,
        "cycle.changed",
        cycle,
        starts_on=cycle.starts_on.isoformat(),
        ends_on=cycle.ends_on.isoformat(),
        settings=_told(document.get("settings", []), before[2], cycle.settings),
        facts=_told(document.get("facts", []), before[3], cycle.facts),
    )
    return cycle


def set_audit_day(work: Work, number: int, day: date | None, seen: int | None = None) -> Cycle:
    """Say on which day the audit of a cycle is, None for not known. Raises NotFound, and Conflict for a revision."""
    cycle = queries.cycle(work, number)
    work.require(Permission.CYCLE_MANAGE, cycle)
    work.lock_library()
    work.session.refresh(cycle)
    check_revision(cycle, seen)
    if cycle.audit_on != day:
        cycle.audit_on = day
        work.session.flush()
        trail.record(work, "cycle.audit_day_set", cycle, audit_on=day.isoformat() if day else None)
    return cycle


def _check_days(work: Work, cycle: Cycle, scheme: Scheme) -> None:
    if cycle.ends_on < cycle.starts_on:
        raise Invalid("cycle-days-order", field="ends_on")
    with work.session.no_autoflush:
        for other in queries.cycles(work):
            if other is cycle or other.scheme.slug != scheme.slug:
                continue
            if other.starts_on <= cycle.ends_on and cycle.starts_on <= other.ends_on:
                raise Invalid("cycle-overlap", field="starts_on", cycle=other.number)


def _settings(scheme: Scheme, given: Values) -> dict[str, Any]:
    """Return what differs from the scheme's own values."""
    declared = {setting["key"]: setting for setting in scheme.document.get("settings", [])}
    for key in given:
        if key not in declared:
            raise Invalid("cycle-setting-unknown", key=key)
    kept = {key: _checked(declared[key], value, f"setting_{key}") for key, value in given.items() if value is not None}
    return {key: value for key, value in kept.items() if value != declared[key]["value"]}


def _facts(scheme: Scheme, given: Values) -> dict[str, Any]:
    declared = {fact["key"]: fact for fact in scheme.document.get("facts", [])}
    for key in given:
        if key not in declared:
            raise Invalid("cycle-fact-unknown", key=key)
    return {key: _checked(declared[key], value, f"fact_{key}") for key, value in given.items() if value is not None}


def _checked(definition: Definition, value: object, field: str) -> object:
    """Return a value as it is kept: a day as text, all else as it is. Raises Invalid."""
    name, kind = words.text(definition["text"]), definition["type"]
    value = value.isoformat() if isinstance(value, date) else value
    if not fits(kind, value):
        raise Invalid("cycle-value-type", field=field, name=name, value=value)
    if kind == "choice" and value not in definition["options"]:
        known = [words.answer(definition, option) for option in definition["options"]]
        raise Invalid("cycle-value-option", field=field, name=name, known=known)
    if isinstance(value, int | float) and not isinstance(value, bool):
        if definition.get("unit") == "percent" and not 0 <= value <= 100:
            raise Invalid("cycle-value-limit", field=field, name=name, limit=100)
        if value < 0:
            raise Invalid("cycle-value-below", field=field, name=name)
    return value


def _told(definitions: Sequence[Definition], before: Values, after: Values) -> dict[str, Any]:
    """Return what changed, for the trail; free text might name a person, so only that it changed is told."""
    kinds = {definition["key"]: definition["type"] for definition in definitions}
    changed = sorted(key for key in {*before, *after} if before.get(key) != after.get(key))
    return {key: "(text)" if kinds.get(key) == "text" and key in after else after.get(key) for key in changed}

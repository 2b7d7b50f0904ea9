"""Steps of the work with measures: add one, revise it, define anew what it counts, withdraw it."""

from dataclasses import fields, replace

from sqlalchemy.orm.attributes import flag_modified

from sdg_tracker import trail
from sdg_tracker.access import Permission
from sdg_tracker.foundation.errors import Conflict, Invalid, words
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.goals import queries as goals
from sdg_tracker.measures import details as rules
from sdg_tracker.measures import queries
from sdg_tracker.measures.details import FIXED, Definition, MeasureDetails
from sdg_tracker.measures.models import Measure, MeasureVersion
from sdg_tracker.measures.periods import Period
from sdg_tracker.work import Work, check_revision

words(
    {
        "measure-withdrawn": lazy("The measure %(measure)s is withdrawn and can't be changed."),
        "measure-withdrawal-reason": lazy("Say why the measure is withdrawn."),
        "measure-used-by-rate": lazy("“%(name)s” is made of this measure. Withdraw that first."),
        "measure-has-readings": lazy(
            "The measure has readings, so this stays as it is. Withdraw the measure and add another for the new way."
        ),
        "measure-definition-reason": lazy("Say why the definition is changed."),
        "measure-definition-same": lazy("The definition is as it was. Change a text, or leave the page."),
        "measure-definition-period": lazy(
            "The new definition holds from a period after %(period)s, when the one before began."
        ),
    }
)

trail.declare(
    {
        "measure.added": (lazy("Measure added"), {"revision", "code"}),
        "measure.revised": (lazy("Measure changed"), {"revision", "fields"}),
        "measure.defined": (lazy("Measure defined anew"), {"version", "period", "reason"}),
        "measure.withdrawn": (lazy("Measure withdrawn"), {"revision", "reason"}),
    }
)


def add(work: Work, code: str, details: MeasureDetails, definition: Definition | None = None) -> Measure:
    """Add a measure. An empty ``code`` is made from the name. Raises Invalid for a field that does not hold."""
    work.require(Permission.MEASURE_MANAGE)
    used = queries.by_code(work, withdrawn=True)
    details = _checked(work, details, used)
    code = rules.checked_code(code or rules.code_of(details.name), used)
    said = rules.checked_definition(definition or Definition())
    measure = Measure(number=work.next_number("measure"), code=code, added_by=work.actor.number, added_at=work.at)
    _apply(measure, details)
    measure.versions.append(_version(work, 1, said))
    work.session.add(measure)
    work.session.flush()
    trail.record(work, "measure.added", measure, revision=measure.revision, code=code)
    return measure


def revise(work: Work, number: int, revision: int | None, details: MeasureDetails) -> Measure:
    """Change a measure to what ``details`` say; what it counts is changed by ``define``.

    Raises Conflict when it was changed since ``revision`` was shown, Invalid for what can't change once it is read.
    """
    measure = _to_change(work, number, revision)
    known = queries.by_code(work)
    known.pop(measure.code, None)
    details = _checked(work, details, known)
    before = details_of(measure)
    changed = [field.name for field in fields(details) if getattr(before, field.name) != getattr(details, field.name)]
    if not changed:
        return measure
    fixed = next((name for name in changed if name in FIXED), None)
    if fixed is not None and queries.has_readings(work, measure):
        raise Invalid("measure-has-readings", field=fixed)
    _apply(measure, details)
    work.session.flush()
    trail.record(work, "measure.revised", measure, revision=measure.revision, fields=changed)
    return measure


def define(
    work: Work, number: int, revision: int | None, definition: Definition, *, reason: str, period: str = ""
) -> MeasureVersion:
    """Say anew what a measure counts, and why.

    With a ``period`` it counts something else from there on, and no line is drawn across. Without one the words are
    only clearer.
    """
    measure = _to_change(work, number, revision)
    reason = rules.checked_reason(reason, "measure-definition-reason")
    said = rules.checked_definition(definition)
    if said == definition_of(measure.versions[-1]):
        raise Invalid("measure-definition-same", field="definition")
    version = _version(work, len(measure.versions) + 1, said)
    version.reason = reason
    if period:
        begins = Period.parse(period)
        last = max((row.starts_on for row in measure.versions if row.starts_on is not None), default=None)
        if last is not None and begins.first <= last:
            last_code = next(row.period for row in measure.versions if row.starts_on == last)
            raise Invalid("measure-definition-period", field="period", period=last_code)
        version.period, version.starts_on = begins.code, begins.first
    measure.versions.append(version)
    flag_modified(measure, "name")  # its revision rises, so that two people who define it meet
    work.session.flush()
    facts = {"version": version.ordinal, "period": version.period or "", "reason": reason}
    trail.record(work, "measure.defined", measure, **facts)
    return version


def withdraw(work: Work, number: int, reason: str, revision: int | None = None) -> Measure:
    """Take a measure out of lists and coming editions. It stays, with its readings and the reason."""
    measure = _to_change(work, number, revision)
    reason = rules.checked_reason(reason, "measure-withdrawal-reason")
    for other in queries.measures(work):
        if measure.code in (other.numerator, other.denominator):
            raise Conflict("measure-used-by-rate", name=other.title)
    measure.withdrawn_at, measure.withdrawn_by, measure.withdrawn_reason = work.at, work.actor.number, reason
    work.session.flush()
    trail.record(work, "measure.withdrawn", measure, revision=measure.revision, reason=reason)
    return measure


def details_of(measure: Measure) -> MeasureDetails:
    """Return a measure as the values that a person enters."""
    values = {field.name: getattr(measure, field.name) for field in fields(MeasureDetails)}
    lists = {name: tuple(values[name]) for name in ("goals", "targets", "counted_types")}
    return MeasureDetails(**{**values, **lists})


def definition_of(version: MeasureVersion) -> Definition:
    """Return a version as the texts that a person enters."""
    return Definition(**{field.name: getattr(version, field.name) for field in fields(Definition)})


def _checked(work: Work, details: MeasureDetails, known: dict[str, Measure]) -> MeasureDetails:
    indicator = details.indicator.strip()
    indicators = goals.indicator_targets(work, [indicator]) if indicator else {}
    there = {code: measure for code, measure in known.items() if measure.withdrawn_at is None}
    found = rules.checked(details, there, goals.known_codes(work), indicators)
    return replace(found, counted_types=found.counted_types if found.counted else ())


def _apply(measure: Measure, details: MeasureDetails) -> None:
    for field in fields(details):
        value = getattr(details, field.name)
        setattr(measure, field.name, list(value) if isinstance(value, tuple) else value)


def _version(work: Work, ordinal: int, said: Definition) -> MeasureVersion:
    texts = {field.name: getattr(said, field.name) for field in fields(said)}
    made = {"made_by": work.actor.number, "made_role": work.actor.role.value, "made_at": work.at}
    return MeasureVersion(library_id=work.library.id, ordinal=ordinal, **texts, **made)


def _to_change(work: Work, number: int, revision: int | None) -> Measure:
    measure = queries.get(work, number)
    work.require(Permission.MEASURE_MANAGE, measure)
    if measure.withdrawn_at is not None:
        raise Conflict("measure-withdrawn", measure=measure.title)
    check_revision(measure, revision)
    return measure

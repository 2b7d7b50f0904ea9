"""What is said of the people in a picture, and what they agreed to. Names of people are kept nowhere here."""

from dataclasses import dataclass
from datetime import date

from sdg_tracker import trail
from sdg_tracker.access import Permission
from sdg_tracker.evidence import queries
from sdg_tracker.evidence.changing import changeable
from sdg_tracker.evidence.guarding import check_typed, settle
from sdg_tracker.evidence.models import Evidence
from sdg_tracker.evidence.people import About, Basis, People, Scope
from sdg_tracker.evidence.people_models import Consent
from sdg_tracker.foundation.errors import Conflict, Invalid, NotFound, words
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.work import Work

LONGEST, REFERENCE_LONGEST = 500, 100  # characters
MOST = 1000  # persons in one consent

words(
    {
        "people-basis-unknown": lazy("Choose by what right the picture is used."),
        "people-reason-missing": lazy("Write in a line why no consent is needed."),
        "people-text-long": lazy("The text is longer than %(limit)s characters."),
        "consent-scope-missing": lazy("Choose at least one use that was agreed to."),
        "consent-day-ahead": lazy("The day lies ahead."),
        "consent-expires-before": lazy("It can't expire before it was given."),
        "consent-nothing-known": lazy("Write how many gave it, or a reference to the signed form."),
        "consent-persons-wrong": lazy("Write a number of persons from 1 to %(limit)s."),
        "consent-form-unknown": lazy("There is no evidence %(number)s that stands in this library."),
        "consent-form-itself": lazy("The signed form is another piece of evidence than the picture."),
        "consent-none": lazy("Evidence %(number)s has no consent %(ordinal)s."),
        "consent-withdrawn": lazy("The consent is withdrawn already."),
        "consent-withdrawn-before": lazy("It can't be withdrawn before it was given."),
    }
)
trail.declare(
    {
        "evidence.people_described": (
            lazy("People in a picture described"),
            {"revision", "people", "children", "sensitive", "basis"},
        ),
        "evidence.consent_added": (lazy("Consent added"), {"consent", "scopes", "given_on", "expires_on"}),
        "evidence.consent_withdrawn": (lazy("Consent withdrawn"), {"consent", "withdrawn_on"}),
    }
)


@dataclass(frozen=True)
class ConsentDetails:
    """What is written down of a consent; never the names of those who gave it."""

    scopes: frozenset[str]  # of people.Scope
    given_on: date
    expires_on: date | None = None
    persons: int | None = None
    reference: str = ""
    form: int | None = None  # number of the evidence that is the signed form


def describe(work: Work, number: int, about: About, revision: int | None = None, *, no_cpr: bool = False) -> Evidence:
    """Say who is in a picture and by what right it is used. Raises Conflict when it changed since ``revision``."""
    evidence = changeable(work, number, Permission.EVIDENCE_REVISE, revision)
    check_about(about, no_cpr=no_cpr)
    somebody = about.people is People.YES
    values = {
        "people": about.people.value,
        "children": somebody and about.children,
        "sensitive": somebody and about.sensitive,
        "basis": about.basis if somebody else "",
        "basis_reason": about.reason.strip() if somebody else "",
        "informed": about.informed.strip() if somebody else "",
    }
    changed = [name for name, value in values.items() if getattr(evidence, name) != value]
    if not changed:
        return evidence
    for name in changed:
        setattr(evidence, name, values[name])
    settle(work, evidence)
    work.session.flush()
    facts = {name: values[name] for name in ("people", "children", "sensitive", "basis")}
    trail.record(work, "evidence.people_described", evidence, revision=evidence.revision, **facts)
    return evidence


def add(work: Work, number: int, details: ConsentDetails, *, no_cpr: bool = False) -> Consent:
    """Write down that people in a picture agreed to some uses of it."""
    evidence = changeable(work, number, Permission.EVIDENCE_REVISE)
    scopes = check(work, details, no_cpr=no_cpr)
    consent = Consent(
        ordinal=max((one.ordinal for one in evidence.consents), default=0) + 1,
        given_on=details.given_on,
        expires_on=details.expires_on,
        persons=details.persons,
        reference=details.reference.strip(),
        form_id=_form(work, evidence, details.form),
        added_by=work.actor.number,
        added_at=work.at,
        **dict.fromkeys(scopes, True),
    )
    evidence.consents.append(consent)
    work.session.flush()
    trail.record(
        work,
        "evidence.consent_added",
        evidence,
        consent=consent.ordinal,
        scopes=scopes,
        given_on=details.given_on.isoformat(),
        expires_on=details.expires_on.isoformat() if details.expires_on else None,
    )
    return consent


def withdraw(work: Work, number: int, ordinal: int, day: date) -> Consent:
    """Write down that a consent was taken back on a day; the picture counts for nothing until it is blurred."""
    evidence = changeable(work, number, Permission.EVIDENCE_REVISE)
    consent = find(evidence, ordinal)
    if consent.withdrawn_on is not None:
        raise Conflict("consent-withdrawn")
    if day > work.today:
        raise Invalid("consent-day-ahead", field="withdrawn_on")
    if day < consent.given_on:
        raise Invalid("consent-withdrawn-before", field="withdrawn_on")
    consent.withdrawn_on, consent.withdrawn_at, consent.withdrawn_by = day, work.at, work.actor.number
    settle(work, evidence)
    work.session.flush()
    trail.record(work, "evidence.consent_withdrawn", evidence, consent=ordinal, withdrawn_on=day.isoformat())
    return consent


def find(evidence: Evidence, ordinal: int) -> Consent:
    """Return one of the consents. Raises NotFound."""
    for consent in evidence.consents:
        if consent.ordinal == ordinal:
            return consent
    raise NotFound("consent-none", number=evidence.number, ordinal=ordinal)


def check_about(about: About, *, no_cpr: bool) -> None:
    """Raise Invalid where what is said of those in a picture does not hold."""
    if about.basis not in ("", *Basis):
        raise Invalid("people-basis-unknown", field="basis")
    for field, text in (("reason", about.reason), ("informed", about.informed)):
        if len(text.strip()) > LONGEST:
            raise Invalid("people-text-long", field=field, limit=LONGEST)
    weighed = about.people is People.YES and about.basis in (Basis.NONE_NEEDED, Basis.PUBLIC_TASK)
    if weighed and not about.reason.strip():
        raise Invalid("people-reason-missing", field="reason")
    if not no_cpr:
        check_typed(reason=about.reason, informed=about.informed)


def check(work: Work, details: ConsentDetails, *, no_cpr: bool = False) -> list[str]:
    """Return the scopes of a consent in order. Raises Invalid for what does not hold."""
    scopes: list[str] = [scope.value for scope in Scope if scope.value in details.scopes]
    if not scopes:
        raise Invalid("consent-scope-missing", field="scopes")
    if details.given_on > work.today:
        raise Invalid("consent-day-ahead", field="given_on")
    if details.expires_on is not None and details.expires_on < details.given_on:
        raise Invalid("consent-expires-before", field="expires_on")
    if details.persons is not None and not 1 <= details.persons <= MOST:
        raise Invalid("consent-persons-wrong", field="persons", limit=MOST)
    if len(details.reference.strip()) > REFERENCE_LONGEST:
        raise Invalid("people-text-long", field="reference", limit=REFERENCE_LONGEST)
    if details.persons is None and not details.reference.strip() and details.form is None:
        raise Invalid("consent-nothing-known", field="reference")
    if not no_cpr:
        check_typed(reference=details.reference)
    return scopes


def _form(work: Work, evidence: Evidence, number: int | None) -> int | None:
    """Return the key of the evidence that is the signed form."""
    if number is None:
        return None
    if number == evidence.number:
        raise Invalid("consent-form-itself", field="form")
    try:
        form = queries.get(work, number)
    except NotFound:
        form = None
    if form is None or not form.stands:
        raise Invalid("consent-form-unknown", field="form", number=number)
    return form.id

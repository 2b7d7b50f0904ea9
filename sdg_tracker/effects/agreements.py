"""What those quoted and told about agreed to: given, taken back, objected to, and what follows at once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sdg_tracker import trail
from sdg_tracker.access import Permission
from sdg_tracker.effects import queries, uses
from sdg_tracker.effects.models import Agreement, Quote, Story
from sdg_tracker.evidence import consents
from sdg_tracker.evidence.consents import ConsentDetails
from sdg_tracker.evidence.guarding import check_typed
from sdg_tracker.foundation.errors import Conflict, Invalid, NotFound, words
from sdg_tracker.foundation.i18n import _, lazy, use_locale
from sdg_tracker.work import Work, check_revision

Told = Quote | Story
REASON_LONGEST, CASE_LONGEST = 500, 200  # characters

words(
    {
        "told-withdrawn": lazy("This is withdrawn and is no longer changed."),
        "told-paused": lazy("Somebody in it has said no. Tell it without them first."),
        "agreement-none": lazy("There is no consent %(ordinal)s here."),
        "agreement-which": lazy("Say which consent is taken back."),
        "told-reason-missing": lazy("Write why it is withdrawn."),
        "told-text-long": lazy("At most %(limit)s characters; this has %(found)s."),
        "told-why-unknown": lazy("Say whether a consent is taken back or somebody objects."),
    }
)
_FACTS: Mapping[str, set[str]] = {
    "consent_added": {"consent", "scopes", "given_on", "expires_on"},
    "shown": {"revision", "outside"},
    "taken_back": {"why", "taken_on", "consent", "editions"},
    "withdrawn": {"revision"},
}
trail.declare(
    {
        "quote.consent_added": (lazy("Consent to a quote added"), _FACTS["consent_added"]),
        "quote.shown": (lazy("Said whether a quote may be shown to the public"), _FACTS["shown"]),
        "quote.taken_back": (lazy("Somebody said no to a quote"), _FACTS["taken_back"]),
        "quote.withdrawn": (lazy("Quote withdrawn"), _FACTS["withdrawn"]),
        "story.consent_added": (lazy("Consent to a story added"), _FACTS["consent_added"]),
        "story.shown": (lazy("Said whether a story may be shown to the public"), _FACTS["shown"]),
        "story.taken_back": (lazy("Somebody said no to a story"), _FACTS["taken_back"]),
        "story.withdrawn": (lazy("Story withdrawn"), _FACTS["withdrawn"]),
    }
)


class Kind(StrEnum):
    """What is told; the same words as in the trail."""

    QUOTE = "quote"
    STORY = "story"


class Said(StrEnum):
    """How somebody said no."""

    CONSENT = "consent"
    OBJECTION = "objection"


@dataclass(frozen=True)
class TakenBack:
    """That somebody said no; never who."""

    why: str  # of Said
    day: date
    consent: int | None = None  # ordinal of the one that is taken back
    reference: str = ""  # of the case


_FIND: Mapping[Kind, Callable[..., Told]] = {Kind.QUOTE: queries.quote, Kind.STORY: queries.story}


def changeable(work: Work, kind: Kind, number: int, revision: int | None = None) -> Told:
    """Return a quote or a story to change, held until the end of the step.

    Raises Forbidden, or Conflict when it is withdrawn or was changed since ``revision``.
    """
    told = _FIND[kind](work, number, lock=True)
    require(work, told)
    if told.withdrawn_at is not None:
        raise Conflict("told-withdrawn", number=number)
    check_revision(told, revision)
    return told


def require(work: Work, told: Told) -> None:
    """Raise Forbidden unless the actor may change a quote or a story."""
    if isinstance(told, Quote):
        work.require(Permission.EFFECT_WRITE, told.activity)
    else:
        work.require(Permission.STORY_REVISE, told)


def add(work: Work, kind: Kind, number: int, details: ConsentDetails, *, no_cpr: bool = False) -> Agreement:
    """Write down that those in a quote or a story agreed to some uses of it."""
    return agree(work, kind, changeable(work, kind, number), details, no_cpr=no_cpr)


def agree(work: Work, kind: Kind, told: Told, details: ConsentDetails, *, no_cpr: bool) -> Agreement:
    """Write down a consent to what is being made or changed in this step."""
    scopes = consents.check(work, details, no_cpr=no_cpr)
    agreement = Agreement(
        ordinal=max((one.ordinal for one in told.agreements), default=0) + 1,
        given_on=details.given_on,
        expires_on=details.expires_on,
        persons=details.persons,
        reference=details.reference.strip(),
        added_by=work.actor.number,
        added_at=work.at,
        **dict.fromkeys(scopes, True),
    )
    told.agreements.append(agreement)
    work.session.flush()
    trail.record(
        work,
        f"{kind.value}.consent_added",
        told,
        consent=agreement.ordinal,
        scopes=scopes,
        given_on=details.given_on.isoformat(),
        expires_on=details.expires_on.isoformat() if details.expires_on else None,
    )
    return agreement


def find(told: Told, ordinal: int) -> Agreement:
    """Return one of the consents. Raises NotFound."""
    for agreement in told.agreements:
        if agreement.ordinal == ordinal:
            return agreement
    raise NotFound("agreement-none", number=told.number, ordinal=ordinal)


def show_outside(work: Work, kind: Kind, number: int, public: bool, revision: int | None = None) -> Told:
    """Say whether a quote or a story may be shown to the public, as far as those in it agreed."""
    told = changeable(work, kind, number, revision)
    work.require(Permission.STORY_SHOW, told)
    if public and told.paused_at is not None:
        raise Conflict("told-paused")
    if told.public != public:
        told.public = public
        work.session.flush()
        trail.record(work, f"{kind.value}.shown", told, revision=told.revision, outside=public)
    return told


def take_back(work: Work, kind: Kind, number: int, details: TakenBack, *, no_cpr: bool = False) -> Told:
    """Write down that somebody in it said no; it leaves everything that is not frozen at once.

    A quote is withdrawn. A story is paused until it is told without them. Frozen editions stay, and are named.
    """
    told = changeable(work, kind, number)
    agreement = _check(work, told, details)
    if not no_cpr:
        check_typed(reference=details.reference)
    if agreement is not None:
        agreement.withdrawn_on, agreement.withdrawn_at = details.day, work.at
        agreement.withdrawn_by = work.actor.number
    editions = [held.number for held in uses.held(work, kind.value, number)]
    said = {"why": details.why, "on": details.day.isoformat(), "consent": details.consent, "editions": editions}
    told.taken_back = [*told.taken_back, {**said, "reference": details.reference.strip()}]
    told.public, told.paused_at = False, work.at
    if isinstance(told, Quote):
        with use_locale(work.settings.language):
            _end(work, told, _("The one who said it has said no."))
    work.session.flush()
    trail.record(
        work,
        f"{kind.value}.taken_back",
        told,
        why=details.why,
        taken_on=details.day.isoformat(),
        consent=details.consent,
        editions=editions,
    )
    return told


def _check(work: Work, told: Told, details: TakenBack) -> Agreement | None:
    """Return the consent that is taken back. Raises Invalid for what does not hold."""
    if details.why not in set(Said):
        raise Invalid("told-why-unknown", field="why")
    if details.day > work.today:
        raise Invalid("consent-day-ahead", field="day")
    check_length("reference", details.reference, CASE_LONGEST)
    if details.why != Said.CONSENT:
        return None
    if details.consent is None:
        raise Invalid("agreement-which", field="consent")
    agreement = find(told, details.consent)
    if agreement.withdrawn_on is not None:
        raise Conflict("consent-withdrawn")
    if details.day < agreement.given_on:
        raise Invalid("consent-withdrawn-before", field="day")
    return agreement


def withdraw(
    work: Work, kind: Kind, number: int, reason: str, revision: int | None = None, *, no_cpr: bool = False
) -> Told:
    """Withdraw a quote or a story for a reason; it stays to be seen here."""
    told = changeable(work, kind, number, revision)
    if not reason.strip():
        raise Invalid("told-reason-missing", field="reason")
    check_length("reason", reason, REASON_LONGEST)
    if not no_cpr:
        check_typed(reason=reason)
    _end(work, told, reason.strip())
    work.session.flush()
    trail.record(work, f"{kind.value}.withdrawn", told, revision=told.revision)
    return told


def _end(work: Work, told: Told, reason: str) -> None:
    told.withdrawn_at, told.withdrawn_by, told.withdrawn_reason = work.at, work.actor.number, reason
    told.public = False


def check_length(field: str, text: str, limit: int) -> None:
    """Refuse a text that is longer than its column."""
    if len(text.strip()) > limit:
        raise Invalid("told-text-long", field=field, limit=limit, found=len(text.strip()))

"""Steps of the work with effects: what was meant, what was seen, what people said."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sdg_tracker import trail
from sdg_tracker.access import Permission
from sdg_tracker.activities import queries as activities
from sdg_tracker.activities.models import Activity
from sdg_tracker.activities.states import Status
from sdg_tracker.effects import agreements, queries, rules
from sdg_tracker.effects.agreements import Kind, check_length
from sdg_tracker.effects.models import Effect, Quote
from sdg_tracker.effects.rules import ASKED, Basis, Dimension, Scores
from sdg_tracker.evidence import queries as evidence
from sdg_tracker.evidence.consents import ConsentDetails
from sdg_tracker.evidence.guarding import check_typed
from sdg_tracker.foundation.errors import Conflict, Invalid, NotFound, words
from sdg_tracker.foundation.i18n import LANGUAGES, lazy
from sdg_tracker.work import Work, check_revision

INTENDED, SEEN = "intended", "seen"
FIRST = Dimension.FRIRUM.value  # where a refusal of all four is shown

words(
    {
        "effect-activity-withdrawn": lazy("Activity %(number)s is withdrawn. Nothing more is said of it."),
        "effect-activity-cancelled": lazy("Activity %(number)s was cancelled, so nothing was seen."),
        "effect-too-early": lazy("The activity has not begun yet. Come back when it has taken place."),
        "effect-score-outside": lazy("A score is a whole number from 1 to 5."),
        "effect-score-missing": lazy("Give at least one of the four a score."),
        "effect-reason-missing": lazy(
            "What was seen has been said already. Write why you change the score: the reason is kept."
        ),
        "effect-basis-missing": lazy("Say how you know: seen yourself, answers, or talks."),
        "effect-answers-missing": lazy("Write how many people answered, from 1 to %(limit)s."),
        "effect-source-unknown": lazy("There is no evidence %(number)s that stands in this library."),
        "quote-text-missing": lazy("Write what was said."),
        "quote-who-missing": lazy("Write who said it by role and age, such as “participant, about 60”. Never a name."),
        "quote-language-unknown": lazy("Choose a language from the list."),
    }
)
trail.declare(
    {
        "effect.intended": (lazy("Said what an activity is meant to do"), {"revision", "before", "after"}),
        "effect.seen": (
            lazy("Said what effect was seen"),
            {"revision", "before", "after", "seen_how", "answers"},
        ),
        "quote.added": (lazy("Quote added"), {"activity", "children", "sensitive"}),
        "quote.revised": (lazy("Quote changed"), {"revision", "fields"}),
    }
)


@dataclass(frozen=True)
class SeenDetails:
    """What was seen, and how it is known."""

    scores: Scores
    basis: str  # of rules.Basis
    answers: int | None = None
    note: str = ""
    source: int | None = None  # number of the evidence with the answers


@dataclass(frozen=True)
class QuoteDetails:
    """What somebody said; ``who`` is a role and an age, never a name."""

    text: str
    who: str
    language: str = "da"
    children: bool = False
    sensitive: bool = False


@dataclass(frozen=True)
class _Change:
    """A change of the scores of an effect."""

    when: str  # INTENDED or SEEN
    before: Scores
    after: Scores
    reason: str = field(default="")


def intend(
    work: Work,
    activity_number: int,
    scores: Scores,
    revision: int | None = None,
    reason: str = "",
    *,
    no_cpr: bool = False,
) -> Effect:
    """Say what an activity is meant to do for people. Once something was seen, a change needs a reason."""
    activity = _activity(work, activity_number)
    _check_scores(scores)
    effect = _held(work, activity, revision)
    change = _Change(INTENDED, rules.scores(effect.intended), rules.scores(scores), reason)
    if not rules.some(change.before) and not rules.some(change.after):
        raise Invalid("effect-score-missing", field=FIRST)
    if change.before == change.after:
        return effect
    _check_reason(change, seen=effect.seen_at is not None, no_cpr=no_cpr)
    _put(work, effect, change)
    work.session.flush()
    trail.record(
        work, "effect.intended", effect, revision=effect.revision, before=dict(change.before), after=dict(change.after)
    )
    return effect


def see(
    work: Work,
    activity_number: int,
    details: SeenDetails,
    revision: int | None = None,
    reason: str = "",
    *,
    no_cpr: bool = False,
) -> Effect:
    """Say what effect an activity had, and how that is known. Once it was said, a change of a score needs a reason."""
    activity = _activity(work, activity_number)
    if activity.status == Status.CANCELLED.value:
        raise Conflict("effect-activity-cancelled", number=activity_number)
    if activity.starts_on is not None and activity.starts_on > work.today:
        raise Conflict("effect-too-early", number=activity_number)
    _check_scores(details.scores)
    _check_seen(details, no_cpr=no_cpr)
    source = _source(work, details.source)
    effect = _held(work, activity, revision)
    change = _Change(SEEN, rules.scores(effect.seen), rules.scores(details.scores), reason)
    known = {
        "basis": details.basis,
        "basis_note": details.note.strip(),
        "answers": details.answers if details.basis in ASKED else None,
        "source_id": source,
    }
    if change.before == change.after and all(getattr(effect, name) == value for name, value in known.items()):
        return effect
    _check_reason(change, seen=effect.seen_at is not None, no_cpr=no_cpr)
    _put(work, effect, change)
    for name, value in known.items():
        setattr(effect, name, value)
    work.session.flush()
    trail.record(
        work,
        "effect.seen",
        effect,
        revision=effect.revision,
        before=dict(change.before),
        after=dict(change.after),
        seen_how=effect.basis,
        answers=effect.answers,
    )
    return effect


def add_quote(
    work: Work, activity_number: int, details: QuoteDetails, consent: ConsentDetails, *, no_cpr: bool = False
) -> Quote:
    """Keep what somebody said of an activity, with the consent to use it."""
    activity = _activity(work, activity_number)
    _check_quote(details, no_cpr=no_cpr)
    quote = Quote(
        number=work.next_number(Kind.QUOTE.value),
        activity_id=activity.id,
        added_by=work.actor.number,
        added_at=work.at,
        **_said(details),
    )
    work.session.add(quote)
    work.session.flush()
    facts = {"children": quote.children, "sensitive": quote.sensitive}
    trail.record(work, "quote.added", quote, activity=activity.number, **facts)
    agreements.agree(work, Kind.QUOTE, quote, consent, no_cpr=no_cpr)
    return quote


def revise_quote(
    work: Work, number: int, details: QuoteDetails, revision: int | None = None, *, no_cpr: bool = False
) -> Quote:
    """Change what was said, or by whom. Raises Conflict when it changed since ``revision``."""
    agreements.changeable(work, Kind.QUOTE, number, revision)
    quote = queries.quote(work, number)
    _check_quote(details, no_cpr=no_cpr)
    values = _said(details)
    changed = [name for name, value in values.items() if getattr(quote, name) != value]
    for name in changed:
        setattr(quote, name, values[name])
    if changed:
        work.session.flush()
        trail.record(work, "quote.revised", quote, revision=quote.revision, fields=changed)
    return quote


def _said(details: QuoteDetails) -> Mapping[str, object]:
    return {
        "text": details.text.strip(),
        "who": details.who.strip(),
        "language": details.language,
        "children": details.children,
        "sensitive": details.sensitive,
    }


def _activity(work: Work, number: int) -> Activity:
    """Return the activity that something is said of."""
    activity = activities.get(work, number)
    work.require(Permission.EFFECT_WRITE, activity)
    if activity.withdrawn_at is not None:
        raise Conflict("effect-activity-withdrawn", number=number)
    return activity


def _held(work: Work, activity: Activity, revision: int | None) -> Effect:
    """Return the effect of an activity, held until the end of the step; made now where there is none."""
    work.lock_library()  # two who say something first make one row
    effect = queries.of_activity(work, activity)
    if effect is None:
        effect = Effect(number=work.next_number(Effect.__tablename__), activity_id=activity.id, basis="", changes=[])
        work.session.add(effect)
        work.session.flush()
        if revision:
            raise Conflict("changed-meanwhile")
        return effect
    if revision == 0:  # the form was opened when there was none
        raise Conflict("changed-meanwhile", revision=effect.revision)
    check_revision(effect, revision)
    return effect


def _put(work: Work, effect: Effect, change: _Change) -> None:
    at, by = f"{change.when}_at", f"{change.when}_by"
    if getattr(effect, at) is None:
        setattr(effect, at, work.at)
        setattr(effect, by, work.actor.number)
    else:
        _keep(work, effect, change)
    for name, value in change.after.items():
        setattr(effect, f"{change.when}_{name}", value)
    if not rules.some(change.after):
        setattr(effect, at, None)
        setattr(effect, by, None)


def _keep(work: Work, effect: Effect, change: _Change) -> None:
    """Keep what was said before, where it was another score, with the reason that was given."""
    if change.before == change.after:
        return
    said = {"when": change.when, "before": dict(change.before), "reason": change.reason.strip()}
    changed = {**said, "on": work.today.isoformat(), "role": work.actor.role.value}
    effect.changes = [*effect.changes, changed]


def _check_scores(scores: Scores) -> None:
    for name in rules.outside(scores):
        raise Invalid("effect-score-outside", field=name)


def _check_seen(details: SeenDetails, *, no_cpr: bool) -> None:
    if not rules.some(details.scores):
        raise Invalid("effect-score-missing", field=FIRST)
    if details.basis not in set(Basis):
        raise Invalid("effect-basis-missing", field="basis")
    if details.basis in ASKED and not (details.answers and 1 <= details.answers <= rules.ANSWERS_MOST):
        raise Invalid("effect-answers-missing", field="answers", limit=rules.ANSWERS_MOST)
    check_length("note", details.note, rules.BASIS_LONGEST)
    if not no_cpr:
        check_typed(note=details.note)


def _check_reason(change: _Change, *, seen: bool, no_cpr: bool) -> None:
    if rules.needs_reason(change.before, change.after, seen=seen) and not change.reason.strip():
        raise Invalid("effect-reason-missing", field="reason")
    check_length("reason", change.reason, rules.REASON_LONGEST)
    if not no_cpr:
        check_typed(reason=change.reason)


def _check_quote(details: QuoteDetails, *, no_cpr: bool) -> None:
    if not details.text.strip():
        raise Invalid("quote-text-missing", field="text")
    if not details.who.strip():
        raise Invalid("quote-who-missing", field="who")
    check_length("text", details.text, rules.QUOTE_LONGEST)
    check_length("who", details.who, rules.WHO_LONGEST)
    if details.language not in LANGUAGES:
        raise Invalid("quote-language-unknown", field="language")
    if not no_cpr:
        check_typed(text=details.text, who=details.who)


def _source(work: Work, number: int | None) -> int | None:
    """Return the key of the evidence that is the source."""
    if number is None:
        return None
    try:
        found = evidence.get(work, number)
    except NotFound:
        found = None
    if found is None or not found.stands:
        raise Invalid("effect-source-unknown", field="source", number=number)
    return found.id

"""Pages of effects and quotes: on an activity's own page, a form before and one after, the overview."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from sdg_tracker.access import Permission
from sdg_tracker.accounts import queries as accounts
from sdg_tracker.activities import queries as activities
from sdg_tracker.activities.models import Activity
from sdg_tracker.effects import evidenced, queries, rules, services, telling, wording
from sdg_tracker.effects.agreements import Kind
from sdg_tracker.effects.forms import IntendForm, QuoteForm, QuoteTextForm, ScoresForm, SeeForm
from sdg_tracker.effects.models import Effect
from sdg_tracker.effects.rules import Compared
from sdg_tracker.evidence import uses
from sdg_tracker.foundation.errors import Conflict, Invalid
from sdg_tracker.foundation.i18n import _, in_locale, lazy
from sdg_tracker.goals import queries as goals
from sdg_tracker.web import navigation
from sdg_tracker.web.identity import actor, allow, can
from sdg_tracker.web.lifecycle import page, reading, writing

blueprint = Blueprint("effects", __name__)
uses.register_uses(20, evidenced.of)
navigation.add(35, lazy("Effect"), "effects.index", Permission.EFFECT_READ)


@blueprint.app_context_processor
def _functions() -> dict[str, Any]:
    """Give the page of an activity what it needs to show its effect."""
    return {"effect_of": effect_of}


def effect_of(activity: Activity) -> dict[str, Any] | None:
    """Return what is said of an activity's effect; None for those who may not see it."""
    work = reading()
    if not can(Permission.EFFECT_READ, activity):
        return None
    effect = queries.of_activity(work, activity)
    begun = activity.starts_on is None or activity.starts_on <= work.today
    return {
        "effect": effect,
        "differences": rules.difference(effect.intended, effect.seen) if effect else {},
        "late": _late(effect, activity),
        "quotes": [
            (quote, not rules.hidden(quote, quote.agreements, work.today))
            for quote in queries.quotes_of(work, [activity])
        ],
        "stories": queries.of_story(work, activity) if can(Permission.STORY_READ) else [],
        "may_write": activity.withdrawn_at is None and can(Permission.EFFECT_WRITE, activity),
        "may_see": begun and activity.status != "cancelled",
        "words": wording,
    }


def _late(effect: Effect | None, activity: Activity) -> bool:
    """Return whether what was meant was only said once the activity was over."""
    last = queries.ended(activity)
    return bool(effect and effect.intended_at and last and reading().day_of(effect.intended_at) > last)


@blueprint.get("/effects")
@allow(Permission.EFFECT_READ)
def index() -> ResponseReturnValue:
    """Show what was meant against what was seen: in all, by goal, by house."""
    work = reading()
    years = queries.years(work)
    asked = request.args.get("year", "")
    year = int(asked) if asked.isascii() and asked.isdigit() and int(asked) in years else None
    rows = queries.measured(work, year)
    owner = None if can(Permission.ACTIVITY_IMPORT) else actor().number
    titles = {goal.code: in_locale(goal.title_short_da, goal.title_short_en) for goal in goals.goals(work)}
    houses = {branch.code: branch.title for branch in accounts.branches(work, disabled=True)}
    return page(
        "effects/index.html",
        fragment="effects/_figures.html",
        year=year,
        years=years,
        all=rules.compare(rows),
        measured=rows,
        by_goal=_in_order(rules.by(rows, lambda row: row.goals), titles),
        by_branch=_in_order(rules.by(rows, lambda row: row.branches or ("",)), {**houses, "": _("Outside the houses")}),
        titles=titles,
        houses=houses,
        unseen=queries.unseen(work, owner) if can(Permission.ACTIVITY_ADD) else [],
        wording=wording,
    )


def _in_order(found: Mapping[str, list[Compared]], names: Iterable[str]) -> dict[str, list[Compared]]:
    return {code: found[code] for code in names if code in found}


@blueprint.route("/activities/<int:number>/effect/intended", methods=["GET", "POST"])
@allow(Permission.EFFECT_WRITE)
def intend(number: int) -> ResponseReturnValue:
    """Say what an activity is meant to do."""
    activity, effect = _to_tell(number)
    form = IntendForm(data={"revision": _revision(effect)})
    if not form.is_submitted() and effect is not None:
        form.show_scores(effect.intended)

    def take(seen: int | None) -> None:
        services.intend(writing(), number, form.scores(), seen, form.reason.data or "", no_cpr=form.is_no_cpr)

    return _saved(activity, effect, form, telling.sent(form, take, lambda: _fresh(number)), "intend")


@blueprint.route("/activities/<int:number>/effect/seen", methods=["GET", "POST"])
@allow(Permission.EFFECT_WRITE)
def see(number: int) -> ResponseReturnValue:
    """Say what effect was seen."""
    activity, effect = _to_tell(number)
    if activity.status == "cancelled":
        raise Conflict("effect-activity-cancelled", number=number)
    if activity.starts_on is not None and activity.starts_on > reading().today:
        raise Conflict("effect-too-early", number=number)
    form = SeeForm(data={"revision": _revision(effect)})
    if not form.is_submitted() and effect is not None:
        form.show(effect)

    def take(seen: int | None) -> None:
        services.see(writing(), number, form.details(), seen, form.reason.data or "", no_cpr=form.is_no_cpr)

    return _saved(activity, effect, form, telling.sent(form, take, lambda: _fresh(number)), "see")


def _saved(activity: Activity, effect: Effect | None, form: ScoresForm, status: int, name: str) -> ResponseReturnValue:
    if status == 0:
        flash(_("The effect is saved."))
        return redirect(url_for("activities.show", number=activity.number, _anchor="effect"), 303)
    asks = effect is not None and effect.seen_at is not None
    values: dict[str, Any] = {"activity": activity, "effect": effect, "form": form, "asks_reason": asks}
    return page(f"effects/{name}.html", clash=status == 409, dimensions=rules.scores({}), **values), status


def _to_tell(number: int) -> tuple[Activity, Effect | None]:
    work = reading()
    activity = activities.get(work, number)
    work.require(Permission.EFFECT_WRITE, activity)
    if activity.withdrawn_at is not None:
        raise Conflict("effect-activity-withdrawn", number=number)
    return activity, queries.of_activity(work, activity)


def _revision(effect: Effect | None) -> str:
    return str(effect.revision) if effect else "0"


def _fresh(number: int) -> int:
    """Return the revision that is saved now."""
    effect = queries.of_activity(reading(), activities.get(reading(), number))
    return effect.revision if effect else 0


@blueprint.route("/activities/<int:number>/quotes/new", methods=["GET", "POST"])
@allow(Permission.EFFECT_WRITE)
def add_quote(number: int) -> ResponseReturnValue:
    """Keep what somebody said, with the consent to use it."""
    activity, _effect = _to_tell(number)
    form = QuoteForm(given_on=min(queries.ended(activity) or reading().today, reading().today))
    if form.validate_on_submit():
        try:
            quote = services.add_quote(writing(), number, form.details(), form.consent(), no_cpr=form.is_no_cpr)
        except Invalid as error:
            form.refuse(error)
        else:
            flash(_("The quote is saved."))
            return redirect(telling.address(Kind.QUOTE, quote.number), 303)
    values: dict[str, Any] = {"activity": activity, "form": form, "limit": rules.QUOTE_LONGEST}
    return page("effects/add_quote.html", **values), 422 if form.errors else 200


@blueprint.get("/quotes/<int:number>")
@allow(Permission.EFFECT_READ)
def quote(number: int) -> ResponseReturnValue:
    """Show a quote, what was agreed to, and whether the public sees it."""
    found = queries.quote(reading(), number)
    reading().require(Permission.EFFECT_READ, found.activity)
    return page("effects/quote.html", quote=found, told=found, kind="quote", **telling.standing(found))


@blueprint.route("/quotes/<int:number>/edit", methods=["GET", "POST"])
@allow(Permission.EFFECT_WRITE)
def revise_quote(number: int) -> ResponseReturnValue:
    """Change a quote."""
    told = telling.to_change(Kind.QUOTE, number)
    found = queries.quote(reading(), told.number)
    form = QuoteTextForm(data={"revision": str(found.revision)})
    if not form.is_submitted():
        form.show(found)

    def take(seen: int | None) -> None:
        services.revise_quote(writing(), number, form.details(), seen, no_cpr=form.is_no_cpr)

    status = telling.sent(form, take, lambda: queries.quote(reading(), number).revision)
    if status == 0:
        flash(_("The quote is saved."))
        return redirect(telling.address(Kind.QUOTE, number), 303)
    return page("effects/revise_quote.html", quote=found, form=form, clash=status == 409), status


@blueprint.route("/quotes/<int:number>/consents/new", methods=["GET", "POST"])
@allow(Permission.EFFECT_WRITE)
def quote_consent(number: int) -> ResponseReturnValue:
    """Write down a consent to a quote."""
    return telling.consent(Kind.QUOTE, number)


@blueprint.route("/quotes/<int:number>/no", methods=["GET", "POST"])
@allow(Permission.EFFECT_WRITE)
def take_quote_back(number: int) -> ResponseReturnValue:
    """Write down that the one who said it said no."""
    return telling.take_back(Kind.QUOTE, number)


@blueprint.route("/quotes/<int:number>/withdraw", methods=["GET", "POST"])
@allow(Permission.EFFECT_WRITE)
def withdraw_quote(number: int) -> ResponseReturnValue:
    """Withdraw a quote."""
    return telling.withdraw(Kind.QUOTE, number)


@blueprint.post("/quotes/<int:number>/public")
@allow(Permission.STORY_SHOW)
def show_quote(number: int) -> ResponseReturnValue:
    """Say whether a quote may be shown to the public."""
    return telling.show_outside(Kind.QUOTE, number, **asked())


def asked() -> dict[str, Any]:
    """Return what a button sent: whether the public may see it, and the revision that was shown."""
    revision = request.form.get("revision", type=int)
    return {"public": request.form.get("public") == "yes", "revision": -1 if revision is None else revision}

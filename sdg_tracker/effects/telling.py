"""What the pages of quotes and of stories have in common: consents, somebody's no, the public, withdrawing."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from sdg_tracker.access import Permission
from sdg_tracker.effects import agreements, queries, rules, uses, wording
from sdg_tracker.effects.agreements import Kind, Told
from sdg_tracker.effects.forms import AgreementForm, RevisedForm, TakeBackForm, TakeOutForm
from sdg_tracker.effects.models import Agreement, Quote
from sdg_tracker.evidence import people
from sdg_tracker.evidence.people import Scope
from sdg_tracker.evidence.wording import SCOPE_NAMES
from sdg_tracker.foundation.errors import Conflict, Invalid
from sdg_tracker.foundation.i18n import Text, _
from sdg_tracker.web.identity import can
from sdg_tracker.web.lifecycle import page, reading, writing

_SHOW = {Kind.QUOTE: "effects.quote", Kind.STORY: "stories.show"}


def address(kind: Kind, number: int) -> str:
    """Return the address of the page of a quote or a story."""
    return url_for(_SHOW[kind], number=number)


def find(kind: Kind, number: int) -> Told:
    """Return a quote or a story. Raises NotFound."""
    return queries.quote(reading(), number) if kind is Kind.QUOTE else queries.story(reading(), number)


def to_change(kind: Kind, number: int) -> Told:
    """Return a quote or a story for a page that changes it. Raises Forbidden, and Conflict for a withdrawn one."""
    told = find(kind, number)
    agreements.require(reading(), told)
    if told.withdrawn_at is not None:
        raise Conflict("told-withdrawn", number=number)
    return told


def may_change(told: Told) -> bool:
    """Return whether the one who asks may change a quote or a story that is not withdrawn."""
    if told.withdrawn_at is not None:
        return False
    if isinstance(told, Quote):
        return can(Permission.EFFECT_WRITE, told.activity)
    return can(Permission.STORY_REVISE, told)


def standing(told: Told) -> dict[str, Any]:
    """Return what a page tells of who sees a quote or a story, and of those in it."""
    work = reading()
    hidden = rules.hidden(told, told.agreements, work.today)
    agreed = [(one, people.stands(one, work.today), _scopes(one)) for one in told.agreements]
    kind = Kind.QUOTE if isinstance(told, Quote) else Kind.STORY
    return {
        "reasons": [wording.REASON_NAMES[reason.value] for reason in hidden],
        "agreed": agreed,
        "held": uses.held(work, kind.value, told.number) if told.taken_back else [],
        "may_change": may_change(told),
        "may_show": may_change(told) and can(Permission.STORY_SHOW, told),
        "wording": wording,
    }


def _scopes(agreement: Agreement) -> list[Text]:
    return [SCOPE_NAMES[scope.value] for scope in Scope if people.covers(agreement, scope)]


def consent(kind: Kind, number: int) -> ResponseReturnValue:
    """Write down a consent."""
    told = to_change(kind, number)
    form = AgreementForm(given_on=reading().today)
    if form.validate_on_submit():
        try:
            agreements.add(writing(), kind, number, form.consent(), no_cpr=form.is_no_cpr)
        except Invalid as error:
            form.refuse(error)
        else:
            flash(_("The consent is saved."))
            return redirect(address(kind, number), 303)
    values: dict[str, Any] = {"told": told, "form": form, "back": address(kind, number)}
    return page("effects/consent.html", **values), 422 if form.errors else 200


def take_back(kind: Kind, number: int) -> ResponseReturnValue:
    """Write down that somebody said no."""
    told = to_change(kind, number)
    form, status = TakeBackForm(day=reading().today), 200
    form.offer(told)
    if form.validate_on_submit():
        try:
            agreements.take_back(writing(), kind, number, form.details(), no_cpr=form.is_no_cpr)
        except (Invalid, Conflict) as error:
            form.refuse(error)
            status = error.status
        else:
            flash(_("It is written down, and taken out of everything that is not frozen."))
            return redirect(address(kind, number), 303)
    held = uses.held(reading(), kind.value, number)
    values: dict[str, Any] = {"told": told, "form": form, "back": address(kind, number), "held": held}
    return page("effects/take_back.html", **values), 422 if form.errors and status == 200 else status


def withdraw(kind: Kind, number: int) -> ResponseReturnValue:
    """Withdraw a quote or a story."""
    told = to_change(kind, number)
    form = TakeOutForm(data={"revision": str(told.revision)})

    def take(seen: int | None) -> None:
        agreements.withdraw(writing(), kind, number, form.reason.data or "", seen, no_cpr=form.is_no_cpr)

    status = sent(form, take, lambda: find(kind, number).revision)
    if status == 0:
        flash(_("It is withdrawn."))
        return redirect(address(kind, number), 303)
    values: dict[str, Any] = {"told": told, "form": form, "back": address(kind, number), "clash": status == 409}
    return page("effects/withdraw.html", **values), status


def show_outside(kind: Kind, number: int, *, public: bool, revision: int | None) -> ResponseReturnValue:
    """Say whether a quote or a story may be shown to the public."""
    agreements.show_outside(writing(), kind, number, public, revision)
    flash(_("It may be shown to the public now.") if public else _("It is no longer shown to the public."))
    return redirect(address(kind, number), 303)


def sent(form: RevisedForm, step: Callable[[int | None], object], fresh: Callable[[], int]) -> int:
    """Take a step with what a form sent; return 0 when it was taken, else the status of the page with the form.

    Where somebody else saved meanwhile, the form can be sent again over what stands now.
    """
    if not form.validate_on_submit():
        return 422 if form.errors else 200
    try:
        step(form.seen())
    except Invalid as problem:
        form.refuse(problem)
        return 422
    except Conflict as problem:
        if problem.code != "changed-meanwhile":
            raise
        reading().session.rollback()
        form.renew(fresh())
        return 409
    return 0

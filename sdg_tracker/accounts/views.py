"""Signing in and out, choosing a password, one's own account."""

from typing import Any

from flask import Blueprint, flash, make_response, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from sdg_tracker.access import ROLE_NAMES, Permission
from sdg_tracker.accounts import entrance, queries, services
from sdg_tracker.accounts.forms import ChangePasswordForm, LanguageForm, NewPasswordForm, SignInForm
from sdg_tracker.foundation.errors import Conflict, Invalid, NotFound
from sdg_tracker.foundation.i18n import _, current_locale, use_locale
from sdg_tracker.web import identity, lifecycle
from sdg_tracker.web.identity import allow
from sdg_tracker.web.lifecycle import page, reading, writing

blueprint = Blueprint("accounts", __name__)
identity.register_loader(queries.person)


@blueprint.route("/sign-in", methods=["GET", "POST"])
@allow(Permission.PUBLIC_READ)
def sign_in() -> ResponseReturnValue:
    """Begin a session."""
    form = SignInForm(next=request.args.get("next", ""))
    status, wait = 200, 0
    if request.method == "GET" and identity.person() is not None:
        return redirect(lifecycle.local_address(form.next.data), 303)
    if form.validate_on_submit():
        try:
            begun = entrance.sign_in(lifecycle.workplace(), form.email.data or "", form.password.data or "", _address())
        except (Invalid, Conflict) as problem:
            form.refuse(problem)
            wait = int(str(problem.facts.get("seconds", 0)))
            status = 429 if wait else problem.status
        else:
            identity.sign_in(begun.number, begun.epoch, begun.library_id, begun.language)
            return redirect(lifecycle.local_address(form.next.data), 303)
    elif form.errors:
        status = 422
    answer = make_response(_entrance("accounts/sign_in.html", form=form), status)
    if wait:
        answer.headers["Retry-After"] = str(wait)
    return answer


@blueprint.post("/sign-out")
@allow(Permission.ACCOUNT_OWN)
def sign_out() -> ResponseReturnValue:
    """End the session."""
    identity.sign_out()
    return redirect(url_for("accounts.sign_in"), 303)


@blueprint.route("/password/<token>", methods=["GET", "POST"])
@allow(Permission.PUBLIC_READ)
def password(token: str) -> ResponseReturnValue:
    """Choose a password, for the one who holds the link."""
    form, status = NewPasswordForm(), 200
    try:
        user = entrance.invited(reading(), token)
        if form.validate_on_submit():
            entrance.set_password(lifecycle.workplace(), token, form.password.data or "")
            identity.sign_out()
            flash(_("Your password is saved. Sign in with it."))
            return redirect(url_for("accounts.sign_in"), 303)
    except Invalid as problem:
        if problem.field is None:
            return _private(_entrance("accounts/link_over.html", reason=str(problem)), 410)
        form.refuse(problem)
    if form.errors:
        status = 422
    return _private(_entrance("accounts/password.html", form=form, user=user), status)


@blueprint.get("/account")
@allow(Permission.ACCOUNT_OWN)
def me() -> ResponseReturnValue:
    """Show one's own account."""
    return _account()


@blueprint.post("/account/password")
@allow(Permission.ACCOUNT_OWN)
def change_password() -> ResponseReturnValue:
    """Change one's own password; this session goes on, all others end."""
    form = ChangePasswordForm()
    if form.validate_on_submit():
        try:
            begun = entrance.change_password(
                lifecycle.workplace(), identity.actor(), form.present.data or "", form.password.data or "", _address()
            )
        except (Invalid, Conflict) as problem:
            form.refuse(problem)
        else:
            identity.sign_in(begun.number, begun.epoch, begun.library_id, current_locale())
            flash(_("Your password is changed. You are signed out on all other devices."))
            return redirect(url_for("accounts.me"), 303)
    return _account(passwords=form)


@blueprint.post("/account/language")
@allow(Permission.ACCOUNT_OWN)
def choose_language() -> ResponseReturnValue:
    """Keep the language in which one reads the product."""
    form = LanguageForm()
    if form.validate_on_submit():
        services.choose_language(writing(), form.language.data)
        session["language"] = form.language.data
        with use_locale(form.language.data):
            flash(_("Your language is saved."))
        return redirect(url_for("accounts.me"), 303)
    return _account(language=form)


@blueprint.post("/account/library")
@allow(Permission.ACCOUNT_OWN)
def choose_library() -> ResponseReturnValue:
    """Go on in another library that one belongs to."""
    person = identity.person()
    chosen = request.form.get("library", "")
    libraries = {str(key): key for key, _name in person.libraries} if person is not None else {}
    if person is None or person.actor.number is None or chosen not in libraries:
        raise NotFound("not-found")
    identity.sign_in(person.actor.number, session["epoch"], libraries[chosen], current_locale())
    return redirect("/", 303)


@blueprint.post("/account/sessions")
@allow(Permission.ACCOUNT_OWN)
def end_sessions() -> ResponseReturnValue:
    """Sign out on all devices, also this one."""
    services.end_sessions(writing())
    identity.sign_out()
    flash(_("You are signed out on all devices."))
    return redirect(url_for("accounts.sign_in"), 303)


def _account(
    *, passwords: ChangePasswordForm | None = None, language: LanguageForm | None = None
) -> ResponseReturnValue:
    membership = queries.member(reading(), identity.actor().number or 0)
    person = identity.person()
    body = page(
        "accounts/me.html",
        user=membership.user,
        role=ROLE_NAMES[identity.actor().role],
        libraries=person.libraries if person is not None else (),
        passwords=passwords or ChangePasswordForm(formdata=None),
        language=language or LanguageForm(formdata=None, language=current_locale()),
    )
    return make_response(body, 422 if passwords is not None or language is not None else 200)


def _entrance(template: str, **values: Any) -> str:
    return page(template, library_name=queries.only_library(reading()), **values)


def _address() -> str:
    return request.remote_addr or ""


def _private(body: str, status: int) -> ResponseReturnValue:
    """The address holds a token: no cache keeps the page, and no other page learns where one came from."""
    answer = make_response(body, status)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Referrer-Policy"] = "strict-origin"
    return answer

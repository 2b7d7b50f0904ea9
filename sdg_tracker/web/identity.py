"""Who is asking, and whether the route is open to them. A route without a permission is closed."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from flask import Flask, current_app, flash, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from sdg_tracker.access import ANYONE, Actor, Permission, allowed, may_ever
from sdg_tracker.foundation.errors import Forbidden
from sdg_tracker.foundation.i18n import _
from sdg_tracker.work import Workplace

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])


@dataclass(frozen=True)
class Person:
    """Who has signed in, as pages show it. ``libraries`` holds (key, name) of all that they may choose."""

    actor: Actor
    name: str
    language: str | None
    libraries: tuple[tuple[int, str], ...] = ()


Loader = Callable[[Workplace, int, int, int], Person | None]  # user number, session epoch, library key
Visitors = Callable[
    [Workplace, int, int, int], Person | None
]  # key of what lets the visitor in, its epoch, library key
_loaders: list[Loader] = []
_visitors: dict[str, Visitors] = {}  # by the name that the cookie holds the key under


def register_loader(loader: Loader) -> None:
    """Give the function that finds the person of a cookie; None when the cookie no longer holds."""
    _loaders[:] = [loader]


def register_visitors(name: str, loader: Visitors) -> None:
    """Give the function that finds somebody who was let in without an account; None once that has ended."""
    _visitors[name] = loader


def allow(permission: Permission, *, logged: bool = False) -> Callable[[View], View]:
    """Open a route to those with the permission; ``logged``: the view notes in the trail what was read."""

    def mark(view: View) -> View:
        view.__dict__["permission"], view.__dict__["logged"] = permission, logged
        return view

    return mark


def permission_of(endpoint: str) -> Permission | None:
    """Return what a route asks for, None when it names nothing (and so is closed)."""
    view = current_app.view_functions.get(endpoint)
    return getattr(view, "permission", None)


def person() -> Person | None:
    """Return who has signed in."""
    found: Person | None = g.get("person")
    return found


def actor() -> Actor:
    """Return who acts; anyone when nobody has signed in."""
    found = person()
    return found.actor if found else ANYONE


def can(permission: Permission, record: object = None) -> bool:
    """Return whether the one who asks may."""
    return allowed(actor(), permission, record)


def sign_in(user_number: int, epoch: int, library_id: int, language: str | None) -> None:
    """Begin a session; what the cookie held before is dropped."""
    kept = language or session.get("language")
    session.clear()
    session.permanent = True
    session.update(user=user_number, epoch=epoch, library=library_id)
    if kept:
        session["language"] = kept


def let_in(name: str, key: int, epoch: int, library_id: int) -> None:
    """Begin a session without an account; what the cookie held before is dropped."""
    sign_out()
    session.permanent = True
    session.update({name: key, "epoch": epoch, "library": library_id})


def sign_out() -> None:
    """End the session; the language stays."""
    kept = session.get("language")
    session.clear()
    if kept:
        session["language"] = kept


def init_app(app: Flask) -> None:
    """Ask before every request who it is and whether the route is open."""

    @app.before_request
    def identify() -> None:
        g.person = None
        if request.endpoint == "static" or "library" not in session:
            return
        g.person = _of_cookie(current_app.extensions["workplace"])
        if g.person is None:
            sign_out()

    @app.before_request
    def guard() -> ResponseReturnValue | None:
        if request.endpoint is None or request.endpoint == "static":
            return None
        permission = permission_of(request.endpoint)
        if permission is not None and may_ever(actor(), permission):
            return None
        if permission is not None and person() is None:
            target = request.full_path.rstrip("?") if request.method == "GET" else None
            if target is None:
                flash(_("Nothing was saved, for you are not signed in. Go back to find what you wrote."), "warning")
            return redirect(url_for("accounts.sign_in", next=target), 303)
        raise Forbidden("forbidden", permission=permission)


def _of_cookie(workplace: Workplace) -> Person | None:
    if "user" in session and _loaders:
        return _loaders[0](workplace, session["user"], session["epoch"], session["library"])
    for name, loader in _visitors.items():
        if name in session:
            return loader(workplace, session[name], session.get("epoch", 0), session["library"])
    return None

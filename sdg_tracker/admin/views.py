"""Pages on the whole library and installation: users, branches, who may do what, the trail, how the installation is."""

from collections.abc import Callable

from flask import Blueprint, current_app, flash, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from sdg_tracker import installation as installed
from sdg_tracker.access import CONDITION_NAMES, PERMISSION_NAMES, ROLE_NAMES, TABLE, Permission, Role
from sdg_tracker.accounts import queries as accounts
from sdg_tracker.accounts import services
from sdg_tracker.accounts.models import Membership, User
from sdg_tracker.admin import events, health, queries
from sdg_tracker.admin.forms import (
    ROLE_HINTS,
    BranchEditForm,
    BranchForm,
    LibraryForm,
    RoleForm,
    TrailFilter,
    UserForm,
)
from sdg_tracker.foundation.errors import Conflict, Invalid
from sdg_tracker.foundation.i18n import Text, _, lazy
from sdg_tracker.foundation.text import sort_key
from sdg_tracker.keeping import queries as keeping
from sdg_tracker.web import navigation
from sdg_tracker.web.forms import choices
from sdg_tracker.web.identity import allow
from sdg_tracker.web.lifecycle import page, reading, workplace, writing
from sdg_tracker.web.paging import Pager, page_asked

blueprint = Blueprint("admin", __name__)
blueprint.add_url_rule("/healthz", view_func=health.healthz)
blueprint.add_url_rule("/readyz", view_func=health.readyz)
navigation.add(90, lazy("Administration"), "admin.index", Permission.USER_READ)
navigation.add_to_footer(10, lazy("Who may do what"), "admin.access", Permission.ACCESS_READ)
EVENTS_ON_A_PAGE = 50


@blueprint.get("/admin")
@allow(Permission.USER_READ)
def index() -> ResponseReturnValue:
    """Show what there is to administer."""
    work = reading()
    return page("admin/index.html", counts=queries.counts(work), watch=keeping.watch(work))


@blueprint.get("/admin/access")
@allow(Permission.ACCESS_READ)
def access() -> ResponseReturnValue:
    """Show who may do what, made from the table that decides it."""
    rows: list[tuple[Permission, list[tuple[Role, Text | None]]]] = []
    for permission in Permission:
        lines = TABLE.get(permission, {})
        rows.append((permission, [(role, CONDITION_NAMES[lines[role]] if role in lines else None) for role in Role]))
    return page(
        "admin/access.html",
        rows=rows,
        roles=tuple(Role),
        role_names=ROLE_NAMES,
        permission_names=PERMISSION_NAMES,
    )


@blueprint.get("/admin/users")
@allow(Permission.USER_READ)
def users() -> ResponseReturnValue:
    """List the library's people."""
    return page("admin/users.html", members=accounts.members(reading()), role_names=_role_names())


@blueprint.route("/admin/users/new", methods=["GET", "POST"])
@allow(Permission.USER_MANAGE)
def add_user() -> ResponseReturnValue:
    """Add a person, and show once the link with which they choose a password."""
    form = UserForm()
    if form.validate_on_submit():
        try:
            user = services.add_user(writing(), form.email.data or "", form.name.data or "", form.chosen())
            if user.password_hash is None and not accounts.belongs_elsewhere(writing(), user.number):
                return _link(user, services.password_link(writing(), user))
        except Invalid as problem:
            form.refuse(problem)
        else:
            flash(_("%(name)s had an account already and signs in with their own password.", name=_shown(user)))
            return redirect(url_for("admin.user", number=user.number), 303)
    return page("admin/user_new.html", form=form, hints=ROLE_HINTS), 422 if form.errors else 200


@blueprint.get("/admin/users/<int:number>")
@allow(Permission.USER_READ)
def user(number: int) -> ResponseReturnValue:
    """Show a person."""
    return _user(accounts.member(reading(), number))


@blueprint.post("/admin/users/<int:number>/role")
@allow(Permission.USER_MANAGE)
def set_role(number: int) -> ResponseReturnValue:
    """Give a person another role."""
    membership = accounts.member(reading(), number)
    form = RoleForm()
    if form.validate_on_submit():
        try:
            services.set_role(writing(), number, form.chosen(), form.seen())
        except Conflict as problem:
            form.refuse_stale(problem)
            return _user(membership, form, 409)
        flash(_("The role is changed."))
        return redirect(url_for("admin.user", number=number), 303)
    return _user(membership, form, 422)


@blueprint.post("/admin/users/<int:number>/disable")
@allow(Permission.USER_MANAGE)
def disable_user(number: int) -> ResponseReturnValue:
    """End a person's access."""
    services.disable_user(writing(), number)
    flash(_("The account is disabled, and its sessions have ended."))
    return redirect(url_for("admin.user", number=number), 303)


@blueprint.post("/admin/users/<int:number>/enable")
@allow(Permission.USER_MANAGE)
def enable_user(number: int) -> ResponseReturnValue:
    """Give a person access again."""
    services.enable_user(writing(), number)
    flash(_("The account is enabled."))
    return redirect(url_for("admin.user", number=number), 303)


@blueprint.post("/admin/users/<int:number>/link")
@allow(Permission.USER_MANAGE)
def make_link(number: int) -> ResponseReturnValue:
    """Show once a new link to choose a password."""
    found = accounts.member(writing(), number).user
    return _link(found, services.password_link(writing(), found))


@blueprint.get("/admin/branches")
@allow(Permission.LIBRARY_MANAGE)
def branches() -> ResponseReturnValue:
    """List the library's houses."""
    return page("admin/branches.html", branches=accounts.branches(reading(), disabled=True))


@blueprint.route("/admin/branches/new", methods=["GET", "POST"])
@allow(Permission.LIBRARY_MANAGE)
def add_branch() -> ResponseReturnValue:
    """Add a house."""
    form = BranchForm()
    if form.validate_on_submit():
        try:
            services.add_branch(writing(), form.name.data or "", name_en=form.name_en.data or "")
        except Invalid as problem:
            form.refuse(problem)
        else:
            flash(_("The branch is added."))
            return redirect(url_for("admin.branches"), 303)
    return page("admin/branch.html", form=form, branch=None), 422 if form.errors else 200


@blueprint.route("/admin/branches/<code>/edit", methods=["GET", "POST"])
@allow(Permission.LIBRARY_MANAGE)
def revise_branch(code: str) -> ResponseReturnValue:
    """Change a house."""
    branch = accounts.branch(reading(), code)
    form = BranchEditForm(obj=branch)
    status = 200
    if form.validate_on_submit():
        try:
            services.revise_branch(
                writing(),
                code,
                form.seen(),
                name=form.name.data or "",
                name_en=form.name_en.data or "",
                position=form.position.data,
            )
        except Conflict as problem:
            form.refuse_stale(problem)
            status = 409
        else:
            flash(_("The branch is saved."))
            return redirect(url_for("admin.branches"), 303)
    elif form.errors:
        status = 422
    return page("admin/branch.html", form=form, branch=branch), status


@blueprint.post("/admin/branches/<code>/disable")
@allow(Permission.LIBRARY_MANAGE)
def disable_branch(code: str) -> ResponseReturnValue:
    """Take a house out of use."""
    services.disable_branch(writing(), code)
    flash(_("The branch is taken out of use. What happened there stays."))
    return redirect(url_for("admin.branches"), 303)


@blueprint.post("/admin/branches/<code>/enable")
@allow(Permission.LIBRARY_MANAGE)
def enable_branch(code: str) -> ResponseReturnValue:
    """Take a house into use again."""
    services.enable_branch(writing(), code)
    flash(_("The branch is in use again."))
    return redirect(url_for("admin.branches"), 303)


@blueprint.route("/admin/library", methods=["GET", "POST"])
@allow(Permission.LIBRARY_MANAGE)
def library() -> ResponseReturnValue:
    """Change the library itself."""
    found = reading().library
    form = LibraryForm(obj=found)
    form.offer([(row.slug, row.title) for row in queries.strategies(reading())], found.timezone)
    status = 200
    if form.validate_on_submit():
        try:
            services.revise_library(
                writing(),
                form.seen(),
                name=form.name.data or "",
                name_en=form.name_en.data or "",
                timezone=form.timezone.data,
                strategy=form.strategy.data or None,
                own_review=bool(form.own_review.data),
                disposal_months=form.disposal_months.data,
            )
        except Conflict as problem:
            form.refuse_stale(problem)
            status = 409
        else:
            flash(_("The library is saved."))
            return redirect(url_for("admin.index"), 303)
    elif form.errors:
        status = 422
    return page("admin/library.html", form=form), status


@blueprint.get("/admin/trail")
@allow(Permission.TRAIL_READ)
def trail() -> ResponseReturnValue:
    """Show what happened, the newest first."""
    work = reading()
    form = TrailFilter(request.args)
    form.action.choices = choices([("", _("Everything")), *_sorted(queries.actions(work), events.action_name)])
    form.subject.choices = choices([("", _("Everything")), *_sorted(queries.subjects(work), events.subject_name)])
    asked = page_asked()
    found, total = queries.events(
        work,
        action=form.action.data or "",
        subject=form.subject.data or "",
        offset=(asked - 1) * EVENTS_ON_A_PAGE,
        size=EVENTS_ON_A_PAGE,
    )
    names = accounts.names(work, events.people(found))
    return page(
        "admin/trail.html",
        fragment="admin/_events.html",
        form=form,
        lines=[events.line(event, names) for event in found],
        pager=Pager(asked, total, EVENTS_ON_A_PAGE),
    )


@blueprint.get("/admin/installation")
@allow(Permission.INSTALLATION_READ)
def installation() -> ResponseReturnValue:
    """Show how the installation is."""
    checks = installed.checks(workplace(), current_app.extensions.get("queue"))
    work = reading()
    return page(
        "admin/installation.html",
        checks=checks,
        names=installed.CHECK_NAMES,
        counts=queries.counts(work),
        watch=keeping.watch(work),
        backup=keeping.last_backup(work),
        backed_up=bool(work.settings.backup),
    )


def _user(membership: Membership, form: RoleForm | None = None, status: int = 200) -> ResponseReturnValue:
    form = form or RoleForm(formdata=None, obj=membership)
    elsewhere = accounts.belongs_elsewhere(reading(), membership.user_number)
    body = page(
        "admin/user.html",
        membership=membership,
        form=form,
        elsewhere=elsewhere,
        role_names=_role_names(),
        hints=ROLE_HINTS,
    )
    return make_response(body, status)


def _link(user: User, address: str) -> ResponseReturnValue:
    """The link is shown in this one answer, and no cache keeps it."""
    answer = make_response(page("admin/link.html", user=user, address=address))
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _shown(user: User) -> str:
    return user.name or user.email


def _role_names() -> dict[str, Text]:
    return {role.value: name for role, name in ROLE_NAMES.items()}


def _sorted(codes: list[str], name: Callable[[str], str]) -> list[tuple[str, str]]:
    return sorted(((code, name(code)) for code in codes), key=lambda pair: sort_key(pair[1]))

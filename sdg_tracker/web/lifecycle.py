"""The life of a request: its reading and its one writing step, the answer, its headers, and what goes wrong."""

import logging
import secrets
from datetime import timedelta
from typing import Any

from flask import Blueprint, Flask, Response, current_app, g, make_response, redirect, render_template, request, session
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from sdg_tracker import trail
from sdg_tracker.access import Permission
from sdg_tracker.foundation import i18n, logs
from sdg_tracker.foundation.errors import Problem
from sdg_tracker.foundation.i18n import _
from sdg_tracker.printing import axes, curves, plots
from sdg_tracker.web import identity, navigation
from sdg_tracker.work import Work, Workplace

log = logging.getLogger(__name__)
blueprint = Blueprint("web", __name__)
csrf = CSRFProtect()
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
FILES_AT_ONCE = 20  # uploads of the largest size in one request


class _Sessions(SecureCookieSessionInterface):
    """Cookies as Flask sends them, but none with an answer that everybody may keep: it is the same for all."""

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Send the cookie, unless anybody may keep the answer."""
        if not response.cache_control.public:
            super().save_session(app, session, response)


def workplace() -> Workplace:
    """Return the workplace of this application."""
    found: Workplace = current_app.extensions["workplace"]
    return found


def reading() -> Work:
    """Return this request's work for reading; after a write it sees what was written only in the next request."""
    if "reading" not in g:
        acting = identity.actor()
        g.reading = workplace().begin(acting, acting.library_id, writes=False)
    work: Work = g.reading
    return work


def writing() -> Work:
    """Return this request's one writing step, committed when the answer is a success. Raises RuntimeError on a GET."""
    if request.method in ("GET", "HEAD"):
        raise RuntimeError("a GET writes nothing")
    if "writing" not in g:
        acting = identity.actor()
        g.writing = workplace().begin(acting, acting.library_id, writes=True)
    work: Work = g.writing
    return work


def note_access(action: str, subject: object, **facts: object) -> None:
    """Note in the trail, once the answer is ready, that something was read."""
    g.accessed = (action, subject, facts)


def wants_fragment() -> bool:
    """Return whether htmx asks for a part of the page only."""
    return request.headers.get("HX-Request-Type") == "partial"


def wants_json() -> bool:
    """Return whether a program asks, such as a script of ours, to which a page says nothing."""
    return request.accept_mimetypes.best == "application/json"


def page(template: str, *, fragment: str | None = None, **values: Any) -> str:
    """Return the page, or only its fragment when htmx asks for that."""
    return render_template(fragment if fragment and wants_fragment() else template, **values)


@blueprint.post("/language")
@identity.allow(Permission.PUBLIC_READ)
def language() -> ResponseReturnValue:
    """Choose the language for this browser."""
    chosen = request.form.get("language", "")
    if chosen in i18n.LOCALES:
        session["language"] = chosen
        session.permanent = True
    return redirect(local_address(request.form.get("next")), 303)


def local_address(address: str | None) -> str:
    """Return the address if it stays on this site, else the first page."""
    text = address or ""
    return text if text.startswith("/") and not text.startswith(("//", "/\\")) and text.isprintable() else "/"


def work_at(app: Flask, place: Workplace) -> None:
    """Let an application work at a workplace, and as its settings say."""
    settings = place.settings
    app.extensions["workplace"] = place
    app.config.update(
        SECRET_KEY=settings.key(),
        SESSION_COOKIE_NAME="sdg",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.url.startswith("https:"),
        PERMANENT_SESSION_LIFETIME=timedelta(hours=12),
        MAX_CONTENT_LENGTH=settings.upload_limit * FILES_AT_ONCE,
        MAX_FORM_PARTS=1000,
        WTF_CSRF_TIME_LIMIT=None,  # it lives as long as the session, so a form left open is not lost
        SEND_FILE_MAX_AGE_DEFAULT=timedelta(hours=1),
    )


def init_app(app: Flask, place: Workplace) -> None:
    """Set up everything that all requests share."""
    work_at(app, place)
    app.session_interface = _Sessions()
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(_gettext, _ngettext, newstyle=True)  # type: ignore[attr-defined]
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        date=lambda value: i18n.format_date(value) if value else "",
        datetime=_local_time,
        number=lambda value: i18n.format_number(value) if value is not None else "",
        filesize=i18n.format_size,
    )
    app.jinja_env.globals.update(can=identity.can, Permission=Permission, axes=axes, curves=curves, plots=plots)
    if hops := place.settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    app.before_request(_begin)
    identity.init_app(app)
    app.before_request(_choose_language)
    csrf.init_app(app)
    app.context_processor(_context)
    app.after_request(_finish)
    app.teardown_request(_close)
    app.register_error_handler(Problem, _refused)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _failed)
    app.register_blueprint(blueprint)


def _gettext(message: str) -> str:
    return i18n.catalogue(i18n.current_locale()).gettext(message)


def _ngettext(one: str, many: str, number: int) -> str:
    return i18n.catalogue(i18n.current_locale()).ngettext(one, many, number)


def _local_time(value: Any) -> str:
    if not value:
        return ""
    zone = reading().library.timezone if identity.actor().library_id else "Europe/Copenhagen"
    return i18n.format_datetime(value, zone)


def _begin() -> None:
    g.reference = secrets.token_hex(4)
    logs.reference.set(g.reference)
    i18n.set_locale(workplace().settings.language)


def _choose_language() -> None:
    found = identity.person()
    chosen = session.get("language") or (found.language if found else None) or workplace().settings.language
    i18n.set_locale(chosen if chosen in i18n.LOCALES else "da")


def _context() -> dict[str, object]:
    found = identity.person()
    return {
        "actor": found,
        "library": reading().library if found else None,
        "locale": i18n.current_locale(),
        "navigation": navigation.entries() if found else [],
        "footer_links": navigation.footer(),
    }


def _finish(response: Response) -> Response:
    if "writing" in g:
        work: Work = g.pop("writing")
        if response.status_code < 400:
            try:
                workplace().commit(work)
            except Problem as problem:
                response = _refused(problem)
        else:
            work.session.close()
    if "accessed" in g and response.status_code < 400:
        action, subject, facts = g.pop("accessed")
        acting = identity.actor()
        if acting.library_id is not None:
            trail.access(workplace(), acting, acting.library_id, action, subject, **facts)
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers["X-Reference"] = g.get("reference", "")
    if request.endpoint != "static":
        log.info("%s %s %s", request.method, request.path, response.status_code)
    if response.mimetype == "text/html" and not response.cache_control.public:
        response.vary.update(("HX-Request", "Cookie"))
        response.headers.setdefault("Cache-Control", "private, no-cache")
    return response


def _close(_error: BaseException | None) -> None:
    for name in ("writing", "reading"):
        if name in g:
            g.pop(name).session.close()


def error_page(status: int, title: str, text: str) -> Response:
    """Return the page that says what went wrong and what to do next; as JSON to a program."""
    reference = g.get("reference", "")
    if wants_json():
        return make_response({"title": title, "text": text, "reference": reference}, status)
    body = render_template("errors/error.html", status=status, title=title, text=text, reference=reference)
    return make_response(body, status)


TITLES = {
    400: i18n.lazy("This could not be read"),
    403: i18n.lazy("No access"),
    404: i18n.lazy("Not found"),
    405: i18n.lazy("Not possible here"),
    409: i18n.lazy("Not possible now"),
    413: i18n.lazy("Too much at once"),
    422: i18n.lazy("This could not be saved"),
    500: i18n.lazy("Something went wrong"),
    503: i18n.lazy("Not ready"),
}


def _refused(problem: Problem) -> Response:
    log.info("refused %s: %s", problem.status, problem.code)
    return error_page(problem.status, str(TITLES[problem.status]), str(problem))


def _stale_form(error: CSRFError) -> Response:
    log.info("csrf: %s", error.description)
    text = _("The page was open too long or your session ended. Go back, copy what you wrote, and open the page again.")
    return error_page(400, str(TITLES[400]), text)


def _http_error(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if status < 400:
        return error
    if status == 500:
        return _failed(getattr(error, "original_exception", None) or error)
    texts = {
        404: _("There is no page at this address. It may have been moved, or the address may be mistyped."),
        405: _("This address can't be used that way. Go back and try again."),
        413: _("What was sent is larger than the limit. Send fewer or smaller files."),
    }
    return error_page(status, str(TITLES.get(status, TITLES[400])), texts.get(status, _("The request was refused.")))


def _failed(error: Exception) -> Response:
    log.error("request failed: %s", request.path, exc_info=error)
    text = _(
        "The fault is ours and has been noted. Nothing was saved. Try again; if it comes back, give us the reference."
    )
    return error_page(500, str(TITLES[500]), text)

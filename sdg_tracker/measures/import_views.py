"""Readings from a file in steps: look at it, say what its columns mean where that is not known, keep it all."""

import io
from dataclasses import asdict, dataclass, field

from flask import Blueprint, current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadSignature, URLSafeTimedSerializer

from sdg_tracker.access import Permission
from sdg_tracker.accounts import queries as accounts
from sdg_tracker.foundation.errors import Invalid, words
from sdg_tracker.foundation.i18n import lazy, ngettext_
from sdg_tracker.foundation.tables import FILE_LIMIT, Fault, ImportRefused, read_bytes
from sdg_tracker.measures import loading, queries
from sdg_tracker.measures.columns import COLUMNS
from sdg_tracker.measures.forms import ColumnsForm, ConfirmForm, UploadForm
from sdg_tracker.measures.importing import CounterColumns, Line
from sdg_tracker.measures.loading import Report
from sdg_tracker.measures.periods import Period
from sdg_tracker.measures.showing import Shown
from sdg_tracker.measures.states import QUALIFIER_NAMES
from sdg_tracker.web import navigation
from sdg_tracker.web.identity import actor, allow
from sdg_tracker.web.lifecycle import page, reading, writing

blueprint = Blueprint("loading", __name__)
navigation.belongs("loading", "measures")
TICKET_SECONDS = 24 * 60 * 60
NAME_SHOWN = 100  # characters of the name of a file
ROWS_SHOWN = 50

words({"readings-ticket-spent": lazy("The file was chosen too long ago, or by somebody else. Choose it once more.")})


@dataclass(frozen=True)
class Chosen:
    """A file that somebody chose, and what they said of it."""

    content: bytes
    name: str
    sha256: str
    decimal: str = ""
    mapping: CounterColumns | None = None

    def ticket(self) -> str:
        """Return the file and what was said of it, as a text that can't be forged."""
        told = asdict(self.mapping) if self.mapping else None
        return _tickets().dumps([self.sha256, self.name, actor().number, actor().library_id, self.decimal, told])


@dataclass
class Steps:
    """The forms of the three steps, and what was found."""

    upload: UploadForm = field(default_factory=UploadForm)
    columns: ColumnsForm = field(default_factory=ColumnsForm)
    confirm: ConfirmForm = field(default_factory=ConfirmForm)
    report: Report | None = None
    faults: list[Fault] = field(default_factory=list)
    asks: bool = False  # what the columns mean


@blueprint.route("/measures/import", methods=["GET", "POST"])
@allow(Permission.READING_IMPORT)
def import_() -> ResponseReturnValue:
    """Import readings from a file."""
    steps, step = Steps(), request.form.get("step", "")
    form = {"confirm": steps.confirm, "columns": steps.columns}.get(step, steps.upload)
    try:
        if form.validate_on_submit():
            if step == "confirm":
                return _kept(_opened(steps.confirm.ticket.data or ""))
            if step == "columns":
                _mapped(steps, _opened(steps.columns.ticket.data or ""))
            else:
                _uploaded(steps)
    except ImportRefused as refused:
        steps.faults = refused.faults
    except Invalid as problem:
        (steps.columns if steps.asks and problem.field in steps.columns else steps.upload).refuse(problem)
    return _shown(steps)


def _uploaded(steps: Steps) -> None:
    """Look at a file, or ask what its columns mean."""
    upload = steps.upload.document.data
    name = (upload.filename or "")[-NAME_SHOWN:]
    content = read_bytes(upload.stream, name)
    sha256 = reading().blobs.put(io.BytesIO(content)).sha256
    chosen = Chosen(content, name, sha256, steps.upload.decimal.data or "")
    if loading.is_list(content, name):
        steps.report = loading.look(reading(), content, name, decimal=chosen.decimal)
        steps.confirm = ConfirmForm(formdata=None, data={"ticket": chosen.ticket(), "step": "confirm"})
        return
    data = {"decimal": chosen.decimal, "step": "columns", "ticket": chosen.ticket()}
    steps.columns, steps.asks = ColumnsForm(formdata=None, data=data), True
    _offer(steps.columns, chosen)


def _mapped(steps: Steps, chosen: Chosen) -> None:
    """Look at a counter's file as somebody has said."""
    steps.asks = True
    _offer(steps.columns, chosen)
    mapping = steps.columns.columns()
    steps.report = loading.look(reading(), chosen.content, chosen.name, mapping=mapping)
    ticket = Chosen(chosen.content, chosen.name, chosen.sha256, mapping.decimal, mapping).ticket()
    steps.confirm = ConfirmForm(formdata=None, data={"ticket": ticket, "step": "confirm"})
    steps.asks = False


def _offer(form: ColumnsForm, chosen: Chosen) -> None:
    measures = [(m.code, m.title) for m in queries.measures(reading()) if m.entered]
    branches = [(branch.code, branch.title) for branch in accounts.branches(reading())]
    form.offer(loading.headings(chosen.content, chosen.name), measures, branches)


def _kept(chosen: Chosen) -> ResponseReturnValue:
    said = {"decimal": chosen.decimal, "mapping": chosen.mapping}
    report = loading.load(writing(), chosen.content, chosen.name, **said)  # type: ignore[arg-type] # as they were typed
    flash(ngettext_("%(num)s reading was added or changed.", "%(num)s readings were added or changed.", report.changes))
    return redirect(url_for("measures.index"), 303)


def _shown(steps: Steps) -> ResponseReturnValue:
    work = reading()
    status = 422 if steps.upload.errors or steps.columns.errors or steps.faults else 200
    return page(
        "measures/import.html",
        form=steps.columns if steps.asks else steps.upload,
        confirm=steps.confirm,
        report=steps.report,
        faults=steps.faults,
        asks=steps.asks,
        known=COLUMNS,
        limit=FILE_LIMIT,
        branches={branch.code: branch.title for branch in accounts.branches(work)},
        titles={code: measure.title for code, measure in queries.by_code(work).items()},
        qualifiers=QUALIFIER_NAMES,
        rows_shown=ROWS_SHOWN,
        period=Period,
        changes=_changes(steps.report) if steps.report else [],
    ), status


def _changes(report: Report) -> list[tuple[Line, Shown | None]]:
    """Return what is kept, each with the value that it replaces."""
    corrected = [(one.line, Shown(one.reading.value, one.reading.qualifier)) for one in report.corrections]
    described = [(one.line, None) for one in report.described]
    return [*corrected, *((line, None) for line in report.lines), *described]


def _opened(ticket: str) -> Chosen:
    """Return the file of a ticket. Raises Invalid for one that is too old, or somebody else's."""
    try:
        sha256, name, user, library, decimal, told = _tickets().loads(ticket, max_age=TICKET_SECONDS)
    except BadSignature:
        raise Invalid("readings-ticket-spent", field="document") from None
    if (user, library) != (actor().number, actor().library_id):
        raise Invalid("readings-ticket-spent", field="document")
    with reading().blobs.open(sha256) as stream:
        content = read_bytes(stream, name)
    return Chosen(content, name, sha256, decimal, CounterColumns(**told) if told else None)


def _tickets() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="measures.import")

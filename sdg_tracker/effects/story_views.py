"""Pages of impact stories: the list, one as the report shows it, the form in four parts."""

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from sdg_tracker.access import Permission
from sdg_tracker.accounts import queries as accounts
from sdg_tracker.activities import queries as activities
from sdg_tracker.activities.states import Stance
from sdg_tracker.effects import queries, rules, snapshot, stories, telling, wording
from sdg_tracker.effects.agreements import Kind
from sdg_tracker.effects.forms import StoryFilterForm, StoryForm
from sdg_tracker.effects.models import Story
from sdg_tracker.effects.rules import StoryState
from sdg_tracker.effects.views import asked
from sdg_tracker.evidence import people
from sdg_tracker.evidence.people import Scope
from sdg_tracker.evidence.wording import REASON_NAMES as EVIDENCE_REASONS
from sdg_tracker.foundation.errors import Invalid
from sdg_tracker.foundation.i18n import _, in_locale
from sdg_tracker.goals import queries as goals
from sdg_tracker.web import navigation
from sdg_tracker.web.identity import allow, can
from sdg_tracker.web.lifecycle import page, reading, writing

blueprint = Blueprint("stories", __name__)
navigation.belongs("stories", "effects")


@blueprint.get("/stories")
@allow(Permission.STORY_READ)
def index() -> ResponseReturnValue:
    """List the stories, and say of each whether the public sees it."""
    work = reading()
    form = StoryFilterForm(request.args)
    form.offer(queries.story_years(work))
    rows = queries.stories(work, form.year_asked(), form.state_asked())
    seen = {row.number: row.state == StoryState.READY and not _hidden(row) for row in rows}
    return page(
        "stories/index.html",
        fragment="stories/_rows.html",
        form=form,
        rows=rows,
        seen=seen,
        wording=wording,
        titles=goals.titles(work),
        filtered=bool(form.year_asked() or form.state_asked()),
    )


def _hidden(story: Story) -> tuple[people.Reason, ...]:
    return rules.hidden(story, story.agreements, reading().today)


@blueprint.route("/stories/new", methods=["GET", "POST"])
@allow(Permission.STORY_ADD)
def add() -> ResponseReturnValue:
    """Begin a story; an activity in the address fills in what is known."""
    form = StoryForm()
    _offer(form)
    if form.validate_on_submit():
        try:
            story = stories.add(writing(), form.details(), no_cpr=form.is_no_cpr)
        except Invalid as error:
            form.refuse(error)
        else:
            flash(_("The story is saved as a draft."))
            return redirect(url_for("stories.show", number=story.number), 303)
    return page("stories/edit.html", form=form, story=None, parts=rules.PARTS), 422 if form.errors else 200


@blueprint.get("/stories/<int:number>")
@allow(Permission.STORY_READ)
def show(number: int) -> ResponseReturnValue:
    """Show a story as the report shows it, and say whether the public sees it, and why not."""
    work = reading()
    story = queries.story(work, number)
    work.require(Permission.STORY_READ, story)
    row = snapshot.preview(work, story)
    lacks = rules.unfinished(story.texts, story.goals, story.activities)
    return page(
        "stories/show.html",
        story=story,
        told=story,
        kind="story",
        row=row,
        picture_of=lambda _number: _picture(story),
        picture_hidden=_why_no_picture(story),
        quote_hidden=_why_no_quote(story),
        draft=[wording.REASON_NAMES[why.value] for why in lacks],
        names=accounts.names(work, [story.added_by, story.withdrawn_by]),
        titles=goals.titles(work),
        said=lambda text: in_locale(text["da"], text["en"]),
        activities={one.number: one.title for one in story.activities},
        **telling.standing(story),
    )


def _picture(story: Story) -> dict[str, Any] | None:
    """Return the small picture of a story, None while it has none."""
    piece = story.picture
    if piece is None or piece.shown.thumbnail_state != "done" or not can(Permission.EVIDENCE_READ, piece):
        return None
    digest = (piece.shown.thumbnail_sha256 or "")[:16]
    return {"src": url_for("evidence.thumbnail", number=piece.number, v=digest), "exhibit": None}


def _why_no_picture(story: Story) -> list[object]:
    """Return why the public does not see the picture of a story."""
    piece = story.picture
    if piece is None:
        return []
    reasons = people.publication(piece, piece.consents, Scope.WEBSITE, reading().today)
    found: list[object] = [EVIDENCE_REASONS[reason.value] for reason in reasons]
    return found if piece.accepted_version is not None else [_("The picture is not accepted."), *found]


def _why_no_quote(story: Story) -> list[object]:
    if story.quote is None:
        return []
    return [
        wording.REASON_NAMES[reason.value]
        for reason in rules.hidden(story.quote, story.quote.agreements, reading().today)
    ]


@blueprint.route("/stories/<int:number>/edit", methods=["GET", "POST"])
@allow(Permission.STORY_REVISE)
def revise(number: int) -> ResponseReturnValue:
    """Change a story."""
    telling.to_change(Kind.STORY, number)
    story = queries.story(reading(), number)
    form = StoryForm(data={"revision": str(story.revision)})
    if not form.is_submitted():
        form.show(story)
    _offer(form)

    def take(seen: int | None) -> None:
        stories.revise(writing(), number, form.details(), seen, no_cpr=form.is_no_cpr)

    status = telling.sent(form, take, lambda: queries.story(reading(), number).revision)
    if status == 0:
        flash(_("The story is saved."))
        return redirect(url_for("stories.show", number=number), 303)
    return page("stories/edit.html", form=form, story=story, parts=rules.PARTS, clash=status == 409), status


def _offer(form: StoryForm) -> None:
    """Fill in the choices, and for a new story what its activity says."""
    work = reading()
    known = activities.vocabulary(work)
    names = {goal.code: in_locale(goal.title_short_da, goal.title_short_en) for goal in goals.goals(work)}
    kept = set(form.partners.data or ())
    usable = [(code, row) for code, row in known.partners.items() if row.disabled_at is None or code in kept]
    partners = [(code, row.title) for code, row in usable]
    form.offer(list(names.items()), partners, [(code, row.title) for code, row in known.campaigns.items()])
    asked_for = request.args.get("activity", type=int)
    if not form.is_submitted() and asked_for:
        form.activities.data = str(asked_for)
    try:
        told = queries.activities(work, form.numbers())
    except Invalid:
        told = {}
    if not form.is_submitted() and asked_for in told:
        activity = told[asked_for]
        form.year.data = activity.year
        supported = [one for one in activity.mappings if one.stance == Stance.SUPPORTS]
        form.goals.data = list(dict.fromkeys(one.goal for one in supported))
        form.targets.data = ", ".join(one.code for one in supported if "." in one.code)
        form.partners.data = [row.code for row in activity.partners]
        form.campaigns.data = [row.code for row in activity.campaigns]
    form.suggested = list(dict.fromkeys(one.code for row in told.values() for one in row.mappings))
    rows = list(told.values())
    form.offer_pieces(
        {piece.number: piece.title for piece in queries.pictures(work, rows)},
        {quote.number: f"»{quote.text}« ({quote.who})" for quote in queries.quotes_of(work, rows)},
    )


@blueprint.post("/stories/<int:number>/state")
@allow(Permission.STORY_REVISE)
def state(number: int) -> ResponseReturnValue:
    """Say that a story is ready, or a draft again."""
    wanted = StoryState.READY if request.form.get("state") == StoryState.READY else StoryState.DRAFT
    stories.set_state(writing(), number, wanted, asked()["revision"])
    flash(_("The story is ready for the report.") if wanted is StoryState.READY else _("The story is a draft again."))
    return redirect(url_for("stories.show", number=number), 303)


@blueprint.post("/stories/<int:number>/public")
@allow(Permission.STORY_SHOW)
def show_outside(number: int) -> ResponseReturnValue:
    """Say whether a story may be shown to the public."""
    return telling.show_outside(Kind.STORY, number, **asked())


@blueprint.route("/stories/<int:number>/consents/new", methods=["GET", "POST"])
@allow(Permission.STORY_REVISE)
def consent(number: int) -> ResponseReturnValue:
    """Write down a consent of somebody who is told about."""
    return telling.consent(Kind.STORY, number)


@blueprint.route("/stories/<int:number>/no", methods=["GET", "POST"])
@allow(Permission.STORY_REVISE)
def take_back(number: int) -> ResponseReturnValue:
    """Write down that somebody who is told about said no."""
    return telling.take_back(Kind.STORY, number)


@blueprint.route("/stories/<int:number>/withdraw", methods=["GET", "POST"])
@allow(Permission.STORY_REVISE)
def withdraw(number: int) -> ResponseReturnValue:
    """Withdraw a story."""
    return telling.withdraw(Kind.STORY, number)

"""Forms of plans: what a person types, turned into values of the domain."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from decimal import Decimal, InvalidOperation
from typing import Any

from wtforms import DateField, HiddenField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from sdg_tracker.activities.forms import Checkboxes, RevisionForm
from sdg_tracker.activities.queries import Vocabulary
from sdg_tracker.foundation.columns import parts
from sdg_tracker.foundation.i18n import Text, _, in_locale, lazy
from sdg_tracker.goals.models import Goal
from sdg_tracker.measures.rules import written
from sdg_tracker.plans.details import LONGEST, FocusDetails, InitiativeDetails, PlanDetails, PledgeDetails
from sdg_tracker.plans.models import Pledge
from sdg_tracker.plans.proving import Checked, Noted
from sdg_tracker.plans.services import Approval
from sdg_tracker.plans.states import Answer, Area, Kind, Per, PlanRole, Status
from sdg_tracker.plans.wording import ANSWER_NAMES, AREA_NAMES, PER_NAMES, ROLE_NAMES, STATUS_NAMES
from sdg_tracker.web.forms import BaseForm, SearchForm, choices

COMPUTED = "computed"  # instead of a status: none is overruled


def _choices(names: Mapping[Any, Text], first: str = "") -> Any:
    pairs: list[tuple[object, object]] = [(value.value, text) for value, text in names.items()]
    return choices([("", lazy(first)), *pairs] if first else pairs)


def _text(name: str) -> Length:
    return Length(max=LONGEST[name])


class NumberField(StringField):
    """A number as people write it: ``268.090`` and ``1200,5`` in Danish, ``268,090`` and ``1200.5`` in English."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed. Raises ValueError for what is no number."""
        self.data: Any = None
        text = "".join((valuelist[0] if valuelist else "").split())
        if not text:
            return
        try:
            self.data = Decimal(_plain(text))
        except InvalidOperation:
            raise ValueError(_("Write a number, such as 1200 or 4,5.")) from None
        if not self.data.is_finite():
            raise ValueError(_("Write a number, such as 1200 or 4,5."))

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else written(self.data).replace(".", in_locale(",", "."))


def _plain(text: str) -> str:
    """Return a number with a point before its decimals and nothing between its thousands.

    A single point or comma stands between thousands where it does so in the current language and three digits follow.
    """
    last = max(text.rfind("."), text.rfind(","))
    if last < 0:
        return text
    mark, other = text[last], {".": ",", ",": "."}[text[last]]
    between = text.count(mark) > 1 or (other not in text and mark == in_locale(".", ",") and len(text) - last == 4)
    return text.replace(other, "").replace(mark, "" if between else ".")


class DayForm(SearchForm):
    """The day that the plan is shown as of."""

    on = DateField(lazy("As it stood on"), [Optional()])


class PlanForm(RevisionForm):
    """Title and time of a plan."""

    title = StringField(lazy("Title"), [DataRequired(lazy("Give the plan a title.")), _text("title")])
    starts_on = DateField(lazy("First day"), [InputRequired(lazy("Say when the plan begins."))])
    ends_on = DateField(lazy("Last day"), [InputRequired(lazy("Say when the plan ends."))])

    def details(self) -> PlanDetails:
        """Return what was typed."""
        return PlanDetails(self.title.data or "", self.starts_on.data, self.ends_on.data)


class FocusForm(RevisionForm):
    """A goal, or several that are taken as one."""

    goals = Checkboxes(lazy("Goals"))
    reason = StringField(lazy("Reason"), [_text("reason")])

    def offer(self, goals: Sequence[Goal]) -> None:
        """Fill in the choices."""
        self.goals.choices = [(goal.code, goal.title) for goal in goals]

    def details(self) -> FocusDetails:
        """Return what was chosen."""
        return FocusDetails(tuple(self.goals.data or ()), self.reason.data or "")


class _PartForm(RevisionForm):
    code = StringField(lazy("Code"), [DataRequired(lazy("Give it a code, such as D1.")), Length(max=20)])
    goals = Checkboxes(lazy("Goals"))
    targets = StringField(lazy("Targets"), [Length(max=200)])
    responsible = StringField(lazy("Responsible"), [_text("responsible")])

    def offer_goals(self, goals: Sequence[Goal]) -> None:
        """Fill in the goals."""
        self.goals.choices = [(goal.code, goal.title) for goal in goals]

    def targets_typed(self) -> tuple[str, ...]:
        """Return the targets, in the order in which they were typed."""
        return tuple(dict.fromkeys(parts((self.targets.data or "").replace(",", ";").replace(" ", ";"))))


class PledgeForm(_PartForm):
    """A pledge of any kind; its page shows the fields of one."""

    title_da = StringField(lazy("Title in Danish"), [_text("title_da")])
    title_en = StringField(lazy("Title in English"), [_text("title_en")])
    text_da = TextAreaField(lazy("Text in Danish"), [_text("text_da")])
    text_en = TextAreaField(lazy("Text in English"), [_text("text_en")])
    adopted_on = DateField(lazy("Adopted on"), [Optional()])
    due_on = DateField(lazy("To be reached by"), [Optional()])
    measure = SelectField(lazy("Measure"), default="")
    baseline_period = StringField(lazy("Period of the baseline"), [Length(max=10)])
    baseline_value = NumberField(lazy("Value of the baseline"))
    target_period = StringField(lazy("Period that is to reach it"), [Length(max=10)])
    target_value = NumberField(lazy("Value to be reached"))
    times = IntegerField(lazy("How many times"), [Optional(), NumberRange(1, 10_000)])
    per = SelectField(lazy("In each period"), choices=_choices(PER_NAMES), default=Per.YEAR.value)

    def offer(self, goals: Sequence[Goal], measures: Iterable[tuple[str, str]], kept: str = "") -> None:
        """Fill in goals and measures; one that is no longer in use stays where it is chosen."""
        self.offer_goals(goals)
        known = dict(measures)
        self.measure.choices = [("", _("Choose a measure")), *known.items()]
        if kept and kept not in known:
            self.measure.choices.append((kept, kept))

    def details(self, kind: Kind) -> PledgeDetails:
        """Return what was typed."""
        return PledgeDetails(
            code=(self.code.data or "").strip(),
            kind=kind,
            goals=tuple(self.goals.data or ()),
            targets=self.targets_typed(),
            adopted_on=self.adopted_on.data,
            due_on=self.due_on.data,
            baseline_value=self.baseline_value.data,
            target_value=self.target_value.data,
            times=self.times.data,
            **{name: self[name].data or "" for name in _PLEDGE_TEXTS},
        )


_PLEDGE_TEXTS = (
    "title_da",
    "title_en",
    "text_da",
    "text_en",
    "responsible",
    "measure",
    "baseline_period",
    "target_period",
    "per",
)


class InitiativeForm(_PartForm):
    """An initiative."""

    title = StringField(lazy("Title"), [DataRequired(lazy("Give the initiative a title.")), _text("title")])
    area = RadioField(lazy("Area"), [InputRequired(lazy("Choose an area."))], choices=_choices(AREA_NAMES))
    role = RadioField(
        lazy("Role of the library"), [InputRequired(lazy("Choose a role."))], choices=_choices(ROLE_NAMES)
    )
    pledges = Checkboxes(lazy("Pledges"))
    strategy_actions = Checkboxes(lazy("Actions in the strategy"))
    partners = Checkboxes(lazy("Partners"))
    what = TextAreaField(lazy("What"), [_text("what")])
    how = TextAreaField(lazy("How"), [_text("how")])
    starts_on = DateField(lazy("First day"), [Optional()])
    ends_on = DateField(lazy("Last day"), [Optional()])
    success = StringField(lazy("Measure of success"), [_text("success")])
    baseline = StringField(lazy("Baseline"), [_text("baseline")])
    target = StringField(lazy("Target value"), [_text("target")])

    def offer(
        self, goals: Sequence[Goal], known: Vocabulary, pledges: Sequence[Pledge], kept: InitiativeDetails | None = None
    ) -> None:
        """Fill in the choices: what is in use, and what the initiative has already."""
        self.offer_goals(goals)
        offered: dict[str, dict[str, str]] = {
            "pledges": {pledge.code: f"{pledge.code} {pledge.title}" for pledge in pledges},
            "strategy_actions": {code: f"{code} {action.title}" for code, action in known.strategy_actions.items()},
            "partners": {code: row.title for code, row in known.partners.items() if row.disabled_at is None},
        }
        for name, found in offered.items():
            old = getattr(kept, name) if kept else ()
            self[name].choices = [*found.items(), *((code, code) for code in old if code not in found)]

    def details(self) -> InitiativeDetails:
        """Return what was typed."""
        texts = ("title", "responsible", "what", "how", "success", "baseline", "target")
        lists = ("goals", "strategy_actions", "partners", "pledges")
        return InitiativeDetails(
            code=(self.code.data or "").strip(),
            area=Area(self.area.data),
            role=PlanRole(self.role.data),
            targets=self.targets_typed(),
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
            **{name: self[name].data or "" for name in texts},
            **{name: tuple(self[name].data or ()) for name in lists},
        )


def typed(details: Any) -> dict[str, Any]:
    """Return what a person entered as the values of its form."""
    found = {field.name: getattr(details, field.name) for field in fields(details)}
    plain = {name: list(value) if isinstance(value, tuple) else value for name, value in found.items()}
    if "targets" in plain:
        plain["targets"] = ", ".join(plain["targets"])
    if plain.get("per") == "":
        plain["per"] = Per.YEAR.value  # of a pledge that does not recur: its form has a choice all the same
    return plain


class ReasonForm(RevisionForm):
    """Why something is taken out or taken back."""

    reason = StringField(lazy("Reason"), [DataRequired(lazy("Say why.")), _text("reason")])


class DiscardForm(BaseForm):
    """Why a draft is thrown away; ``seen`` is the digest of what was shown."""

    reason = StringField(lazy("Reason"), [DataRequired(lazy("Say why.")), _text("reason")])
    seen = HiddenField()


class ApproveForm(BaseForm):
    """Who approved the plan, and when; ``seen`` is the digest of what was shown."""

    approved_by = StringField(
        lazy("Approved by"),
        [DataRequired(lazy("Say who approved it, such as the management or a committee.")), _text("approved_by")],
    )
    approved_on = DateField(lazy("Approved on"), [InputRequired(lazy("Say on which day it was approved."))])
    case_number = StringField(lazy("Case number"), [_text("case_number")])
    reason = StringField(lazy("Why the plan is changed"), [_text("reason")])
    seen = HiddenField()

    def approval(self) -> Approval:
        """Return what was typed."""
        return Approval(
            self.approved_by.data or "", self.approved_on.data, self.case_number.data or "", self.reason.data or ""
        )


class NoteForm(BaseForm):
    """That something recurring happened."""

    day = DateField(lazy("Day"), [InputRequired(lazy("Say when it happened."))])
    count = IntegerField(lazy("How many times"), [InputRequired(lazy("Say how many times.")), NumberRange(1, 10_000)])
    period = StringField(lazy("Counts for another period"), [Length(max=10)])
    note = StringField(lazy("Note"), [_text("note")])
    evidence = IntegerField(lazy("Number of the evidence"), [Optional(), NumberRange(1, 10**9)])

    def noted(self) -> Noted:
        """Return what was typed."""
        return Noted(self.day.data, self.count.data, self.period.data or "", self.note.data or "", self.evidence.data)


class CheckForm(BaseForm):
    """The yearly self-check of a standing rule; ``seed`` is that of the sample that was shown."""

    year = IntegerField(lazy("Year"), [InputRequired(lazy("Say which year it is about.")), NumberRange(1900, 2200)])
    day = DateField(lazy("Day of the check"), [InputRequired(lazy("Say when you checked it."))])
    answer = RadioField(
        lazy("What did you find?"), [InputRequired(lazy("Choose an answer."))], choices=_choices(ANSWER_NAMES)
    )
    note = StringField(lazy("Note"), [Length(max=500)])
    seed = HiddenField(validators=[Length(max=100)])

    def checked(self) -> Checked:
        """Return what was found."""
        return Checked(
            self.year.data, self.day.data, Answer(self.answer.data), self.seed.data or "", self.note.data or ""
        )


class OverruleForm(BaseForm):
    """How a pledge stands, otherwise than computed."""

    status = RadioField(lazy("Status"), [InputRequired(lazy("Choose a status."))])
    since = DateField(lazy("From"), [InputRequired(lazy("Say from which day."))])
    reason = StringField(lazy("Reason"), [DataRequired(lazy("Say why.")), _text("reason")])

    def offer(self, computed: str, *, overruled: bool) -> None:
        """Fill in the statuses, and the way back where there is one."""
        known = [(status.value, str(STATUS_NAMES[status])) for status in Status if status != computed]
        back = [(COMPUTED, _("As computed: %(status)s", status=STATUS_NAMES[computed]))] if overruled else []
        self.status.choices = [*back, *known]


class TieForm(BaseForm):
    """What an activity belongs to, by number."""

    pledges = Checkboxes(lazy("Pledges"))
    initiatives = Checkboxes(lazy("Initiatives"))

    def offer(self, pledges: Iterable[tuple[int, str]], initiatives: Iterable[tuple[int, str]]) -> None:
        """Fill in the choices."""
        self.pledges.choices = [(str(number), title) for number, title in pledges]
        self.initiatives.choices = [(str(number), title) for number, title in initiatives]


class FindForm(SearchForm):
    """Words that activities are found by."""

    q = StringField(lazy("Search in activities"), [Length(max=200)])


class TieSeveralForm(BaseForm):
    """Activities that belong to a pledge or an initiative: those that do, and those that were found."""

    tied = Checkboxes(lazy("Tied now"))
    found = Checkboxes(lazy("Can be tied"))
    shown = HiddenField()  # numbers of those that were tied when the page was made

    def offer(self, tied: Iterable[tuple[int, str]], found: Iterable[tuple[int, str]]) -> None:
        """Fill in the choices. What was found may be tied by now, and the other way round."""
        offered = {str(number): title for number, title in found}, {str(number): title for number, title in tied}
        self.found.choices, self.tied.choices = (list(one.items()) for one in offered)

    def chosen(self) -> tuple[set[int], set[int]]:
        """Return what is to be tied, and what no longer: of those that were shown as tied."""
        wanted = {int(text) for field in (self.tied, self.found) for text in field.data or ()}
        shown = {int(text) for text in (self.shown.data or "").split() if text.isascii() and text.isdigit()}
        return wanted, shown - wanted


class SteerForm(SearchForm):
    """What the page to steer by is narrowed to."""

    role = SelectField(lazy("Role"))
    goal = SelectField(lazy("Goal"))
    year = SelectField(lazy("Year"))
    state = SelectField(lazy("State"))

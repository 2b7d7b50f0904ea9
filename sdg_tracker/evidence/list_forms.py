"""The form that searches the list of evidence."""

from collections.abc import Sequence

from wtforms import SearchField, SelectField, StringField

from sdg_tracker.accounts.models import Branch
from sdg_tracker.evidence import wording
from sdg_tracker.evidence.forms import NUMBER, as_wanted, shortened
from sdg_tracker.evidence.listing import PAUSED, Filters
from sdg_tracker.evidence.people import People
from sdg_tracker.evidence.states import State
from sdg_tracker.evidence.validity import Validity
from sdg_tracker.foundation.i18n import _, lazy
from sdg_tracker.schemes.models import Cycle, Term
from sdg_tracker.web.forms import SearchForm


class FilterForm(SearchForm):
    """What the list is narrowed to."""

    q = SearchField(lazy("Search"))
    kind = SelectField(lazy("Kind"))
    state = SelectField(lazy("State"))
    validity = SelectField(lazy("Expiry"))
    goal = SelectField(lazy("Goal of its activity"))
    year = SelectField(lazy("Year"))
    requirement = SelectField(lazy("Requirement"))
    branch = SelectField(lazy("House of its activity"))
    activity = StringField(lazy("Activity number"), render_kw={"inputmode": "numeric"})
    lacks = SelectField(lazy("Lacks"))
    giver = SelectField(lazy("Added by"))
    people = SelectField(lazy("People in the picture"))

    def offer(
        self,
        kinds: dict[str, Term],
        goals: dict[str, str],
        years: list[int],
        cycles: Sequence[Cycle],
        branches: Sequence[Branch],
    ) -> None:
        """Fill in the choices; a value in the address that is none of them narrows nothing."""
        every = [("", _("All"))]
        self.kind.choices = every + [(code, term.title.capitalize()) for code, term in kinds.items()]
        self.goal.choices = every + [(code, f"{code} {title}") for code, title in goals.items()]
        self.year.choices = every + [(str(year), str(year)) for year in years]
        self.requirement.choices = every + [
            (f"{cycle.number}:{found.code}", f"{found.code} {shortened(found.title)}")
            for cycle in cycles
            for found in cycle.scheme.requirements()
        ]
        self.lacks.choices = [*every, ("requirement", _("Requirement")), ("activity", _("Activity"))]
        self.lacks.choices.append(("words", _("What its giver may still say")))
        states = [(state, str(name)) for state, name in wording.STATE_NAMES.items()]
        self.state.choices = [("", _("Standing")), *states, ("withdrawn", _("Withdrawn"))]
        self.validity.choices = every + [(code, str(name)) for code, name in wording.VALIDITY_NAMES.items()]
        self.branch.choices = every + [(branch.code, branch.title) for branch in branches]
        self.giver.choices = [*every, ("me", _("Me"))]
        answers = [(code, str(name)) for code, name in wording.PEOPLE_NAMES.items()]
        self.people.choices = [*every, *answers, (PAUSED, _("A consent is withdrawn"))]

    def filters(self, me: int | None = None) -> Filters:
        """Return what was asked for; ``me`` is the number of the one who asks."""
        state, validity = self.state.data or "", self.validity.data or ""
        wanted = as_wanted(self.requirement.data or "")
        year = self.year.data or ""
        number = NUMBER.match((self.activity.data or "").strip())
        return Filters(
            q=(self.q.data or "")[:200],
            kind=self.kind.data or "",
            activity=int(number[1]) if number else None,
            cycle=wanted.cycle or None,
            requirement=wanted.requirement,
            goal=self.goal.data or "",
            year=int(year) if year.isascii() and year.isdigit() else None,
            without_requirement=self.lacks.data == "requirement",
            without_activity=self.lacks.data == "activity",
            unfinished=self.lacks.data == "words",
            withdrawn=state == "withdrawn",
            state=state if state in set(State) else "",
            validity=validity if validity in set(Validity) else "",
            branch=self.branch.data or "",
            people=people if (people := self.people.data or "") in {*People, PAUSED} else "",
            added_by=me if self.giver.data == "me" else None,
        )

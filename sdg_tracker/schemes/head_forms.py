"""The form of a scheme as a whole: its names, who owns it, when it is met, how long it is valid."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from wtforms import BooleanField, Field, FloatField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import URL, InputRequired, Length, NumberRange, Optional, Regexp, ValidationError

from sdg_tracker.foundation.i18n import _, lazy
from sdg_tracker.schemes import words
from sdg_tracker.schemes.document import Document
from sdg_tracker.schemes.fields import both, filled, in_order, line, lines, longer, many, short
from sdg_tracker.schemes.step_forms import StepForm
from sdg_tracker.web.forms import choices

VALIDITY = (
    ("valid_for", lazy("For a number of months")),
    ("valid_while", lazy("As long as the plan is followed")),
    ("one_off", lazy("It is given once")),
)
SHARES = (("applicable_points", lazy("the points that apply to the library")), ("all_points", lazy("all points")))
STATUSES = (
    ("draft", lazy("Not confirmed by the scheme's owner: its label is shown everywhere")),
    ("published", lazy("The owner's own text")),
)
SLUG = Regexp(r"^[a-z0-9]+(-[a-z0-9]+)*$", message=lazy("Write small letters and digits with - between."))


def _percent(label: Any) -> FloatField:
    return FloatField(label, validators=[Optional(), NumberRange(min=0, max=100)])


class HeadForm(StepForm):
    """A scheme without its areas."""

    name_da, name_en = line(lazy("Name in Danish")), line(lazy("Name in English"))
    summary_da, summary_en = longer(lazy("Summary in Danish")), longer(lazy("Summary in English"))
    status = RadioField(lazy("Standing"), choices=choices(STATUSES), validators=[InputRequired()])
    label_da = line(lazy("Label in Danish"), required=False)
    label_en = line(lazy("Label in English"), required=False)
    owner_name = line(lazy("The scheme's owner"))
    owner_url = StringField(lazy("The owner's page"), validators=[Optional(), URL(), Length(max=300)])
    claim_type = SelectField(lazy("What it gives"), choices=choices(words.CLAIM_TYPES.items()))
    decided_by_da, decided_by_en = longer(lazy("Who concludes, in Danish")), longer(lazy("Who concludes, in English"))
    rule = RadioField(lazy("Met when"), choices=choices(words.RULES.items()), validators=[InputRequired()])
    share = _percent(lazy("Share of the points"))
    share_of = SelectField(lazy("of"), choices=choices(SHARES), validators=[Optional()])
    agreed_with = line(lazy("Agreed with"), required=False)
    settings_agreed = many(lazy("Settings that the agreement fixes"))
    best_n = IntegerField(
        lazy("How many of the other areas count"), validators=[Optional(), NumberRange(min=1, max=1000)]
    )
    best_weight = _percent(lazy("Weight of each of these"))
    always = TextAreaField(
        lazy("Areas that always count"), validators=[Optional(), Length(max=2000)], render_kw={"rows": 3}
    )
    scale = FloatField(lazy("Highest score"), validators=[Optional(), NumberRange(min=0, max=1_000_000)])
    reasons = TextAreaField(
        lazy("Reasons for leaving out"), validators=[Optional(), Length(max=5000)], render_kw={"rows": 4}
    )
    explanation_required = BooleanField(lazy("A reason has to be explained"))
    not_for = line(lazy("Requirements that can't be left out"), required=False, longest=2000)
    plan_years = IntegerField(
        lazy("Length of the plan, in years"), validators=[Optional(), NumberRange(min=0, max=100)]
    )
    plan_years_setting = SelectField(lazy("or the setting"), validators=[Optional()])
    report_every = IntegerField(
        lazy("Months between two reports"), validators=[Optional(), NumberRange(min=0, max=1200)]
    )
    report_every_setting = SelectField(lazy("or the setting"), validators=[Optional()])
    validity = RadioField(lazy("How long it is valid"), choices=choices(VALIDITY), validators=[InputRequired()])
    valid_for = IntegerField(lazy("Months"), validators=[Optional(), NumberRange(min=0, max=1200)])
    valid_for_setting = SelectField(lazy("or the setting"), validators=[Optional()])
    valid_while = many(lazy("As long as"), words.VALID_WHILE)
    note_da, note_en = longer(lazy("Note in Danish"), required=False), longer(lazy("Note in English"), required=False)

    before: Mapping[str, Any] = {}

    def offer(self, document: Mapping[str, Any]) -> None:
        """Fill in the settings."""
        self.before = document
        rows = document.get("settings", [])
        numbers = [(row["key"], words.text(row["text"])) for row in rows if row["type"] in ("integer", "number")]
        for name in ("plan_years_setting", "report_every_setting", "valid_for_setting"):
            self[name].choices = [("", "–"), *numbers]
        self.settings_agreed.choices = [(row["key"], words.text(row["text"])) for row in rows]

    def fill(self) -> None:
        """Show the scheme that the form is opened on."""
        document = self.before
        for name in ("name", "summary", "label", "decided_by"):
            for locale in ("da", "en"):
                self[f"{name}_{locale}"].data = document.get(name, {}).get(locale, "")
        self.status.data, self.claim_type.data = document["status"], document["claim_type"]
        self.owner_name.data, self.owner_url.data = document["owner"]["name"], document["owner"].get("url", "")
        self._show_decision(document["decision"])
        cycle = document["cycle"]
        self._show("plan_years", cycle["plan_years"])
        self._show("report_every", (cycle["report_every"] or {}).get("months"))
        self.validity.data = next((name for name, _label in VALIDITY if name in cycle), "one_off")
        self._show("valid_for", cycle.get("valid_for", {}).get("months"))
        self.valid_while.data = list(cycle.get("valid_while", []))
        self.note_da.data, self.note_en.data = (cycle.get("note", {}).get(locale, "") for locale in ("da", "en"))

    def values(self) -> Document:
        """Return what the file has of it; None takes a key away."""
        owner = {**self.before.get("owner", {}), "name": (self.owner_name.data or "").strip()}
        url = (self.owner_url.data or "").strip()
        owner = {**owner, "url": url} if url else {key: value for key, value in owner.items() if key != "url"}
        label = both(self.label_da, self.label_en)
        return {
            "name": both(self.name_da, self.name_en),
            "summary": both(self.summary_da, self.summary_en),
            "status": self.status.data,
            "label": label if all(label.values()) else None,
            "owner": owner,
            "claim_type": self.claim_type.data,
            "decided_by": both(self.decided_by_da, self.decided_by_en),
            "decision": self._decision(),
            "cycle": self._cycle(),
        }

    def asks(self) -> Iterator[tuple[Field, str]]:
        """Yield what is still missing where an empty field may be right."""
        if self.status.data == "draft" and not filled(self.label_da):
            yield self.label_da, _("What is not confirmed by its owner has to have a label.")
        for da, en in ((self.label_da, self.label_en), (self.note_da, self.note_en)):
            if filled(da) != filled(en):
                yield en, _("Write it in both languages.")

    def validate_rule(self, field: Field) -> None:
        """Ask for the numbers of the rule that is chosen."""
        needed: Sequence[Field] = {
            "mandatory_plus_share_of_points": (self.share,),
            "agreed_individually": (self.agreed_with,),
            "best_n_weighted": (self.best_n, self.best_weight, self.scale),
        }.get(field.data, ())
        for number in needed:
            if not number.data:
                raise ValidationError(_("This rule needs: %(name)s.", name=number.label.text))
        if field.data == "best_n_weighted" and any(row is None for row in self._always()):
            raise ValidationError(_("Write an area that always counts as its code and its weight: 17 22."))

    def validate_reasons(self, _field: Field) -> None:
        """Say how reasons are written."""
        if any(len(row) != 3 or not all(row) for row in self._reasons()):
            raise ValidationError(_("Write each reason on a line of its own: code | Danish | English."))

    def validate_validity(self, field: Field) -> None:
        """Ask for the months, or for the conditions."""
        if field.data == "valid_for" and self._read("valid_for") is None:
            raise ValidationError(_("Write the number of months, or choose a setting."))
        if field.data == "valid_while" and not self.valid_while.data:
            raise ValidationError(_("Choose at least one condition."))

    def _decision(self) -> Document:
        rule, was = self.rule.data, self.before.get("decision", {})
        if rule == "mandatory_plus_share_of_points":
            return {"rule": rule, "share": round((self.share.data or 0) / 100, 6), "of": self.share_of.data}
        if rule == "agreed_individually":
            agreed = in_order(self.settings_agreed.data, was.get("settings_agreed"))
            return {
                "rule": rule,
                "agreed_with": (self.agreed_with.data or "").strip(),
                "settings_agreed": agreed,
                "base": "all_mandatory",
            }
        if rule == "best_n_weighted":
            always = [{"area": row[0], "weight": row[1]} for row in self._always() if row]
            best = {"n": self.best_n.data, "weight": round((self.best_weight.data or 0) / 100, 6)}
            missing = was.get("missing", 0)
            return {"rule": rule, "always": always, "best": best, "scale": short(self.scale.data), "missing": missing}
        if rule == "every_requirement_answered":
            made: Document = {"rule": rule}
            if was.get("answer_fields"):
                made["answer_fields"] = was["answer_fields"]
            reasons = [{"code": code, "text": {"da": da, "en": en}} for code, da, en in self._reasons()]
            if reasons:
                made["omission"] = {"reasons": reasons, "explanation_required": bool(self.explanation_required.data)}
                not_for = (self.not_for.data or "").replace(",", " ").split()
                if not_for:
                    made["omission"]["not_for"] = not_for
            return made
        return {"rule": rule}

    def _cycle(self) -> Document:
        every = self._read("report_every")
        made: Document = {
            "plan_years": self._read("plan_years"),
            "report_every": None if every is None else {"months": every},
        }
        if self.validity.data == "valid_for":
            made["valid_for"] = {"months": self._read("valid_for")}
        elif self.validity.data == "valid_while":
            made["valid_while"] = in_order(self.valid_while.data, self.before.get("cycle", {}).get("valid_while"))
        else:
            made["one_off"] = True
        note = both(self.note_da, self.note_en)
        return {**made, "note": note} if all(note.values()) else made

    def _show_decision(self, rule: Mapping[str, Any]) -> None:
        self.rule.data = rule["rule"]
        self.share.data = round(100 * rule["share"], 4) if "share" in rule else None
        self.share_of.data, self.agreed_with.data = rule.get("of", "applicable_points"), rule.get("agreed_with", "")
        self.settings_agreed.data = list(rule.get("settings_agreed", []))
        best = rule.get("best", {})
        self.best_n.data = best.get("n")
        self.best_weight.data = round(100 * best["weight"], 4) if best else None
        self.scale.data = rule.get("scale")
        self.always.data = "\n".join(
            f"{row['area']} {round(100 * row['weight'], 4):g}" for row in rule.get("always", [])
        )
        omission = rule.get("omission", {})
        self.reasons.data = "\n".join(
            f"{row['code']} | {row['text']['da']} | {row['text']['en']}" for row in omission.get("reasons", [])
        )
        self.explanation_required.data = omission.get("explanation_required", False)
        self.not_for.data = ", ".join(omission.get("not_for", []))

    def _always(self) -> list[tuple[str, float] | None]:
        return [_weighted(written) for written in lines(self.always)]

    def _reasons(self) -> list[list[str]]:
        return [[part.strip() for part in written.split("|")] for written in lines(self.reasons)]

    def _show(self, name: str, value: Any) -> None:
        if isinstance(value, Mapping):
            self[f"{name}_setting"].data = value["setting"]
        else:
            self[name].data = value

    def _read(self, name: str) -> Any:
        key = self[f"{name}_setting"].data
        return {"setting": key} if key else self[name].data


class NewSchemeForm(HeadForm):
    """A scheme that is new."""

    slug = StringField(lazy("Short name"), validators=[InputRequired(), Length(max=60), SLUG])

    def document(self) -> Document:
        """Return the scheme, still without areas."""
        values = {key: value for key, value in self.values().items() if value is not None}
        head = {"format": 1, "id": (self.slug.data or "").strip(), "version": "0.1"}
        order = ("status", "label", "name", "summary", "owner", "claim_type", "decided_by")
        first = {key: values[key] for key in order if key in values}
        return {
            **head, **first, "locales": ["da", "en"], "settings": [], "facts": [],
            "decision": values["decision"], "cycle": values["cycle"], "areas": [],
        }  # fmt: skip


def _weighted(written: str) -> tuple[str, float] | None:
    code, _space, weight = written.replace(":", " ").replace("%", "").strip().rpartition(" ")
    try:
        return (code.strip(), round(float(weight.replace(",", ".")) / 100, 6)) if code.strip() else None
    except ValueError:
        return None

"""Commands for the action plan."""

import json
from dataclasses import replace
from datetime import datetime

import click

from sdg_tracker.access import Permission
from sdg_tracker.cli.acting import Acting, Group, acting, fail, say
from sdg_tracker.cli.issuing import LANGUAGE, make
from sdg_tracker.evidence import thumbnails
from sdg_tracker.foundation.i18n import _, format_date
from sdg_tracker.measures import snapshot as measured
from sdg_tracker.plandocument import services
from sdg_tracker.plandocument.rules import Variant
from sdg_tracker.plans import snapshot, wording


@click.group("plan", cls=Group)
def plan_group() -> None:
    """The action plan: what the library has promised, and how far it is."""


@plan_group.command("show")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="As it stood on this day; default: today.")
@click.option("--json", "as_json", is_flag=True, help="The whole plan as one JSON object, as snapshots keep it.")
@acting
def show(who: Acting, on: datetime | None, as_json: bool) -> None:
    """Tell how each pledge and initiative stands. Exit 1 where the library has no plan."""
    with who.reading() as work:
        work.require(Permission.PLAN_READ)
        day = on.date() if on else work.today
        measures = measured.rows(work)
        plan = snapshot.row(work, day, measures)
        if plan is None:
            fail(_("The library has no action plan."))
        if as_json:
            say(json.dumps(plan, ensure_ascii=False))
            return
        said = {"title": plan["title"], "version": plan["version"], "day": format_date(day)}
        title = _("%(title)s, version %(version)s, on %(day)s", **said)
        say(title if plan["version"] else _("%(title)s, draft, on %(day)s", **said))
        known = {measure["code"]: measure for measure in measures}
        for pledge in plan["pledges"]:
            status = pledge["status"]
            shown = str(wording.STATUS_NAMES[status["shown"]])
            if status["overruled"]:
                computed = _("overruled, computed: %(status)s", status=wording.STATUS_NAMES[status["computed"]])
                shown = f"{shown} ({computed})"
            say(f"{pledge['code']} {wording.own(pledge['title'])}: {shown}")
            for line in wording.proof(pledge, known.get(pledge["measure"] or "")):
                say(f"   {line}")
        for initiative in plan["initiatives"]:
            state = wording.INITIATIVE_NAMES[initiative["state"]]
            say(f"{initiative['code']} {initiative['title']}: {state}")


@plan_group.command("freeze")
@click.option("--variant", type=click.Choice([one.value for one in Variant]), default=Variant.PLAN.value)
@click.option("--year", type=int, help="Whose status or evaluation; not for the plan itself.")
@click.option("--language", type=LANGUAGE, help="Language of the document; default: the installation's.")
@acting
def freeze(who: Acting, variant: str, year: int | None, language: str | None) -> None:
    """Freeze the plan on paper as it was composed and make its files.

    Where nothing was composed an evaluation has the texts of the last one of its year. --language takes the place of
    the one chosen; an approval is then left out.
    """
    thumbnails.make_owed(who.workplace, who.library_id)
    with who.writing() as work:
        chosen = Variant(variant)
        of = year if chosen is not Variant.PLAN else None
        composed = services.chosen(work, chosen, of, language or work.settings.language)
        if language and composed.language != language:
            other = composed.language if composed.also else ""
            edition = services.freeze(work, replace(composed, language=language, also=other))
        else:
            edition = services.freeze_composed(work, chosen, of, language or work.settings.language)
        work.owed.clear()  # made here, not by a worker
    make(who, edition)


COMMANDS = [plan_group]

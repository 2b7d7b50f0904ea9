"""Commands for the plan."""

import click

from sdg_tracker.cli.acting import Acting, Group, acting
from sdg_tracker.cli.issuing import LANGUAGE, make
from sdg_tracker.evidence import thumbnails
from sdg_tracker.plandocument import services
from sdg_tracker.plandocument.rules import Choices, Variant


@click.group("plan", cls=Group)
def plan_group() -> None:
    """The action plan."""


@plan_group.command("freeze")
@click.option("--variant", type=click.Choice([one.value for one in Variant]), default=Variant.PLAN.value)
@click.option("--year", type=int, help="Whose status or evaluation; not for the plan itself.")
@click.option("--language", type=LANGUAGE, help="Language of the document; default: the installation's.")
@acting
def freeze(who: Acting, variant: str, year: int | None, language: str | None) -> None:
    """Freeze the plan on paper and make its files; an evaluation has the texts of the last one of its year."""
    thumbnails.make_owed(who.workplace, who.library_id)
    with who.writing() as work:
        chosen = Variant(variant)
        texts = services.written(work, chosen, year if chosen is not Variant.PLAN else None)
        edition = services.freeze(work, Choices(chosen, year, language or work.settings.language, **texts))
        work.owed.clear()  # made here, not by a worker
    make(who, edition)


COMMANDS = [plan_group]

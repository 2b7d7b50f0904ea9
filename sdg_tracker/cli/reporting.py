"""Commands for yearly reports: freeze one, publish the page of a year, withdraw it."""

from typing import Any

import click

from sdg_tracker.access import SYSTEM
from sdg_tracker.cli.acting import Acting, Group, acting, say
from sdg_tracker.cli.issuing import LANGUAGE, make
from sdg_tracker.foundation.i18n import _, ngettext_
from sdg_tracker.impact import services as impact
from sdg_tracker.publishing import queries, services
from sdg_tracker.publishing.public import Public, used_pictures
from sdg_tracker.publishing.rules import LICENCES, NOWHERE, TABLES, Settings
from sdg_tracker.publishing.still import Why
from sdg_tracker.publishing.wording import MENDED, WHY


@click.group("impact", cls=Group)
def impact_group() -> None:
    """Yearly impact reports and their public pages."""


@impact_group.command("freeze")
@click.option("--year", type=int, required=True)
@click.option("--language", type=LANGUAGE, help="Language of the report; default: the installation's.")
@acting
def freeze(who: Acting, year: int, language: str | None) -> None:
    """Freeze the report of a year and make its files."""
    with who.writing() as work:
        edition = impact.freeze(work, year, language)
        work.owed.clear()
    make(who, edition)


@impact_group.command("publish")
@click.argument("which", metavar="YEAR|EDITION", type=click.IntRange(1))
@click.option("--preview", is_flag=True, help="Only tell what would be seen and what is left out; publish nothing.")
@click.option("--licence", type=click.Choice(list(LICENCES)), help="Terms of the data; default: as published last.")
@click.option(
    "--hide-small/--tell-small", "hide_small", default=None, help="Leave headcounts below 5 out, or tell them."
)
@click.option("--table", "tables", type=click.Choice(list(TABLES)), multiple=True, help="Open data; may be repeated.")
@acting
def publish(who: Acting, which: int, *, preview: bool, **asked: Any) -> None:
    """Publish the newest report of a year, or an edition, as the page of its year.

    What is not said is as it was published last. What is left out is listed with the reason.
    """
    with who.reading() as work:
        edition = services.of(work, which)
        number, year = edition.number, edition.year or 0
        before = queries.of_year(work, year)
        chosen = _chosen(before.settings if before else Settings(), **asked)
        found = services.preview(work, edition, chosen, NOWHERE).found
        address = queries.address_of(work, year, several=_several(who))
        drawn = [] if preview else services.draw(work, number, chosen)
    if preview:
        said = _("Edition %(number)s would be public at %(address)s.", number=number, address=address)
    else:
        with who.writing() as work:
            services.publish(work, number, chosen, drawn, before.number if before else 0)
        said = _("Edition %(number)s is public at %(address)s.", number=number, address=address)
    say(said)
    _tell(found)


def _chosen(last: Settings, licence: str | None, hide_small: bool | None, tables: tuple[str, ...]) -> Settings:
    """Return what is said, else what held before."""
    return Settings(
        last.small_numbers if hide_small is None else not hide_small,
        tuple(name for name in TABLES if name in tables) if tables else last.tables,
        licence or last.licence,
    )


def _tell(found: Public) -> None:
    """Say what everybody sees, and what is left out and why."""
    shown, pictures = len(found.data["evidence"]), len(used_pictures(found.data))
    named = ngettext_(
        "%(num)s piece of evidence is named on the page", "%(num)s pieces of evidence are named on the page", shown
    )
    say(f"{named}, {ngettext_('%(num)s picture is shown.', '%(num)s pictures are shown.', pictures)}")
    for why in Why:
        rows = [one for one in found.left_out if one.why is why]
        if rows:
            say(f"{WHY[why]} ({len(rows)}). {MENDED[why]}")
        for one in rows:
            say(f"  {one.number} {one.title}")


@impact_group.command("withdraw")
@click.argument("which", metavar="YEAR|EDITION", type=click.IntRange(1))
@click.option("--reason", required=True, help="Why; kept in the trail, the public does not see it.")
@acting
def withdraw(who: Acting, which: int, reason: str) -> None:
    """Take the public page of a year away; its address says so from then on."""
    with who.writing() as work:
        publication = services.withdraw(work, services.of(work, which).number, reason)
        say(_("The page of %(year)s is withdrawn. Its address says so.", year=str(publication.year)))


def _several(who: Acting) -> bool:
    """Return whether there are several libraries, so that addresses name them."""
    with who.workplace.reading(SYSTEM) as work:
        return len(queries.libraries(work)) > 1


COMMANDS = [impact_group]

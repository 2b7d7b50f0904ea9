"""Steps with a public page: its pictures are drawn, it is published, it is withdrawn."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

from sdg_tracker import impact, trail
from sdg_tracker.access import Permission
from sdg_tracker.activities.rules import FIRST_YEAR
from sdg_tracker.audit.frozen import frozen
from sdg_tracker.editions import queries as editions
from sdg_tracker.editions.models import Edition, State
from sdg_tracker.foundation.blobs import StoredBlob
from sdg_tracker.foundation.errors import Conflict, Invalid, NotFound, words
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.keeping import names
from sdg_tracker.publishing import queries
from sdg_tracker.publishing.models import Publication, PublicPicture
from sdg_tracker.publishing.rules import LICENCES, NOWHERE, TABLES, Place, Settings
from sdg_tracker.publishing.showing import Shown
from sdg_tracker.publishing.still import candidates
from sdg_tracker.work import Work, check_revision

LONGEST_REASON = 500  # characters
words(
    {
        "publication-not-report": lazy("Only the report of a year has a public page."),
        "publication-not-ready": lazy("The files of the report are not made yet. Wait until they are, then publish."),
        "publication-no-report": lazy(
            "There is no report of %(year)s whose files are made. Run: sdg-tracker impact freeze --year %(year)s"
        ),
        "publication-licence": lazy("Choose on which terms others may use the data."),
        "publication-reason-needed": lazy("Say why. It is kept in the trail; the public does not see it."),
        "publication-reason-long": lazy("Say it in at most %(most)s characters."),
        "publication-withdrawn": lazy("The page of %(year)s is withdrawn already."),
    }
)
trail.declare(
    {
        "publication.published": (
            lazy("Page of the year published"),
            {"publication", "licence", "small_numbers", "tables"},
        ),
        "publication.withdrawn": (lazy("Page of the year withdrawn"), {"publication", "reason"}),
    }
)


@dataclass(frozen=True)
class Drawn:
    """A picture that was drawn for a page: its name there, the exhibit that it shows, and where its bytes are kept."""

    name: str
    exhibit: int | None
    kept: StoredBlob


def report(work: Work, number: int) -> Edition:
    """Return the report that is to be published. Raises NotFound, and Conflict for another kind of edition."""
    edition = editions.get(work, number)
    work.require(Permission.IMPACT_PUBLISH, edition)
    if edition.kind != impact.KIND or edition.year is None:
        raise Conflict("publication-not-report")
    return edition


def of(work: Work, which: int) -> Edition:
    """Return the report that somebody names: the newest of a year, or an edition by its number. Raises NotFound."""
    if which < FIRST_YEAR:
        return report(work, which)
    found = queries.newest(work, which)
    if found is None:
        raise NotFound("publication-no-report", year=str(which))
    return report(work, found.number)


def preview(work: Work, edition: Edition, settings: Settings, place: Place) -> Shown:
    """Return what everybody would see of a report today."""
    work.require(Permission.IMPACT_PUBLISH, edition)
    open_then = candidates(frozen(work.blobs, edition).snapshot)
    return Shown(work.blobs, edition, settings, place, queries.still(work, open_then))


def published(work: Work, publication: Publication, place: Place) -> Shown:
    """Return what everybody sees of a report today."""
    work.require(Permission.PUBLIC_READ)
    drawn = frozenset(one.exhibit for one in publication.pictures if one.exhibit is not None)
    still = queries.still(work, publication.open)
    return Shown(work.blobs, publication.edition, publication.settings, place, still, drawn)


def draw(work: Work, number: int, settings: Settings) -> list[Drawn]:
    """Draw and keep all pictures of a page, before the step that publishes it."""
    shown, found = preview(work, report(work, number), settings, NOWHERE), []
    for name, exhibit in shown.pictures().items():
        found.append(Drawn(name, exhibit, work.blobs.put(io.BytesIO(shown.picture(name)))))
    return found


def publish(
    work: Work, number: int, settings: Settings, drawn: Sequence[Drawn], revision: int | None = None
) -> Publication:
    """Publish a report as the page of its year; it takes the place of what was there, under the same address.

    ``revision``: of the page of that year as it was seen, 0 for none. Raises Conflict when another was published since,
    or while the report's files are not made; Invalid for a choice that is none.
    """
    edition = report(work, number)
    if edition.state != State.READY:
        raise Conflict("publication-not-ready")
    if settings.licence not in LICENCES or set(settings.tables) - set(TABLES):
        raise Invalid("publication-licence", field="licence")
    work.lock_library()
    before = queries.of_year(work, edition.year or 0)
    if revision is not None and revision != (before.number if before else 0):
        raise Conflict("changed-meanwhile")
    publication = Publication(
        number=work.next_number("publication"),
        year=edition.year,
        edition_id=edition.id,
        chosen=settings.data(),
        open=candidates(frozen(work.blobs, edition).snapshot),
        published_at=work.at,
        published_by=work.actor.number,
    )
    publication.pictures += [
        PublicPicture(name=one.name, exhibit=one.exhibit, sha256=one.kept.sha256, size=one.kept.size) for one in drawn
    ]
    work.session.add(publication)
    work.session.flush()
    trail.record(work, "publication.published", edition, publication=publication.number, **settings.data())
    return publication


def withdraw(work: Work, number: int, reason: str, revision: int | None = None) -> Publication:
    """Take the page of a report's year away; its address says so from now on.

    Raises NotFound when nothing is published for the year, Invalid for a reason that is missing or too long.
    """
    edition = report(work, number)
    publication = queries.get(work, edition.year or 0)
    check_revision(publication, revision)
    why = " ".join(reason.split())
    if not why:
        raise Invalid("publication-reason-needed", field="reason")
    if len(why) > LONGEST_REASON:
        raise Invalid("publication-reason-long", field="reason", most=LONGEST_REASON)
    if publication.withdrawn_at is not None:
        raise Conflict("publication-withdrawn", year=str(publication.year))
    publication.withdrawn_at, publication.withdrawn_by = work.at, work.actor.number
    publication.withdrawn_reason = why
    work.session.flush()
    trail.record(work, "publication.withdrawn", publication.edition, publication=publication.number, reason=why)
    return publication


names.register("publishing", names.Source(columns=((PublicPicture.sha256, PublicPicture.size),), naming=queries.naming))

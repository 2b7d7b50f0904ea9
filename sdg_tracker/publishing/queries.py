"""Which page of a year is public, and what of its evidence may still be shown today."""

from collections.abc import Collection, Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from sdg_tracker import impact
from sdg_tracker.editions.models import Edition, State
from sdg_tracker.effects import rules
from sdg_tracker.effects.models import Quote, Story
from sdg_tracker.effects.rules import StoryState
from sdg_tracker.evidence import people
from sdg_tracker.evidence.models import Evidence, Version
from sdg_tracker.evidence.people import Reason, Scope
from sdg_tracker.evidence.showing import may_be_shown
from sdg_tracker.foundation.errors import NotFound, words
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.keeping.names import Named
from sdg_tracker.publishing.models import Publication, PublicPicture
from sdg_tracker.publishing.still import Known, Still, words_of
from sdg_tracker.work import Library, Work

words({"publication-none": lazy("Nothing is published for %(year)s.")})


def of_year(work: Work, year: int) -> Publication | None:
    """Return what was published for a year last, with its edition and pictures; it may be withdrawn."""
    rows = sa.select(Publication).where(Publication.year == year).order_by(Publication.number.desc()).limit(1)
    whole = rows.options(joinedload(Publication.edition), selectinload(Publication.pictures))
    return work.session.scalars(whole).unique().first()


def get(work: Work, year: int) -> Publication:
    """Return what was published for a year last. Raises NotFound."""
    found = of_year(work, year)
    if found is None:
        raise NotFound("publication-none", year=str(year))
    return found


def latest(work: Work) -> Sequence[Publication]:
    """Return what was published last for each year and is not withdrawn, the newest year first."""
    last = sa.select(sa.func.max(Publication.number)).group_by(Publication.year).scalar_subquery()
    rows = sa.select(Publication).where(Publication.number.in_(last), Publication.withdrawn_at.is_(None))
    return work.session.scalars(rows.options(joinedload(Publication.edition)).order_by(Publication.year.desc())).all()


def still(work: Work, asked: Mapping[str, Collection[int]]) -> Still:
    """Return what of a report's evidence, quotes and stories may be shown to everybody today.

    Of evidence it is the file that is accepted today: one that another took the place of, or that was closed because
    it shows somebody who is blurred now or said no, is not among them. Of quotes and stories it is today's words.
    """
    return Still(_evidence(work, asked["evidence"]), _quotes(work, asked["quotes"]), _stories(work, asked["stories"]))


def _evidence(work: Work, numbers: Collection[int]) -> Known:
    shown = sa.select(Evidence.number, Version.rendition_sha256).join(Version, Version.evidence_id == Evidence.id)
    allowed = shown.where(
        Evidence.number.in_(numbers),
        Evidence.accepted_version == Version.ordinal,
        Evidence.counts,
        may_be_shown(work.today),
        Version.closed_at.is_(None),
        sa.or_(Version.quarantined_at.is_(None), Version.released_at.is_not(None)),
    )
    return frozenset((number, sha256) for number, sha256 in work.session.execute(allowed))


def _quotes(work: Work, numbers: Collection[int]) -> Known:
    rows = sa.select(Quote).where(Quote.number.in_(numbers)).options(selectinload(Quote.agreements))
    return frozenset(
        (row.number, words_of(row.text, row.who))
        for row in work.session.scalars(rows)
        if not rules.hidden(row, row.agreements, work.today)
    )


def _stories(work: Work, numbers: Collection[int]) -> Known:
    rows = sa.select(Story).where(Story.number.in_(numbers), Story.state == StoryState.READY.value)
    return frozenset(
        (row.number, words_of(row.title, row.need, row.done, row.changed))
        for row in work.session.scalars(rows.options(selectinload(Story.agreements)))
        if not rules.hidden(row, row.agreements, work.today)
    )


def reasons(work: Work, numbers: Collection[int]) -> Mapping[int, tuple[Reason, ...]]:
    """Return why each of these pieces of evidence may not be shown on the website today; empty for one that may."""
    rows = sa.select(Evidence).where(Evidence.number.in_(numbers)).options(selectinload(Evidence.consents))
    return {
        piece.number: people.publication(piece, piece.consents, Scope.WEBSITE, work.today)
        for piece in work.session.scalars(rows)
    }


def libraries(work: Work) -> Sequence[tuple[int, str, str]]:
    """Return key, short name and name of every library; the work belongs to none."""
    rows = sa.select(Library.id, Library.slug, Library.name).order_by(Library.id)
    return [(key, slug, name) for key, slug, name in work.session.execute(rows)]


def address_of(work: Work, year: int, *, several: bool) -> str:
    """Return the address of a page with its site; the library stands in it once there are several."""
    library = f"/{work.library.slug}" if several else ""
    return f"{work.settings.url.rstrip('/')}{library}/impact/{year}"


def newest(work: Work, year: int) -> Edition | None:
    """Return the newest report of a year whose files are made and whose place no other took."""
    rows = sa.select(Edition).where(
        Edition.kind == impact.KIND,
        Edition.year == year,
        Edition.state == State.READY.value,
        Edition.superseded_by.is_(None),
    )
    return work.session.scalars(rows.order_by(Edition.number.desc()).limit(1)).first()


def naming(work: Work, sha256: str) -> list[Named]:
    """Return which public pictures are the blob."""
    rows = (
        sa.select(Edition.number, PublicPicture.name)
        .join(PublicPicture.publication)
        .join(Publication.edition)
        .where(PublicPicture.sha256 == sha256)
        .order_by(Edition.number, PublicPicture.name)
    )
    return [
        Named(Edition.__tablename__, number, f"public picture {name}") for number, name in work.session.execute(rows)
    ]

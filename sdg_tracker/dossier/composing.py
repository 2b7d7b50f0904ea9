"""Composing the next dossier of a cycle: what goes in, the library's logo, and who approves it."""

from dataclasses import dataclass
from datetime import date

from sdg_tracker import drafts, trail
from sdg_tracker.access import Permission
from sdg_tracker.dossier import queries
from sdg_tracker.dossier.models import Composition
from sdg_tracker.dossier.rules import Variant
from sdg_tracker.evidence.intake import Received
from sdg_tracker.evidence.media import JPEG, PNG
from sdg_tracker.foundation.errors import Conflict, Invalid, words
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.schemes import queries as schemes
from sdg_tracker.work import Work, check_revision

words(
    {
        "composition-days": lazy("The last day must not lie before the first."),
        "composition-area": lazy("The scheme has no area %(area)s. Choose among those on the page."),
        "composition-languages": lazy("Choose two different languages, or only one."),
        "composition-year": lazy("Write the year that is evaluated, from %(first)s to %(last)s."),
        "logo-type": lazy("The logo must be a picture of the type PNG or JPEG."),
        "logo-apart": lazy("Something in this picture has to be looked at first. Choose another one."),
    }
)
trail.declare(
    {
        "composition.changed": (lazy("Dossier composed"), {"cycle", "fields"}),
        "composition.approved": (lazy("Dossier approved"), {"cycle", "essence"}),
    }
)
FIELDS = (
    "language",
    "also",
    "title",
    "foreword",
    "first_on",
    "last_on",
    "areas",
    "files",
    "trail",
    "variant",
    "year",
    "proposal",
)
TITLE_LIMIT, TEXT_LIMIT = 200, 20_000


@dataclass(frozen=True)
class Choices:
    """What somebody chose. ``seen`` is the revision that was shown; None when there was none yet."""

    language: str
    also: str = ""
    title: str = ""
    foreword: str = ""
    first_on: date | None = None
    last_on: date | None = None
    areas: tuple[str, ...] = ()
    files: bool = True
    trail: bool = True
    variant: Variant = Variant.WHOLE
    year: int | None = None
    proposal: str = ""
    seen: int | None = None


def save(
    work: Work, cycle_number: int, choices: Choices, logo: Received | None = None, *, without_logo: bool = False
) -> Composition:
    """Keep what was chosen; a change takes an approval back. Raises Invalid, NotFound, Conflict when it was changed.

    ``logo`` takes the place of the one that is there; ``without_logo`` takes that away.
    """
    work.require(Permission.EDITION_FREEZE)
    cycle = schemes.cycle(work, cycle_number)
    row = queries.composition(work, cycle)
    if row is None:
        row = Composition(cycle_id=cycle.id, cycle=cycle, language=choices.language)
        work.session.add(row)
        changed = list(FIELDS)
    else:
        check_revision(row, choices.seen)
        changed = []
    values = _checked(cycle.scheme.document["areas"], cycle.starts_on, cycle.ends_on, choices)
    for field in FIELDS:
        if getattr(row, field) != values[field]:
            setattr(row, field, values[field])
            changed.append(field)
    if logo is not None or without_logo:
        _put_logo(row, logo)
        changed.append("logo")
    work.session.flush()
    if changed:
        trail.record(work, "composition.changed", cycle, cycle=cycle.number, fields=sorted(set(changed)))
    return row


def _checked(areas: list[dict[str, object]], first: date, last: date, choices: Choices) -> dict[str, object]:
    known = [str(area["code"]) for area in areas]
    for code in choices.areas:
        if code not in known:
            raise Invalid("composition-area", field="areas", area=code)
    if choices.also == choices.language:
        raise Invalid("composition-languages", field="also")
    if (choices.last_on or last) < (choices.first_on or first):
        raise Invalid("composition-days", field="last_on")
    committee = choices.variant is Variant.COMMITTEE
    if committee and (choices.year is None or not first.year <= choices.year <= last.year):
        raise Invalid("composition-year", field="year", first=str(first.year), last=str(last.year))
    chosen = [code for code in known if code in choices.areas]
    return {
        "language": choices.language,
        "also": choices.also,
        "title": choices.title.strip(),
        "foreword": choices.foreword.strip(),
        "first_on": None if choices.first_on == first else choices.first_on,
        "last_on": None if choices.last_on == last else choices.last_on,
        "areas": [] if chosen == known else chosen,
        "files": choices.files,
        "trail": choices.trail,
        "variant": choices.variant.value,
        "year": choices.year if committee else None,
        "proposal": choices.proposal.strip(),
    }


def _put_logo(row: Composition, logo: Received | None) -> None:
    if logo is None:
        row.logo_sha256 = row.logo_size = row.logo_media_type = None
        return
    if logo.media_type not in (PNG, JPEG):
        raise Invalid("logo-type", field="logo")
    if logo.quarantined:
        raise Invalid("logo-apart", field="logo")
    row.logo_sha256, row.logo_size, row.logo_media_type = logo.rendition.sha256, logo.rendition.size, logo.media_type


def approve(work: Work, cycle_number: int, acting_as: str, essence: str) -> Composition:
    """Approve the pages as they were seen; ``acting_as`` is what the person is at the library, in words.

    Raises Conflict when the pages that are there now are others than those seen, Invalid without ``acting_as``.
    """
    work.require(Permission.EDITION_APPROVE)
    cycle = schemes.cycle(work, cycle_number)
    row = queries.composition(work, cycle)
    if row is None:
        raise Conflict("approve-no-preview")
    drafts.approve(work, row, row.preview, acting_as, essence)
    work.session.flush()
    trail.record(work, "composition.approved", cycle, cycle=cycle.number, essence=essence)
    return row

"""A report in which everything is planted that must not become public, and the public words beside it."""

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from PIL import Image
from PIL.Image import Exif

from sdg_tracker.access import SYSTEM, Actor
from sdg_tracker.activities.models import Activity
from sdg_tracker.editions.models import Edition
from sdg_tracker.effects.models import Agreement, Quote, Story
from sdg_tracker.evidence import consents, queries
from sdg_tracker.evidence.models import Evidence
from sdg_tracker.evidence.people import About, People
from sdg_tracker.evidence.people_models import Consent
from sdg_tracker.impact import following, snapshot
from sdg_tracker.publishing import services
from sdg_tracker.publishing.models import Publication
from sdg_tracker.publishing.rules import Settings
from sdg_tracker.work import Library, Workplace
from tests.factories import Factories

YEAR = 2026
Row = dict[str, Any]


def both(text: str) -> Row:
    """Return a text that is the same in both languages."""
    return {"da": text, "en": text}


def planted_rows(pieces: dict[str, int]) -> Row:
    """Return what other parts put into a report, each with something public and something secret."""
    measure = {
        "number": 1,
        "code": "visits",
        "title": both("Besøg"),
        "unit": both("besøg"),
        "definition": both("Talt ved døren"),
        "includes": both(""),
        "excludes": both(""),
        "aggregation": "sum",
        "rate": None,
        "direction": "up",
        "frequency": "year",
        "by_branch": False,
        "decimals": 0,
        "goals": ["4"],
        "targets": [],
        "indicator": None,
        "source": "Persontæller",
        "baseline": {"period": "2024", "value": "100"},
        "target": {"period": "2027", "value": "150"},
        "changes": [],
        "readings": [
            {
                "number": number,
                "period": str(year),
                "first": f"{year}-01-01",
                "last": f"{year}-12-31",
                "branch": "",
                "value": str(100 + number),
                "qualifier": "exact",
                "read_on": f"{year + 1}-01-08",
                "source": "Persontæller",
                "note": "SECRET-note-of-a-reading",
                "evidence": pieces["inside"],
                "role": "SECRET-role-of-a-reading",
                "corrections": [
                    {"at": "", "old": "1", "old_qualifier": "exact", "reason": "SECRET-correction", "role": "x"}
                ],
            }
            for number, year in enumerate((2024, 2025, 2026), 1)
        ],
        "unknown": [
            {
                "number": 1,
                "period": "2023",
                "first": "2023-01-01",
                "last": "2023-12-31",
                "branch": "",
                "reason": "Der var ingen tæller.",
                "on": "2024-02-01",
                "role": "SECRET-role-of-a-gap",
            }
        ],
    }
    status = {
        "computed": "behind",
        "shown": "on_track",
        "overruled": {"status": "on_track", "reason": "SECRET-overruled", "on": "2026-02-01", "role": "SECRET-role"},
        "numbers": {
            "checks": [{"year": 2026, "on": "2026-02-01", "answer": "partly", "sample": [1], "note": "SECRET-n"}]
        },
    }
    pledge = {
        "code": "D1",
        "title": both("Flere besøg"),
        "text": both("Vi vil have flere besøg."),
        "kind": "measurable",
        "goals": ["4"],
        "targets": [],
        "responsible": "SECRET-responsible",
        "adopted_on": "2025-01-20",
        "due_on": "2027-12-31",
        "measure": "visits",
        "baseline": None,
        "target": None,
        "times": None,
        "per": None,
        "status": status,
        "activities": [],
        "evidence": [pieces["inside"]],
    }
    initiative = {
        "code": "I1",
        "title": "Repair Café hver måned",
        "area": "citizens",
        "role": "facilitator",
        "goals": ["12"],
        "targets": [],
        "strategy_actions": [],
        "responsible": "SECRET-responsible-of-initiative",
        "partners": [],
        "what": "Vi reparerer ting sammen",
        "how": "SECRET-how",
        "first": "2026-01-01",
        "last": "2026-12-31",
        "success": "40 ting",
        "baseline": "",
        "target": "",
        "pledges": ["D1"],
        "years": [2026],
        "state": "promised",
        "states": {},
        "activities": [],
    }
    outcomes = {"frirum": 4, "perspektiv": None, "kreativitet": 3, "faellesskab": 5}
    story = {
        "language": "da",
        "year": YEAR,
        "need": "En cykel var i stykker.",
        "done": "Den blev lavet.",
        "changed": "Nu kører den.",
        "goals": ["12"],
        "targets": [],
        "activities": [1],
        "partners": [],
        "campaigns": [],
        "picture": {"evidence": pieces["open"], "alt": "En cykel"},
        "quote": {"number": 3, "text": "SECRET-quote-of-a-story", "who": "deltager", "public": False},
    }
    return {
        "measures": [measure],
        "plan": {
            "number": 1,
            "title": "Handleplan",
            "first": "2025-01-01",
            "last": "2027-12-31",
            "version": 1,
            "approved": {"by": "SECRET-approver", "on": "2025-01-20", "case": "SECRET-case"},
            "versions": [{"version": 1, "approved_on": "2025-01-20", "by": "SECRET-by", "reason": "SECRET-why"}],
            "focus_goals": [{"label": "4+12", "goals": ["4", "12"], "reason": "Her kan vi mest."}],
            "pledges": [pledge],
            "initiatives": [initiative],
        },
        "effects": [
            {
                "activity": 1,
                "intended": outcomes,
                "seen": outcomes,
                "answers": 12,
                "basis": "SECRET-basis",
                "quotes": [
                    {"number": 1, "text": "Det var en god dag.", "who": "deltager", "public": True},
                    {"number": 2, "text": "SECRET-quote", "who": "deltager", "public": False},
                    {"number": 4, "text": "SECRET-other-words", "who": "deltager", "public": True},
                ],
            }
        ],
        "stories": [
            {**story, "number": 1, "title": "Cyklen fra Søndervang", "public": True},
            {**story, "number": 2, "title": "SECRET-story", "public": False},
        ],
        "composition": {
            "title": "Året der gik",
            "languages": ["da"],
            "approved_by": "SECRET-approver-of-the-report",
            "foreword_by": "Biblioteksledelsen",
            "sections": [
                {"name": name, "text": text}
                for name, text in (
                    ("foreword", "Et ord først."),
                    ("goals", ""),
                    ("focus", ""),
                    ("pledges", ""),
                    ("stories", ""),
                    ("effects", ""),
                    ("figures", ""),
                    ("next", "Næste år gør vi mere."),
                )
            ],
        },
    }


def poison(data: Any) -> None:
    """Put something secret under a new key into each row, as a part that is yet to be written may do."""
    if isinstance(data, dict):
        for value in data.values():
            poison(value)
        data["unheard_of"] = "SECRET-of-a-new-key"
    elif isinstance(data, list):
        for value in data:
            poison(value)


PUBLIC = (
    "Repair Café",
    "Åbent referat",
    "Cyklen fra Søndervang",
    "Det var en god dag.",
    "Flere besøg",
    "Her kan vi mest.",
    "Et ord først.",
    "Næste år gør vi mere.",
    "Grøn ordning",
    "udkast - ikke bekræftet",
)


@dataclass
class Planted:
    """A library's report: its edition, and the pieces of evidence by what is wrong with them."""

    library: Library
    edition: Edition
    coordinator: Actor
    pieces: dict[str, int] = field(default_factory=dict)


def gps_jpeg(shade: int) -> bytes:
    """Return a JPEG that says where it was taken, by whom, and of what."""
    exif, out = Exif(), io.BytesIO()
    exif[0x010E], exif[0x013B] = "SECRET-description", "SECRET-artist"
    exif.get_ifd(0x8825)[1], exif.get_ifd(0x8825)[2] = "N", (55.0, 43.0, 51.0)
    Image.new("RGB", (640, 480), (shade, 90, 140)).save(out, "JPEG", exif=exif, comment=b"SECRET-comment")
    return out.getvalue()


@pytest.fixture
def planted(workplace: Workplace, make: Factories, library: Library, coordinator: Actor) -> Planted:
    """A report with an internal exhibit, drafts, pictures with and without consent, and secrets in every other row."""
    activity = make.activity(
        library,
        "Repair Café",
        "12.5",
        "4",
        description="SECRET-description-of-an-activity",
        source_library="SECRET-source",
        attendance=3,
        attendance_qualifier="exact",
        signups=40,
    )
    make.activity(library, "=HYPERLINK(1)", "13")
    about: dict[str, Any] = {"activity": activity, "accepted_version": 1, "state": "accepted"}
    found = {
        "open": _picture(workplace, make, library, "Åbent foto", 10, people="no", public=True, **about),
        "consent": _picture(workplace, make, library, "Foto med samtykke", 20, public=True, basis="consent", **about),
        "objected": _picture(workplace, make, library, "Foto af nogen", 30, people="no", public=True, **about),
        "minutes": make.evidence(library, b"a", title="Åbent referat", kind="minutes", public=True, **about),
        "inside": make.evidence(library, b"b", title="SECRET-inside", kind="minutes", **about),
        "unknown": _picture(workplace, make, library, "SECRET-unknown", 40, people="unknown", public=True, **about),
        "submitted": make.evidence(library, b"c", title="SECRET-submitted", public=True, activity=activity),
        "draft": make.evidence(library, b"d", title="SECRET-draft", public=True, activity=activity, state="draft"),
    }
    pieces = {name: piece.number for name, piece in found.items()}
    _tell(workplace, library, activity)
    with workplace.reading(coordinator) as work:
        taken = snapshot.take(work, YEAR, 1, "da")
    taken |= planted_rows(pieces)
    named = {"name": both("Grøn ordning"), "label": both("udkast - ikke bekræftet")}
    taken["schemes"] = [{**named, "first": "2026-01-01", "last": "2028-12-31"}]
    taken["followed"] = following.followed({**taken, "plan": None, "effects": []})
    for row in taken["activities"]:
        row["mappings"] = [{**tie, "reason": "SECRET-reason"} for tie in row["mappings"]]
    poison({key: value for key, value in taken.items() if key not in ("targets", "trail", "names")})
    edition = make.edition(library, b"SECRET-pdf", kind="impact", year=YEAR, snapshot=taken)
    return Planted(library, edition, coordinator, pieces)


def _tell(workplace: Workplace, library: Library, activity: Activity) -> None:
    """Make the quotes and stories of the report, as they are today: quote 4 has other words by now."""
    with workplace.writing(SYSTEM, library.id) as work:
        texts = ("Det var en god dag.", "SECRET-quote", "SECRET-quote-of-a-story", "Andre ord.")
        for number, text in enumerate(texts, 1):
            quote = Quote(
                number=number,
                activity_id=activity.id,
                text=text,
                who="deltager",
                public=number in (1, 4),
                added_at=work.at,
            )
            quote.agreements.append(Agreement(ordinal=1, website=True, given_on=work.today, added_at=work.at))
            work.session.add(quote)
        told = {"need": "En cykel var i stykker.", "done": "Den blev lavet.", "changed": "Nu kører den."}
        for number, title in enumerate(("Cyklen fra Søndervang", "SECRET-story"), 1):
            work.session.add(
                Story(
                    number=number,
                    title=title,
                    year=YEAR,
                    state="ready",
                    public=number == 1,
                    people="no",
                    added_at=work.at,
                    **told,
                )
            )


def _picture(
    workplace: Workplace, make: Factories, library: Library, title: str, shade: int, **values: Any
) -> Evidence:
    """Make a photo whose small picture says where it was taken; its file is named after somebody."""
    content = gps_jpeg(shade)
    drawn = workplace.blobs.put(io.BytesIO(content))
    values = {"kind": "photo", "media_type": "image/jpeg", "people": "yes", **values}
    piece = make.evidence(library, content + b"-", title=title, **values)
    with workplace.writing(SYSTEM, library.id) as work:
        version = queries.get(work, piece.number).versions[0]
        version.thumbnail_sha256, version.thumbnail_size, version.thumbnail_state = drawn.sha256, drawn.size, "done"
        version.file_name = "SECRET-file-name.jpg"
        if values["people"] == "yes":
            given = Consent(evidence_id=piece.id, ordinal=1, website=True, given_on=work.today, added_at=work.at)
            work.session.add(given)
    return piece


@pytest.fixture
def publish(workplace: Workplace) -> Callable[..., Publication]:
    """Publish a report as the coordinator does: pictures first, then the step."""

    def step(planted: Planted, settings: Settings | None = None) -> Publication:
        chosen = settings or Settings()
        with workplace.reading(planted.coordinator) as work:
            drawn = services.draw(work, planted.edition.number, chosen)
        with workplace.writing(planted.coordinator) as work:
            return services.publish(work, planted.edition.number, chosen, drawn)

    return step


def take_consent_back(workplace: Workplace, planted: Planted) -> None:
    """Let the one in the picture take the consent back."""
    with workplace.writing(planted.coordinator) as work:
        consents.describe(work, planted.pieces["consent"], About(People.YES, basis="consent"))
        consents.withdraw(work, planted.pieces["consent"], 1, work.today)

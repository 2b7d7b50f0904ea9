"""The columns of a list of activities, as files have them: read by the import, written by the export."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sdg_tracker.activities.rules import MappingChoice, folded
from sdg_tracker.activities.states import Contribution, Qualifier, Stance, Status
from sdg_tracker.foundation.columns import SEPARATOR, Column, Columns, value_of, word
from sdg_tracker.foundation.i18n import in_locale
from sdg_tracker.foundation.text import search_text
from sdg_tracker.goals.rules import goal_of

COLUMNS: tuple[Column, ...] = (
    Column("number", "Nummer", "Number", 9, ("nr", "no"), read=False),
    Column("title", "Titel", "Title", 44, ("title_da", "navn", "name")),
    Column("description", "Beskrivelse", "Description", 60, ("description_da", "tekst", "text")),
    Column("language", "Sprog", "Language", 8),
    Column("type", "Type", "Type", 16, ("art", "kind")),
    Column("status", "Status", "Status", 12),
    Column("starts_on", "Startdato", "Starts on", 12, ("dato", "date", "fra", "start")),
    Column("ends_on", "Slutdato", "Ends on", 12, ("til", "slut", "end")),
    Column("year", "År", "Year", 8),
    Column("branch", "Filialer", "Branches", 24, ("filial", "hus", "huse", "branch", "afdeling", "afdelinger")),
    Column("audience", "Målgruppe", "Audience", 18, ("målgrupper", "audiences")),
    Column("attendance", "Fremmøde", "Attendance", 12, ("deltagere", "antal deltagere", "participants")),
    Column("attendance_qualifier", "Fremmøde forbehold", "Attendance qualifier", 14, ("forbehold", "qualifier")),
    Column("signups", "Tilmeldte", "Sign-ups", 12, ("tilmeldinger", "signups")),
    Column("helped", "Fik hjælp", "Helped", 12, ("hjulpne",)),
    Column("campaign", "Kampagner", "Campaigns", 24, ("campaign", "kampagne")),
    Column("partners", "Partnere", "Partners", 24, ("partner", "samarbejdspartnere", "samarbejdspartner")),
    Column("goals", "Verdensmål", "Goals", 14, ("mål", "goal", "sdg", "sdgs", "fn mål")),
    Column("targets", "Delmål", "Targets", 18, ("target",)),
    Column("contribution", "Bidrag", "Contribution", 18),
    Column("reason", "Begrundelse", "Reason", 44, ("reason_da",)),
    Column("mappings", "Koblinger", "Mappings", 44, ("mapping", "kobling")),
    Column("strategy_action", "Strategihandling", "Strategy action", 16, ("strategi", "handling", "strategy")),
    Column("source_library", "Bibliotek", "Library", 28, ("library", "source organisation", "source_organisation")),
    Column("source_url", "Kilde", "Source", 36, ("source_url", "link", "url", "kildelink")),
    Column("evidence", "Antal dokumentation", "Pieces of evidence", 14, ("evidence", "dokumentation"), read=False),
)
KNOWN = Columns(COLUMNS)

STATUS_WORDS: Mapping[Status, tuple[str, ...]] = {
    Status.PLANNED: ("planlagt", "planned"),
    Status.ONGOING: ("i gang", "ongoing", "igangværende", "løbende"),
    Status.HELD: ("afholdt", "held", "gennemført", "afsluttet"),
    Status.CANCELLED: ("aflyst", "cancelled", "canceled"),
}
QUALIFIER_WORDS: Mapping[Qualifier, tuple[str, ...]] = {
    Qualifier.EXACT: ("præcis", "exact", "exactly"),
    Qualifier.MORE_THAN: ("mere end", "more than", "over", "flere end", "mindst", "at least", ">"),
    Qualifier.ABOUT: ("cirka", "about", "ca.", "ca", "omkring", "omtrent", "approx.", "approx", "around", "~"),
}
STANCE_WORDS: Mapping[Stance, tuple[str, ...]] = {
    Stance.SUPPORTS: ("støtter", "supports"),
    Stance.AGAINST: ("modvirker", "against", "works against"),
    Stance.UNKNOWN: ("ved ikke", "unknown", "don't know"),
}
CONTRIBUTION_WORDS: Mapping[Contribution, tuple[str, ...]] = {
    Contribution.DIRECT: ("direkte", "direct"),
    Contribution.INDIRECT: ("indirekte", "indirect"),
}
MAIN_WORDS = ("primær", "main", "hoved", "hovedmål")
SECONDARY_WORDS = ("sekundær", "secondary")


@dataclass(frozen=True)
class MappingCells:
    """The mappings of an activity as the cells of a row."""

    goals: str = ""
    targets: str = ""
    contribution: str = ""
    reason: str = ""
    mappings: str = ""  # a line for each mapping, only where the other four don't say it all


def simple_choices(
    goals: Sequence[str],
    targets: Sequence[str],
    contributions: Sequence[Contribution | None] = (),
    reason: str = "",
) -> list[MappingChoice]:
    """Return what the four plain columns say: the first code is the main one, a goal with targets becomes those.

    ``contributions`` has one for each goal in the same order, or none at all.
    """
    by_goal = dict(zip(goals, contributions, strict=True)) if contributions else {}
    return [
        MappingChoice(code, main=position == 0, contribution=by_goal.get(goal_of(code)), reason=reason)
        for position, code in enumerate(folded(goals, targets))
    ]


def cells_of(choices: Sequence[MappingChoice]) -> MappingCells:
    """Return the cells from which ``choices`` are read again."""
    goals = list(dict.fromkeys(goal_of(choice.code) for choice in choices))
    targets = [choice.code for choice in choices if goal_of(choice.code) != choice.code]
    first = {goal: next(c.contribution for c in choices if goal_of(c.code) == goal) for goal in goals}
    contributions = list(first.values()) if any(first.values()) else []
    reasons = {choice.reason for choice in choices}
    reason = reasons.pop() if len(reasons) == 1 else ""
    simple = simple_choices(goals, targets, contributions, reason)
    return MappingCells(
        goals=SEPARATOR.join(goals),
        targets=SEPARATOR.join(targets),
        contribution=SEPARATOR.join(word(contribution, CONTRIBUTION_WORDS) for contribution in contributions),
        reason=reason,
        mappings="" if simple == list(choices) else "\n".join(map(line_of, choices)),
    )


def line_of(choice: MappingChoice) -> str:
    """Return a mapping as a line: code, place, stance, contribution and reason, with bars between."""
    place = MAIN_WORDS if choice.main else SECONDARY_WORDS
    parts = [
        choice.code,
        in_locale(place[0], place[1]),
        word(choice.stance, STANCE_WORDS),
        word(choice.contribution, CONTRIBUTION_WORDS),
        choice.reason,
    ]
    while not parts[-1]:
        parts.pop()
    return " | ".join(parts)


def choice_of(line: str) -> MappingChoice | None:
    """Return the mapping that a line says, None when it can't be read. The code is not checked."""
    code, place, stance, contribution, reason = [*(part.strip() for part in line.split("|", 4)), "", "", "", ""][:5]
    known_stance = value_of(stance, STANCE_WORDS) if stance else Stance.SUPPORTS
    known_contribution = value_of(contribution, CONTRIBUTION_WORDS)
    places = {search_text(name): name in MAIN_WORDS for name in (*MAIN_WORDS, *SECONDARY_WORDS)}
    main = places.get(search_text(place)) if place else False
    if not code or known_stance is None or main is None or (contribution and known_contribution is None):
        return None
    return MappingChoice(code, main, known_stance, known_contribution, reason)

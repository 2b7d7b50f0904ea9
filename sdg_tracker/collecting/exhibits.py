"""Evidence as the exhibits of an edition: numbered, and named as files of its bag."""

from collections.abc import Iterable, Mapping, Sequence

from sdg_tracker.collecting.plain import Row
from sdg_tracker.evidence.media import ENDINGS
from sdg_tracker.foundation.text import slug

NAME_LENGTH, SHORTEST_NAME = 60, 20  # characters of an exhibit's own name
PATH_LIMIT = 259  # characters of a path that Windows can unpack
UNPACKED_IN = 50  # characters of the folder that people unpack into, with room for a long user name
AROUND_NAME = len("data/evidence/Bilag-0000-.xlsx")


def number_exhibits(
    activities: Sequence[Row], pieces: Iterable[Row], order: Sequence[str] = (), *, longest: int = NAME_LENGTH
) -> list[Row]:
    """Return the evidence as exhibits, counted from 1, each with its file name; activities get the numbers of theirs.

    They stand in the order of the first requirement that each shows something for, in the scheme's ``order``, then of
    their numbers; what shows nothing for a requirement comes last. What requirements the scheme lacks is left out.
    """
    place = {code: position for position, code in enumerate(order)}
    known = {activity["number"]: activity for activity in activities}
    for activity in activities:
        activity["exhibits"] = []
    kept = []
    for piece in pieces:
        shown = sorted(
            (tie for tie in piece["requirements"] if tie["code"] in place), key=lambda tie: place[tie["code"]]
        )
        kept.append({**piece, "requirements": shown})
    kept.sort(key=lambda piece: (_first(piece, place), piece["number"]))
    for exhibit, piece in enumerate(kept, 1):
        piece["exhibit"] = exhibit
        piece["file"] = file_name(exhibit, piece["title"], piece["kind"]["code"], piece["media_type"], longest)
        if piece["activity"] in known:
            known[piece["activity"]]["exhibits"].append(exhibit)
        else:
            piece["activity"] = None  # it is withdrawn, or not of this edition
    return kept


def _first(piece: Row, place: Mapping[str, int]) -> int:
    return min((place[tie["code"]] for tie in piece["requirements"]), default=len(place))


def name_length(library: str) -> int:
    """Return how long an exhibit's own name may be so that Windows can unpack the bag of a library by its short name.

    Windows puts the bag's folder into another of the same name.
    """
    folder = len(f"{library}-supplement-0000/")
    return max(SHORTEST_NAME, min(NAME_LENGTH, PATH_LIMIT - UNPACKED_IN - 2 * folder - AROUND_NAME))


def file_name(exhibit: int, title: str, kind: str, media_type: str, longest: int = NAME_LENGTH) -> str:
    """Return an exhibit's path in the bag: the number makes it unique, and no system refuses how it begins."""
    name = slug(title)[:longest].strip("-") or slug(kind)[:longest].strip("-") or "dokument"
    return f"evidence/Bilag-{exhibit:03d}-{name}.{ENDINGS.get(media_type, 'bin')}"

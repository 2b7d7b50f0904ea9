"""What an approval keeps of a requirement, and what has changed since. Plain functions on plain values."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sdg_tracker.certification.material import Judged
from sdg_tracker.certification.points import Points

FORMAT = 1
TEXTS = ("narrative", "reason", "omission", "answers")


@dataclass(frozen=True)
class Piece:
    """A piece of evidence as it stands tied to a requirement: the digest of the file that is shown, and its pages."""

    number: int
    digest: str
    pages: str = ""


@dataclass(frozen=True)
class Changes:
    """What is another than at the approval. The numbers are those of evidence."""

    assessment: bool = False
    text: bool = False  # narrative, reason or an answer
    score: bool = False
    added: tuple[int, ...] = ()
    removed: tuple[int, ...] = ()
    replaced: tuple[int, ...] = ()  # another file under the same number
    pages: tuple[int, ...] = ()


def content(judged: Judged | None, score: Points | None, pieces: Iterable[Piece]) -> dict[str, Any]:
    """Return what is kept, as plain data: its canonical JSON has one digest whatever the order of the pieces."""
    return {
        "format": FORMAT,
        "assessment": judged.state.value if judged else None,
        "narrative": judged.narrative if judged else "",
        "reason": judged.reason if judged else "",
        **_also(judged),
        "score": None if score is None else score.told(),
        "evidence": [
            {"number": piece.number, "sha256": piece.digest, "pages": piece.pages}
            for piece in sorted(pieces, key=lambda piece: piece.number)
        ],
    }


def _also(judged: Judged | None) -> dict[str, Any]:
    """Return what only some schemes ask for; absent where nothing is said, as in approvals of before."""
    said = {"omission": judged.omission, "answers": dict(judged.answers)} if judged else {}
    return {key: value for key, value in said.items() if value}


def changes(before: Mapping[str, Any], now: Mapping[str, Any]) -> Changes:
    """Return what is different now. Both are what ``content`` returns."""
    old, new = ({row["number"]: row for row in kept["evidence"]} for kept in (before, now))
    both = sorted(old.keys() & new.keys())
    return Changes(
        assessment=before["assessment"] != now["assessment"],
        text=any(before.get(key) != now.get(key) for key in TEXTS),
        score=before["score"] != now["score"],
        added=tuple(sorted(new.keys() - old.keys())),
        removed=tuple(sorted(old.keys() - new.keys())),
        replaced=tuple(number for number in both if old[number]["sha256"] != new[number]["sha256"]),
        pages=tuple(number for number in both if old[number]["pages"] != new[number]["pages"]),
    )

"""What a report holds may be shown to everybody today, and what stays inside, with the reason."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Row = Mapping[str, Any]
Known = frozenset[tuple[int, str]]  # numbers, each with what it has to be today: the digest of a file, or the words


class Why(StrEnum):
    """Why something of the report is not on the public page."""

    NOT_ACCEPTED = "not_accepted"
    INSIDE = "inside"  # it was not open to everybody when the report was frozen
    SINCE = "since"  # it was then, and may not be shown any more
    QUOTE = "quote"
    STORY = "story"
    PLAN = "plan"  # nobody has approved it


@dataclass(frozen=True)
class Still:
    """What may be shown to everybody today, of what a report holds."""

    evidence: Known = frozenset()
    quotes: Known = frozenset()
    stories: Known = frozenset()

    def data(self) -> dict[str, Any]:
        """Return it as plain data, the same for the same."""
        return {
            name: sorted([number, what] for number, what in known)
            for name, known in (("evidence", self.evidence), ("quotes", self.quotes), ("stories", self.stories))
        }


@dataclass(frozen=True)
class LeftOut:
    """Something that stays inside: a piece of evidence, a story, or the quotes of an activity, by its number."""

    why: Why
    number: int
    title: str


def why_inside(row: Row, still: Still) -> Why | None:
    """Return why a piece of evidence is not shown; None when it is."""
    if row["state"] != "accepted":
        return Why.NOT_ACCEPTED
    if not row["public"]:
        return Why.INSIDE
    return None if (row["number"], row["sha256"]) in still.evidence else Why.SINCE


def candidates(snapshot: Row) -> dict[str, list[int]]:
    """Return the numbers of what was open to everybody when the report was frozen: evidence, quotes, stories."""
    evidence = (row for row in snapshot["evidence"] if row["state"] == "accepted" and row["public"])
    return {
        "evidence": [row["number"] for row in evidence],
        "quotes": sorted({row["number"] for row in _quotes(snapshot) if row["public"] and "number" in row}),
        "stories": [row["number"] for row in snapshot.get("stories", ()) if row["public"]],
    }


def _quotes(snapshot: Row) -> Iterator[Row]:
    for row in snapshot.get("effects", ()):
        yield from row.get("quotes", ())
    for row in snapshot.get("stories", ()):
        if row.get("quote"):
            yield row["quote"]


def words_of(*texts: str) -> str:
    """Return the words of a quote or story as they are compared: other words are another quote or story."""
    return "\n".join(texts)


def may_quote(row: Row, still: Still) -> bool:
    """Return whether a quote is shown."""
    return row["public"] and (row.get("number", 0), words_of(row["text"], row["who"])) in still.quotes


def may_tell(row: Row, still: Still) -> bool:
    """Return whether a story is shown."""
    texts = words_of(row["title"], row["need"], row["done"], row["changed"])
    return row["public"] and (row["number"], texts) in still.stories


def left_out(snapshot: Row, still: Still) -> list[LeftOut]:
    """Return what of a report stays inside."""
    found = []
    for row in snapshot["evidence"]:
        why = why_inside(row, still)
        if why is not None:
            found.append(LeftOut(why, row["number"], row["title"]))
    titles = {row["number"]: row["title"] for row in snapshot["activities"]}
    found += [
        LeftOut(Why.QUOTE, row["activity"], titles.get(row["activity"], ""))
        for row in snapshot.get("effects", ())
        if not all(may_quote(quote, still) for quote in row.get("quotes", ()))
    ]
    found += [
        LeftOut(Why.STORY, row["number"], row["title"])
        for row in snapshot.get("stories", ())
        if not may_tell(row, still)
    ]
    plan = snapshot.get("plan")
    if plan and not plan["version"]:
        found.append(LeftOut(Why.PLAN, plan["number"], plan["title"]))
    return found

"""The four ways in which a step can be refused. Each carries a code and facts; the words are looked up when shown."""

import json
from collections.abc import Mapping

from sdg_tracker.foundation.i18n import Text, lazy

_words: dict[str, Text] = {}


def words(texts: Mapping[str, Text]) -> None:
    """Give codes their words. A code has one text in the whole product: raises ValueError for a second."""
    for code, text in texts.items():
        if _words.setdefault(code, text) != text:
            raise ValueError(f"two texts for the error code {code!r}")


def known_codes() -> frozenset[str]:
    """Return every code that has words."""
    return frozenset(_words)


class Problem(Exception):
    """A step that was refused. ``field`` names the part of the input that is to blame, where there is one."""

    status = 500

    def __init__(self, code: str, *, field: str | None = None, **facts: object) -> None:
        super().__init__(code)
        self.code, self.field, self.facts = code, field, facts

    def __str__(self) -> str:
        text = _words.get(self.code)
        return text.with_facts(self.facts) if text is not None else f"{self.code} {self.facts or ''}".rstrip()


def kept(problem: Problem) -> str:
    """Return code and facts as text, for a row that says why something failed."""
    return json.dumps({"code": problem.code, "facts": problem.facts}, default=str)


def told(text: str) -> str:
    """Return in words what was kept; empty where nothing was."""
    if not text:
        return ""
    found = json.loads(text)
    return str(Problem(found["code"], **found["facts"]))


class Forbidden(Problem):
    """This person may not do this."""

    status = 403


class NotFound(Problem):
    """There is no such thing, or it is another library's."""

    status = 404


class Conflict(Problem):
    """Allowed, but not now: the state of things is against it."""

    status = 409


class Invalid(Problem):
    """The input does not hold."""

    status = 422


words(
    {
        "forbidden": lazy("You don't have permission to do this."),
        "not-found": lazy("There is no such thing here."),
        "changed-meanwhile": lazy("Somebody else has changed this since you opened it."),
    }
)

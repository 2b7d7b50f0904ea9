"""A page that stands by itself, read as a browser would: its links, names, headings, and what is wrong with it."""

import itertools
import re
from html.parser import HTMLParser
from typing import Any

VOID = {"meta", "link", "br", "img", "input", "hr", "col"}
MADE = ("report.pdf", "report.xlsx", "snapshot.json", "trail.jsonl", "index.html", "ro-crate-metadata.json")


class Page(HTMLParser):
    """What a page says."""

    def __init__(self, content: bytes) -> None:
        super().__init__(convert_charrefs=True)
        self.content = content
        self.links: list[str] = []
        self.names: list[str] = []
        self.headings: list[tuple[int, str]] = []
        self.tags: set[str] = set()
        self.labels: list[str] = []
        self.language = ""
        self.text = ""
        self.wrong: list[str] = []
        self._open: list[str] = []
        self.feed(content.decode("utf-8"))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.tags.add(tag)
        if tag not in VOID:
            self._open.append(tag)
        if tag == "html":
            self.language = values["lang"]
        if "id" in values:
            self.names.append(values["id"])
        if tag == "a":
            self.links.append(values["href"])
        if tag == "th" and values.get("scope") not in ("row", "col"):
            self.wrong.append(f"a head without scope at {self.getpos()}")
        if re.fullmatch("h[1-6]", tag):
            self.headings.append((int(tag[1]), values.get("id", "")))
        self.labels += values.get("aria-labelledby", "").split()
        self.wrong += [f"{name} on {tag}" for name in values if name.startswith("on") or name == "style"]

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            self.wrong.append(f"</{tag}> at {self.getpos()}")

    def handle_data(self, data: str) -> None:
        self.text += data

    def faults(self) -> list[str]:
        """Return what is wrong: broken nesting, names given twice, a level of headings left out, labels of nothing."""
        found = list(self.wrong) + [f"<{tag}> is never closed" for tag in self._open]
        found += [f"{name} is there twice" for name in set(self.names) if self.names.count(name) > 1]
        found += [f"{label} labels something and is not there" for label in self.labels if label not in self.names]
        levels = [level for level, _name in self.headings]
        found += [f"h{b} after h{a}" for a, b in itertools.pairwise(levels) if b > a + 1]
        return found + ([] if levels.count(1) == 1 else ["not one h1"])

    def lost_links(self, snapshot: dict[str, Any], fingerprint: str) -> list[str]:
        """Return the links that lead to no file of the bag, no place on the page and not to where it is checked."""
        files = {*MADE, *(row["file"] for row in snapshot["evidence"])}
        code = "-".join(fingerprint[start : start + 4] for start in (0, 4, 8))
        known = files | {f"#{name}" for name in self.names}
        known.add(f"{snapshot['site'].rstrip('/')}/verify?code={code}")
        return [link for link in self.links if link not in known]


def read(content: bytes) -> Page:
    """Read a page."""
    return Page(content)

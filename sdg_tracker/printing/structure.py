"""Whether the structure of a PDF holds: checked in each chapter when it is laid out, and once for the whole."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import pydyf

from sdg_tracker.printing import tags

_HEADING = re.compile(r"^/H(\d)$")


def headings(pdf: Any, root: int) -> list[int]:
    """Return the levels of the headings, in reading order."""
    found = (_HEADING.match(element["S"]) for element, _inside in tags.elements(pdf, root))
    return [int(match[1]) for match in found if match]


def check_chapter(pdf: Any, facts: Mapping[str, Any]) -> None:
    """Raise ValueError unless content, tree, links and table headers of a chapter fit together."""
    _refuse(_chapter_faults(pdf, facts))


def check_whole(chapters: Sequence[Mapping[str, Any]]) -> None:
    """Raise ValueError unless the chapters' facts make one document: names, places, levels of headings."""
    _refuse(_whole_faults(chapters))


def _refuse(faults: Iterable[str]) -> None:
    found = list(faults)
    if found:
        raise ValueError(f"the structure does not hold: {'; '.join(found[:5])}")


def _chapter_faults(pdf: Any, facts: Mapping[str, Any]) -> Iterator[str]:
    told: dict[tuple[int, int], int] = {}  # page object and number of the content: the element that holds it
    held: dict[int, int] = {}  # annotation: the element that holds it
    for element, _inside in tags.elements(pdf, _root(pdf)):
        for kid in element["K"]:
            if isinstance(kid, int):
                told[_number(element["Pg"]), kid] = element.number
            elif (thing := pdf.objects[_number(kid)]).get("Type") == "/OBJR":
                held[_number(thing["Obj"])] = element.number
    listed = {
        (page["object"], index): element for page in facts["pages"] for index, element in enumerate(page["elements"])
    }
    if listed != told:
        yield f"numbers and elements differ: {sorted(listed.items() ^ told.items())[:5]}"
    marked = {(page["object"], mark) for page in facts["pages"] for mark in _marked(pdf.objects[page["content"]])}
    if marked != set(told):
        yield f"content and elements differ: {sorted(marked ^ set(told))[:5]}"
    if {link: element for link, element, _target in facts["links"]} != held:
        yield "links and elements differ"
    yield from _table_faults(pdf)


def _table_faults(pdf: Any) -> Iterator[str]:
    cells = [element for element, _inside in tags.elements(pdf, _root(pdf)) if element["S"] in ("/TH", "/TD")]
    names = [cell["ID"].string for cell in cells if cell["S"] == "/TH"]
    if len(set(names)) != len(names):
        yield "two table headers of the same name"
    wanted = {name.string for cell in cells if cell["S"] == "/TD" for name in cell["A"].get("Headers", ())}
    if not wanted <= set(names):
        yield "a cell with a header that is not there"


def _whole_faults(chapters: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    anchors = [name for facts in chapters for name, *_rest in facts["anchors"]]
    known = set(anchors)
    if len(known) != len(anchors):
        yield f"two places of the same name: {sorted(name for name in known if anchors.count(name) > 1)[:5]}"
    targets = {target for facts in chapters for _link, _element, target in facts["links"] if target is not None}
    targets |= {target for facts in chapters for target, _side in facts["references"]}
    if not targets <= known:
        yield f"links that lead nowhere: {sorted(targets - known)[:5]}"
    names = [name for facts in chapters for name, _element in facts["headers"]]
    if len(set(names)) != len(names):
        yield "two table headers of the same name"
    levels = [level for facts in chapters for level in facts["headings"]]
    if any(level > before + 1 for before, level in pairwise([0, *levels])):
        yield "a level of headings is left out"


def _marked(stream: Any) -> Iterator[int]:
    for item in stream.stream:
        if isinstance(item, pydyf.Dictionary) and "MCID" in item:
            yield item["MCID"]


def _root(pdf: Any) -> int:
    return _number(pdf.catalog["StructTreeRoot"])


def _number(reference: bytes | str) -> int:
    return int(reference.split()[0])

"""What the structure of a tagged PDF still lacks when WeasyPrint has written it.

WeasyPrint calls ``finish`` with its pages and the PDF's objects before they are written, so nothing is parsed again.
Added are: the scope of table headers and the tree of their names (PDF 32000-1, 14.8.5.7 and 14.7.2), what a link leads
to in words, and head and foot of a page as artifacts. Taken away: attachments that are listed twice.
"""

from collections.abc import Iterator
from typing import Any

import pydyf

Element = dict[str, Any]


def finish(document: Any, pdf: Any) -> None:
    """Complete the structure in place."""
    _name_links(document, pdf)
    if "AF" in pdf.catalog:
        pdf.catalog["AF"] = pydyf.Array(dict.fromkeys(pdf.catalog["AF"]))
    root = pdf.objects[_number(pdf.catalog["StructTreeRoot"])]
    kept: set[int] = set()
    names: list[tuple[bytes, bytes]] = []
    for element, inside in _elements(pdf, root):
        kept.add(element.number)
        if element["S"] == "/TH":
            element["A"]["Scope"] = "/Column" if inside == "/THead" else "/Row"
            names.append((_name(element["ID"]), element.reference))
    if names:
        root["IDTree"] = _name_tree(pdf, sorted(names))
    _set_apart_margins(pdf, root, kept)


def _elements(pdf: Any, root: Element) -> Iterator[tuple[Any, str]]:
    """Yield every element of the tree, and the kind of table part that it stands in."""
    waiting = [(reference, "") for reference in root["K"]]
    while waiting:
        reference, inside = waiting.pop()
        element = pdf.objects[_number(reference)]
        if not isinstance(element, dict) or "S" not in element:
            continue  # a reference to an annotation
        kind = element["S"]
        yield element, inside
        here = kind if kind in ("/THead", "/TBody", "/TFoot") else inside
        waiting.extend((kid, here) for kid in element["K"] if not isinstance(kid, int))


def _name_tree(pdf: Any, names: list[tuple[bytes, bytes]], size: int = 64) -> bytes:
    """Return a tree of names in leaves of ``size``, so that a reader needs not load all."""
    leaves = pydyf.Array()
    for start in range(0, len(names), size):
        part = names[start : start + size]
        leaf = pydyf.Dictionary(
            {
                "Limits": pydyf.Array((pydyf.String(part[0][0]), pydyf.String(part[-1][0]))),
                "Names": pydyf.Array(item for name, reference in part for item in (pydyf.String(name), reference)),
            }
        )
        pdf.add_object(leaf)
        leaves.append(leaf.reference)
    tree = pydyf.Dictionary({"Kids": leaves})
    pdf.add_object(tree)
    reference: bytes = tree.reference
    return reference


def _set_apart_margins(pdf: Any, root: Element, kept: set[int]) -> None:
    """Make content whose element hangs in no tree, the margins of a page, an artifact."""
    numbers = pdf.objects[_number(root["ParentTree"])]["Nums"]
    pages = [pdf.objects[number] for number in pdf.pages["Kids"][::3]]
    for page in pages:
        elements = numbers[2 * page["StructParents"] + 1]
        lost = {index for index, element in enumerate(elements) if _number(element) not in kept}
        if not lost:
            continue
        _to_artifacts(pdf.objects[_number(page["Contents"])].stream, lost)
        for index in lost:
            for number in _branch(pdf, _number(elements[index]), kept):
                pdf.objects[number] = _nothing(number)
            elements[index] = "null"


def _to_artifacts(stream: list[Any], lost: set[int]) -> None:
    for position, item in enumerate(stream):
        if isinstance(item, pydyf.Dictionary) and item.get("MCID") in lost and stream[position + 1] == b"BDC":
            stream[position - 1] = "/Artifact"
            stream[position] = pydyf.Dictionary({"Type": "/Pagination"})


def _branch(pdf: Any, number: int, kept: set[int]) -> Iterator[int]:
    """Yield an element that hangs in no tree and those above it."""
    element = pdf.objects[number]
    while number not in kept and isinstance(element, dict) and "P" in element:
        yield number
        number = _number(element["P"])
        element = pdf.objects[number]


def _nothing(number: int) -> Any:
    empty = pydyf.Array()
    empty.number = number
    return empty


def _name_links(document: Any, pdf: Any) -> None:
    """Say for each link inside the document what it leads to: the heading there, else the name of the place."""
    titles: dict[str, str] = {}
    for page in document.pages:
        headings = {point: label for _level, label, point, _state in page.bookmarks}
        for name, (x, y, *_rest) in page.anchors.items():
            if (x, y) in headings:
                titles[name] = headings[x, y]
    for thing in pdf.objects:
        if isinstance(thing, dict) and thing.get("Subtype") == "/Link" and "Dest" in thing:
            target = thing["Dest"].string
            thing["Contents"] = pydyf.String(titles.get(target, target))


def _name(value: Any) -> bytes:
    text = value.string
    return text if isinstance(text, bytes) else str(text).encode("ascii")


def _number(reference: bytes | str) -> int:
    return int(reference.split()[0])

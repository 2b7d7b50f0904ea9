"""What the structure of a tagged PDF still lacks when WeasyPrint has made its objects.

Added are the scope of table headers, and names for them that no other chapter uses (PDF 32000-1, 14.8.5.7), and the
language of what is said in another one than the document (14.9.2).
"""

from collections.abc import Iterator
from typing import Any

import pydyf
from weasyprint.pdf import tags as made

Element = Any
_build = made._build_box_tree


def _in_language(box: Any, *rest: Any) -> Iterator[Element]:
    """Yield the elements of a box, each with the language that its place in the page names."""
    said = getattr(box, "_box", box).element
    language = said.get("lang") if said is not None and said.tag not in ("html", "body") else None
    for element in _build(box, *rest):
        if language:
            element["Lang"] = pydyf.String(language)
        yield element


made._build_box_tree = _in_language


def complete(pdf: Any, root: int, prefix: str) -> None:
    """Complete the structure in place; ``prefix`` begins the name of each table header."""
    for element, inside in elements(pdf, root):
        if element["S"] == "/TH":
            element["A"]["Scope"] = "/Column" if "/THead" in inside else "/Row"
            element["ID"].string = f"{prefix}-{element['ID'].string}"  # the cells that name it hold the same object


def elements(pdf: Any, root: int) -> Iterator[tuple[Element, tuple[str, ...]]]:
    """Yield every element of the tree in reading order, and the kinds of those that it stands in."""
    waiting: list[tuple[Any, tuple[str, ...]]] = [(reference, ()) for reference in reversed(pdf.objects[root]["K"])]
    while waiting:
        reference, inside = waiting.pop()
        element = pdf.objects[int(reference.split()[0])]
        if not isinstance(element, dict) or "S" not in element:
            continue  # a reference to an annotation
        yield element, inside
        here = (*inside, element["S"])
        waiting.extend((kid, here) for kid in reversed(element["K"]) if not isinstance(kid, int))

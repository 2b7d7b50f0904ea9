"""What the structure of a tagged PDF still lacks when WeasyPrint has made its objects.

Added are the scope of table headers, and names for them that no other chapter uses (PDF 32000-1, 14.8.5.7).
"""

from collections.abc import Iterator
from typing import Any

Element = Any


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

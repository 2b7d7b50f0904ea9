"""What is done to the bytes of others in a process of its own.

Run by ``foundation.children``; so hostile bytes can neither read the program's memory nor use up the machine's.
"""

import json
import sys
from collections.abc import Callable, Mapping
from typing import Any, BinaryIO

from sdg_tracker.foundation import children


def picture(source: BinaryIO, target: BinaryIO, media_type: str) -> dict[str, Any]:
    """Write a picture without anything but its pixels."""
    from sdg_tracker.evidence import pictures  # noqa: PLC0415 - each task loads only what it needs

    return pictures.clean(source, target, media_type)


def thumbnail(source: BinaryIO, target: BinaryIO, media_type: str) -> dict[str, Any]:
    """Write a small picture."""
    from sdg_tracker.evidence import pictures  # noqa: PLC0415 - each task loads only what it needs

    return pictures.thumbnail(source, target, media_type)


def blur(source: BinaryIO, target: BinaryIO, media_type: str, places: str) -> dict[str, Any]:
    """Write a picture with some of it unrecognisable; ``places`` is JSON, see pictures.blur."""
    from sdg_tracker.evidence import pictures  # noqa: PLC0415 - each task loads only what it needs

    return pictures.blur(source, target, media_type, json.loads(places))


def sheet(source: BinaryIO, target: BinaryIO, _media_type: str, place: str) -> dict[str, Any]:
    """Write a picture of one page of a PDF; ``place`` is JSON, see pictures.sheet."""
    from sdg_tracker.evidence import pictures  # noqa: PLC0415 - each task loads only what it needs

    wanted = json.loads(place)
    return pictures.sheet(source, target, wanted["page"], wanted["box"])


def pdf(source: BinaryIO, target: BinaryIO, media_type: str) -> dict[str, Any]:
    """Write a PDF without what acts by itself, when there is any."""
    from sdg_tracker.evidence import pdfs  # noqa: PLC0415 - each task loads only what it needs

    return pdfs.clean(source, target, media_type)


def office(source: BinaryIO, _target: BinaryIO, _media_type: str) -> dict[str, Any]:
    """Find out what an Office file is and what it holds."""
    from sdg_tracker.evidence import offices  # noqa: PLC0415 - each task loads only what it needs

    return offices.look(source)


def page(source: BinaryIO, target: BinaryIO, charset: str) -> dict[str, Any]:
    """Write the text of a page of the web; ``charset`` is what its server said of it."""
    from sdg_tracker.evidence import webpages  # noqa: PLC0415 - each task loads only what it needs

    return webpages.text_of(source, target, charset)


TASKS: Mapping[str, Callable[..., dict[str, Any]]] = {
    "picture": picture,
    "thumbnail": thumbnail,
    "blur": blur,
    "sheet": sheet,
    "pdf": pdf,
    "office": office,
    "page": page,
}


def main(arguments: list[str]) -> None:
    """Do one task inside the child."""
    source, target, (task, *others) = children.begin(arguments)
    with target:
        found = TASKS[task](source, target, *others)
    children.answer(**found)


if __name__ == "__main__":
    main(sys.argv[1:])

"""The files of a difference, made in a process of its own and kept nowhere.

What comes in is one JSON object: both snapshots with their fingerprints, title and language; the argument says which
file goes out.
"""

import json
import sys
from importlib import import_module

from sdg_tracker.comparison.difference import between
from sdg_tracker.foundation import children

MODULES = {"pdf": "sdg_tracker.comparison.pdf", "xlsx": "sdg_tracker.comparison.workbook"}


def main(arguments: list[str]) -> None:
    """Make one file."""
    source, target, (ending,) = children.begin(arguments)
    asked = json.load(source)
    found = between(asked["old"], asked["new"], asked["old_fingerprint"], asked["new_fingerprint"])
    with target:
        import_module(MODULES[ending]).build(found, asked["title"], asked["new"], asked["language"], target)
    children.answer(made=ending)


if __name__ == "__main__":
    main(sys.argv[1:])

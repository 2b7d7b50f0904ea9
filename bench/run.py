"""Print the figures as one JSON object; exit 1 when a ratio is over its limit.

python bench/run.py [NAME…]    names may be given by their beginning: ``pages`` runs every ``pages_…``
"""

import argparse
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import pages, workbooks, writes
from bench.measure import Figure

FIGURES = {**pages.FIGURES, **writes.FIGURES, **workbooks.FIGURES}


def main() -> int:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help=f"of {', '.join(FIGURES)}; default: all")
    wanted = parser.parse_args().names
    chosen = [name for name in FIGURES if not wanted or any(name.startswith(start) for start in wanted)]
    if not chosen:
        parser.error(f"no such figure; there are: {', '.join(FIGURES)}")
    found: dict[str, Figure] = {}
    for name in chosen:
        print(f"measuring {name}", file=sys.stderr, flush=True)
        found[name] = FIGURES[name]()
    print(json.dumps({name: figure.as_json() for name, figure in found.items()}, indent=1))
    return 1 if any(figure.ratio > figure.limit for figure in found.values()) else 0


if __name__ == "__main__":
    sys.exit(main())

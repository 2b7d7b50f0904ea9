"""Print the figures as one JSON object; exit 1 when a ratio is over its limit.

python bench/run.py [NAME…]    names may be given by their beginning: ``pages`` runs every ``pages_…``
"""

import argparse
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import bags, documents, pages, reports, uploads, workbooks, writes
from bench.measure import Figure
from tests import compiled


def main() -> int:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="a figure, or its beginning; default: all")
    parser.add_argument("--pages", nargs="+", type=int, default=documents.SIZES, help="sizes of dossiers, in pages")
    asked = parser.parse_args()
    figures = {
        **pages.FIGURES,
        **writes.FIGURES,
        **workbooks.FIGURES,
        **bags.FIGURES,
        **uploads.FIGURES,
        **reports.FIGURES,
        **documents.figures(tuple(asked.pages)),
    }
    chosen = [name for name in figures if not asked.names or any(name.startswith(start) for start in asked.names)]
    if not chosen:
        parser.error(f"no such figure; there are: {', '.join(figures)}")
    compiled.keep()  # as where the product is installed; else each process that is measured compiles the program first
    found: dict[str, Figure] = {}
    for name in chosen:
        print(f"measuring {name}", file=sys.stderr, flush=True)
        found[name] = figures[name]()
    print(json.dumps({name: figure.as_json() for name, figure in found.items()}, indent=1))
    return 1 if any(figure.ratio > figure.limit for figure in found.values()) else 0


if __name__ == "__main__":
    sys.exit(main())

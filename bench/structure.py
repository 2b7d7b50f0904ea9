"""Check the PDF of a large dossier as others read it, and print what was found as one JSON object; exit 1 for a fault.

python bench/structure.py [--pages N] [--requirements N] [--whole] [--struct-text]

``--whole`` also lays the same pages out unsplit and compares the text. Many requirements bring many named pages.
``--struct-text`` lets pdfinfo read the text of all elements of more than 60 pages too, about a second a page.
"""

import argparse
import json
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import documents
from sdg_tracker.dossier import outputs, pdf
from sdg_tracker.editions import chapters
from sdg_tracker.foundation.blobs import open_store
from sdg_tracker.printing import paper
from sdg_tracker.printing.edition import compose
from sdg_tracker.printing.splitting import ELSEWHERE, split
from tests.printing.structure import Structure, text

SAMPLED = 50  # links that name a page
SHOWN = 5  # faults of each sort
STRUCT_TEXT = 60  # pages up to which pdfinfo reads the text of elements unasked
NO_CLAIM = "UA-28-004"  # the file does not say that it is PDF/UA, on purpose


def main() -> int:
    """Make the dossier and check it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=800, help="about how many pages it has")
    parser.add_argument("--requirements", type=int, help="of its scheme; default: those of the demo library's")
    parser.add_argument("--whole", action="store_true", help="compare with the same pages laid out in one process")
    parser.add_argument("--struct-text", action="store_true", help="read the text of all elements, however many")
    asked = parser.parse_args()
    activities, evidence = (round(each * max(asked.pages - documents.FIRST, 1)) for each in documents.PER_PAGE)
    with documents.library(activities, evidence) as made, tempfile.TemporaryDirectory() as name:
        if asked.requirements:
            made.widen(asked.requirements)
        found = _checked(made, Path(name), whole=asked.whole, texts=asked.struct_text)
    print(json.dumps(found, indent=1))
    return 1 if found["faults"] else 0


def _checked(made: documents.Dossier, folder: Path, *, whole: bool, texts: bool) -> dict[str, Any]:
    blobs, begun = open_store(made.store), time.monotonic()
    about = (outputs.KIND.name, documents.FILE, made.kept.sha256)
    with blobs.open(made.kept.sha256) as snapshot:
        printed = chapters.print_file(blobs, snapshot, about, near=Path(made.store.removeprefix("file:")))
    path, seconds = folder / documents.FILE, time.monotonic() - begun
    with blobs.open(printed.stored.sha256) as file:
        content = file.read()
    path.write_bytes(content)
    structure = Structure(content)
    named, wrong = _named(structure)
    texts = texts or len(structure.pdf.pages) <= STRUCT_TEXT
    faults = [*list(structure.faults())[:SHOWN], *wrong[:SHOWN], *_by_others(path, texts=texts)]
    if whole:
        faults += _against_whole(made, structure, content, folder)[:SHOWN]
    return {
        "pages": len(structure.pdf.pages),
        "chapters": printed.chapters,
        "elements": len(structure.elements),
        "links": len(structure.of("/Link")),
        "pages_named": named,
        "sampled": min(SAMPLED, named),
        "struct_text": texts,
        "compared_with_whole": whole,
        "seconds": round(seconds, 1),
        "faults": faults,
    }


def _named(structure: Structure) -> tuple[int, list[str]]:
    """Return how many links name a page, and which of a sample name another than the one they lead to."""
    links = [link for link in structure.of("/Link") if "/Dest" in link.annotations[0]]
    named = [
        (link.annotations[0], int(shown[1]))
        for link in links
        if not bytes(link.annotations[0].Dest).startswith(b"annex-")  # there the text is an exhibit's number
        and (shown := re.search(r"(\d+)\s*$", structure.text_of(link)))
    ]
    places = structure.places()
    wrong = [
        f"{bytes(link.Dest)!r} stands on page {places[bytes(link.Dest)][0] + 1}, not {page}"
        for link, page in random.Random(1).sample(named, min(SAMPLED, len(named)))  # noqa: S311 - which does not matter
        if places[bytes(link.Dest)][0] + 1 != page
    ]
    return len(named), wrong


def _by_others(path: Path, *, texts: bool) -> Iterator[str]:
    """Yield what other programs find wrong. For the texts pdfinfo draws a page again for each element on it."""
    for command in (["qpdf", "--check"], ["pdfinfo", "-struct-text" if texts else "-struct"]):
        done = subprocess.run([*command, str(path)], check=False, capture_output=True, text=True)
        if done.returncode or "rror" in done.stderr:
            yield f"{command[0]}: {(done.stderr or done.stdout)[-300:]}"
    command = [sys.executable, "-m", "pdfua", "check", str(path), "--format", "json"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    report = json.loads(done.stdout)
    yield from sorted({f"pdfua: {one['rule_id']}" for one in report["findings"]} - {f"pdfua: {NO_CLAIM}"})


def _against_whole(made: documents.Dossier, structure: Structure, content: bytes, folder: Path) -> list[str]:
    """Return on which pages the words differ from those of the same pages laid out in one process, and in order."""
    head, html = compose(pdf.TEMPLATE, made.snapshot, made.kept.sha256)
    body = html.partition("<body>")[2].partition("</body>")[0].strip()
    joined = "".join(re.sub(r' data-at="\d+"', "", one.body.replace(ELSEWHERE, "#")) for one in split(body))
    with paper.checked() as watched:
        laid_out = watched.render(
            html[: html.index("<body>")] + f"<body>{joined}</body></html>", head.sources(open_store(made.store))
        )
        alone = laid_out.write_pdf(pdf_variant=paper.VARIANT)
    ours, theirs = (text(one, folder) for one in (content, alone))
    found = [] if len(ours) == len(theirs) else [f"{len(ours)} pages, and {len(theirs)} unsplit"]
    found += [
        f"page {number} has other words"
        for number, pair in enumerate(zip(ours, theirs, strict=False), 1)
        if len({tuple(sorted(word for word in page.split() if word != ".")) for page in pair}) > 1
    ]
    read, whole = ("\n".join(words.strip(" .") for words in one.read()) for one in (structure, Structure(alone)))
    return found if read == whole else [*found, "other words in reading order"]


if __name__ == "__main__":
    sys.exit(main())

"""Both languages, always: no message lacks its Danish, none is left over."""

import subprocess
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
DANISH = ROOT / "sdg_tracker" / "translations" / "da" / "LC_MESSAGES" / "messages.po"


def extracted(tmp_path: Path) -> Catalog:
    """Return every message of code and templates."""
    target = tmp_path / "messages.pot"
    tool = Path(sys.executable).with_name("pybabel")
    arguments = [
        "-F",
        ".ci/babel.cfg",
        "-k",
        "lazy",
        "-k",
        "ngettext_:1,2",
        "-o",
        str(target),
        "sdg_tracker",
        "templates",
    ]
    subprocess.run([tool, "-q", "extract", *arguments], cwd=ROOT, check=True)
    with target.open("rb") as file:
        return read_po(file)


def test_every_message_has_its_danish(tmp_path: Path) -> None:
    with DANISH.open("rb") as file:
        danish = read_po(file, locale="da")
    found_now = extracted(tmp_path)
    messages = [message for message in found_now if message.id]
    assert len(messages) > 100
    missing = []
    for message in messages:
        found = danish.get(message.id)
        texts = found.string if found and isinstance(found.string, tuple) else (found.string if found else "",)
        if not all(texts) or (found and found.fuzzy):
            missing.append(message.id)
    assert missing == []
    assert [message.id for message in danish if message.id and message.id not in found_now] == []


def test_placeholders_are_the_same_in_both_languages() -> None:
    with DANISH.open("rb") as file:
        danish = read_po(file, locale="da")
    faults = [(message.id, [str(error) for error in message.check(danish)]) for message in danish if message.id]
    assert [fault for fault in faults if fault[1]] == []

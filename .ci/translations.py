"""Bring the catalogues of messages up to what code and templates say; with --check only tell what is missing.

A message keeps its translation as long as its English text stays the same; one that is no longer used is dropped.
Catalogues are sorted and name no lines and no dates, so a change shows what was changed and nothing else.
"""

import sys
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
CATALOGUES = ROOT / "sdg_tracker/translations"
LANGUAGES = ("da",)
SOURCES = ("sdg_tracker", "templates")
KEYWORDS = DEFAULT_KEYWORDS | {"lazy": None, "ngettext_": (1, 2)}
HEADER = """msgid ""
msgstr ""
"Language: {language}\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plurals}\\n"

"""


def template() -> Catalog:
    """Return all messages of code and templates, untranslated."""
    found = Catalog()
    with (ROOT / ".ci/babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    for folder in SOURCES:
        for _, _, message, _, context in extract_from_dir(ROOT / folder, methods, options, keywords=KEYWORDS):
            found.add(message, context=context)
    return found


def updated(path: Path, language: str, messages: Catalog) -> tuple[bytes, list[str]]:
    """Return the catalogue as it should be, and the English texts that have no translation in it."""
    catalogue = read_po(BytesIO(path.read_bytes() if path.exists() else b""), locale=language)
    catalogue.update(messages, no_fuzzy_matching=True)
    written = BytesIO()
    write_po(written, catalogue, width=120, no_location=True, omit_header=True, sort_output=True, ignore_obsolete=True)
    head = HEADER.format(language=language, plurals=catalogue.plural_forms)
    missing = [str(entry.id) for entry in catalogue if entry.id and not all_said(entry.string)]
    return head.encode() + written.getvalue(), missing


def all_said(translation: str | list[str] | tuple[str, ...] | None) -> bool:
    """Return whether the translation, in all its plural forms, has text."""
    return all(translation) if isinstance(translation, (list, tuple)) else bool(translation)


def main() -> int:
    """Return 1 when --check finds a catalogue that is behind or incomplete."""
    check, behind = "--check" in sys.argv[1:], 0
    messages = template()
    for language in LANGUAGES:
        path = CATALOGUES / language / "LC_MESSAGES/messages.po"
        content, missing = updated(path, language, messages)
        for text in missing:
            sys.stderr.write(f"{language}: no translation of {text!r}\n")
        if check and (missing or not path.exists() or path.read_bytes() != content):
            sys.stderr.write(
                f"{path.relative_to(ROOT)} is behind: run make translations, and translate what is missing\n"
            )
            behind = 1
        elif not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    return behind


if __name__ == "__main__":
    sys.exit(main())

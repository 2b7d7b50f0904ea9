"""The README names every command, option and setting, and no others; what it calls in Danish the pages call so too."""

import re
from dataclasses import fields
from pathlib import Path

import click
from babel.messages.pofile import read_po

from sdg_tracker.cli import main
from sdg_tracker.foundation.settings import PREFIX, Settings

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text("utf-8")
OF_ALL = {"--library", "--as", "--help"}  # told once, below the table
DANISH = set("æøåÆØÅ→")


def commands(group: click.Group, path: str = "") -> dict[str, set[str]]:
    """Return every command with the names of its options."""
    found: dict[str, set[str]] = {}
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        here = f"{path} {name}".strip()
        if isinstance(command, click.Group):
            found |= commands(command, here)
        else:
            options = [one for one in command.params if isinstance(one, click.Option)]
            found[here] = {name for one in options for name in (*one.opts, *one.secondary_opts) if name[:2] == "--"}
    return found


def test_the_readme_names_every_command_and_option_and_no_other() -> None:
    told: dict[str, set[str]] = {}
    for row in re.findall(r"^\| (`.*?) \|", README.partition("## Commands")[2].partition("\n## ")[0], re.M):
        name = ""
        for text in re.findall(r"`([^`]+)`", row.replace("\\|", "|")):
            words = re.match(r"[a-z]+(?: [a-z][a-z-]*)*", text)
            name = words[0] if words else name  # an option alone is of the command before it
            told.setdefault(name, set()).update(re.findall(r"--[a-z-]+", text))
    there = commands(main)
    assert set(told) == set(there)
    for name, options in there.items():
        assert (name, told[name] - OF_ALL) == (name, options - OF_ALL)
        assert told[name] <= options


def test_the_readme_names_every_setting_and_no_other() -> None:
    assert {f"{PREFIX}{field.name.upper()}" for field in fields(Settings)} == set(
        re.findall(rf"{PREFIX}[A-Z0-9_]+", README)
    )


def test_the_readme_calls_what_is_on_the_pages_as_they_do() -> None:
    with (ROOT / "sdg_tracker/translations/da/LC_MESSAGES/messages.po").open("rb") as file:
        texts = {message.string for message in read_po(file, locale="da")}
    bold = (" ".join(text.split()) for text in re.findall(r"\*\*([^*]+)\*\*", README))
    named = {part.rstrip(".") for text in bold if DANISH.intersection(text) for part in text.split(" → ")}
    assert len(named) > 20
    assert sorted(named - texts) == []


def test_documents_name_files_that_there_are() -> None:
    files = [
        f"/{path.relative_to(ROOT)}"
        for part in ("sdg_tracker", "seed", "static", "templates", "tests", "bench", ".ci")
        for path in (ROOT / part).rglob("*.*")
        if "vendor" not in path.parts
    ]
    text = README + (ROOT / "docs/architecture.md").read_text("utf-8")
    named = set(re.findall(r"`([a-z_/]+\.(?:py|js|css|html))(?::[^`]*)?`", text)) - {"data/index.html"}  # of a bag
    assert [name for name in sorted(named) if not any(file.endswith(f"/{name}") for file in files)] == []

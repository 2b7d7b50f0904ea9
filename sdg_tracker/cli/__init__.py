"""The commands: ``sdg-tracker …``. Exit 0 done, 1 the check or step failed, 2 wrong use."""

from importlib import import_module

import click

from sdg_tracker import __version__
from sdg_tracker.cli.acting import Group

MODULES = {
    "setting_up": ("init", "upgrade", "demo"),
    "checking": ("doctor", "verify"),
    "safekeeping": ("backup", "restore"),
    "serving": ("serve", "worker"),
    "people": ("library", "user"),
    "working": ("activities", "map", "evidence", "goals"),
    "measuring": ("measures",),
    "drafting": ("scheme",),
    "certifying": ("assess", "certification"),
    "planning": ("plan",),
    "reporting": ("impact",),
    "issuing": ("dossier", "edition", "auditor"),
    "auditing": ("audit",),
}


class Commands(Group):
    """All commands; only the module of the one that runs is loaded, for that takes most of a short command's time."""

    def list_commands(self, context: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names in the order of a working year."""
        return [name for names in MODULES.values() for name in names]

    def get_command(self, context: click.Context, name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """Load the module of a command; None for a name that there is not."""
        for module, names in MODULES.items():
            if name in names:
                commands: list[click.Command] = import_module(f"{__name__}.{module}").COMMANDS
                return next(command for command in commands if command.name == name)
        return None


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="sdg-tracker")
def main() -> None:
    """Goals, evidence and certification dossiers for public libraries.

    Settings come from the environment (SDG_TRACKER_…) or from sdg-tracker.toml in the working folder.
    """

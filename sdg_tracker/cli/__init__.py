"""The commands: ``sdg-tracker …``. Exit 0 done, 1 the check or step failed, 2 wrong use."""

import click

from sdg_tracker import __version__
from sdg_tracker.cli import certifying, issuing, people, serving, setting_up, working
from sdg_tracker.cli.acting import Group


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="sdg-tracker")
def main() -> None:
    """Goals, evidence and certification dossiers for public libraries.

    Settings come from the environment (SDG_TRACKER_…) or from sdg-tracker.toml in the working folder.
    """


for module in (setting_up, serving, people, working, certifying, issuing):
    for command in module.COMMANDS:
        main.add_command(command)

"""``python -m sdg_tracker`` is the command ``sdg-tracker``."""

from sdg_tracker.cli import main

main()

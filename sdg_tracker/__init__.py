"""SDG Tracker: goals, evidence and certification dossiers for public libraries."""

from importlib.metadata import version

__version__ = version("sdg-tracker")

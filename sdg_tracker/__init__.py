"""SDG Tracker: goals, evidence and certification dossiers for public libraries."""


def __getattr__(name: str) -> str:
    """Return ``__version__`` to those who ask: looking it up costs more than many a child process has to do."""
    if name == "__version__":
        from importlib.metadata import version  # noqa: PLC0415

        return version("sdg-tracker")
    raise AttributeError(name)

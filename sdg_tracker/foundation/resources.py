"""Where the files that come with the product lie: in a wheel inside the package, in a checkout beside it."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent


def resource_dir(name: str) -> Path:
    """Return the folder ``templates``, ``static``, ``migrations`` or ``seed``.

    Raises FileNotFoundError when the installation lacks it.
    """
    return _found(name)


def lock_file() -> Path:
    """Return the file that names every dependency with its digests. Raises FileNotFoundError."""
    return _found("requirements.lock")


def _found(name: str) -> Path:
    for root in (_PACKAGE / "_resources", _PACKAGE.parent):
        if (root / name).exists():
            return root / name
    raise FileNotFoundError(f"the installation lacks {name!r}")

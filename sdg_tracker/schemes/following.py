"""What hangs on requirements of a cycle, and so follows when one gets another code.

Each part registers its rows that have ``cycle_id`` and ``requirement_code``; the schemes know none of them by name.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sdg_tracker.foundation.i18n import Text

if TYPE_CHECKING:
    from sdg_tracker.schemes.models import Cycle
    from sdg_tracker.work import Work

Renames = Mapping[str, str]  # code before -> code after
Hook = Callable[["Work", "Cycle", Renames], None]


@dataclass(frozen=True)
class Follower:
    """Rows of one kind. ``name`` says them in the plural."""

    model: Any
    name: Text


_followers: dict[str, Follower] = {}
_hooks: list[Hook] = []


def register(model: Any, name: Text) -> None:
    """Let rows follow their requirement."""
    _followers[model.__name__] = Follower(model, name)


def register_hook(hook: Hook) -> None:
    """Let something follow that is kept in another shape than a column; ``hook`` is called with the new codes."""
    _hooks.append(hook)


def followers() -> list[Follower]:
    """Return all that follows."""
    return [_followers[name] for name in sorted(_followers)]


def hooks() -> list[Hook]:
    """Return what is called when codes change."""
    return list(_hooks)

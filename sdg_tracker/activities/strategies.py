"""The strategies whose actions activities serve, from the seed files."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from sdg_tracker.access import Permission
from sdg_tracker.activities.models import Strategy, StrategyAction
from sdg_tracker.foundation.documents import digest
from sdg_tracker.foundation.resources import resource_dir
from sdg_tracker.work import Work


def load_strategies(work: Work, folder: Path | None = None) -> list[str]:
    """Load the strategies of the seed folder; return the slugs of those that were new or had changed.

    An action that a newer file no longer has stays, as activities may name it.
    """
    work.require(Permission.SCHEME_LOAD)
    changed = []
    for path in sorted((folder or resource_dir("seed") / "strategy").glob("*.yaml")):
        document = yaml.safe_load(path.read_text("utf-8"))
        slug, found = str(document["id"]), digest(document)
        strategy = work.session.get(Strategy, slug)
        if strategy is not None and strategy.digest == found:
            continue
        if strategy is None:
            strategy = Strategy(slug=slug)
            work.session.add(strategy)
        strategy.organisation, strategy.digest, strategy.document = document["organisation"], found, document
        work.session.flush()
        for action in _actions(slug, document):
            work.session.merge(action)
        changed.append(slug)
    work.session.flush()
    return changed


def _actions(slug: str, document: Mapping[str, Any]) -> Iterable[StrategyAction]:
    for objective in document["objectives"]:
        for action in objective["actions"]:
            yield StrategyAction(
                strategy=slug,
                code=action["code"],
                objective=objective["code"],
                objective_da=objective["title"]["da"],
                objective_en=objective["title"]["en"],
                da=action["title"]["da"],
                en=action["title"]["en"],
            )

"""Goals, targets and indicators as pages and other parts ask for them."""

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from sdg_tracker.foundation.errors import NotFound, words
from sdg_tracker.foundation.i18n import in_locale, lazy
from sdg_tracker.goals import rules
from sdg_tracker.goals.models import FRAMEWORK, Goal, Indicator, Target
from sdg_tracker.work import Work

words(
    {
        "goal-unknown": lazy("There is no goal %(goal)s."),
        "target-unknown": lazy("There is no target %(target)s."),
    }
)


def goals(work: Work, framework: str = FRAMEWORK) -> list[Goal]:
    """Return the goals in order, without their targets."""
    return list(work.session.scalars(sa.select(Goal).where(Goal.framework == framework).order_by(Goal.position)))


def goals_with_targets(work: Work, framework: str = FRAMEWORK) -> list[Goal]:
    """Return the goals in order, each with its targets: two statements."""
    rows = sa.select(Goal).where(Goal.framework == framework).order_by(Goal.position)
    return list(work.session.scalars(rows.options(selectinload(Goal.targets))))


def goal(work: Work, code: str, framework: str = FRAMEWORK) -> Goal:
    """Return a goal with its targets. Raises NotFound."""
    rows = sa.select(Goal).where(Goal.framework == framework, Goal.code == code).options(selectinload(Goal.targets))
    found = work.session.scalars(rows).one_or_none()
    if found is None:
        raise NotFound("goal-unknown", goal=code)
    return found


def target(work: Work, code: str, framework: str = FRAMEWORK) -> Target:
    """Return a target with its goal and its indicators. Raises NotFound."""
    rows = sa.select(Target).where(Target.framework == framework, Target.code == code)
    loaded = rows.options(selectinload(Target.goal), selectinload(Target.indicators))
    found = work.session.scalars(loaded).one_or_none()
    if found is None:
        raise NotFound("target-unknown", target=code)
    return found


def indicator_targets(work: Work, codes: list[str], framework: str = FRAMEWORK) -> dict[str, str]:
    """Return the target under which each of the indicators is listed."""
    rows = sa.select(Indicator.code, Indicator.target_code)
    found = work.session.execute(rows.where(Indicator.framework == framework, Indicator.code.in_(codes)))
    return {row.code: row.target_code for row in found}


def titles(work: Work, framework: str = FRAMEWORK) -> dict[str, str]:
    """Return the short name of every goal and target in the current language, in order."""
    return {code: in_locale(da, en) for code, (da, en) in _short_titles(work, framework).items()}


def known_codes(work: Work, framework: str = FRAMEWORK) -> frozenset[str]:
    """Return the codes of all goals and targets: what an activity can be mapped to."""
    return frozenset(_short_titles(work, framework))


def names(work: Work, framework: str = FRAMEWORK) -> rules.Names:
    """Return what the goals are called in both languages, for ``rules.mismatches``."""
    key = f"goals.names.{framework}"
    if key not in work.session.info:
        short = _short_titles(work, framework)
        work.session.info[key] = rules.names_of({code: both for code, both in short.items() if "." not in code})
    found: rules.Names = work.session.info[key]
    return found


def _short_titles(work: Work, framework: str) -> dict[str, tuple[str, str]]:
    """Return Danish and English of every goal and target. Asked once in a step of work, and forgotten with it."""
    key = f"goals.titles.{framework}"
    if key not in work.session.info:
        of_goals = sa.select(Goal.code, Goal.title_short_da, Goal.title_short_en).where(Goal.framework == framework)
        of_targets = sa.select(Target.code, Target.short_da, Target.short_en).where(Target.framework == framework)
        found = {code: (da, en) for code, da, en in work.session.execute(of_goals.union_all(of_targets))}
        work.session.info[key] = {code: found[code] for code in sorted(found, key=rules.code_order)}
    kept: dict[str, tuple[str, str]] = work.session.info[key]
    return kept

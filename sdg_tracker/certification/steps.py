"""Which steps the work on a requirement allows. Plain functions on plain values."""

from collections.abc import Mapping

from sdg_tracker.certification.states import Step, TaskState

OPEN, ASSIGNED, READY, APPROVED = TaskState.OPEN, TaskState.ASSIGNED, TaskState.READY, TaskState.APPROVED
FROM: Mapping[Step, frozenset[TaskState]] = {
    Step.READY: frozenset({ASSIGNED}),
    Step.APPROVE: frozenset({OPEN, ASSIGNED, READY}),  # who approves may do so without being told that it is ready
    Step.SEND_BACK: frozenset({READY, APPROVED}),
}


def possible(step: Step, state: TaskState, *, changed: bool = False) -> bool:
    """Return whether the step can be taken now. ``changed``: since it was approved, so it can be approved again."""
    return state in FROM[step] or (step is Step.APPROVE and state is APPROVED and changed)


def after(step: Step, *, owned: bool) -> TaskState:
    """Return the state that a step leads to; what is sent back and nobody owns is open."""
    if step is Step.SEND_BACK:
        return ASSIGNED if owned else OPEN
    return READY if step is Step.READY else APPROVED


def assigned(state: TaskState, *, owned: bool) -> TaskState:
    """Return the state after an owner was chosen or taken away: what is ready or approved stays so."""
    if state in (READY, APPROVED):
        return state
    return ASSIGNED if owned else OPEN

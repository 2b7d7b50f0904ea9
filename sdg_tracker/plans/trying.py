"""One way for all pages of a plan to take a step: what is refused goes back to the form, with what was typed."""

from collections.abc import Callable

from sdg_tracker.activities.forms import RevisionForm
from sdg_tracker.foundation.errors import Conflict, Invalid
from sdg_tracker.web.forms import BaseForm
from sdg_tracker.web.lifecycle import reading


def refused(form: BaseForm, step: Callable[[], object], revision: Callable[[], int] | None = None) -> int | None:
    """Take a step and return None, or put the refusal into the form and return the status of the answer.

    ``revision`` finds what stands now, so that the form can be sent again over what somebody else saved meanwhile.
    """
    try:
        step()
    except (Invalid, Conflict) as problem:
        form.refuse(problem)
        if problem.code == "changed-meanwhile" and revision is not None and isinstance(form, RevisionForm):
            reading().session.rollback()
            form.renew(revision())
        return problem.status
    return None

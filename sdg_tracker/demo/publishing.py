"""The demo library's public page: the report of the year, published with the usual choices."""

from sdg_tracker.access import Actor
from sdg_tracker.publishing import queries, services
from sdg_tracker.publishing.rules import Settings
from sdg_tracker.work import Workplace


def publish(workplace: Workplace, actor: Actor, number: int, year: int) -> bool:
    """Publish a report as the page of its year, if nothing was published for it yet."""
    with workplace.reading(actor) as work:
        if queries.of_year(work, year) is not None:
            return False
        drawn = services.draw(work, number, Settings())
    with workplace.writing(actor) as work:
        services.publish(work, number, Settings(), drawn)
    return True

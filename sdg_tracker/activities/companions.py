"""Campaigns and partners that activities name."""

from datetime import date

import sqlalchemy as sa

from sdg_tracker import trail
from sdg_tracker.access import Permission
from sdg_tracker.activities.filling import flush
from sdg_tracker.activities.models import Campaign, Partner
from sdg_tracker.foundation.errors import Invalid, words
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.work import Work

words(
    {
        "campaign-code-used": lazy("There is already a campaign with the code %(value)s."),
        "partner-code-used": lazy("There is already a partner with the code %(value)s."),
        "code-and-name-missing": lazy("Give a code and a name."),
    }
)

trail.declare(
    {
        "campaign.added": (lazy("Campaign added"), {"code"}),
        "partner.added": (lazy("Partner added"), {"code"}),
    }
)


def add_campaign(
    work: Work, code: str, name: str, name_en: str = "", *, starts_on: date | None = None, ends_on: date | None = None
) -> Campaign:
    """Add a campaign that activities can belong to."""
    work.require(Permission.LIBRARY_MANAGE)
    _check_new(work, Campaign, "campaign-code-used", code, name)
    campaign = Campaign(code=code, name=name.strip(), name_en=name_en.strip(), starts_on=starts_on, ends_on=ends_on)
    work.session.add(campaign)
    flush(work)
    trail.record(work, "campaign.added", campaign, code=code)
    return campaign


def add_partner(work: Work, code: str, name: str, name_en: str = "", kind: str = "") -> Partner:
    """Add somebody the library works with. ``kind`` is such as association, business, education or public."""
    work.require(Permission.LIBRARY_MANAGE)
    _check_new(work, Partner, "partner-code-used", code, name)
    partner = Partner(code=code, name=name.strip(), name_en=name_en.strip(), kind=kind)
    work.session.add(partner)
    flush(work)
    trail.record(work, "partner.added", partner, code=code)
    return partner


def _check_new(work: Work, model: type[Campaign] | type[Partner], problem: str, code: str, name: str) -> None:
    if not code.strip() or not name.strip():
        raise Invalid("code-and-name-missing", field="name")
    if work.session.scalar(sa.select(sa.func.count()).select_from(model).where(model.code == code)):
        raise Invalid(problem, field="code", value=code)

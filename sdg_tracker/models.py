"""Every part's models in one import, so that the metadata is whole for migrations and for names in relationships."""

from sdg_tracker import trail
from sdg_tracker.accounts import models as accounts
from sdg_tracker.activities import models as activities
from sdg_tracker.audit import models as audit
from sdg_tracker.certification import models as certification
from sdg_tracker.digest import models as digest
from sdg_tracker.dossier import models as dossier
from sdg_tracker.editions import models as editions
from sdg_tracker.effects import models as effects
from sdg_tracker.evidence import link_models as links
from sdg_tracker.evidence import models as evidence
from sdg_tracker.evidence import people_models as people
from sdg_tracker.evidence import request_models as requests
from sdg_tracker.evidence import search_models as searching
from sdg_tracker.foundation.db import Base
from sdg_tracker.giving import models as giving
from sdg_tracker.goals import models as goals
from sdg_tracker.impact import models as impact
from sdg_tracker.keeping import models as keeping
from sdg_tracker.mail import models as mail
from sdg_tracker.measures import models as measures
from sdg_tracker.plandocument import models as plandocument
from sdg_tracker.plans import models as plans
from sdg_tracker.publishing import models as publishing
from sdg_tracker.schemes import models as schemes

metadata = Base.metadata

__all__ = [
    "accounts",
    "activities",
    "audit",
    "certification",
    "digest",
    "dossier",
    "editions",
    "effects",
    "evidence",
    "giving",
    "goals",
    "impact",
    "keeping",
    "links",
    "mail",
    "measures",
    "metadata",
    "people",
    "plandocument",
    "plans",
    "publishing",
    "requests",
    "schemes",
    "searching",
    "trail",
]

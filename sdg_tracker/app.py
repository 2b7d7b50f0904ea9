"""The web application, put together from its parts."""

from flask import Flask

from sdg_tracker.accounts.views import blueprint as accounts
from sdg_tracker.activities.views import blueprint as activities
from sdg_tracker.admin.views import blueprint as admin
from sdg_tracker.audit import conclusion_views, exhibit_views, finding_views, room_file_views, sample_views
from sdg_tracker.audit.decision_views import blueprint as decisions
from sdg_tracker.audit.room_views import blueprint as room
from sdg_tracker.audit.views import blueprint as audit
from sdg_tracker.auditreport.views import blueprint as auditreport
from sdg_tracker.certification.check_views import blueprint as checking
from sdg_tracker.certification.rolling_views import blueprint as rolling
from sdg_tracker.certification.task_views import blueprint as tasks
from sdg_tracker.certification.views import blueprint as certification
from sdg_tracker.comparison.views import blueprint as comparison
from sdg_tracker.digest.views import blueprint as digest
from sdg_tracker.dossier.views import blueprint as dossier
from sdg_tracker.editions.views import blueprint as editions
from sdg_tracker.effects.story_views import blueprint as stories
from sdg_tracker.effects.views import blueprint as effects
from sdg_tracker.evidence import add_views, disposal_views, file_views, quarantine_views, review_views, revise_views
from sdg_tracker.evidence.finish_views import blueprint as finishing
from sdg_tracker.evidence.link_views import blueprint as links
from sdg_tracker.evidence.people_views import blueprint as people
from sdg_tracker.evidence.proof_views import blueprint as proofs
from sdg_tracker.evidence.request_views import blueprint as requests
from sdg_tracker.evidence.views import blueprint as evidence
from sdg_tracker.foundation import logs, settings
from sdg_tracker.foundation.db import check_schema
from sdg_tracker.foundation.resources import resource_dir
from sdg_tracker.giving.capturing import blueprint as capture
from sdg_tracker.giving.views import blueprint as uploads
from sdg_tracker.goals.views import blueprint as goals
from sdg_tracker.impact.views import blueprint as impact
from sdg_tracker.jobs import Queue
from sdg_tracker.measures.import_views import blueprint as loading
from sdg_tracker.measures.reading_views import blueprint as readings
from sdg_tracker.measures.unknown_views import blueprint as unknowns
from sdg_tracker.measures.views import blueprint as measures
from sdg_tracker.overview.views import blueprint as overview
from sdg_tracker.plandocument.views import blueprint as plandocument
from sdg_tracker.plans.part_views import blueprint as plan_parts
from sdg_tracker.plans.pledge_views import blueprint as pledges
from sdg_tracker.plans.steer_views import blueprint as steering
from sdg_tracker.plans.tie_views import blueprint as plan_ties
from sdg_tracker.plans.views import blueprint as plans
from sdg_tracker.publishing.public_views import blueprint as public
from sdg_tracker.publishing.views import blueprint as publishing
from sdg_tracker.schemes import draft_part_views, publish_views
from sdg_tracker.schemes.draft_views import blueprint as drafting
from sdg_tracker.schemes.views import blueprint as schemes
from sdg_tracker.supplement import outputs as supplement
from sdg_tracker.supplement import services as supplementing
from sdg_tracker.web import lifecycle
from sdg_tracker.work import Workplace

PARTS = (
    accounts,
    goals,
    schemes,
    drafting,
    activities,
    evidence,
    uploads,
    capture,
    people,
    finishing,
    proofs,
    links,
    requests,
    measures,
    readings,
    unknowns,
    loading,
    effects,
    stories,
    certification,
    checking,
    rolling,
    tasks,
    plans,
    plan_parts,
    steering,
    pledges,
    plan_ties,
    editions,
    comparison,
    dossier,
    impact,
    plandocument,
    publishing,
    public,
    audit,
    decisions,
    auditreport,
    room,
    overview,
    digest,
    admin,
)


PAGES = (  # importing them has put their pages into the parts above
    add_views,
    conclusion_views,
    disposal_views,
    draft_part_views,
    exhibit_views,
    file_views,
    finding_views,
    publish_views,
    quarantine_views,
    review_views,
    revise_views,
    room_file_views,
    sample_views,
)
SUPPLEMENT = (supplement.KIND, supplementing.freeze)  # importing them has registered them


def create_app(workplace: Workplace) -> Flask:
    """Return the application on a workplace; its database has to have the schema of this program."""
    app = Flask(
        "sdg_tracker",
        template_folder=str(resource_dir("templates")),
        static_folder=str(resource_dir("static")),
    )
    lifecycle.init_app(app, workplace)
    for part in PARTS:
        app.register_blueprint(part)
    return app


def serving(app: Flask) -> Flask:
    """Let a process that was forked serve an application: with settings, logs and a database of its own."""
    found = settings.load()
    logs.set_up(found.log_level)
    workplace = Workplace.open(found)
    check_schema(workplace.engine)
    lifecycle.work_at(app, workplace)
    app.extensions["queue"] = Queue(workplace)
    return app

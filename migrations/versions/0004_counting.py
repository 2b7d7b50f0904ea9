"""Make indexes that counting reads instead of the rows.

Revision: 0004, after 0003.
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_evidence_made", "evidence", ["library_id", "collected_on"])
    op.create_index("ix_mapping_confirmed", "mapping", ["library_id", "confirmed", "activity_id"])
    op.create_index("ix_tie_evidence", "tie", ["library_id", "evidence_id"])
    op.drop_index("ix_version_thumbnail", "version")
    op.create_index("ix_version_thumbnail", "version", ["thumbnail_state", "library_id"])

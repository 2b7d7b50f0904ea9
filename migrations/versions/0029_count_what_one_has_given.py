"""Count the evidence of one person in a state from the index alone.

Revision: 0029, after 0028.
"""

from alembic import op


revision = '0029'
down_revision = '0028'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index('ix_evidence_state', 'evidence')
    columns = ['state', 'library_id', 'withdrawn_at', 'added_by', 'quarantined_at', 'number']
    op.create_index('ix_evidence_state', 'evidence', columns)


def downgrade() -> None:
    raise RuntimeError("there is no way back but a backup")

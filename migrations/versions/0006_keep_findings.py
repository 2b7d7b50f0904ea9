"""Keep what the check of a file found, what is in quarantine, and the scanner's verdict.

Revision: 0006, after 0005.
"""

import sqlalchemy as sa
from alembic import op


revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('evidence', schema=None) as batch_op:
        batch_op.add_column(sa.Column('quarantined_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.drop_index('ix_evidence_activity')
        batch_op.drop_index('ix_evidence_listed')
        batch_op.create_index('ix_evidence_activity', ['library_id', 'withdrawn_at', 'quarantined_at', 'activity_id'], unique=False)
        batch_op.create_index('ix_evidence_listed', ['library_id', 'withdrawn_at', 'quarantined_at', 'number'], unique=False)

    # What is there already was checked by the rules of its time: nothing was found, and no scanner was asked.
    with op.batch_alter_table('version', schema=None) as batch_op:
        batch_op.add_column(sa.Column('original_type', sa.String(length=100), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('findings', sa.JSON(), nullable=False, server_default='[]'))
        batch_op.add_column(sa.Column('wanted', sa.JSON(), nullable=False, server_default='[]'))
        batch_op.add_column(sa.Column('quarantined_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('released_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('released_by', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('scan_state', sa.String(length=10), nullable=False, server_default='none'))
        batch_op.add_column(sa.Column('scan_attempt', sa.Integer(), nullable=False, server_default='0'))
        batch_op.add_column(sa.Column('scan_beat', sa.DateTime(timezone=True), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_version_released_by_user'), 'user', ['released_by'], ['number'])
        batch_op.create_index('ix_version_scan', ['scan_state', 'library_id'], unique=False)

    with op.batch_alter_table('version', schema=None) as batch_op:
        for name, kind in (
            ('original_type', sa.String(length=100)),
            ('findings', sa.JSON()),
            ('wanted', sa.JSON()),
            ('scan_state', sa.String(length=10)),
            ('scan_attempt', sa.Integer()),
        ):
            batch_op.alter_column(name, existing_type=kind, existing_nullable=False, server_default=None)


def downgrade() -> None:
    raise RuntimeError("there is no way back but a backup")

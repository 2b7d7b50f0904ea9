"""Keep links as evidence, requests and letters.

Revision: 0010, after 0009.
"""

import sqlalchemy as sa
from alembic import op


revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('link',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('evidence_id', sa.Integer(), nullable=True),
    sa.Column('url', sa.String(length=2000), nullable=False),
    sa.Column('title', sa.String(length=300), nullable=False),
    sa.Column('seen_on', sa.Date(), nullable=False),
    sa.Column('details', sa.JSON(), nullable=False),
    sa.Column('wanted', sa.JSON(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('own_copy', sa.Boolean(), nullable=False),
    sa.Column('copied_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('attempt', sa.Integer(), nullable=False),
    sa.Column('beat', sa.DateTime(timezone=True), nullable=True),
    sa.Column('failure', sa.JSON(none_as_null=True), nullable=True),
    sa.Column('standing', sa.String(length=10), nullable=False),
    sa.Column('checked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('failing_since', sa.Date(), nullable=True),
    sa.Column('added_by', sa.Integer(), nullable=True),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('given_up_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('library_id', sa.Integer(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['added_by'], ['user.number'], name=op.f('fk_link_added_by_user')),
    sa.ForeignKeyConstraint(['library_id', 'evidence_id'], ['evidence.library_id', 'evidence.id'], name=op.f('fk_link_library_id_evidence_id_evidence')),
    sa.ForeignKeyConstraint(['library_id'], ['library.id'], name=op.f('fk_link_library_id_library')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_link')),
    sa.UniqueConstraint('evidence_id', name=op.f('uq_link_evidence_id')),
    sa.UniqueConstraint('library_id', 'number', name=op.f('uq_link_library_id_number'))
    )
    op.create_index('ix_link_state', 'link', ['state', 'library_id'])
    op.create_index('ix_link_checked_at', 'link', ['library_id', 'checked_at'])
    op.create_index('ix_link_standing', 'link', ['standing', 'library_id'])
    op.create_table('request',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=300), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('giver_number', sa.Integer(), nullable=False),
    sa.Column('activity_id', sa.Integer(), nullable=True),
    sa.Column('cycle_id', sa.Integer(), nullable=True),
    sa.Column('requirement_code', sa.String(length=20), nullable=False),
    sa.Column('evidence_id', sa.Integer(), nullable=True),
    sa.Column('reminded_on', sa.Date(), nullable=True),
    sa.Column('added_by', sa.Integer(), nullable=True),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('cancelled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('cancelled_reason', sa.String(length=500), nullable=False),
    sa.Column('library_id', sa.Integer(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['added_by'], ['user.number'], name=op.f('fk_request_added_by_user')),
    sa.ForeignKeyConstraint(['giver_number'], ['user.number'], name=op.f('fk_request_giver_number_user')),
    sa.ForeignKeyConstraint(['library_id', 'activity_id'], ['activity.library_id', 'activity.id'], name=op.f('fk_request_library_id_activity_id_activity')),
    sa.ForeignKeyConstraint(['library_id', 'cycle_id'], ['cycle.library_id', 'cycle.id'], name=op.f('fk_request_library_id_cycle_id_cycle')),
    sa.ForeignKeyConstraint(['library_id', 'evidence_id'], ['evidence.library_id', 'evidence.id'], name=op.f('fk_request_library_id_evidence_id_evidence')),
    sa.ForeignKeyConstraint(['library_id'], ['library.id'], name=op.f('fk_request_library_id_library')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_request')),
    sa.UniqueConstraint('library_id', 'number', name=op.f('uq_request_library_id_number'))
    )
    op.create_index('ix_request_giver', 'request', ['library_id', 'giver_number', 'cancelled_at'])
    op.create_index('ix_request_evidence', 'request', ['evidence_id'])
    op.create_table('letter',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('to_number', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('subject', sa.String(length=200), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('attempt', sa.Integer(), nullable=False),
    sa.Column('beat', sa.DateTime(timezone=True), nullable=True),
    sa.Column('failure', sa.String(length=300), nullable=False),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('library_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['library_id'], ['library.id'], name=op.f('fk_letter_library_id_library')),
    sa.ForeignKeyConstraint(['to_number'], ['user.number'], name=op.f('fk_letter_to_number_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_letter'))
    )
    op.create_index('ix_letter_state', 'letter', ['state', 'library_id'])
    op.create_table('digest',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_number', sa.Integer(), nullable=False),
    sa.Column('week_on', sa.Date(), nullable=False),
    sa.Column('sent', sa.Boolean(), nullable=False),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('library_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['library_id'], ['library.id'], name=op.f('fk_digest_library_id_library')),
    sa.ForeignKeyConstraint(['user_number'], ['user.number'], name=op.f('fk_digest_user_number_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_digest')),
    sa.UniqueConstraint('library_id', 'user_number', 'week_on', name=op.f('uq_digest_library_id_user_number_week_on'))
    )


def downgrade() -> None:
    raise RuntimeError("there is no way back but a backup")

"""Say who is in a picture and by what right it is used; keep consents and objections.

Revision: 0009, after 0008.
"""

import sqlalchemy as sa
from alembic import op


revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None

COUNTING = ['library_id', 'withdrawn_at', 'quarantined_at', 'activity_id', 'state', 'accepted_version']


def upgrade() -> None:
    text, no = sa.text("''"), sa.false()
    for column in (
        sa.Column('people', sa.String(length=8), nullable=False, server_default=text),
        sa.Column('children', sa.Boolean(), nullable=False, server_default=no),
        sa.Column('sensitive', sa.Boolean(), nullable=False, server_default=no),
        sa.Column('basis', sa.String(length=12), nullable=False, server_default=text),
        sa.Column('basis_reason', sa.String(length=500), nullable=False, server_default=text),
        sa.Column('informed', sa.String(length=500), nullable=False, server_default=text),
        sa.Column('paused_at', sa.DateTime(timezone=True), nullable=True),
    ):
        op.add_column('evidence', column)
    op.add_column('version', sa.Column('boxes', sa.JSON(), nullable=False, server_default=sa.text("'[]'")))
    op.add_column('version', sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True))
    op.drop_index('ix_evidence_activity', 'evidence')
    op.create_index('ix_evidence_activity', 'evidence', [*COUNTING, 'paused_at'])
    op.create_index('ix_evidence_people', 'evidence', ['library_id', 'people'])

    op.create_table('consent',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('evidence_id', sa.Integer(), nullable=False),
    sa.Column('ordinal', sa.Integer(), nullable=False),
    sa.Column('internal_report', sa.Boolean(), nullable=False),
    sa.Column('website', sa.Boolean(), nullable=False),
    sa.Column('print', sa.Boolean(), nullable=False),
    sa.Column('social_media', sa.Boolean(), nullable=False),
    sa.Column('given_on', sa.Date(), nullable=False),
    sa.Column('expires_on', sa.Date(), nullable=True),
    sa.Column('persons', sa.Integer(), nullable=True),
    sa.Column('reference', sa.String(length=100), nullable=False),
    sa.Column('form_id', sa.Integer(), nullable=True),
    sa.Column('added_by', sa.Integer(), nullable=True),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('withdrawn_on', sa.Date(), nullable=True),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('withdrawn_by', sa.Integer(), nullable=True),
    sa.Column('library_id', sa.Integer(), nullable=False),
    sa.CheckConstraint('(withdrawn_on IS NULL) = (withdrawn_at IS NULL)', name=op.f('ck_consent_withdrawn_whole')),
    sa.ForeignKeyConstraint(['added_by'], ['user.number'], name=op.f('fk_consent_added_by_user')),
    sa.ForeignKeyConstraint(['library_id', 'evidence_id'], ['evidence.library_id', 'evidence.id'], name=op.f('fk_consent_library_id_evidence_id_evidence')),
    sa.ForeignKeyConstraint(['library_id', 'form_id'], ['evidence.library_id', 'evidence.id'], name=op.f('fk_consent_library_id_form_id_evidence')),
    sa.ForeignKeyConstraint(['library_id'], ['library.id'], name=op.f('fk_consent_library_id_library')),
    sa.ForeignKeyConstraint(['withdrawn_by'], ['user.number'], name=op.f('fk_consent_withdrawn_by_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consent')),
    sa.UniqueConstraint('evidence_id', 'ordinal', name=op.f('uq_consent_evidence_id_ordinal'))
    )
    op.create_table('objection',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('evidence_id', sa.Integer(), nullable=False),
    sa.Column('received_on', sa.Date(), nullable=False),
    sa.Column('reference', sa.String(length=200), nullable=False),
    sa.Column('measure', sa.String(length=10), nullable=False),
    sa.Column('pieces', sa.JSON(), nullable=False),
    sa.Column('editions', sa.JSON(), nullable=False),
    sa.Column('recorded_by', sa.Integer(), nullable=True),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('library_id', sa.Integer(), nullable=False),
    sa.CheckConstraint("measure IN ('withdrawn', 'blurred')", name=op.f('ck_objection_measure_known')),
    sa.ForeignKeyConstraint(['library_id', 'evidence_id'], ['evidence.library_id', 'evidence.id'], name=op.f('fk_objection_library_id_evidence_id_evidence')),
    sa.ForeignKeyConstraint(['library_id'], ['library.id'], name=op.f('fk_objection_library_id_library')),
    sa.ForeignKeyConstraint(['recorded_by'], ['user.number'], name=op.f('fk_objection_recorded_by_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_objection')),
    sa.UniqueConstraint('library_id', 'number', name=op.f('uq_objection_library_id_number'))
    )
    op.create_index('ix_objection_evidence', 'objection', ['evidence_id'])
    # nobody has said yet who is in the pictures that are there
    op.execute(
        "UPDATE evidence SET people = 'unknown' WHERE kind = 'photo' OR id IN "
        "(SELECT evidence_id FROM version WHERE media_type LIKE 'image/%')"
    )


def downgrade() -> None:
    raise RuntimeError("there is no way back but a backup")

"""Dispose of withdrawn evidence by rule, and keep that it existed; know of what evidence more is wanted.

Revision: 0011, after 0010.
"""

import sqlalchemy as sa
from alembic import op


revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('evidence', sa.Column('unfinished', sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index('ix_evidence_unfinished', 'evidence', ['unfinished', 'library_id', 'added_by'])
    op.add_column('library', sa.Column('disposal_months', sa.Integer(), nullable=True))
    op.create_table('disposal',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('added_by', sa.Integer(), nullable=True),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('withdrawn_by', sa.Integer(), nullable=True),
    sa.Column('disposed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('disposed_by', sa.Integer(), nullable=True),
    sa.Column('months', sa.Integer(), nullable=False),
    sa.Column('versions', sa.JSON(), nullable=False),
    sa.Column('library_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['added_by'], ['user.number'], name=op.f('fk_disposal_added_by_user')),
    sa.ForeignKeyConstraint(['disposed_by'], ['user.number'], name=op.f('fk_disposal_disposed_by_user')),
    sa.ForeignKeyConstraint(['library_id'], ['library.id'], name=op.f('fk_disposal_library_id_library')),
    sa.ForeignKeyConstraint(['withdrawn_by'], ['user.number'], name=op.f('fk_disposal_withdrawn_by_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_disposal')),
    sa.UniqueConstraint('library_id', 'number', name=op.f('uq_disposal_library_id_number'))
    )

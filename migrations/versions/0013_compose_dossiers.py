"""Compose dossiers, and look at their pages before they are frozen.

Revision: 0013, after 0012.
"""

import sqlalchemy as sa
from alembic import op


revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('composition',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('cycle_id', sa.Integer(), nullable=False),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('also', sa.String(length=2), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('foreword', sa.Text(), nullable=False),
    sa.Column('first_on', sa.Date(), nullable=True),
    sa.Column('last_on', sa.Date(), nullable=True),
    sa.Column('areas', sa.JSON(), nullable=False),
    sa.Column('files', sa.Boolean(), nullable=False),
    sa.Column('trail', sa.Boolean(), nullable=False),
    sa.Column('variant', sa.String(length=10), nullable=False),
    sa.Column('year', sa.Integer(), nullable=True),
    sa.Column('proposal', sa.Text(), nullable=False),
    sa.Column('logo_sha256', sa.String(length=64), nullable=True),
    sa.Column('logo_size', sa.Integer(), nullable=True),
    sa.Column('logo_media_type', sa.String(length=20), nullable=True),
    sa.Column('approved_by', sa.Integer(), nullable=True),
    sa.Column('approved_as', sa.String(length=100), nullable=False),
    sa.Column('approved_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('approved_essence', sa.String(length=64), nullable=True),
    sa.Column('library_id', sa.Integer(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.CheckConstraint('length(logo_sha256) = 64', name=op.f('ck_composition_logo_sha256_length')),
    sa.ForeignKeyConstraint(['approved_by'], ['user.number'], name=op.f('fk_composition_approved_by_user')),
    sa.ForeignKeyConstraint(['library_id', 'cycle_id'], ['cycle.library_id', 'cycle.id'], name=op.f('fk_composition_library_id_cycle_id_cycle')),
    sa.ForeignKeyConstraint(['library_id'], ['library.id'], name=op.f('fk_composition_library_id_library')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_composition')),
    sa.UniqueConstraint('library_id', 'cycle_id', name=op.f('uq_composition_library_id_cycle_id')),
    sa.UniqueConstraint('library_id', 'id', name=op.f('uq_composition_library_id_id'))
    )
    op.create_table('preview',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('composition_id', sa.Integer(), nullable=False),
    sa.Column('essence', sa.String(length=64), nullable=False),
    sa.Column('snapshot_sha256', sa.String(length=64), nullable=False),
    sa.Column('snapshot_size', sa.Integer(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('attempt', sa.Integer(), nullable=False),
    sa.Column('beat', sa.DateTime(timezone=True), nullable=True),
    sa.Column('sha256', sa.String(length=64), nullable=True),
    sa.Column('size', sa.Integer(), nullable=True),
    sa.Column('pages', sa.Integer(), nullable=True),
    sa.Column('fault', sa.Text(), nullable=False),
    sa.Column('library_id', sa.Integer(), nullable=False),
    sa.CheckConstraint('length(snapshot_sha256) = 64', name=op.f('ck_preview_snapshot_sha256_length')),
    sa.ForeignKeyConstraint(['library_id', 'composition_id'], ['composition.library_id', 'composition.id'], name=op.f('fk_preview_library_id_composition_id_composition')),
    sa.ForeignKeyConstraint(['library_id'], ['library.id'], name=op.f('fk_preview_library_id_library')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_preview')),
    sa.UniqueConstraint('composition_id', name=op.f('uq_preview_composition_id'))
    )

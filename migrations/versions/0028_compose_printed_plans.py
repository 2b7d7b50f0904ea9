"""Compose the plan on paper, and look at its pages before they are frozen.

Revision: 0028, after 0027.
"""

import sqlalchemy as sa
from alembic import op


revision = '0028'
down_revision = '0027'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('plan_composition',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('variant', sa.String(length=10), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('also', sa.String(length=2), nullable=False),
    sa.Column('foreword', sa.Text(), nullable=False),
    sa.Column('reached', sa.Text(), nullable=False),
    sa.Column('not_reached', sa.Text(), nullable=False),
    sa.Column('learned', sa.Text(), nullable=False),
    sa.Column('proposal', sa.Text(), nullable=False),
    sa.Column('library_id', sa.Integer(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('approved_by', sa.Integer(), nullable=True),
    sa.Column('approved_as', sa.String(length=100), nullable=False),
    sa.Column('approved_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('approved_essence', sa.String(length=64), nullable=True),
    sa.CheckConstraint("(variant = 'plan') = (year = 0)", name=op.f('ck_plan_composition_year_of_variant')),
    sa.ForeignKeyConstraint(['approved_by'], ['user.number'], name=op.f('fk_plan_composition_approved_by_user')),
    sa.ForeignKeyConstraint(['library_id'], ['library.id'], name=op.f('fk_plan_composition_library_id_library')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_plan_composition')),
    sa.UniqueConstraint('library_id', 'id', name=op.f('uq_plan_composition_library_id_id')),
    sa.UniqueConstraint('library_id', 'number', name=op.f('uq_plan_composition_library_id_number')),
    sa.UniqueConstraint('library_id', 'variant', 'year', name=op.f('uq_plan_composition_library_id_variant_year'))
    )
    op.create_table('plan_preview',
    sa.Column('composition_id', sa.Integer(), nullable=False),
    sa.Column('library_id', sa.Integer(), nullable=False),
    sa.Column('essence', sa.String(length=64), nullable=False),
    sa.Column('snapshot_sha256', sa.String(length=64), nullable=False),
    sa.Column('snapshot_size', sa.Integer(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=True),
    sa.Column('size', sa.Integer(), nullable=True),
    sa.Column('pages', sa.Integer(), nullable=True),
    sa.Column('fault', sa.Text(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('attempt', sa.Integer(), nullable=False),
    sa.Column('beat', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('length(snapshot_sha256) = 64', name=op.f('ck_plan_preview_snapshot_sha256_length')),
    sa.ForeignKeyConstraint(['library_id', 'composition_id'], ['plan_composition.library_id', 'plan_composition.id'], name=op.f('fk_plan_preview_library_id_composition_id_plan_composition')),
    sa.ForeignKeyConstraint(['library_id'], ['library.id'], name=op.f('fk_plan_preview_library_id_library')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_plan_preview')),
    sa.UniqueConstraint('composition_id', name=op.f('uq_plan_preview_composition_id'))
    )


def downgrade() -> None:
    raise RuntimeError("there is no way back but a backup")

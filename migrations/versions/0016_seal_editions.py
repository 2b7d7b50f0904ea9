"""Seal editions, again when need be.

Revision: 0016, after 0015.
"""

import sqlalchemy as sa
from alembic import op


revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('seal',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('edition_id', sa.Integer(), nullable=False),
    sa.Column('ordinal', sa.Integer(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('asked_by', sa.Integer(), nullable=True),
    sa.Column('fault', sa.Text(), nullable=False),
    sa.Column('sealed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('level', sa.String(length=10), nullable=False),
    sa.Column('time_fault', sa.Text(), nullable=False),
    sa.Column('certificate', sa.Text(), nullable=False),
    sa.Column('certificate_digest', sa.String(length=64), nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('own', sa.Boolean(), nullable=False),
    sa.Column('report_sha256', sa.String(length=64), nullable=True),
    sa.Column('report_size', sa.Integer(), nullable=True),
    sa.Column('tags_sha256', sa.String(length=64), nullable=True),
    sa.Column('tags_size', sa.Integer(), nullable=True),
    sa.Column('library_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('attempt', sa.Integer(), nullable=False),
    sa.Column('beat', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('length(report_sha256) = 64', name=op.f('ck_seal_report_sha256_length')),
    sa.CheckConstraint('length(tags_sha256) = 64', name=op.f('ck_seal_tags_sha256_length')),
    sa.ForeignKeyConstraint(['asked_by'], ['user.number'], name=op.f('fk_seal_asked_by_user')),
    sa.ForeignKeyConstraint(['library_id', 'edition_id'], ['edition.library_id', 'edition.id'], name=op.f('fk_seal_library_id_edition_id_edition')),
    sa.ForeignKeyConstraint(['library_id'], ['library.id'], name=op.f('fk_seal_library_id_library')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_seal')),
    sa.UniqueConstraint('edition_id', 'ordinal', name=op.f('uq_seal_edition_id_ordinal'))
    )


def downgrade() -> None:
    raise RuntimeError("there is no way back but a backup")

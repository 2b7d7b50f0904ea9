"""Publish the page of a year.

Revision: 0026, after 0025.
"""

import sqlalchemy as sa
from alembic import op


revision = '0026'
down_revision = '0025'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('publication',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('edition_id', sa.Integer(), nullable=False),
    sa.Column('chosen', sa.JSON(), nullable=False),
    sa.Column('open', sa.JSON(), nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('published_by', sa.Integer(), nullable=True),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('withdrawn_by', sa.Integer(), nullable=True),
    sa.Column('withdrawn_reason', sa.String(length=500), nullable=False),
    sa.Column('library_id', sa.Integer(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_reason = '')", name=op.f('ck_publication_withdrawn_whole')),
    sa.ForeignKeyConstraint(['library_id', 'edition_id'], ['edition.library_id', 'edition.id'], name=op.f('fk_publication_library_id_edition_id_edition')),
    sa.ForeignKeyConstraint(['library_id'], ['library.id'], name=op.f('fk_publication_library_id_library')),
    sa.ForeignKeyConstraint(['published_by'], ['user.number'], name=op.f('fk_publication_published_by_user')),
    sa.ForeignKeyConstraint(['withdrawn_by'], ['user.number'], name=op.f('fk_publication_withdrawn_by_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_publication')),
    sa.UniqueConstraint('library_id', 'id', name=op.f('uq_publication_library_id_id')),
    sa.UniqueConstraint('library_id', 'number', name=op.f('uq_publication_library_id_number'))
    )
    op.create_index('ix_publication_year', 'publication', ['library_id', 'year', 'number'], unique=False)
    op.create_table('public_picture',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('publication_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('exhibit', sa.Integer(), nullable=True),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('library_id', sa.Integer(), nullable=False),
    sa.CheckConstraint('length(sha256) = 64', name=op.f('ck_public_picture_sha256_length')),
    sa.ForeignKeyConstraint(['library_id', 'publication_id'], ['publication.library_id', 'publication.id'], name=op.f('fk_public_picture_library_id_publication_id_publication')),
    sa.ForeignKeyConstraint(['library_id'], ['library.id'], name=op.f('fk_public_picture_library_id_library')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_public_picture')),
    sa.UniqueConstraint('publication_id', 'name', name=op.f('uq_public_picture_publication_id_name'))
    )


def downgrade() -> None:
    raise RuntimeError("there is no way back but a backup")

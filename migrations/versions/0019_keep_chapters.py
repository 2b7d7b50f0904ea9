"""Keep the laid out chapters of printed files for a while.

Revision: 0019, after 0018.
"""

import sqlalchemy as sa
from alembic import op


revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('chapter',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('request_sha256', sa.String(length=64), nullable=False),
    sa.Column('request_size', sa.Integer(), nullable=False),
    sa.Column('renderer', sa.String(length=100), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=True),
    sa.Column('size', sa.Integer(), nullable=True),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('library_id', sa.Integer(), nullable=False),
    sa.CheckConstraint('length(request_sha256) = 64', name=op.f('ck_chapter_request_length')),
    sa.CheckConstraint('sha256 IS NULL OR length(sha256) = 64', name=op.f('ck_chapter_sha256_length')),
    sa.ForeignKeyConstraint(['library_id'], ['library.id'], name=op.f('fk_chapter_library_id_library')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_chapter')),
    sa.UniqueConstraint('library_id', 'request_sha256', 'renderer', name=op.f('uq_chapter_library_id_request_sha256_renderer'))
    )

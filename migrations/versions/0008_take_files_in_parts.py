"""Take files in parts.

Revision: 0008, after 0007.
"""

import sqlalchemy as sa
from alembic import op


revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('upload',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=32), nullable=False),
    sa.Column('file_name', sa.String(length=255), nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.Column('received', sa.BigInteger(), nullable=False),
    sa.Column('modified', sa.BigInteger(), nullable=False),
    sa.Column('activity_id', sa.Integer(), nullable=True),
    sa.Column('added_by', sa.Integer(), nullable=False),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('touched_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('evidence_number', sa.Integer(), nullable=True),
    sa.Column('library_id', sa.Integer(), nullable=False),
    sa.CheckConstraint('received >= 0 AND received <= size', name=op.f('ck_upload_received_fits')),
    sa.ForeignKeyConstraint(['added_by'], ['user.number'], name=op.f('fk_upload_added_by_user')),
    sa.ForeignKeyConstraint(['library_id', 'activity_id'], ['activity.library_id', 'activity.id'], name=op.f('fk_upload_library_id_activity_id_activity')),
    sa.ForeignKeyConstraint(['library_id'], ['library.id'], name=op.f('fk_upload_library_id_library')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_upload')),
    sa.UniqueConstraint('library_id', 'id', name=op.f('uq_upload_library_id_id')),
    sa.UniqueConstraint('library_id', 'key', name=op.f('uq_upload_library_id_key'))
    )
    op.create_index('ix_upload_added_by', 'upload', ['library_id', 'added_by', 'ended_at'])
    op.create_index('ix_upload_touched_at', 'upload', ['touched_at', 'library_id'])
    op.create_table('upload_part',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('upload_id', sa.Integer(), nullable=False),
    sa.Column('ordinal', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('library_id', sa.Integer(), nullable=False),
    sa.CheckConstraint('length(sha256) = 64', name=op.f('ck_upload_part_sha256_length')),
    sa.ForeignKeyConstraint(['library_id', 'upload_id'], ['upload.library_id', 'upload.id'], name=op.f('fk_upload_part_library_id_upload_id_upload')),
    sa.ForeignKeyConstraint(['library_id'], ['library.id'], name=op.f('fk_upload_part_library_id_library')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_upload_part')),
    sa.UniqueConstraint('upload_id', 'ordinal', name=op.f('uq_upload_part_upload_id_ordinal'))
    )
    op.create_index(op.f('ix_upload_part_sha256'), 'upload_part', ['sha256'])


def downgrade() -> None:
    raise RuntimeError("there is no way back but a backup")

"""Say why an edition is superseded, and note corrections after issue.

Revision: 0018, after 0017.
"""

import sqlalchemy as sa
from alembic import op


revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('edition', sa.Column('supersede_reason', sa.Text(), nullable=False, server_default=''))
    op.add_column('edition', sa.Column('superseded_at', sa.DateTime(timezone=True), nullable=True))
    op.create_table('correction',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('edition_id', sa.Integer(), nullable=False),
    sa.Column('ordinal', sa.Integer(), nullable=False),
    sa.Column('about', sa.String(length=20), nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('old', sa.Text(), nullable=False),
    sa.Column('new', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('noted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('noted_by', sa.Integer(), nullable=True),
    sa.Column('library_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['library_id', 'edition_id'], ['edition.library_id', 'edition.id'], name=op.f('fk_correction_library_id_edition_id_edition')),
    sa.ForeignKeyConstraint(['library_id'], ['library.id'], name=op.f('fk_correction_library_id_library')),
    sa.ForeignKeyConstraint(['noted_by'], ['user.number'], name=op.f('fk_correction_noted_by_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_correction')),
    sa.UniqueConstraint('edition_id', 'ordinal', name=op.f('uq_correction_edition_id_ordinal'))
    )


def downgrade() -> None:
    raise RuntimeError("there is no way back but a backup")

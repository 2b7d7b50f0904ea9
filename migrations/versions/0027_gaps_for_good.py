"""Say that a reading will never be known, and why.

Revision: 0027, after 0026.
"""

import sqlalchemy as sa
from alembic import op


revision = '0027'
down_revision = '0026'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('unknown_reading',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('measure_id', sa.Integer(), nullable=False),
    sa.Column('period', sa.String(length=10), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False),
    sa.Column('branch', sa.String(length=60), nullable=True),
    sa.Column('reason', sa.String(length=500), nullable=False),
    sa.Column('added_by', sa.Integer(), nullable=True),
    sa.Column('added_role', sa.String(length=20), nullable=False),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('withdrawn_by', sa.Integer(), nullable=True),
    sa.Column('withdrawn_reason', sa.String(length=500), nullable=False),
    sa.Column('library_id', sa.Integer(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.CheckConstraint("reason <> ''", name=op.f('ck_unknown_reading_reason_given')),
    sa.CheckConstraint('starts_on <= ends_on', name=op.f('ck_unknown_reading_days_in_order')),
    sa.ForeignKeyConstraint(['added_by'], ['user.number'], name=op.f('fk_unknown_reading_added_by_user')),
    sa.ForeignKeyConstraint(['library_id', 'branch'], ['branch.library_id', 'branch.code'], name=op.f('fk_unknown_reading_library_id_branch_branch')),
    sa.ForeignKeyConstraint(['library_id', 'measure_id'], ['measure.library_id', 'measure.id'], name=op.f('fk_unknown_reading_library_id_measure_id_measure')),
    sa.ForeignKeyConstraint(['library_id'], ['library.id'], name=op.f('fk_unknown_reading_library_id_library')),
    sa.ForeignKeyConstraint(['withdrawn_by'], ['user.number'], name=op.f('fk_unknown_reading_withdrawn_by_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_unknown_reading')),
    sa.UniqueConstraint('library_id', 'number', name=op.f('uq_unknown_reading_library_id_number'))
    )
    for name, columns, where in (
        ('uq_unknown_reading_of_branch', ['measure_id', 'period', 'branch'], 'branch IS NOT NULL'),
        ('uq_unknown_reading_of_whole', ['measure_id', 'period'], 'branch IS NULL'),
    ):
        standing = sa.text(f'withdrawn_at IS NULL AND {where}')
        op.create_index(name, 'unknown_reading', columns, unique=True, sqlite_where=standing, postgresql_where=standing)


def downgrade() -> None:
    raise RuntimeError("there is no way back but a backup")

"""Follow figures: measures, what each counts in versions, their readings and what was corrected in them.

Revision: 0022, after 0021.
"""

import sqlalchemy as sa
from alembic import op


revision = '0022'
down_revision = '0021'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('measure',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=60), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('name_en', sa.String(length=200), nullable=False),
    sa.Column('unit', sa.String(length=60), nullable=False),
    sa.Column('unit_en', sa.String(length=60), nullable=False),
    sa.Column('aggregation', sa.String(length=10), nullable=False),
    sa.Column('numerator', sa.String(length=60), nullable=False),
    sa.Column('denominator', sa.String(length=60), nullable=False),
    sa.Column('factor', sa.BigInteger(), nullable=True),
    sa.Column('direction', sa.String(length=10), nullable=False),
    sa.Column('frequency', sa.String(length=10), nullable=False),
    sa.Column('by_branch', sa.Boolean(), nullable=False),
    sa.Column('decimals', sa.Integer(), nullable=False),
    sa.Column('goals', sa.JSON(), nullable=False),
    sa.Column('targets', sa.JSON(), nullable=False),
    sa.Column('indicator', sa.String(length=10), nullable=False),
    sa.Column('source', sa.String(length=300), nullable=False),
    sa.Column('counted', sa.String(length=12), nullable=False),
    sa.Column('counted_types', sa.JSON(), nullable=False),
    sa.Column('baseline_period', sa.String(length=10), nullable=True),
    sa.Column('baseline_value', sa.BigInteger(), nullable=True),
    sa.Column('target_period', sa.String(length=10), nullable=True),
    sa.Column('target_value', sa.BigInteger(), nullable=True),
    sa.Column('added_by', sa.Integer(), nullable=True),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('withdrawn_by', sa.Integer(), nullable=True),
    sa.Column('withdrawn_reason', sa.String(length=500), nullable=False),
    sa.Column('library_id', sa.Integer(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.CheckConstraint("name <> ''", name=op.f('ck_measure_name_not_empty')),
    sa.CheckConstraint('decimals BETWEEN 0 AND 4', name=op.f('ck_measure_decimals_kept')),
    sa.ForeignKeyConstraint(['added_by'], ['user.number'], name=op.f('fk_measure_added_by_user')),
    sa.ForeignKeyConstraint(['library_id'], ['library.id'], name=op.f('fk_measure_library_id_library')),
    sa.ForeignKeyConstraint(['withdrawn_by'], ['user.number'], name=op.f('fk_measure_withdrawn_by_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_measure')),
    sa.UniqueConstraint('library_id', 'code', name=op.f('uq_measure_library_id_code')),
    sa.UniqueConstraint('library_id', 'id', name=op.f('uq_measure_library_id_id')),
    sa.UniqueConstraint('library_id', 'number', name=op.f('uq_measure_library_id_number'))
    )
    op.create_table('measure_version',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('measure_id', sa.Integer(), nullable=False),
    sa.Column('ordinal', sa.Integer(), nullable=False),
    sa.Column('definition', sa.Text(), nullable=False),
    sa.Column('definition_en', sa.Text(), nullable=False),
    sa.Column('includes', sa.Text(), nullable=False),
    sa.Column('includes_en', sa.Text(), nullable=False),
    sa.Column('excludes', sa.Text(), nullable=False),
    sa.Column('excludes_en', sa.Text(), nullable=False),
    sa.Column('period', sa.String(length=10), nullable=True),
    sa.Column('starts_on', sa.Date(), nullable=True),
    sa.Column('reason', sa.String(length=500), nullable=False),
    sa.Column('made_by', sa.Integer(), nullable=True),
    sa.Column('made_role', sa.String(length=20), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('library_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['library_id', 'measure_id'], ['measure.library_id', 'measure.id'], name=op.f('fk_measure_version_library_id_measure_id_measure')),
    sa.ForeignKeyConstraint(['library_id'], ['library.id'], name=op.f('fk_measure_version_library_id_library')),
    sa.ForeignKeyConstraint(['made_by'], ['user.number'], name=op.f('fk_measure_version_made_by_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_measure_version')),
    sa.UniqueConstraint('measure_id', 'ordinal', name=op.f('uq_measure_version_measure_id_ordinal'))
    )
    op.create_table('reading',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('measure_id', sa.Integer(), nullable=False),
    sa.Column('period', sa.String(length=10), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False),
    sa.Column('branch', sa.String(length=60), nullable=True),
    sa.Column('value', sa.BigInteger(), nullable=False),
    sa.Column('qualifier', sa.String(length=12), nullable=False),
    sa.Column('read_on', sa.Date(), nullable=True),
    sa.Column('source', sa.String(length=300), nullable=False),
    sa.Column('note', sa.String(length=500), nullable=False),
    sa.Column('evidence_number', sa.Integer(), nullable=True),
    sa.Column('added_by', sa.Integer(), nullable=True),
    sa.Column('added_role', sa.String(length=20), nullable=False),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('withdrawn_by', sa.Integer(), nullable=True),
    sa.Column('withdrawn_reason', sa.String(length=500), nullable=False),
    sa.Column('library_id', sa.Integer(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.CheckConstraint('starts_on <= ends_on', name=op.f('ck_reading_days_in_order')),
    sa.CheckConstraint('value >= 0', name=op.f('ck_reading_value_not_negative')),
    sa.ForeignKeyConstraint(['added_by'], ['user.number'], name=op.f('fk_reading_added_by_user')),
    sa.ForeignKeyConstraint(['library_id', 'branch'], ['branch.library_id', 'branch.code'], name=op.f('fk_reading_library_id_branch_branch')),
    sa.ForeignKeyConstraint(['library_id', 'evidence_number'], ['evidence.library_id', 'evidence.number'], name=op.f('fk_reading_library_id_evidence_number_evidence')),
    sa.ForeignKeyConstraint(['library_id', 'measure_id'], ['measure.library_id', 'measure.id'], name=op.f('fk_reading_library_id_measure_id_measure')),
    sa.ForeignKeyConstraint(['library_id'], ['library.id'], name=op.f('fk_reading_library_id_library')),
    sa.ForeignKeyConstraint(['withdrawn_by'], ['user.number'], name=op.f('fk_reading_withdrawn_by_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reading')),
    sa.UniqueConstraint('library_id', 'id', name=op.f('uq_reading_library_id_id')),
    sa.UniqueConstraint('library_id', 'number', name=op.f('uq_reading_library_id_number'))
    )
    op.create_index('ix_reading_listed', 'reading', ['library_id', 'withdrawn_at', 'measure_id', 'starts_on'], unique=False)
    op.create_index('uq_reading_of_branch', 'reading', ['measure_id', 'period', 'branch'], unique=True, sqlite_where=sa.text('withdrawn_at IS NULL AND branch IS NOT NULL'), postgresql_where=sa.text('withdrawn_at IS NULL AND branch IS NOT NULL'))
    op.create_index('uq_reading_of_whole', 'reading', ['measure_id', 'period'], unique=True, sqlite_where=sa.text('withdrawn_at IS NULL AND branch IS NULL'), postgresql_where=sa.text('withdrawn_at IS NULL AND branch IS NULL'))
    op.create_table('reading_correction',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('reading_id', sa.Integer(), nullable=False),
    sa.Column('ordinal', sa.Integer(), nullable=False),
    sa.Column('old_value', sa.BigInteger(), nullable=False),
    sa.Column('old_qualifier', sa.String(length=12), nullable=False),
    sa.Column('reason', sa.String(length=500), nullable=False),
    sa.Column('made_by', sa.Integer(), nullable=True),
    sa.Column('made_role', sa.String(length=20), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('library_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['library_id', 'reading_id'], ['reading.library_id', 'reading.id'], name=op.f('fk_reading_correction_library_id_reading_id_reading')),
    sa.ForeignKeyConstraint(['library_id'], ['library.id'], name=op.f('fk_reading_correction_library_id_library')),
    sa.ForeignKeyConstraint(['made_by'], ['user.number'], name=op.f('fk_reading_correction_made_by_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reading_correction')),
    sa.UniqueConstraint('reading_id', 'ordinal', name=op.f('uq_reading_correction_reading_id_ordinal'))
    )

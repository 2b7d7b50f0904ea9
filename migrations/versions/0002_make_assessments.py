"""Make assessments.

Revision: 0002, after 0001.
"""

import sqlalchemy as sa
from alembic import op


revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('assessment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('cycle_id', sa.Integer(), nullable=False),
    sa.Column('requirement_code', sa.String(length=20), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('narrative', sa.Text(), nullable=False),
    sa.Column('reason', sa.String(length=500), nullable=False),
    sa.Column('assessed_by', sa.Integer(), nullable=True),
    sa.Column('assessed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('library_id', sa.Integer(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.CheckConstraint("state IN ('met', 'under_way', 'missing', 'not_pursuing', 'not_applicable')", name=op.f('ck_assessment_state_known')),
    sa.CheckConstraint("state NOT IN ('not_applicable', 'not_pursuing') OR reason <> ''", name=op.f('ck_assessment_reason_given')),
    sa.ForeignKeyConstraint(['assessed_by'], ['user.number'], name=op.f('fk_assessment_assessed_by_user')),
    sa.ForeignKeyConstraint(['library_id', 'cycle_id'], ['cycle.library_id', 'cycle.id'], name=op.f('fk_assessment_library_id_cycle_id_cycle')),
    sa.ForeignKeyConstraint(['library_id'], ['library.id'], name=op.f('fk_assessment_library_id_library')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_assessment')),
    sa.UniqueConstraint('cycle_id', 'requirement_code', name=op.f('uq_assessment_cycle_id_requirement_code'))
    )


def downgrade() -> None:
    raise RuntimeError("there is no way back but a backup")

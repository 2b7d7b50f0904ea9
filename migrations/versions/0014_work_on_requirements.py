"""Work on requirements: who owns one, what was approved of it, comments; the day of the audit; texts taken over.

Revision: 0014, after 0013.
"""

import sqlalchemy as sa
from alembic import op


revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('cycle', sa.Column('audit_on', sa.Date(), nullable=True))
    op.add_column('assessment', sa.Column('unconfirmed', sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table('task',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('cycle_id', sa.Integer(), nullable=False),
    sa.Column('requirement_code', sa.String(length=20), nullable=False),
    sa.Column('owner_number', sa.Integer(), nullable=True),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('library_id', sa.Integer(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.CheckConstraint("state IN ('open', 'assigned', 'ready', 'approved')", name=op.f('ck_task_state_known')),
    sa.ForeignKeyConstraint(['library_id', 'cycle_id'], ['cycle.library_id', 'cycle.id'], name=op.f('fk_task_library_id_cycle_id_cycle')),
    sa.ForeignKeyConstraint(['library_id'], ['library.id'], name=op.f('fk_task_library_id_library')),
    sa.ForeignKeyConstraint(['owner_number'], ['user.number'], name=op.f('fk_task_owner_number_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_task')),
    sa.UniqueConstraint('cycle_id', 'requirement_code', name=op.f('uq_task_cycle_id_requirement_code'))
    )
    op.create_index('ix_task_owner', 'task', ['library_id', 'owner_number', 'state'])
    op.create_table('approval',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('cycle_id', sa.Integer(), nullable=False),
    sa.Column('requirement_code', sa.String(length=20), nullable=False),
    sa.Column('ordinal', sa.Integer(), nullable=False),
    sa.Column('content', sa.Text(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('approved_by', sa.Integer(), nullable=True),
    sa.Column('approved_role', sa.String(length=20), nullable=False),
    sa.Column('approved_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('library_id', sa.Integer(), nullable=False),
    sa.CheckConstraint('length(digest) = 64', name=op.f('ck_approval_digest_length')),
    sa.ForeignKeyConstraint(['approved_by'], ['user.number'], name=op.f('fk_approval_approved_by_user')),
    sa.ForeignKeyConstraint(['library_id', 'cycle_id'], ['cycle.library_id', 'cycle.id'], name=op.f('fk_approval_library_id_cycle_id_cycle')),
    sa.ForeignKeyConstraint(['library_id'], ['library.id'], name=op.f('fk_approval_library_id_library')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_approval')),
    sa.UniqueConstraint('cycle_id', 'requirement_code', 'ordinal', name=op.f('uq_approval_cycle_id_requirement_code_ordinal'))
    )
    op.create_table('requirement_comment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('cycle_id', sa.Integer(), nullable=False),
    sa.Column('requirement_code', sa.String(length=20), nullable=False),
    sa.Column('ordinal', sa.Integer(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('shown', sa.Boolean(), nullable=False),
    sa.Column('added_by', sa.Integer(), nullable=True),
    sa.Column('added_role', sa.String(length=20), nullable=False),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('resolved_by', sa.Integer(), nullable=True),
    sa.Column('resolved_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('library_id', sa.Integer(), nullable=False),
    sa.CheckConstraint("text <> ''", name=op.f('ck_requirement_comment_text_not_empty')),
    sa.ForeignKeyConstraint(['added_by'], ['user.number'], name=op.f('fk_requirement_comment_added_by_user')),
    sa.ForeignKeyConstraint(['library_id', 'cycle_id'], ['cycle.library_id', 'cycle.id'], name=op.f('fk_requirement_comment_library_id_cycle_id_cycle')),
    sa.ForeignKeyConstraint(['library_id'], ['library.id'], name=op.f('fk_requirement_comment_library_id_library')),
    sa.ForeignKeyConstraint(['resolved_by'], ['user.number'], name=op.f('fk_requirement_comment_resolved_by_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_requirement_comment')),
    sa.UniqueConstraint('cycle_id', 'requirement_code', 'ordinal', name=op.f('uq_requirement_comment_cycle_id_requirement_code_ordinal'))
    )


def downgrade() -> None:
    raise RuntimeError("there is no way back but a backup")

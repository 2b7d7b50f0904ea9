"""Let a library write versions of schemes, and move its cycles between versions.

Revision: 0015, after 0014.
"""

import sqlalchemy as sa
from alembic import op


revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('scheme') as table:
        table.add_column(sa.Column('library_id', sa.Integer(), nullable=True))
        table.drop_constraint('uq_scheme_slug_version', type_='unique')
        table.create_unique_constraint('uq_scheme_library_id_slug_version', ['library_id', 'slug', 'version'])
        table.create_foreign_key('fk_scheme_library_id_library', 'library', ['library_id'], ['id'])
    shared = sa.text('library_id IS NULL')
    op.create_index(
        'ix_scheme_shared', 'scheme', ['slug', 'version'], unique=True, sqlite_where=shared, postgresql_where=shared
    )
    op.create_table('scheme_draft',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('slug', sa.String(length=60), nullable=False),
    sa.Column('based_on', sa.String(length=20), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('step', sa.Integer(), nullable=False),
    sa.Column('added_by', sa.Integer(), nullable=True),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('published_as', sa.String(length=20), nullable=False),
    sa.Column('library_id', sa.Integer(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.CheckConstraint("state IN ('open', 'published', 'discarded')", name=op.f('ck_scheme_draft_state_known')),
    sa.ForeignKeyConstraint(['added_by'], ['user.number'], name=op.f('fk_scheme_draft_added_by_user')),
    sa.ForeignKeyConstraint(['library_id'], ['library.id'], name=op.f('fk_scheme_draft_library_id_library')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_scheme_draft')),
    sa.UniqueConstraint('library_id', 'id', name=op.f('uq_scheme_draft_library_id_id')),
    sa.UniqueConstraint('library_id', 'number', name=op.f('uq_scheme_draft_library_id_number'))
    )
    op.create_table('scheme_step',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('draft_id', sa.Integer(), nullable=False),
    sa.Column('ordinal', sa.Integer(), nullable=False),
    sa.Column('what', sa.String(length=40), nullable=False),
    sa.Column('code', sa.String(length=60), nullable=False),
    sa.Column('document', sa.JSON(), nullable=False),
    sa.Column('made_by', sa.Integer(), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('library_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['library_id', 'draft_id'], ['scheme_draft.library_id', 'scheme_draft.id'], name=op.f('fk_scheme_step_library_id_draft_id_scheme_draft')),
    sa.ForeignKeyConstraint(['library_id'], ['library.id'], name=op.f('fk_scheme_step_library_id_library')),
    sa.ForeignKeyConstraint(['made_by'], ['user.number'], name=op.f('fk_scheme_step_made_by_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_scheme_step')),
    sa.UniqueConstraint('draft_id', 'ordinal', name=op.f('uq_scheme_step_draft_id_ordinal'))
    )
    op.create_table('cycle_move',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('cycle_id', sa.Integer(), nullable=False),
    sa.Column('from_scheme_id', sa.Integer(), nullable=False),
    sa.Column('to_scheme_id', sa.Integer(), nullable=False),
    sa.Column('renamed', sa.JSON(), nullable=False),
    sa.Column('settings', sa.JSON(), nullable=False),
    sa.Column('facts', sa.JSON(), nullable=False),
    sa.Column('moved_by', sa.Integer(), nullable=True),
    sa.Column('moved_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('library_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['from_scheme_id'], ['scheme.id'], name=op.f('fk_cycle_move_from_scheme_id_scheme')),
    sa.ForeignKeyConstraint(['library_id', 'cycle_id'], ['cycle.library_id', 'cycle.id'], name=op.f('fk_cycle_move_library_id_cycle_id_cycle')),
    sa.ForeignKeyConstraint(['library_id'], ['library.id'], name=op.f('fk_cycle_move_library_id_library')),
    sa.ForeignKeyConstraint(['moved_by'], ['user.number'], name=op.f('fk_cycle_move_moved_by_user')),
    sa.ForeignKeyConstraint(['to_scheme_id'], ['scheme.id'], name=op.f('fk_cycle_move_to_scheme_id_scheme')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_cycle_move'))
    )
    op.create_index('ix_cycle_move_cycle', 'cycle_move', ['library_id', 'cycle_id'])

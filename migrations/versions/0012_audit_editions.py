"""Audit editions: marks, samples, findings, questions; links that work once; letters to people outside.

Revision: 0012, after 0011.
"""

import sqlalchemy as sa
from alembic import op


revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('auditor_access', sa.Column('with_code', sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column('auditor_access', sa.Column('epoch', sa.Integer(), nullable=False, server_default='1'))
    op.add_column('auditor_access', sa.Column('bound', sa.String(length=64), nullable=False, server_default=''))
    op.add_column('auditor_access', sa.Column('bound_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('auditor_access', sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table('letter') as batch:
        batch.alter_column('to_number', existing_type=sa.Integer(), nullable=True)
        batch.add_column(sa.Column('to_email', sa.String(length=254), nullable=False, server_default=''))
        batch.add_column(sa.Column('about', sa.String(length=40), nullable=False, server_default=''))
        batch.add_column(sa.Column('about_number', sa.Integer(), nullable=True))
    op.create_table('audit',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('edition_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('decision', sa.String(length=20), nullable=True),
    sa.Column('conditions', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('begun_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('concluded_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('concluded_by', sa.Integer(), nullable=True),
    sa.Column('library_id', sa.Integer(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['library_id', 'edition_id'], ['edition.library_id', 'edition.id'], name=op.f('fk_audit_library_id_edition_id_edition')),
    sa.ForeignKeyConstraint(['library_id'], ['library.id'], name=op.f('fk_audit_library_id_library')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit')),
    sa.UniqueConstraint('edition_id', name=op.f('uq_audit_edition_id')),
    sa.UniqueConstraint('library_id', 'id', name=op.f('uq_audit_library_id_id')),
    sa.UniqueConstraint('library_id', 'number', name=op.f('uq_audit_library_id_number'))
    )
    op.create_table('audit_mark',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('audit_id', sa.Integer(), nullable=False),
    sa.Column('exhibit', sa.Integer(), nullable=False),
    sa.Column('mark', sa.String(length=12), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('marked_by', sa.Integer(), nullable=True),
    sa.Column('marked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('library_id', sa.Integer(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['library_id', 'audit_id'], ['audit.library_id', 'audit.id'], name=op.f('fk_audit_mark_library_id_audit_id_audit')),
    sa.ForeignKeyConstraint(['library_id'], ['library.id'], name=op.f('fk_audit_mark_library_id_library')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_mark')),
    sa.UniqueConstraint('audit_id', 'exhibit', name=op.f('uq_audit_mark_audit_id_exhibit'))
    )
    op.create_table('audit_sample',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('audit_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('seed', sa.String(length=100), nullable=False),
    sa.Column('method', sa.String(length=10), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('drawn', sa.JSON(), nullable=False),
    sa.Column('drawn_by', sa.Integer(), nullable=True),
    sa.Column('drawn_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('library_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['library_id', 'audit_id'], ['audit.library_id', 'audit.id'], name=op.f('fk_audit_sample_library_id_audit_id_audit')),
    sa.ForeignKeyConstraint(['library_id'], ['library.id'], name=op.f('fk_audit_sample_library_id_library')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_sample')),
    sa.UniqueConstraint('audit_id', 'number', name=op.f('uq_audit_sample_audit_id_number'))
    )
    op.create_table('finding',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('audit_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('requirement', sa.String(length=20), nullable=False),
    sa.Column('exhibits', sa.JSON(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('raised_by', sa.Integer(), nullable=True),
    sa.Column('raised_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('cause', sa.Text(), nullable=False),
    sa.Column('correction', sa.Text(), nullable=False),
    sa.Column('deadline', sa.Date(), nullable=True),
    sa.Column('answered_by', sa.Integer(), nullable=True),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reply', sa.Text(), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('library_id', sa.Integer(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['answered_by'], ['user.number'], name=op.f('fk_finding_answered_by_user')),
    sa.ForeignKeyConstraint(['library_id', 'audit_id'], ['audit.library_id', 'audit.id'], name=op.f('fk_finding_library_id_audit_id_audit')),
    sa.ForeignKeyConstraint(['library_id'], ['library.id'], name=op.f('fk_finding_library_id_library')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_finding')),
    sa.UniqueConstraint('audit_id', 'number', name=op.f('uq_finding_audit_id_number'))
    )
    op.create_index('ix_finding_requirement', 'finding', ['library_id', 'requirement', 'state'])
    op.create_table('audit_question',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('audit_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('requirement', sa.String(length=20), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('asked_by', sa.Integer(), nullable=True),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answer', sa.Text(), nullable=False),
    sa.Column('answered_by', sa.Integer(), nullable=True),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('supplement', sa.Integer(), nullable=True),
    sa.Column('library_id', sa.Integer(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['answered_by'], ['user.number'], name=op.f('fk_audit_question_answered_by_user')),
    sa.ForeignKeyConstraint(['library_id', 'audit_id'], ['audit.library_id', 'audit.id'], name=op.f('fk_audit_question_library_id_audit_id_audit')),
    sa.ForeignKeyConstraint(['library_id'], ['library.id'], name=op.f('fk_audit_question_library_id_library')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_question')),
    sa.UniqueConstraint('audit_id', 'number', name=op.f('uq_audit_question_audit_id_number'))
    )


def downgrade() -> None:
    raise RuntimeError("there is no way back but a backup")

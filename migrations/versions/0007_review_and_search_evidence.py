"""Review evidence, say how long it holds and how strong it is, and search the text of its files.

Revision: 0007, after 0006.
"""

import sqlalchemy as sa
from alembic import op


revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None

FTS = (
    "CREATE VIRTUAL TABLE fts_searchable USING fts5(said, read, content='searchable', content_rowid='id', detail=none)",
    "CREATE TRIGGER fts_searchable_added AFTER INSERT ON searchable BEGIN "
    "INSERT INTO fts_searchable(rowid, said, read) VALUES (new.id, new.said, new.read); END",
    "CREATE TRIGGER fts_searchable_gone AFTER DELETE ON searchable BEGIN "
    "INSERT INTO fts_searchable(fts_searchable, rowid, said, read) VALUES ('delete', old.id, old.said, old.read); END",
    "CREATE TRIGGER fts_searchable_changed AFTER UPDATE OF said, read ON searchable BEGIN "
    "INSERT INTO fts_searchable(fts_searchable, rowid, said, read) VALUES ('delete', old.id, old.said, old.read); "
    "INSERT INTO fts_searchable(rowid, said, read) VALUES (new.id, new.said, new.read); END",
)
GIN = "CREATE INDEX fts_searchable ON searchable USING gin (to_tsvector('simple', said || ' ' || read))"


def upgrade() -> None:
    text, no = sa.text("''"), sa.false()
    op.add_column('library', sa.Column('own_review', sa.Boolean(), nullable=False, server_default=no))
    for column in (
        sa.Column('alt', sa.String(length=500), nullable=False, server_default=text),
        sa.Column('source', sa.String(length=300), nullable=False, server_default=text),
        sa.Column('valid_until', sa.Date(), nullable=True),
        sa.Column('state', sa.String(length=12), nullable=False, server_default=sa.text("'submitted'")),
        sa.Column('accepted_version', sa.Integer(), nullable=True),
    ):
        op.add_column('evidence', column)
    op.add_column('tie', sa.Column('strength', sa.String(length=10), nullable=False, server_default=text))
    for name in ('relevant', 'credible', 'current', 'public'):
        op.add_column('tie', sa.Column(name, sa.Boolean(), nullable=False, server_default=no))
    op.drop_index('ix_evidence_activity', 'evidence')
    op.create_index(
        'ix_evidence_activity',
        'evidence',
        ['library_id', 'withdrawn_at', 'quarantined_at', 'activity_id', 'state', 'accepted_version'],
    )
    op.create_index('ix_evidence_state', 'evidence', ['state', 'library_id', 'withdrawn_at', 'added_by'])
    op.create_index('ix_evidence_valid_until', 'evidence', ['library_id', 'withdrawn_at', 'valid_until', 'added_by'])

    op.create_table('review',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('evidence_id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('decision', sa.String(length=12), nullable=False),
    sa.Column('comment', sa.Text(), nullable=False),
    sa.Column('decided_by', sa.Integer(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('library_id', sa.Integer(), nullable=False),
    sa.CheckConstraint("decision IN ('accepted', 'returned')", name=op.f('ck_review_decision_known')),
    sa.ForeignKeyConstraint(['decided_by'], ['user.number'], name=op.f('fk_review_decided_by_user')),
    sa.ForeignKeyConstraint(['library_id', 'evidence_id'], ['evidence.library_id', 'evidence.id'], name=op.f('fk_review_library_id_evidence_id_evidence')),
    sa.ForeignKeyConstraint(['library_id'], ['library.id'], name=op.f('fk_review_library_id_library')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_review'))
    )
    op.create_index('ix_review_evidence', 'review', ['evidence_id'])
    op.create_table('searchable',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('evidence_id', sa.Integer(), nullable=False),
    sa.Column('said', sa.Text(), nullable=False),
    sa.Column('read', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('attempt', sa.Integer(), nullable=False),
    sa.Column('beat', sa.DateTime(timezone=True), nullable=True),
    sa.Column('library_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['library_id', 'evidence_id'], ['evidence.library_id', 'evidence.id'], name=op.f('fk_searchable_library_id_evidence_id_evidence')),
    sa.ForeignKeyConstraint(['library_id'], ['library.id'], name=op.f('fk_searchable_library_id_library')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_searchable')),
    sa.UniqueConstraint('evidence_id', name=op.f('uq_searchable_evidence_id'))
    )
    op.create_index('ix_searchable_state', 'searchable', ['state', 'library_id'])
    op.create_table('word',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('form', sa.String(length=60), nullable=False),
    sa.Column('stem', sa.String(length=60), nullable=False),
    sa.Column('library_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['library_id'], ['library.id'], name=op.f('fk_word_library_id_library')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_word')),
    sa.UniqueConstraint('library_id', 'form', name=op.f('uq_word_library_id_form'))
    )
    for statement in FTS if op.get_bind().dialect.name == 'sqlite' else (GIN,):
        op.execute(statement)
    # what is there already is read and made searchable by the worker, which finds it as owed
    op.execute(
        "INSERT INTO searchable (library_id, evidence_id, said, read, text, state, attempt) "
        "SELECT library_id, id, '', '', '', 'owed', 0 FROM evidence"
    )


def downgrade() -> None:
    raise RuntimeError("there is no way back but a backup")

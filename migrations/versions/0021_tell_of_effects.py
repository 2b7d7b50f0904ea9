"""Keep effects of activities, quotes, stories, and what those in them agreed to.

Revision: 0021, after 0020.
"""

import sqlalchemy as sa
from alembic import op


revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('quote',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('activity_id', sa.Integer(), nullable=False),
    sa.Column('text', sa.String(length=400), nullable=False),
    sa.Column('who', sa.String(length=100), nullable=False),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('public', sa.Boolean(), nullable=False),
    sa.Column('children', sa.Boolean(), nullable=False),
    sa.Column('sensitive', sa.Boolean(), nullable=False),
    sa.Column('paused_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('taken_back', sa.JSON(), nullable=False),
    sa.Column('added_by', sa.Integer(), nullable=True),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('withdrawn_by', sa.Integer(), nullable=True),
    sa.Column('withdrawn_reason', sa.String(length=500), nullable=False),
    sa.Column('library_id', sa.Integer(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.CheckConstraint("text <> ''", name=op.f('ck_quote_text_not_empty')),
    sa.ForeignKeyConstraint(['added_by'], ['user.number'], name=op.f('fk_quote_added_by_user')),
    sa.ForeignKeyConstraint(['library_id', 'activity_id'], ['activity.library_id', 'activity.id'], name=op.f('fk_quote_library_id_activity_id_activity')),
    sa.ForeignKeyConstraint(['library_id'], ['library.id'], name=op.f('fk_quote_library_id_library')),
    sa.ForeignKeyConstraint(['withdrawn_by'], ['user.number'], name=op.f('fk_quote_withdrawn_by_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_quote')),
    sa.UniqueConstraint('library_id', 'id', name=op.f('uq_quote_library_id_id')),
    sa.UniqueConstraint('library_id', 'number', name=op.f('uq_quote_library_id_number'))
    )
    op.create_index('ix_quote_activity', 'quote', ['library_id', 'activity_id', 'number'])
    op.create_table('effect',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('activity_id', sa.Integer(), nullable=False),
    sa.Column('intended_frirum', sa.Integer(), nullable=True),
    sa.Column('intended_perspektiv', sa.Integer(), nullable=True),
    sa.Column('intended_kreativitet', sa.Integer(), nullable=True),
    sa.Column('intended_faellesskab', sa.Integer(), nullable=True),
    sa.Column('intended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('intended_by', sa.Integer(), nullable=True),
    sa.Column('seen_frirum', sa.Integer(), nullable=True),
    sa.Column('seen_perspektiv', sa.Integer(), nullable=True),
    sa.Column('seen_kreativitet', sa.Integer(), nullable=True),
    sa.Column('seen_faellesskab', sa.Integer(), nullable=True),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('seen_by', sa.Integer(), nullable=True),
    sa.Column('basis', sa.String(length=12), nullable=False),
    sa.Column('basis_note', sa.String(length=300), nullable=False),
    sa.Column('answers', sa.Integer(), nullable=True),
    sa.Column('source_id', sa.Integer(), nullable=True),
    sa.Column('changes', sa.JSON(), nullable=False),
    sa.Column('library_id', sa.Integer(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.CheckConstraint('(intended_frirum IS NULL OR intended_frirum BETWEEN 1 AND 5) AND (intended_perspektiv IS NULL OR intended_perspektiv BETWEEN 1 AND 5) AND (intended_kreativitet IS NULL OR intended_kreativitet BETWEEN 1 AND 5) AND (intended_faellesskab IS NULL OR intended_faellesskab BETWEEN 1 AND 5)', name=op.f('ck_effect_intended_in_range')),
    sa.CheckConstraint('(seen_frirum IS NULL OR seen_frirum BETWEEN 1 AND 5) AND (seen_perspektiv IS NULL OR seen_perspektiv BETWEEN 1 AND 5) AND (seen_kreativitet IS NULL OR seen_kreativitet BETWEEN 1 AND 5) AND (seen_faellesskab IS NULL OR seen_faellesskab BETWEEN 1 AND 5)', name=op.f('ck_effect_seen_in_range')),
    sa.CheckConstraint('answers IS NULL OR answers > 0', name=op.f('ck_effect_answers_positive')),
    sa.ForeignKeyConstraint(['intended_by'], ['user.number'], name=op.f('fk_effect_intended_by_user')),
    sa.ForeignKeyConstraint(['library_id', 'activity_id'], ['activity.library_id', 'activity.id'], name=op.f('fk_effect_library_id_activity_id_activity')),
    sa.ForeignKeyConstraint(['library_id', 'source_id'], ['evidence.library_id', 'evidence.id'], name=op.f('fk_effect_library_id_source_id_evidence')),
    sa.ForeignKeyConstraint(['library_id'], ['library.id'], name=op.f('fk_effect_library_id_library')),
    sa.ForeignKeyConstraint(['seen_by'], ['user.number'], name=op.f('fk_effect_seen_by_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_effect')),
    sa.UniqueConstraint('library_id', 'activity_id', name=op.f('uq_effect_library_id_activity_id')),
    sa.UniqueConstraint('library_id', 'number', name=op.f('uq_effect_library_id_number'))
    )
    op.create_index('ix_effect_unseen', 'effect', ['library_id', 'intended_at', 'seen_at', 'activity_id'])
    op.create_table('story',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=120), nullable=False),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('need', sa.String(length=500), nullable=False),
    sa.Column('done', sa.String(length=700), nullable=False),
    sa.Column('changed', sa.String(length=500), nullable=False),
    sa.Column('goals', sa.JSON(), nullable=False),
    sa.Column('targets', sa.JSON(), nullable=False),
    sa.Column('picture_id', sa.Integer(), nullable=True),
    sa.Column('quote_id', sa.Integer(), nullable=True),
    sa.Column('state', sa.String(length=6), nullable=False),
    sa.Column('public', sa.Boolean(), nullable=False),
    sa.Column('people', sa.String(length=8), nullable=False),
    sa.Column('children', sa.Boolean(), nullable=False),
    sa.Column('sensitive', sa.Boolean(), nullable=False),
    sa.Column('basis', sa.String(length=12), nullable=False),
    sa.Column('basis_reason', sa.String(length=500), nullable=False),
    sa.Column('paused_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('taken_back', sa.JSON(), nullable=False),
    sa.Column('added_by', sa.Integer(), nullable=True),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('withdrawn_by', sa.Integer(), nullable=True),
    sa.Column('withdrawn_reason', sa.String(length=500), nullable=False),
    sa.Column('library_id', sa.Integer(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.CheckConstraint("title <> ''", name=op.f('ck_story_title_not_empty')),
    sa.ForeignKeyConstraint(['added_by'], ['user.number'], name=op.f('fk_story_added_by_user')),
    sa.ForeignKeyConstraint(['library_id', 'picture_id'], ['evidence.library_id', 'evidence.id'], name=op.f('fk_story_library_id_picture_id_evidence')),
    sa.ForeignKeyConstraint(['library_id', 'quote_id'], ['quote.library_id', 'quote.id'], name=op.f('fk_story_library_id_quote_id_quote')),
    sa.ForeignKeyConstraint(['library_id'], ['library.id'], name=op.f('fk_story_library_id_library')),
    sa.ForeignKeyConstraint(['withdrawn_by'], ['user.number'], name=op.f('fk_story_withdrawn_by_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_story')),
    sa.UniqueConstraint('library_id', 'id', name=op.f('uq_story_library_id_id')),
    sa.UniqueConstraint('library_id', 'number', name=op.f('uq_story_library_id_number'))
    )
    op.create_index('ix_story_year', 'story', ['library_id', 'withdrawn_at', 'year', 'number'])
    op.create_table('agreement',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('quote_id', sa.Integer(), nullable=True),
    sa.Column('story_id', sa.Integer(), nullable=True),
    sa.Column('ordinal', sa.Integer(), nullable=False),
    sa.Column('internal_report', sa.Boolean(), nullable=False),
    sa.Column('website', sa.Boolean(), nullable=False),
    sa.Column('print', sa.Boolean(), nullable=False),
    sa.Column('social_media', sa.Boolean(), nullable=False),
    sa.Column('given_on', sa.Date(), nullable=False),
    sa.Column('expires_on', sa.Date(), nullable=True),
    sa.Column('persons', sa.Integer(), nullable=True),
    sa.Column('reference', sa.String(length=100), nullable=False),
    sa.Column('added_by', sa.Integer(), nullable=True),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('withdrawn_on', sa.Date(), nullable=True),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('withdrawn_by', sa.Integer(), nullable=True),
    sa.Column('library_id', sa.Integer(), nullable=False),
    sa.CheckConstraint('(quote_id IS NULL) <> (story_id IS NULL)', name=op.f('ck_agreement_of_one')),
    sa.CheckConstraint('(withdrawn_on IS NULL) = (withdrawn_at IS NULL)', name=op.f('ck_agreement_withdrawn_whole')),
    sa.ForeignKeyConstraint(['added_by'], ['user.number'], name=op.f('fk_agreement_added_by_user')),
    sa.ForeignKeyConstraint(['library_id', 'quote_id'], ['quote.library_id', 'quote.id'], name=op.f('fk_agreement_library_id_quote_id_quote')),
    sa.ForeignKeyConstraint(['library_id', 'story_id'], ['story.library_id', 'story.id'], name=op.f('fk_agreement_library_id_story_id_story')),
    sa.ForeignKeyConstraint(['library_id'], ['library.id'], name=op.f('fk_agreement_library_id_library')),
    sa.ForeignKeyConstraint(['withdrawn_by'], ['user.number'], name=op.f('fk_agreement_withdrawn_by_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_agreement'))
    )
    op.create_index('ix_agreement_quote', 'agreement', ['library_id', 'quote_id'])
    op.create_index('ix_agreement_story', 'agreement', ['library_id', 'story_id'])
    op.create_table('story_activity',
    sa.Column('story_id', sa.Integer(), nullable=False),
    sa.Column('activity_id', sa.Integer(), nullable=False),
    sa.Column('library_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['library_id', 'activity_id'], ['activity.library_id', 'activity.id'], name=op.f('fk_story_activity_library_id_activity_id_activity')),
    sa.ForeignKeyConstraint(['library_id', 'story_id'], ['story.library_id', 'story.id'], name=op.f('fk_story_activity_library_id_story_id_story')),
    sa.ForeignKeyConstraint(['library_id'], ['library.id'], name=op.f('fk_story_activity_library_id_library')),
    sa.PrimaryKeyConstraint('story_id', 'activity_id', name=op.f('pk_story_activity'))
    )
    op.create_index(op.f('ix_story_activity_activity_id'), 'story_activity', ['activity_id'])
    op.create_table('story_campaign',
    sa.Column('story_id', sa.Integer(), nullable=False),
    sa.Column('campaign_id', sa.Integer(), nullable=False),
    sa.Column('library_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['library_id', 'campaign_id'], ['campaign.library_id', 'campaign.id'], name=op.f('fk_story_campaign_library_id_campaign_id_campaign')),
    sa.ForeignKeyConstraint(['library_id', 'story_id'], ['story.library_id', 'story.id'], name=op.f('fk_story_campaign_library_id_story_id_story')),
    sa.ForeignKeyConstraint(['library_id'], ['library.id'], name=op.f('fk_story_campaign_library_id_library')),
    sa.PrimaryKeyConstraint('story_id', 'campaign_id', name=op.f('pk_story_campaign'))
    )
    op.create_index(op.f('ix_story_campaign_campaign_id'), 'story_campaign', ['campaign_id'])
    op.create_table('story_partner',
    sa.Column('story_id', sa.Integer(), nullable=False),
    sa.Column('partner_id', sa.Integer(), nullable=False),
    sa.Column('library_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['library_id', 'partner_id'], ['partner.library_id', 'partner.id'], name=op.f('fk_story_partner_library_id_partner_id_partner')),
    sa.ForeignKeyConstraint(['library_id', 'story_id'], ['story.library_id', 'story.id'], name=op.f('fk_story_partner_library_id_story_id_story')),
    sa.ForeignKeyConstraint(['library_id'], ['library.id'], name=op.f('fk_story_partner_library_id_library')),
    sa.PrimaryKeyConstraint('story_id', 'partner_id', name=op.f('pk_story_partner'))
    )
    op.create_index(op.f('ix_story_partner_partner_id'), 'story_partner', ['partner_id'])


def downgrade() -> None:
    raise RuntimeError("there is no way back but a backup")

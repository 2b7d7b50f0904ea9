"""Say in which second language an edition has files.

Revision: 0019, after 0018.
"""

import sqlalchemy as sa
from alembic import op


revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('edition', sa.Column('also', sa.String(length=2), nullable=False, server_default=''))

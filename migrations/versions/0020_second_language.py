"""Say in which second language an edition has files.

Revision: 0020, after 0019.
"""

import sqlalchemy as sa
from alembic import op


revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('edition', sa.Column('also', sa.String(length=2), nullable=False, server_default=''))

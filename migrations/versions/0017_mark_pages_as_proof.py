"""Mark the page of a file that shows something for a requirement.

Revision: 0017, after 0016.
"""

import sqlalchemy as sa
from alembic import op


revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('tie', sa.Column('proof', sa.JSON(none_as_null=True), nullable=True))
    op.add_column('tie', sa.Column('proof_sha256', sa.String(length=64), nullable=True))
    op.add_column('tie', sa.Column('proof_size', sa.Integer(), nullable=True))

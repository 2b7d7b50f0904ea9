"""Keep which of the scheme's own reasons a requirement is left out for, and the answers that a scheme asks for.

Revision: 0023, after 0022.
"""

import sqlalchemy as sa
from alembic import op


revision = '0023'
down_revision = '0022'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('assessment') as table:
        table.add_column(sa.Column('omission', sa.Text(), nullable=False, server_default=''))
        table.add_column(sa.Column('answers', sa.JSON(), nullable=False, server_default='{}'))
        table.drop_constraint(op.f('ck_assessment_reason_given'), type_='check')
        table.create_check_constraint(
            op.f('ck_assessment_reason_given'),
            "state NOT IN ('not_applicable', 'not_pursuing') OR reason <> '' OR omission <> ''",
        )


def downgrade() -> None:
    raise RuntimeError("there is no way back but a backup")

"""told alerts: each alert knows the screenings that it told of, longer than its mails are kept"""

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = ()
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('alert') as batch_op:
        batch_op.add_column(sa.Column('told', sa.JSON(), server_default='[]', nullable=False))


def downgrade() -> None:
    with op.batch_alter_table('alert') as batch_op:
        batch_op.drop_column('told')

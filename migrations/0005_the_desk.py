"""The desk of the letter: whom a campaign is narrowed to, its version, why it did not leave; indexes for its counts.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def index_addresses() -> None:
    """Addresses in the order of their bytes, so that « what begins with » is a range of the index on either engine."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute('CREATE INDEX ix_subscriber_address ON subscriber (address COLLATE "C")')
    else:
        op.create_index("ix_subscriber_address", "subscriber", ["address"])


def upgrade() -> None:
    with op.batch_alter_table("campaign") as batch_op:
        batch_op.add_column(sa.Column("reach", sa.JSON(), server_default="{}", nullable=False))
        batch_op.add_column(sa.Column("refusal", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    op.create_index("ix_subscription_topic", "subscription", ["topic", "subscriber_id"])
    op.create_index("ix_subscriber_unsubscribed_at", "subscriber", ["unsubscribed_at"])
    index_addresses()


def downgrade() -> None:
    op.drop_index("ix_subscriber_address", "subscriber")
    op.drop_index("ix_subscriber_unsubscribed_at", "subscriber")
    op.drop_index("ix_subscription_topic", "subscription")
    with op.batch_alter_table("campaign") as batch_op:
        batch_op.drop_column("version")
        batch_op.drop_column("refusal")
        batch_op.drop_column("reach")

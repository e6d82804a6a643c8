"""what is to come: indexes that hold it in the order in which it happens; those of what was read again long ago"""

from alembic import op

revision = '0008'
down_revision = '0007'
branch_labels = ()
depends_on = None

NEW = {
    "ix_screening_precision_on": ("screening", ["precision", "on"]),
    "ix_screening_starts_at_on": ("screening", ["starts_at", "on"]),
    "ix_source_press_slug": ("source", ["press_slug", "precision", "on"]),
}


def upgrade() -> None:
    for name, (table, columns) in NEW.items():
        op.create_index(name, table, columns)
    op.drop_index("ix_citation_subject", "citation")
    op.create_index("ix_citation_subject", "citation", ["subject", "checked_on"])


def downgrade() -> None:
    op.drop_index("ix_citation_subject", "citation")
    op.create_index("ix_citation_subject", "citation", ["subject"])
    for name, (table, _) in NEW.items():
        op.drop_index(name, table)

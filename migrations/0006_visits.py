"""visits: how often pages are read; what the office searches; when a citation was last read again"""

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'
branch_labels = ()
depends_on = None


def upgrade() -> None:
    op.create_table('visit_count',
    sa.Column('on', sa.Date(), nullable=False),
    sa.Column('precision', sa.Enum('day', 'week', 'month', 'year', 'from', 'before', 'unknown', name='dateprecision', native_enum=False, length=32), nullable=False),
    sa.Column('kind', sa.Enum('page', 'referrer', name='visitkind', native_enum=False, length=32), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('on', 'precision', 'kind', 'name', name=op.f('pk_visit_count'))
    )
    op.create_table('findable',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('slug', sa.String(length=200), nullable=False),
    sa.Column('title', sa.String(length=300), nullable=False),
    sa.Column('detail', sa.String(length=300), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_findable')),
    sa.UniqueConstraint('slug', 'kind', name=op.f('uq_findable_slug'))
    )
    with op.batch_alter_table('citation') as batch_op:
        batch_op.add_column(sa.Column('checked_on', sa.Date(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('citation') as batch_op:
        batch_op.drop_column('checked_on')
    op.drop_table('findable')
    op.drop_table('visit_count')

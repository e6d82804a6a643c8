"""the office: versions of what is edited, publication, pictures, the journal"""

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = ()
depends_on = None

EDITED = ("character", "credit", "event", "fact", "film", "outlet", "person", "press_item", "release", "screening",
          "source", "tag", "tour", "town", "venue")
PUBLISHED = ("event", "press_item", "screening")
SORTED = {"press_item": ("on", "title", "kind"), "screening": ("on", "starts_at", "kind"), "person": ("name",)}
REFUSAL = "the journal is append-only"


def publication() -> sa.Enum:
    return sa.Enum('draft', 'published', 'withdrawn', name='publication', native_enum=False, length=32)


def watched() -> list[tuple[str, str]]:
    """What tells when the next row appears."""
    columns = [(table, "published_at") for table in (*PUBLISHED, "image")]
    return [*columns, ("press_item", "embargo_lifts_at"), ("image", "embargo_lifts_at")]


def keep_journal() -> None:
    """Lines of the journal are neither changed nor deleted."""
    if op.get_bind().dialect.name == "sqlite":
        for what in ("UPDATE", "DELETE"):
            refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
            op.execute(f"CREATE TRIGGER journal_{what.lower()} BEFORE {what} ON journal_entry {refuse}")
        return
    op.execute(
        "CREATE FUNCTION refuse_journal() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$"
    )
    op.execute("CREATE TRIGGER journal_kept BEFORE DELETE OR UPDATE ON journal_entry FOR EACH ROW EXECUTE FUNCTION refuse_journal()")


def upgrade() -> None:
    op.create_table('image',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('slug', sa.String(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('still', 'poster', 'portrait', name='imagekind', native_enum=False, length=32), nullable=False),
    sa.Column('file', sa.String(), nullable=False),
    sa.Column('width', sa.Integer(), nullable=False),
    sa.Column('height', sa.Integer(), nullable=False),
    sa.Column('sizes', sa.JSON(), nullable=False),
    sa.Column('alt_fr', sa.String(), nullable=False),
    sa.Column('alt_en', sa.String(), nullable=False),
    sa.Column('caption_fr', sa.String(), nullable=True),
    sa.Column('caption_en', sa.String(), nullable=True),
    sa.Column('credit', sa.String(), nullable=False),
    sa.Column('terms_fr', sa.String(), nullable=False),
    sa.Column('terms_en', sa.String(), nullable=False),
    sa.Column('publication', publication(), nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('embargo_lifts_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_image')),
    sa.UniqueConstraint('slug', name=op.f('uq_image_slug'))
    )
    op.create_table('journal_entry',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('staff_id', sa.Integer(), nullable=True),
    sa.Column('staff_name', sa.String(length=120), nullable=False),
    sa.Column('action', sa.Enum('created', 'changed', 'deleted', 'did', name='journalaction', native_enum=False, length=32), nullable=False),
    sa.Column('subject', sa.String(length=200), nullable=False),
    sa.Column('summary', sa.String(length=300), nullable=False),
    sa.Column('before', sa.JSON(), nullable=True),
    sa.Column('after', sa.JSON(), nullable=True),
    sa.Column('undoes_id', sa.Integer(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_journal_entry')),
    sqlite_autoincrement=True,
    )
    op.create_index('ix_journal_entry_at', 'journal_entry', ['at'])
    op.create_index('ix_journal_entry_staff_id', 'journal_entry', ['staff_id'])
    op.create_index('ix_journal_entry_subject', 'journal_entry', ['subject', 'id'])
    keep_journal()
    for table in EDITED:
        with op.batch_alter_table(table) as batch_op:
            batch_op.add_column(sa.Column('version', sa.Integer(), server_default='1', nullable=False))
            if table in PUBLISHED:
                batch_op.add_column(sa.Column('publication', publication(), server_default='published', nullable=False))
                batch_op.add_column(sa.Column('published_at', sa.DateTime(timezone=True), nullable=True))
            if table == "press_item":
                batch_op.add_column(sa.Column('embargo_lifts_at', sa.DateTime(timezone=True), nullable=True))
    for table, columns in SORTED.items():
        for column in columns:
            op.create_index(f"ix_{table}_{column}", table, [column, "id"])
    for table, column in watched():
        op.create_index(f"ix_{table}_{column}", table, [column])
    for table in ("press_item", "screening"):
        op.create_index(f"ix_{table}_publication", table, ["publication", "on", "id"])


def downgrade() -> None:
    for table in ("press_item", "screening"):
        op.drop_index(f"ix_{table}_publication", table)
    for table, column in watched():
        op.drop_index(f"ix_{table}_{column}", table)
    for table, columns in SORTED.items():
        for column in columns:
            op.drop_index(f"ix_{table}_{column}", table)
    for table in EDITED:
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_column('version')
            if table in PUBLISHED:
                batch_op.drop_column('publication')
                batch_op.drop_column('published_at')
            if table == "press_item":
                batch_op.drop_column('embargo_lifts_at')
    op.drop_table('journal_entry')
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_journal()")
    op.drop_table('image')

"""What the office's one search field looks into."""

from sqlalchemy import String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from operation118.database import Base


class Findable(Base):
    """A row of another table, as it can be found: `text` has the folded words of its title, then, after a line break,
    all its others. Made from that row, and kept with it (`search_index`); it can be thrown away and made anew."""

    __tablename__ = "findable"
    # In this order: an index that begins with the kind would lure the search away from one scan of the table.
    __table_args__ = (UniqueConstraint("slug", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    slug: Mapped[str] = mapped_column(String(200))
    title: Mapped[str] = mapped_column(String(300))
    detail: Mapped[str] = mapped_column(String(300))
    text: Mapped[str] = mapped_column(Text)

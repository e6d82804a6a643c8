"""Where the addresses of an older site went."""

from sqlalchemy.orm import Mapped, mapped_column

from operation118.database import Base, Public


class Redirect(Public, Base):
    """An old address: a decoded path with its query, if any, such as `/blog/?p=12`; and our path for it."""

    __tablename__ = "redirect"

    id: Mapped[int] = mapped_column(primary_key=True)
    old: Mapped[str] = mapped_column(unique=True)
    new: Mapped[str]

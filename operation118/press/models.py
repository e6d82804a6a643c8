"""What others wrote: outlets, articles and interviews, their questions, people and tags."""

from datetime import date
from enum import StrEnum

from sqlalchemy import (
    Column,
    Connection,
    Date,
    ForeignKey,
    Index,
    Integer,
    Table,
    bindparam,
    event,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.ext.orderinglist import ordering_list
from sqlalchemy.orm import Mapped, Mapper, column_property, mapped_column, query_expression, relationship

from operation118 import clock, publication
from operation118.database import Base, Editable, Public
from operation118.dates import DatePrecision, PartialDate
from operation118.film.models import Citation, Dated, Person, Source
from operation118.publication import Embargoed, Publishable
from operation118.web.languages import gettext as _


class Outlet(Editable, Base):
    __tablename__ = "outlet"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    url: Mapped[str]


class Tag(Editable, Base):
    __tablename__ = "tag"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    label_fr: Mapped[str]
    label_en: Mapped[str]


class PressKind(StrEnum):
    INTERVIEW = "interview"
    REPORT = "report"
    NEWS = "news"
    ARTICLE = "article"
    REVIEW = "review"

    @property
    def label(self) -> str:
        """In the page's language."""
        labels = {
            PressKind.INTERVIEW: _("Entretien"),
            PressKind.REPORT: _("Reportage"),
            PressKind.NEWS: _("Actualité"),
            PressKind.ARTICLE: _("Article"),
            PressKind.REVIEW: _("Critique"),
        }
        return labels[self]


class About(StrEnum):
    """`CONTEXT`: same author or same world, but not about the film; never shown as a review."""

    FILM = "film"
    CONTEXT = "context"


class Seen(StrEnum):
    """How much of the article was read for our summary."""

    WHOLE = "whole"
    BEGINNING = "beginning"


class PressPerson(Base):
    __tablename__ = "press_person"

    item_id: Mapped[int] = mapped_column(ForeignKey("press_item.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    position: Mapped[int]
    person: Mapped[Person] = relationship()


press_tag = Table(
    "press_tag",
    Base.metadata,
    Column("item_id", Integer, ForeignKey("press_item.id"), primary_key=True),
    Column("tag_id", Integer, ForeignKey("tag.id"), primary_key=True, index=True),
)


class Question(Public, Base):
    """One exchange of an interview, in indirect speech; `position` counts from 0."""

    __tablename__ = "question"

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("press_item.id"), index=True)
    position: Mapped[int]
    topic_fr: Mapped[str]
    topic_en: Mapped[str]
    answer_fr: Mapped[str]
    answer_en: Mapped[str]


class PressItem(Dated, Publishable, Embargoed, Editable, Base):
    """One article or interview, with our own summary of it."""

    __tablename__ = "press_item"
    __table_args__ = (
        Index("ix_press_item_public", "public_on", "on"),
        *(Index(f"ix_press_item_{name}", name, "id") for name in ("on", "title", "kind")),  # lists of the office
        Index("ix_press_item_publication", "publication", "on", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    outlet_id: Mapped[int] = mapped_column(ForeignKey("outlet.id"), index=True)
    outlet: Mapped[Outlet] = relationship()
    outlet_note_fr: Mapped[str | None]  # « éditorial n° 58 », « avis d’un utilisateur »
    outlet_note_en: Mapped[str | None]
    title: Mapped[str]
    title_note_fr: Mapped[str | None]
    title_note_en: Mapped[str | None]
    author: Mapped[str | None]
    author_note_fr: Mapped[str | None]
    author_note_en: Mapped[str | None]
    interviewer: Mapped[str | None]
    date_note_fr: Mapped[str | None]
    date_note_en: Mapped[str | None]
    public_on: Mapped[date]  # the day it was certainly out: the last one its date allows
    url: Mapped[str]
    republished_where: Mapped[str | None]
    republished_on: Mapped[date | None]
    language: Mapped[str]  # BCP 47
    kind: Mapped[PressKind]
    about: Mapped[About]
    seen: Mapped[Seen]
    summary_fr: Mapped[str]
    summary_en: Mapped[str]
    search_text: Mapped[str] = mapped_column(default="")  # folded words of the item, see press.search
    questions: Mapped[list[Question]] = relationship(
        order_by=Question.position, collection_class=ordering_list("position"), cascade="all, delete-orphan"
    )
    question_count: Mapped[int] = column_property(
        select(func.count()).where(Question.item_id == id).correlate_except(Question).scalar_subquery()  # noqa: A003
    )
    person_links: Mapped[list[PressPerson]] = relationship(
        order_by="PressPerson.position", collection_class=ordering_list("position"), cascade="all, delete-orphan"
    )
    tags: Mapped[list[Tag]] = relationship(secondary=press_tag, order_by="Tag.slug")
    # the day somebody of the team last read the original, where a query asks for it; empty: it was for the dossier
    read_on: Mapped[date | None] = query_expression()

    @property
    def people(self) -> list[Person]:
        return [link.person for link in self.person_links]

    @people.setter
    def people(self, people: list[Person]) -> None:
        self.person_links = [PressPerson(person=person) for person in people]

    @property
    def kind_label(self) -> str:
        """What it is shown as: « Contexte » whatever its kind, when it is not about the film."""
        return _("Contexte") if self.about is About.CONTEXT else self.kind.label

    @property
    def dated(self) -> PartialDate:
        """The date of the article itself; every item has one, however vague."""
        if self.on is None:
            raise ValueError(f"press item {self.slug} has no date")
        return PartialDate(self.on, self.precision or DatePrecision.DAY)


@event.listens_for(PressItem, "before_insert")
@event.listens_for(PressItem, "before_update")
def _date_publication(mapper: Mapper[PressItem], connection: Connection, item: PressItem) -> None:
    item.public_on = item.dated.last


_held = PressItem.__table__.alias("held")  # the bare table: what is looked for is hidden
_elsewhere = select(Citation.id).where(
    Citation.source_id == Source.id, Citation.subject != literal("press.") + Source.press_slug
)
# A source comes out with the article it is. Under an embargo it vouches for nothing; a draft's own, or a withdrawn one's,
# stays where it vouches for something else, for that page is in the world.
publication.restrict(
    Source,
    ~select(_held.c.id)
    .where(
        _held.c.slug == Source.press_slug,
        or_(
            _held.c.embargo_lifts_at > publication.NOW,
            ~publication.visible(_held.c, PressItem) & ~_elsewhere.correlate(Source).exists(),
        ),
    )
    .correlate(Source)
    .exists(),
    together={
        PressItem: select(_held.c.id)
        .where(_held.c.slug == Source.press_slug, _held.c.id == publication.ONE_MORE)
        .correlate(Source)
        .exists()
    },
)
Source.press_page = column_property(
    select(PressItem.slug)
    .where(
        PressItem.slug == Source.press_slug, PressItem.public_on <= bindparam(None, callable_=clock.today, type_=Date())
    )
    .correlate(Source)
    .scalar_subquery()
)

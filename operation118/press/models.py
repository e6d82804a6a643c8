"""What others wrote: outlets, articles and interviews, their questions, people and tags."""

from datetime import date
from enum import StrEnum

from sqlalchemy import Column, Connection, ForeignKey, Index, Integer, Table, event, func, select
from sqlalchemy.ext.orderinglist import ordering_list
from sqlalchemy.orm import Mapped, Mapper, column_property, mapped_column, relationship

from operation118.database import Base, Public
from operation118.dates import DatePrecision, PartialDate
from operation118.film.models import Dated, Person
from operation118.web.languages import gettext as _


class Outlet(Public, Base):
    __tablename__ = "outlet"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    url: Mapped[str]


class Tag(Public, Base):
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


class PressItem(Dated, Public, Base):
    """One article or interview, with our own summary of it."""

    __tablename__ = "press_item"
    __table_args__ = (Index("ix_press_item_public", "public_on", "on"),)

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

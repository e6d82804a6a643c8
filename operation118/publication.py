"""Whether the public sees a row: a draft, published (from an instant on), withdrawn; and the embargo that holds it back.

Nothing has to ask: every ORM SELECT of the project, of rows or of columns, in a join or in a subquery, leaves out what
the public must not see. Who may see the rest says so: `everything()` for a block, `show_everything()` for a request
(the door of the office), `show_row()` for one row in a request, `EVERYTHING` for one statement. All of it is told in
docs/publication.md.
"""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any

from flask import has_request_context, request
from sqlalchemy import ColumnElement, FromClause, ScalarSelect, and_, bindparam, event, func, or_, select, union_all
from sqlalchemy.orm import Mapped, ORMExecuteState, Session, mapped_column
from sqlalchemy.orm.util import LoaderCriteriaOption
from sqlalchemy.types import Integer

from operation118 import clock
from operation118.database import Base, UtcDateTime, db


class Publication(StrEnum):
    """What an editor decided. A row that is published at an instant to come is *scheduled*; nothing is stored of that."""

    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


PUBLICATIONS = {
    Publication.DRAFT: "Brouillon",
    Publication.PUBLISHED: "Publié",
    Publication.WITHDRAWN: "Retiré",
}

# The same, as the team sees it now: what is published may still wait for its date, or for the end of an embargo.
STATES = {
    "draft": "Brouillon",
    "scheduled": "Programmé",
    "embargo": "Sous embargo",
    "published": "Publié",
    "withdrawn": "Retiré",
}


class Publishable:
    """A row that the public sees only once it is published; without `published_at`, it always was."""

    publication: Mapped[Publication] = mapped_column(default=Publication.PUBLISHED)
    published_at: Mapped[datetime | None] = mapped_column(index=True)

    @property
    def is_published(self) -> bool:
        """Whether it is published at the instant looked at. Looking back, what was published since is there too: the past
        is told by what is known of it today."""
        since = self.published_at
        return self.publication is Publication.PUBLISHED and (since is None or since <= clock.latest())


class Embargoed:
    """A row that nobody outside the press may see before an instant, even in the time machine."""

    embargo_lifts_at: Mapped[datetime | None] = mapped_column(index=True)

    @property
    def is_under_embargo(self) -> bool:
        return self.embargo_lifts_at is not None and self.embargo_lifts_at > clock.now()


@dataclass(frozen=True)
class State:
    """What the team calls the state of a row, and its name for a stylesheet."""

    key: str
    label: str

    def __str__(self) -> str:
        return self.label


def state_of(row: Publishable) -> State:
    """The state of `row` now: also scheduled, or held by an embargo."""
    if row.publication is not Publication.PUBLISHED:
        return State(row.publication.value, PUBLICATIONS[row.publication])
    if isinstance(row, Embargoed) and row.is_under_embargo:
        return State("embargo", STATES["embargo"])
    key = "published" if row.is_published else "scheduled"
    return State(key, STATES[key])


def appeared_at(row: Publishable) -> datetime | None:
    """The instant the public first could see `row`, where one was set."""
    lifted = row.embargo_lifts_at if isinstance(row, Embargoed) else None
    return max((instant for instant in (row.published_at, lifted) if instant), default=None)


# --- Who sees what ------------------------------------------------------------------------------------------------

EVERYTHING = {"everything": True}  # execution options of a statement
_SHOWN, _ONE_MORE = "operation118.everything", "operation118.one_more"  # in the environment of a request
_chosen: ContextVar[tuple[object, bool] | None] = ContextVar("chosen", default=None)


def _environ() -> dict[str, Any] | None:
    return request.environ if has_request_context() else None


@contextmanager
def _seeing(shown: bool) -> Generator[None]:
    token = _chosen.set((_environ(), shown))
    try:
        yield
    finally:
        _chosen.reset(token)


def everything() -> Any:
    """`with everything():` queries of the block read hidden rows too."""
    return _seeing(True)


def as_public() -> Any:
    """`with as_public():` queries of the block read what the public sees, even for the team: what is sent to people."""
    return _seeing(False)


def show_everything() -> None:
    """Let the request under way see everything; whoever calls this has checked who is asking."""
    request.environ[_SHOWN] = True


def show_row(environ: dict[str, Any], model: type[Base], number: int) -> None:
    """Let the request of this environment see what the public sees and one row more, whatever holds it back; whoever calls
    this has checked who is asking."""
    environ[_ONE_MORE] = model, number


def _sight() -> tuple[bool, type[Base] | None]:
    """Whether everything is seen; if not, the table of which one row more is."""
    environ, chosen = _environ(), _chosen.get()
    if chosen is not None and chosen[0] is environ:  # what was chosen outside a request does not hold within one
        return chosen[1], None
    if environ is None:
        return False, None
    return _SHOWN in environ, environ.get(_ONE_MORE, (None,))[0]


# --- The one place that hides -------------------------------------------------------------------------------------

NOW = bindparam(None, callable_=clock.now, type_=UtcDateTime())
_LATEST = bindparam(None, callable_=clock.latest, type_=UtcDateTime())
ONE_MORE = bindparam(None, callable_=lambda: request.environ[_ONE_MORE][1], type_=Integer())
_Conditions = dict[type[Base], ColumnElement[bool]]
_restrictions: _Conditions = {}
_together: dict[type[Base], _Conditions] = {}


def restrict(model: type[Base], condition: ColumnElement[bool], *, together: _Conditions) -> None:
    """Let the public see only those rows of `model` that meet `condition` as well. Where one row more is shown, of a table
    that `together` names, those that meet that condition are seen with it."""
    _restrictions[model] = condition
    for other, shown in together.items():
        _together.setdefault(other, {})[model] = shown


def _lifted(columns: Any) -> ColumnElement[bool]:
    return or_(columns.embargo_lifts_at.is_(None), columns.embargo_lifts_at <= NOW)


def visible(columns: Any, model: type[Any]) -> ColumnElement[bool]:
    """The condition that the public sees a row of `model`, over these columns of its table."""
    conditions: list[ColumnElement[bool]] = []
    if issubclass(model, Publishable):
        out = or_(columns.published_at.is_(None), columns.published_at <= _LATEST)
        conditions += [columns.publication == Publication.PUBLISHED, out]
    if issubclass(model, Embargoed):
        conditions.append(_lifted(columns))
    return and_(*conditions)


def models() -> list[type[Base]]:
    """Every table with rows that may be hidden."""
    mapped: list[type[Base]] = [mapper.class_ for mapper in Base.registry.mappers]
    return sorted(filter(_may_be_hidden, mapped), key=lambda model: model.__name__)


def _may_be_hidden(model: type[Base]) -> bool:
    return issubclass(model, Publishable) or issubclass(model, Embargoed)


class _Criterion(LoaderCriteriaOption):
    """A condition on a table that is always the same but for the time, and the row that is shown besides, which are asked
    at each execution. SQLAlchemy would walk through all of it for each statement, to know whether it compiled that one
    already: 0.2 ms a query."""

    inherit_cache = True
    one_more: type[Base] | None = None  # the table of that row

    def _gen_cache_key(self, am: object, bindparams: object) -> tuple[Any, ...]:
        return _Criterion, self.root_entity, self.entity, self.one_more


@cache
def _criteria(one_more: type[Any] | None) -> tuple[_Criterion, ...]:
    conditions = {model: visible(model, model) for model in models()} | _restrictions
    if one_more is not None:
        shown = {one_more: one_more.id == ONE_MORE} | _together.get(one_more, {})
        conditions |= {model: or_(conditions[model], also) for model, also in shown.items()}
    criteria = tuple(_Criterion(model, condition, include_aliases=True) for model, condition in conditions.items())
    for criterion in criteria:
        criterion.one_more = one_more
    return criteria


@event.listens_for(Session, "do_orm_execute")
def _hide(state: ORMExecuteState) -> None:
    if not state.is_select or state.is_column_load:  # columns that were left out of a row one already holds
        return
    _began()
    whole, one_more = _sight()
    if not state.execution_options.get("everything", whole):
        state.statement = state.statement.options(*_criteria(one_more))


# --- When it changes ----------------------------------------------------------------------------------------------

_BEGAN, _WATCHED = "operation118.began", "operation118.watched"


def _began() -> datetime:
    """When the request under way first read rows: whatever comes out after that may be missing from its answer."""
    environ = _environ()
    return clock.latest() if environ is None else environ.setdefault(_BEGAN, clock.latest())


def _table(model: type[Base]) -> FromClause:
    """Without the mapping, hence with the hidden rows."""
    return model.__table__


def _changes() -> Iterator[Any]:
    began = bindparam(None, callable_=_began, type_=UtcDateTime())
    for model in models():
        columns = _table(model).c
        if issubclass(model, Publishable):
            due = columns.publication == Publication.PUBLISHED, columns.published_at > began
            yield select(columns.published_at.label("instant")).where(*due)
        if issubclass(model, Embargoed):
            lifts = [columns.embargo_lifts_at > began]
            if issubclass(model, Publishable):
                lifts.append(columns.publication == Publication.PUBLISHED)
            yield select(columns.embargo_lifts_at).where(*lifts)


@cache
def next_change() -> ScalarSelect[datetime]:
    """The next instant at which anything is published or an embargo is lifted: a column for a query that is made anyway,
    whose answer goes to `note()`."""
    changes = union_all(*_changes()).subquery()
    return select(func.min(changes.c.instant)).scalar_subquery()


def note(instant: datetime | None) -> None:
    """Tell the clock what `next_change()` gave."""
    if (environ := _environ()) is not None:
        environ[_WATCHED] = True
    if instant is not None:
        clock.changes_everywhere_at(instant)


def watch() -> None:
    """Before an answer leaves: if it was made of rows, and no query asked when they change, ask now."""
    environ = _environ()
    if environ is not None and _BEGAN in environ and _WATCHED not in environ:
        note(db.session.scalar(select(next_change())))


# --- What is not there any more -----------------------------------------------------------------------------------


def missing(model: type[Any], slug: str) -> int:
    """The status of the page of a row that the public does not see: 410 for what was withdrawn, 404 for all else."""
    gone = select(func.count()).where(model.slug == slug, model.publication == Publication.WITHDRAWN)
    if issubclass(model, Embargoed):
        gone = gone.where(_lifted(model))
    return 410 if db.session.scalar(gone, execution_options=EVERYTHING) else 404

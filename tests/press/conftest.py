"""Press items that a test makes up, and the words of the pages they are on."""

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from operation118.database import db
from operation118.dates import DatePrecision
from operation118.press.models import About, Outlet, PressItem, PressKind, Seen

Add = Callable[..., PressItem]


@pytest.fixture
def add_item(session: Session) -> Add:
    """`add_item("slug", on=…, kind=…)` commits an item of the first outlet; what is not given is plain."""

    def add(slug: str, *, on: date, precision: DatePrecision = DatePrecision.DAY, **values: object) -> PressItem:
        plain: dict[str, object] = {
            "outlet": session.scalars(select(Outlet).order_by(Outlet.slug)).first(),
            "title": f"Title of {slug}",
            "url": f"https://example.org/{slug}",
            "language": "fr",
            "kind": PressKind.NEWS,
            "about": About.FILM,
            "seen": Seen.WHOLE,
            "summary_fr": f"Résumé de {slug}.",
            "summary_en": f"Summary of {slug}.",
            "search_text": slug.replace("-", " "),
        }
        item = PressItem(slug=slug, on=on, precision=precision, **(plain | values))
        session.add(item)
        session.commit()
        return item

    return add


@pytest.fixture
def keep_items(app: Flask) -> Callable[[int], None]:
    """`keep_items(3)` leaves three items, one of which has questions and none of which is mere context."""

    def keep(n: int) -> None:
        with app.app_context():
            richest_first = (PressItem.about.desc(), PressItem.kind != PressKind.INTERVIEW, PressItem.slug)
            for item in db.session.scalars(select(PressItem).order_by(*richest_first)).all()[n:]:
                db.session.delete(item)
            db.session.commit()

    return keep

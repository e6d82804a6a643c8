"""The charts say what was counted: from zero, with their unit, and the same again in a table."""

from collections import Counter as Counts
from collections.abc import Callable
from datetime import timedelta
from xml.etree.ElementTree import Element

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from markup import parse
from operation118 import clock
from operation118.accounts.models import StaffRole
from operation118.office import audience
from operation118.web import visits
from operation118.web.models import VisitKind
from operation118.web.visits import DIRECT, Key

Office = Callable[[StaffRole], FlaskClient]


def drawn(client: FlaskClient) -> Element:
    document, complaints = parse(client.get("/office/").text)
    assert complaints == []
    return document


def read(session: Session, numbers: dict[int, int]) -> None:
    """So many readings of the film's page, so many days ago."""
    keys = {
        Key(clock.today() - timedelta(days=ago), VisitKind.PAGE, "/film/"): number for ago, number in numbers.items()
    }
    keys[Key(clock.today(), VisitKind.REFERRER, DIRECT)] = 3
    visits.write(session.connection(), Counts(keys))
    session.commit()


def test_the_chart_draws_thirty_days_from_zero_and_says_the_same_in_a_table(session: Session, office: Office):
    read(session, {0: 4, 1: 8, 29: 2, 30: 100})
    document = drawn(office(StaffRole.EDITOR))
    chart = next(
        element for element in document.iter("svg") if element.get("aria-labelledby") == "jours-title jours-desc"
    )
    heights = [float(bar.get("height", "")) for bar in chart.iter("rect")]
    assert heights == [50, 200, 100]
    assert [text.text for text in chart.iter("text")][:3] == ["0", "4", "8"]
    cells = [cell.text for cell in document.iter("td")]
    assert (len(cells), cells[0], cells[28:]) == (30, "2", ["8", "4"])


def test_pages_and_sites_are_told_with_their_numbers(session: Session, office: Office):
    read(session, {0: 4, 1: 1200})
    page = office(StaffRole.EDITOR).get("/office/").text
    assert '<a href="/film/">/film/</a>' in page
    assert "1\u202f204" in page
    assert "accès direct" in page


@pytest.mark.settings(VISITS="0")
def test_where_nothing_is_counted_no_chart_is_shown(office: Office):
    assert "Le site, ces 30" not in office(StaffRole.EDITOR).get("/office/").text


def test_the_mean_of_seven_days_begins_on_the_seventh(session: Session):
    read(session, {29: 7, 23: 7, 0: 14})
    smooth = audience.lately().smooth
    assert smooth[:6] == [None] * 6
    assert (smooth[6], smooth[7], smooth[-1]) == (2, 1, 2)

"""What is known of each screening is said, as precisely as it is known, and no more."""

import pytest
from flask.testing import FlaskClient

from markup import words
from screenings.pages import DEDUCED, FOLDERS, SLUGS, event, facts, of_class, page, road

DATES = {
    "chalons-en-champagne-2010-10-26": ("mardi 26 octobre 2010", "Tuesday 26 October 2010", "2010-10-26"),
    "saint-quentin-2010-10": ("semaine du 25 octobre 2010", "week of 25 October 2010", "2010-10"),
    "saint-quentin-2010-11-03": (
        "à partir du mercredi 3 novembre 2010",
        "from Wednesday 3 November 2010",
        "2010-11-03",
    ),
    "saint-etienne-2010-11-05": ("vendredi 5 novembre 2010", "Friday 5 November 2010", "2010-11-05"),
    "tence-2010-11-06": ("samedi 6 novembre 2010", "Saturday 6 November 2010", "2010-11-06"),
    "laon-2010-11-10": ("mercredi 10 novembre 2010", "Wednesday 10 November 2010", "2010-11-10"),
    "vendome-2010-11-10": ("mercredi 10 novembre 2010", "Wednesday 10 November 2010", "2010-11-10"),
    "sortie-nationale-2010-11-17": ("mercredi 17 novembre 2010", "Wednesday 17 November 2010", "2010-11-17"),
    "tence-2010-11-19": ("à partir du vendredi 19 novembre 2010", "from Friday 19 November 2010", "2010-11-19"),
    "yssingeaux-2010-11-25": ("à partir du jeudi 25 novembre 2010", "from Thursday 25 November 2010", "2010-11-25"),
}
UNPLACED = {"chalons-en-champagne-2010-10-26", "tence-2010-11-06", "vendome-2010-11-10"}


@pytest.fixture(params=SLUGS)
def slug(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def french(reader: FlaskClient, slug: str) -> str:
    return reader.get(f"/seances/{slug}/").text


@pytest.fixture
def english(reader: FlaskClient, slug: str) -> str:
    return reader.get(f"/en/screenings/{slug}/").text


def test_the_date_is_as_precise_as_it_is_known(french: str, english: str, slug: str):
    in_french, in_english, _ = DATES[slug]
    assert facts(french)["Quand"].partition(" 2010")[0] == in_french.removesuffix(" 2010")
    assert words(next(page(english).iter("h1"))).endswith(in_english)


def test_machines_get_no_false_day(french: str, slug: str):
    times = {element.get("datetime") for element in next(page(french).iter("h1")).iter("time")}
    assert times == {DATES[slug][2]}
    assert event(french)["startDate"] == DATES[slug][2]


def test_no_hour_is_made_up(french: str, english: str, slug: str):
    everywhere = slug == "sortie-nationale-2010-11-17"
    assert facts(french).get("Heure") == (None if everywhere else "non retrouvée")
    assert facts(english).get("Time") == (None if everywhere else "not found")


def test_no_cinema_is_made_up(french: str, slug: str):
    unknown = facts(french).get("Salle") == "non retrouvée"
    assert unknown == (slug in UNPLACED)


def test_what_is_deduced_is_said_to_be(french: str, slug: str):
    assert bool(of_class(page(french), "remark")) == (slug in DEDUCED)


def test_machines_are_told_what_is_deduced(french: str, slug: str):
    assert event(french).get("description", "").startswith("Sous réserve") == (slug in DEDUCED)


def test_the_end_of_a_run_is_unknown_and_the_rule_that_counts_it_is_told(reader: FlaskClient):
    run = facts(reader.get("/seances/saint-quentin-2010-11-03/").text)
    assert run["Fin"].startswith("inconnue ; comptée ici jusqu’au mardi 9 novembre 2010")
    assert "Fin" not in facts(reader.get("/seances/laon-2010-11-10/").text)


def test_every_screening_says_who_says_so(french: str):
    notes = of_class(page(french), "sources")
    assert len(notes) == 1
    assert list(notes[0].iter("a"))


def test_what_the_sources_give_is_shown(reader: FlaskClient):
    laon = facts(reader.get("/seances/laon-2010-11-10/").text)
    assert laon["En présence de"] == "David Azencot, Céline Duhamel"
    assert laon["Après le film"] == "Débat avec la salle"
    assert laon["Salle"] == "Le Forum"
    tence = facts(reader.get("/seances/tence-2010-11-19/").text)
    assert tence["Quand"].endswith("4 séances annoncées")
    vendome = facts(reader.get("/seances/vendome-2010-11-10/").text)
    assert vendome["Hôte de la soirée"] == "Olivier Dumez, Affaire de contacts"
    chalons = facts(reader.get("/seances/chalons-en-champagne-2010-10-26/").text)
    assert chalons["Arrivée de l’équipe"] == "20 h 15"


@pytest.mark.parametrize(("lang", "plates"), [("fr", ("sem. du 25", "dès le")), ("en", ("week of 25", "from Wed"))])
def test_plates_along_the_road_are_no_more_precise(reader: FlaskClient, lang: str, plates: tuple[str, str]):
    signs = [words(sign).replace("\xa0", " ") for sign in road(reader.get(FOLDERS[lang]).text)]
    assert plates[0] in signs[1]
    assert plates[1] in signs[6]  # the first of the cinemas

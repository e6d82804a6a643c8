"""What the film's sources settle, and what they leave unknown: the laws of the content itself."""

import re
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from operation118.film.models import Character, Citation, Credit, Fact, Film, Job, Person, Release, ReleaseKind, Source
from operation118.press.models import About, PressItem, PressKind
from operation118.screenings.models import Screening, Town
from operation118.site import content
from operation118.site.models import Redirect

TEXTS = {path.name: path.read_text() for path in sorted(content.FOLDER.glob("*.toml"))}
EVERYTHING = "\n".join(TEXTS.values())
COMMUNES = {"tence": (45.11, 4.29), "paris": (48.86, 2.35), "laon": (49.56, 3.62), "vendome": (47.79, 1.07)}


def fact(session: Session, slug: str) -> Fact:
    return session.scalars(select(Fact).where(Fact.slug == slug)).one()


def credits(session: Session, name: str) -> list[Credit]:
    return list(session.scalars(select(Credit).join(Person).where(Person.name == name).order_by(Credit.slug)))


def test_no_prize_is_claimed():
    claims = re.findall(
        r"(?i)\b(?:prix spécial|special prize|récompens\w*|award\w*|lauréat\w*|offshore film)\b", EVERYTHING
    )
    assert claims == []


def test_the_title_and_its_other_spellings(session: Session):
    film = session.scalars(select(Film)).one()
    assert film.title == "Opération 118 318, sévices clients"
    assert film.title_parts == ["Opération", "118 318", "sévices clients"]
    assert {"118-318", "118318", "services clients"} <= set(film.also_written)


def test_the_film_opened_on_the_17th_of_november_2010(session: Session):
    (release,) = session.scalars(select(Release).where(Release.kind == ReleaseKind.THEATRICAL))
    assert release.on == date(2010, 11, 17)


def test_the_video_edition_was_announced_and_has_no_date(session: Session):
    (release,) = session.scalars(select(Release).where(Release.kind == ReleaseKind.VIDEO))
    assert (release.on, release.announced_on) == (None, date(2012, 10, 10))
    assert len(release.missing_fr) == 5


def test_two_people_wrote_the_film(session: Session):
    writers = [credit.person.name for credit in session.scalars(select(Credit)) if Job.WRITER in credit.jobs]
    assert sorted(writers) == ["David Azencot", "Manuel Jacquinet"]


def test_the_executive_producer_has_her_name(session: Session):
    (credit,) = credits(session, "Déborah Chiarella")
    assert credit.jobs == [Job.EXECUTIVE_PRODUCER]
    assert "Déborah Carella" in credit.person.also_written


def test_only_two_parts_have_an_actor(session: Session):
    pairs = {
        credit.person.name: credit.character.slug for credit in session.scalars(select(Credit)) if credit.character
    }
    assert pairs == {"Booder": "kader", "Alexandre Steiger": "jean-jean"}


@pytest.mark.parametrize("name", ["Bruno Hausler", "Lionnel Astier", "Céline Duhamel", "Maxime Poisot-Gnana"])
def test_a_part_that_no_source_gives_is_left_blank(session: Session, name: str):
    (credit,) = credits(session, name)
    assert (credit.character, credit.role_fr, credit.role_en) == (None, None, None)


def test_other_spellings_lead_to_the_right_people(session: Session):
    also = {person.name: person.also_written for person in session.scalars(select(Person)) if person.also_written}
    assert also["Bruno Hausler"] == ["Bruno Hasler"]
    assert also["Lionnel Astier"] == ["Lionel Astier"]
    assert also["Abdelkader Railane"] == ["Adbelkader Railane", "Abdelkader Raïlane"]
    hero = session.scalars(select(Character).where(Character.slug == "mathieu-polivennes")).one()
    assert hero.also_written == ["Matthieu Polivennes"]


def test_the_interviewer_is_not_taken_for_the_actor(session: Session):
    item = session.scalars(select(PressItem).where(PressItem.slug == "ambush-2010-entretien-manuel-jacquinet")).one()
    assert item.interviewer == "Maxime Poisot"
    assert [person.name for person in item.people] == ["Manuel Jacquinet"]


def test_the_set_stood_in_an_allee(session: Session):
    value = fact(session, "decor-principal").value_fr
    assert value is not None
    assert "13 allée des Pâquerettes" in value
    assert "rue des Pâquerettes" not in EVERYTHING


def test_the_first_day_of_the_shoot_is_said_to_be_deduced(session: Session):
    first_day = fact(session, "premier-jour-de-tournage")
    assert first_day.on == date(2009, 9, 16)
    assert first_day.certainty_fr is not None
    assert "déduit" in first_day.certainty_fr


def test_the_idea_is_of_2007_and_the_facts_that_have_their_day_stand_on_the_timeline(session: Session):
    dated = {fact.slug: fact.when.iso for fact in session.scalars(select(Fact)) if fact.when}
    assert dated == {"premier-jour-de-tournage": "2009-09-16", "yakamoz": "2010-04", "idee": "2007"}


def test_no_number_of_years_is_given_to_the_producer_in_our_own_voice():
    numbers = "dix|onze|douze|treize|quatorze|quinze|seize|ten|twelve|thirteen|fifteen|sixteen|1[0-6]"
    counted = re.compile(rf"(?i)\b(?:{numbers}) (?:ans|years)\b(?! après la sortie| after the release)")
    assert counted.findall(TEXTS["film.toml"]) == []


def test_the_first_screening_for_an_audience_was_at_chalons(session: Session):
    chalons = session.scalars(select(Screening).where(Screening.slug == "chalons-en-champagne-2010-10-26")).one()
    assert chalons.note_fr is not None
    assert "Première projection devant un public" in chalons.note_fr


def test_the_case_of_2022_is_the_producers_account(session: Session):
    (release,) = session.scalars(select(Release).where(Release.kind == ReleaseKind.CONTESTED))
    assert release.certainty_fr is not None
    assert "Version du producteur, seule source" in release.certainty_fr
    assert release.note_fr is not None
    assert "Issue inconnue" in release.note_fr


def test_the_cannes_article_is_context_and_gives_no_telephone_number(session: Session):
    (item,) = session.scalars(select(PressItem).where(PressItem.about == About.CONTEXT))
    assert item.kind is PressKind.ARTICLE
    assert re.findall(r"\b0\d(?:[ .]?\d\d){4}\b", EVERYTHING) == []


def test_no_hour_is_invented(session: Session):
    assert session.scalars(select(Screening).where(Screening.starts_at.is_not(None))).all() == []


def test_every_subject_is_vouched_for(session: Session):
    subjects = set(session.scalars(select(Citation.subject)))
    wanted = {f"fact.{fact.slug}" for fact in session.scalars(select(Fact))}
    wanted |= {f"press.{item.slug}" for item in session.scalars(select(PressItem))}
    wanted |= {f"screening.{screening.slug}" for screening in session.scalars(select(Screening))}
    wanted |= {"film.title", "film.synopsis", "film.release_date", "tour.tournee-2010", "release.youtube-2022"}
    assert wanted <= subjects


def test_every_source_vouches_for_something(session: Session):
    assert set(session.scalars(select(Source.slug))) == set(session.scalars(select(Source.slug).join(Citation)))


def test_every_page_of_the_press_is_a_source(session: Session):
    assert set(session.scalars(select(PressItem.slug))) == set(session.scalars(select(Source.press_slug))) - {None}


def test_the_eight_addresses_of_2010_lead_to_the_articles_that_were_there(session: Session):
    items = {f"/presse/{item.slug}/": item for item in session.scalars(select(PressItem))}
    redirects = [redirect for redirect in session.scalars(select(Redirect)) if redirect.new != "/"]
    assert len(redirects) == 8
    assert all("operation118318.com/service_client/" in items[redirect.new].url for redirect in redirects)


@pytest.mark.parametrize("slug", COMMUNES)
def test_towns_are_where_they_are(session: Session, slug: str):
    town = session.scalars(select(Town).where(Town.slug == slug)).one()
    assert (town.latitude, town.longitude) == pytest.approx(COMMUNES[slug], abs=0.02)


def test_no_machine_is_named():
    assert re.findall(r"\.txt\b|/tmp/|/home/|/root/", EVERYTHING) == []


def test_the_content_has_six_files():
    assert sorted(path.name for path in Path(content.FOLDER).iterdir()) == sorted(TEXTS)
    assert len(TEXTS) == 6

"""A letter is a file: what it says, in which language, and what is wrong with it."""

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from newsletter.campaigning import ENGLISH, FRENCH, FRONT, LETTER
from operation118.newsletter import letters
from operation118.newsletter.models import CampaignState
from operation118.newsletter.refused import Refused
from operation118.web.languages import speaking

pytestmark = pytest.mark.usefixtures("session")


def refusal(text: str) -> str:
    with speaking("en"), pytest.raises(Refused) as refused:
        letters.parse(text)
    return str(refused.value)


def test_a_file_becomes_a_draft_in_two_languages(session: Session, tmp_path: Path):
    path = tmp_path / "lettre.md"
    path.write_text(LETTER)
    campaign = letters.read(path)
    assert (campaign.slug, campaign.state, campaign.in_archive) == ("nouvelles", CampaignState.DRAFT, True)
    assert campaign.topics == ["dvd", "presse"]
    assert (campaign.subject_fr, campaign.subject_en) == ("Des nouvelles du DVD", "News of the DVD")
    assert campaign.body_fr == FRENCH.strip("\n")
    assert campaign.body_en == ENGLISH.strip("\n")
    assert campaign not in session


def test_english_may_be_missing():
    front = FRONT.replace('[en]\nsubject = "News of the DVD"\n', "")
    campaign = letters.parse(f"{front}<!-- fr -->{FRENCH}")
    assert (campaign.subject_en, campaign.body_en) == (None, None)


def test_a_subject_without_its_letter_is_refused():
    assert "<!-- fr -->, <!-- en -->" in refusal(f"{FRONT}<!-- fr -->{FRENCH}")


def test_a_letter_without_its_subject_is_refused():
    front = FRONT.replace('[en]\nsubject = "News of the DVD"\n', "")
    assert "<!-- fr -->." in refusal(f"{front}<!-- fr -->{FRENCH}<!-- en -->{ENGLISH}")


@pytest.mark.parametrize(
    ("was", "becomes", "told"),
    [
        ('"nouvelles"', '"Des nouvelles"', "slug"),
        ('"presse"]', '"meteo"]', "topics.1"),
        ('["dvd", "presse"]', "[]", "topics"),
        ("archive = true", 'colour = "red"', "colour"),
        ('"News of the DVD"', '""', "en.subject"),
        ('"News of the DVD"', '"News\\nBcc: everybody@film.test"', "en.subject"),
        ('"dvd", ', '"dvd" ', "line 3"),
        ("+++\n", "", "+++"),
    ],
)
def test_each_mistake_is_named(was: str, becomes: str, told: str):
    assert told in refusal(LETTER.replace(was, becomes, 1))


def test_an_unknown_block_is_told_with_its_line_in_the_file():
    text = LETTER.replace("{{ dvd }}", "{{ meteo }}")
    number = text.splitlines().index("{{ meteo }}") + 1
    assert refusal(text).startswith(f"Line {number}: the block “meteo” does not exist")


def test_every_wrong_block_is_told_at_once():
    text = LETTER.replace("{{ dvd }}", "{{ meteo }}\n\nUn {{ dvd }} dans une phrase.\n\n{{ entretien: personne }}")
    assert len(refusal(text).splitlines()) == 3


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path):
    (tmp_path / "lettre.md").write_bytes(b"\xff\xfe")
    for path in (tmp_path / "lettre.md", tmp_path / "absent.md"):
        with pytest.raises(Refused, match=path.name):
            letters.read(path)


def test_a_wrong_interview_is_told_in_the_language_of_the_command_with_those_there_are():
    text = LETTER.replace("{{ dvd }}", "{{ entretien: imdb-2011-avis }}\n\n{{ entretien: personne }}")
    told = refusal(text)
    assert "“imdb-2011-avis” is not an interview. Interviews: " in told
    assert "no page of the press is called “personne”. Interviews: " in told
    assert "ambush-2010-entretien-manuel-jacquinet" in told

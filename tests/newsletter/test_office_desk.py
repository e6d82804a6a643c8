"""Writing a letter at the desk: nothing typed is lost, nobody's words are written over, and nothing leaves by it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.desking import DESK, WRITTEN, draft, journal, of, plain, press, write
from operation118 import clock
from operation118.accounts.models import JournalAction, StaffRole
from operation118.mail.models import Message
from operation118.newsletter.models import Campaign, CampaignState

Office = Callable[[StaffRole], FlaskClient]
pytestmark = pytest.mark.usefixtures("session")


@pytest.fixture
def editor(office: Office) -> FlaskClient:
    return office(StaffRole.EDITOR)


def test_the_empty_desk_says_what_a_letter_is(editor: FlaskClient):
    assert "Rien ne part sans une répétition" in editor.get(DESK).text


def test_a_letter_written_is_a_draft_with_a_line_in_the_journal(editor: FlaskClient, session: Session):
    slug = write(editor, commune="Nantes", rayon="60", langue="fr", archives="1")
    campaign = of(slug)
    assert slug == "le-dvd-arrive"
    assert (campaign.state, campaign.topics, campaign.in_archive) == (CampaignState.DRAFT, ["dvd"], True)
    assert campaign.body_fr == "Bonjour,\n\nvoici [la page](/dvd/).\n\n{{ dvd }}"
    assert campaign.subject_en == "The DVD is coming"
    assert campaign.reach["lang"] == "fr"
    assert campaign.reach["near"] | {"latitude": 0, "longitude": 0} == {
        "label": "Nantes (Loire-Atlantique)",
        "latitude": 0,
        "longitude": 0,
        "km": 60,
    }
    line = journal()[-1]
    assert (line.action, line.subject, line.staff_name) == (JournalAction.CREATED, f"letter.{slug}", "Édith Editor")
    assert line.after is not None
    assert line.after["subject_fr"] == "Le DVD arrive"
    assert session.scalars(select(Message)).all() == []


def test_two_letters_of_one_subject_have_two_names(editor: FlaskClient):
    assert [write(editor), write(editor)] == ["le-dvd-arrive", "le-dvd-arrive-2"]


@pytest.mark.parametrize("subject", ["Nouvelle", "Aperçu"])
def test_a_letter_never_takes_the_name_of_a_page_of_the_desk(editor: FlaskClient, subject: str):
    slug = write(editor, objet_fr=subject)
    assert editor.get(f"{DESK}{slug}/modifier/").status_code == 200
    assert slug.endswith("-2")


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"sujets": []}, "Choisissez au moins un sujet."),
        ({"objet_fr": ""}, "Donnez un objet"),
        ({"objet_en": ""}, "donnez-lui son objet"),
        ({"commune": "Zzyzx"}, "Aucune commune de France"),
        ({"commune": "Saint-Denis"}, "Précisez laquelle"),
        ({"objet_fr": "x" * 201}, "200 caractères au plus."),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_is_kept(
    editor: FlaskClient, session: Session, fields: dict[str, object], told: str
):
    answer = press(editor, f"{DESK}nouvelle/", f"{DESK}nouvelle/", **WRITTEN | fields)
    assert answer.status_code == 422
    assert told in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert "voici [la page](/dvd/)." in answer.text
    assert session.scalars(select(Campaign)).all() == []


def test_a_namesake_is_told_apart_by_its_department(editor: FlaskClient):
    slug = write(editor, commune="Saint-Denis (Seine-Saint-Denis)")
    assert of(slug).reach["near"]["label"] == "Saint-Denis (Seine-Saint-Denis)"
    assert 'value="Saint-Denis (Seine-Saint-Denis)"' in editor.get(f"{DESK}{slug}/modifier/").text


def saved(client: FlaskClient, slug: str, version: int, **fields: object):
    address = f"{DESK}{slug}/modifier/"
    return press(client, address, f"{DESK}nouvelle/", **WRITTEN | {"version": str(version)} | fields)


def test_saving_again_keeps_what_was_before_in_the_journal(editor: FlaskClient):
    slug = write(editor)
    answer = saved(editor, slug, 1, objet_fr="Le DVD est là")
    assert answer.status_code == 303
    assert (of(slug).subject_fr, of(slug).version) == ("Le DVD est là", 2)
    line = journal()[-1]
    assert line.before is not None
    assert line.before["subject_fr"] == "Le DVD arrive"


def test_saving_what_did_not_change_writes_nothing(editor: FlaskClient):
    slug = write(editor)
    assert saved(editor, slug, 1).status_code == 303
    assert of(slug).version == 1
    assert len(journal()) == 1


def test_of_two_who_write_the_second_is_shown_what_the_first_saved(editor: FlaskClient, office: Office):
    slug = write(editor)
    other = office(StaffRole.ADMIN)
    saved(other, slug, 1, objet_fr="Le mien")
    answer = saved(editor, slug, 1, objet_fr="Le tien")
    assert answer.status_code == 409
    assert "Quelqu’un a modifié cette lettre" in plain(answer)
    assert 'value="Le tien"' in answer.text
    assert "Écrit entre-temps" in answer.text
    assert "Le mien" in answer.text
    assert of(slug).subject_fr == "Le mien"
    assert saved(editor, slug, 2, objet_fr="Le tien").status_code == 303
    assert of(slug).subject_fr == "Le tien"


def test_a_letter_that_is_leaving_is_not_written_over(editor: FlaskClient, session: Session):
    campaign = draft(session, state=CampaignState.SENDING)
    answer = saved(editor, campaign.slug, 1)
    assert answer.status_code == 409
    assert "plus un brouillon" in answer.text
    assert "voici [la page](/dvd/)." in answer.text


def test_a_block_goes_to_the_end_of_both_texts_without_a_script(editor: FlaskClient, session: Session):
    answer = press(editor, f"{DESK}nouvelle/", f"{DESK}nouvelle/", **WRITTEN | {"inserer": "seances"})
    assert answer.status_code == 200
    assert answer.text.count("{{ seances }}\n</textarea>") == 2
    assert session.scalars(select(Campaign)).all() == []


def test_an_interview_is_chosen_from_a_list(editor: FlaskClient):
    page = editor.get(f"{DESK}nouvelle/").text
    slug = page.split('name="choix-entretien"')[1].split('value="')[1].split('"')[0]
    chosen = {"inserer": "entretien", "choix-entretien": slug}
    assert (
        f"{{{{ entretien: {slug} }}}}" in press(editor, f"{DESK}nouvelle/", f"{DESK}nouvelle/", **WRITTEN | chosen).text
    )


def test_a_draft_thrown_away_stays_readable_in_the_journal(editor: FlaskClient, session: Session):
    slug = write(editor)
    press(editor, f"{DESK}{slug}/jeter/", f"{DESK}{slug}/modifier/")
    assert session.scalars(select(Campaign)).all() == []
    line = journal()[-1]
    assert line.action is JournalAction.DELETED
    assert line.before is not None
    assert "{{ dvd }}" in line.before["body_fr"]


def test_a_letter_that_left_is_not_thrown_away(editor: FlaskClient, session: Session):
    campaign = draft(session, state=CampaignState.SENT, launched_at=clock.now())
    press(editor, f"{DESK}{campaign.slug}/jeter/")
    assert of(campaign.slug).state is CampaignState.SENT


def test_the_list_says_one_thing_to_do_for_each_letter(editor: FlaskClient, session: Session):
    soon = clock.now() + timedelta(minutes=9)
    for number, state in enumerate(CampaignState):
        at = soon if state is CampaignState.SCHEDULED else None
        draft(session, f"lettre-{number}", state=state, scheduled_at=at)
    page = editor.get(DESK).text
    for label in ("Continuer", "Retenir", "Suivre l’envoi", "Reprendre ou arrêter", "Voir les résultats"):
        assert label in page


def test_the_list_costs_as_many_queries_for_three_letters_as_for_one(
    editor: FlaskClient, session: Session, count_queries: Callable[..., object]
):
    def cost() -> int:
        with count_queries() as statements:  # type: ignore[attr-defined]
            editor.get(DESK)
        return len(statements)

    draft(session, "a")
    one = cost()
    draft(session, "b")
    draft(session, "c")
    assert cost() == one


def test_old_letters_are_on_the_next_page(editor: FlaskClient, session: Session):
    for number in range(51):
        session.add(
            Campaign(
                slug=f"l{number}", topics=["dvd"], subject_fr=f"Lettre {number} !", body_fr="", created_at=clock.now()
            )
        )
    session.commit()
    first = editor.get(DESK)
    assert "Lettre 0 !" not in plain(first)
    before = first.text.split("?avant=")[1].split('"')[0]
    assert "Lettre 0 !" in plain(editor.get(f"{DESK}?avant={before}"))

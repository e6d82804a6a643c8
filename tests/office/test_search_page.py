"""The page of the search: who finds what, where it leads, and what it says when there is nothing."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from office.finding import add_person, ready, results
from operation118 import clock, tokens
from operation118.accounts import journal
from operation118.accounts.models import JournalAction, StaffRole
from operation118.newsletter.models import Campaign, CampaignState, Subscriber, SubscriberState
from operation118.office import search
from operation118.office.models import Findable
from operation118.press.models import PressItem
from operation118.screenings.models import Town

Office = Callable[[StaffRole], FlaskClient]
Counter = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture
def filled(session: Session) -> Session:
    ready(session)
    return session


# --- Who finds what -----------------------------------------------------------------------------------------------


def add_subscriber(session: Session, address: str) -> None:
    mark = tokens.fingerprint(address)
    now = clock.now()
    session.add(Subscriber(address=address, fingerprint=mark, state=SubscriberState.CONFIRMED, lang="fr", asked_at=now))
    session.commit()


def test_addresses_of_subscribers_are_for_those_who_keep_the_list(filled: Session, office: Office):
    add_subscriber(filled, "zoe.quark@example.test")
    for typed in ("zoe.quark@example.test", "Zoe.Quark@Example.test", "zoe.q"):
        assert "zoe.quark@example.test" in " ".join(results(office(StaffRole.EDITOR), typed).values()), typed
        assert not any("/abonnes/" in address for address in results(office(StaffRole.PRESS_OFFICER), typed)), typed


def test_colleagues_are_for_administrators(filled: Session, office: Office):
    office(StaffRole.DOOR)  # she is of the team from now on
    assert any("Dora Door" in text for text in results(office(StaffRole.ADMIN), "dora").values())
    assert not any("/equipe/" in address for address in results(office(StaffRole.EDITOR), "dora"))


def test_letters_are_found_by_their_text(filled: Session, office: Office):
    letter = Campaign(slug="zanzibar", state=CampaignState.DRAFT, topics=[], subject_fr="Un sujet", body_fr="Quark.")
    letter.created_at = clock.now()
    filled.add(letter)
    filled.commit()
    assert "/office/lettre/zanzibar/" in results(office(StaffRole.EDITOR), "quark")


def test_a_line_of_the_journal_leads_to_itself(filled: Session, office: Office):
    lines = [journal.record(action=JournalAction.DID, subject="film.x", summary=f"zanzibar {n}") for n in range(3)]
    filled.commit()
    client = office(StaffRole.EDITOR)
    address = next(iter(results(client, "zanzibar 1")))
    page, _, anchor = address.partition("#")
    assert anchor == f"ligne-{lines[1].id}"
    assert f'id="{anchor}"' in client.get(page).text


def test_the_door_does_not_search(office: Office):
    assert office(StaffRole.DOOR).get("/office/recherche/?q=film").status_code == 403


@pytest.mark.parametrize("role", [StaffRole.ADMIN, StaffRole.EDITOR, StaffRole.PRESS_OFFICER])
def test_every_result_opens(filled: Session, office: Office, role: StaffRole):
    client = office(role)
    addresses = list(results(client, "le")) + list(results(client, "20"))
    assert len(addresses) > 10
    assert {address: client.get(address).status_code for address in addresses} == dict.fromkeys(addresses, 200)


# --- The page -----------------------------------------------------------------------------------------------------


def test_the_page_without_words_tells_how_to_search(office: Office):
    page = office(StaffRole.EDITOR).get("/office/recherche/")
    assert "écrivez-le dans le champ" in page.text


def test_one_letter_is_too_short(filled: Session, office: Office):
    assert "trop court" in office(StaffRole.EDITOR).get("/office/recherche/?q=a").text


def test_what_was_typed_is_shown_as_text_and_stays_in_the_field(filled: Session, office: Office):
    page = office(StaffRole.EDITOR).get("/office/recherche/?q=" + quote('<b>"x"</b> %_\\'))
    assert "<b>&#34;" not in page.text
    assert "&lt;b&gt;" in page.text
    assert 'value="&lt;b&gt;&#34;x&#34;&lt;/b&gt; %_\\"' in page.text


def test_nothing_found_proposes_other_spellings_and_fewer_words(filled: Session, office: Office):
    name = next(name for name in filled.scalars(select(Town.name).order_by(Town.name)) if len(search.words(name)) == 1)
    mistyped = name[:-1] + "q"
    assert any(name in text for text in results(office(StaffRole.EDITOR), mistyped).values())
    lone = results(office(StaffRole.EDITOR), f"{name} qqqqqq")
    assert any(f"q={quote(search.words(name)[0])}" in address for address in lone)


def test_many_of_a_kind_are_shown_on_a_page_of_their_own(filled: Session, office: Office):
    for number in range(search.A_FEW + 3):
        add_person(filled, f"Zanzibar {number}", f"zanzibar-{number}")
    filled.commit()
    client = office(StaffRole.EDITOR)
    few = results(client, "zanzibar")
    more = next(address for address in few if "genre=person" in address)
    assert len(few) == search.A_FEW + 1
    assert len(re.findall("data-result", client.get(more).text)) == search.A_FEW + 3


def index(session: Session, kind: str, first: int, last: int, title: str, words: str = "") -> None:
    """Rows of the index alone, as those of so many rows would be."""
    values = {"kind": kind, "title": title, "detail": "", "text": f"{title}\n{words}"}
    session.add_all([Findable(slug=f"{title}-{number}", **values) for number in range(first, last)])
    session.commit()


def test_more_than_a_thousand_of_a_kind_are_counted_no_further(filled: Session, office: Office):
    index(filled, "person", 0, 1200, "quark")
    index(filled, "town", 0, 3, "quark")
    persons, towns = search.find("quark", kinds=["person", "town"])
    assert (persons.total, persons.open_ended, len(persons.hits)) == (1000, True, search.A_FEW)
    assert (towns.total, towns.open_ended) == (3, False)
    page = office(StaffRole.EDITOR).get("/office/recherche/?q=quark").text
    assert "Plus de 1003 résultats" in page.replace("\u00a0", " ")
    assert '<span class="count">1000+</span>' in page


def test_beyond_a_thousand_titles_still_come_first(filled: Session):
    index(filled, "person", 0, 1100, "autre", "quark")
    index(filled, "town", 0, 700, "autre", "quark")
    index(filled, "person", 1100, 1102, "le quark", "")
    index(filled, "person", 1102, 1103, "quark", "")
    persons, towns = search.find("quark", kinds=["person", "town"])
    assert [hit.title for hit in persons.hits] == ["quark", "le quark", "le quark", "autre", "autre"]
    assert towns.total == 700


def test_each_word_alone_is_counted_no_further_than_a_thousand(filled: Session, office: Office):
    index(filled, "person", 0, 1100, "quark")
    assert search.each_alone("quark zanzibar", kinds=["person"]) == [("quark", 1001)]
    assert (
        "plus de 1 000 résultats" in results(office(StaffRole.EDITOR), "quark zanzibar")["/office/recherche/?q=quark"]
    )


def test_titles_come_before_texts(filled: Session):
    item = filled.scalars(select(PressItem).order_by(PressItem.id)).first()
    assert item
    item.summary_fr += " Zanzibar."
    last = filled.scalars(select(PressItem).order_by(PressItem.id.desc())).first()
    assert last
    last.title = "Zanzibar"
    filled.flush()
    (found,) = search.find("zanzibar", kinds=["item"])
    assert [hit.slug for hit in found.hits] == [last.slug, item.slug]


def test_a_search_costs_as_much_for_many_results_as_for_one(filled: Session, office: Office, count_queries: Counter):
    client = office(StaffRole.EDITOR)
    counts: list[int] = []
    add_person(filled, "Zanzibar")
    filled.commit()
    for typed in ("zanzibar", "film"):
        with count_queries() as statements:
            assert results(client, typed)
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 8

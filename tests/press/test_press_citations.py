"""A reference ready to copy says who, what, where, when, and by which page we know it."""

import pytest
from flask import Flask

from markup import words
from press.pages import of_class, page

REFERENCES = {
    ("fr", "ambush-2010-entretien-manuel-jacquinet"): (
        "Maxime Poisot (propos recueillis par), « Faire un film sur les call centers, pour parler des gens qui y travaillent, "
        "qu’on ne voit jamais et qui pour moi sont des vrais héros », AMBUSH, 13 octobre 2010. En ligne : "
        "http://www.ambush.fr/faire-un-film-sur-les-call-centers-pour-parler-des-gens-qui-y-travaillent-qu%E2%80%99on-ne-voit-"
        "jamais-et-qui-pour-moi-sont-des-vrais-heros (lu pour le dossier arrêté le 22 novembre 2026)."
    ),
    ("fr", "le-progres-2010-une-equipe-qui-gagne"): (
        "« “Opération 118 318” : une équipe qui gagne », Le Progrès, 17 novembre 2010, repris par operation118318.com. "
        "En ligne : http://operation118318.com/service_client/non-classe/"
        "le-progres-fr-%c2%ab-operation-118-318-%c2%bb-une-equipe-qui-gagne.htm "
        "(lu pour le dossier arrêté le 22 novembre 2026)."
    ),
    ("en", "sens-du-client-2010-critique"): (
        "[Thierry Spencer], “Opération 118 318 sévices clients : le film”, Le Sens du client, by 17 November 2010, "
        "reposted by bpomanagers.blogspot.com on 27 May 2011. Available at: "
        "http://bpomanagers.blogspot.com/2011/05/operation-118-318-sevices-clients-le.html "
        "(read for the research file closed on 22 November 2026)."
    ),
    ("fr", "senscritique-2012-renger"): (
        "RENGER, [Opération 118 318, sévices clients], SensCritique (avis d’un membre), 25 août 2012. En ligne : "
        "http://www.senscritique.com/film/operation_118_318_sevices_clients/critique/14969313 "
        "(lu pour le dossier arrêté le 22 novembre 2026)."
    ),
    ("en", "premiere-revue-de-presse"): (
        "[Opération 118 318, Sévices Clients], Première (press excerpts), [n.d.]. Available at: "
        "https://programme-tv.premiere.fr/index.php/film/Operation-118-318-Sevices-Clients/critiques "
        "(read for the research file closed on 22 November 2026)."
    ),
    ("fr", "en-contact-2024-hotline-cannes"): (
        "Manuel Jacquinet, « Comportements déplacés à Cannes. Un call-center éphémère est en place, depuis 7 ans », "
        "En-Contact, mai 2024. En ligne : "
        "https://en-contact.com/comportements-deplaces-a-cannes-un-call-center-ephemere-est-en-place-depuis-7-ans "
        "(lu pour le dossier arrêté le 22 novembre 2026)."
    ),
}


@pytest.mark.parametrize(("place", "reference"), REFERENCES.items(), ids=[slug for _, slug in REFERENCES])
def test_the_reference(app: Flask, place: tuple[str, str], reference: str):
    lang, slug = place
    html = app.test_client().get(f"/presse/{slug}/" if lang == "fr" else f"/en/press/{slug}/").text
    (citation,) = of_class(page(html), "citation")
    assert words(citation) == " ".join(reference.split())


def test_a_foreign_title_keeps_its_own_spaces(app: Flask):
    html = app.test_client().get("/presse/imdb-2011-avis/").text
    assert "What ? A DIFFERENT French comedy ?" in html
    assert "«\u00a0What ? A DIFFERENT French comedy ?\u00a0»" in html
    assert "What\u202f" not in html


def test_french_quotation_marks_keep_their_spaces(app: Flask):
    html = app.test_client().get("/presse/nouvelle-republique-2010-vendome/").text
    assert "«\xa0118\xa0318, un centre d’appels à\xa0ne pas appeler\u202f!\xa0»" in html

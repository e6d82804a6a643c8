"""How the office presents the press's part of the content."""

from flask import url_for
from sqlalchemy.orm import joinedload

from operation118.content.desks import Column, Desk, Group, title_of
from operation118.film.desks import COMMON, DATED, HELPS, TONGUES, WHEN, day
from operation118.press.models import About, PressItem, PressKind, Seen
from operation118.press.own_source import follow, leave, make, presume, promised
from operation118.publication import PUBLICATIONS, state_of

KINDS = {
    PressKind.INTERVIEW: "Entretien",
    PressKind.REPORT: "Reportage",
    PressKind.NEWS: "Actualité",
    PressKind.ARTICLE: "Article",
    PressKind.REVIEW: "Critique",
}
ABOUTS = {About.FILM: "du film", About.CONTEXT: "du contexte seulement (jamais montré comme une critique)"}
SEENS = {Seen.WHOLE: "l’article entier", Seen.BEGINNING: "le début seulement"}

OUTLET = Desk(
    "outlet", "presse/medias", "un média", "Médias", title_of("name"),
    (Column("Média", lambda row: row.name, "name"), Column("Adresse", lambda row: row.url)),
    (Group("Le média", ("slug", "name", "url")),),
    COMMON, HELPS, found_in=("slug", "name"), named_after=("name",), order="name",
)  # fmt: skip
TAG = Desk(
    "tag", "presse/sujets", "un sujet", "Sujets", title_of("label_fr"),
    (Column("Sujet", lambda row: row.label_fr, "label_fr"), Column("En anglais", lambda row: row.label_en)),
    (Group("Le sujet", ("slug", "label")),),
    COMMON | {"label": "Intitulé"}, HELPS, found_in=("slug", "label_fr", "label_en"), named_after=("label_fr",), order="label_fr",
)  # fmt: skip
ITEM = Desk(
    "item", "presse/articles", "un article", "Articles", title_of("title"),
    (
        Column("Titre", lambda row: row.title, "title"),
        Column("Média", lambda row: row.outlet.name),
        Column("Date", day, "on"),
        Column("Genre", lambda row: KINDS[row.kind], "kind"),
        Column("État", lambda row: state_of(row)),
    ),
    (
        Group("L’article", ("kind", "about", "title", "title_note", "outlet", "outlet_note", "url", "language", "slug")),
        Group("Qui et quand", ("author", "author_note", "interviewer", *WHEN, "date_note")),
        Group("Notre résumé", ("summary", "seen"), "Nos mots, jamais les leurs : au style indirect."),
        Group("Questions et réponses", ("question",), "Pour un entretien ; dans l’ordre de la conversation."),
        Group("De qui, de quoi", ("people", "tags")),
        Group("Repris ailleurs", ("republished_where", "republished_on")),
        Group("D’où on le sait", ("sources",)),
        Group("Publication", ("publication", "published_at", "embargo_lifts_at")),
    ),
    COMMON | {
        "about": "De quoi il parle", "title": "Titre d’origine", "title_note": "Remarque sur le titre", "outlet": "Média", "outlet_note": "Remarque sur le média",
        "author": "Auteur", "author_note": "Remarque sur l’auteur", "interviewer": "Propos recueillis par", "date_note": "Remarque sur la date",
        "summary": "Résumé", "seen": "Ce que nous en avons lu", "question": "Question", "topic": "Question, au style indirect", "answer": "Réponse, au style indirect",
        "people": "Personnes", "tags": "Sujets", "republished_where": "Repris par", "republished_on": "Repris le",
    },
    HELPS | {
        "sources": "Vide à la création : l’article devient sa propre source.", "url": "Là où l’original se lit.",
        "about": "Du contexte : le même auteur ou le même monde, mais pas le film.", "language": "Celle de l’original.",
        "title_note": "Facultative, sur le titre ; se lit dessous.", "outlet_note": "Facultative ; se lit après le nom du média : « éditorial n° 58 ».",
        "author_note": "Facultative ; se lit à côté du résumé.", "date_note": "Facultative : pourquoi la date n’est pas sûre.",
    },
    long=frozenset({"summary", "answer"}),
    choices=DATED | {"kind": KINDS, "about": ABOUTS, "seen": SEENS, "language": TONGUES, "publication": PUBLICATIONS},
    found_in=("slug", "search_text"), named_after=("outlet", "title"), order="-on",
    page=lambda row: url_for("press.item", slug=row.slug, lang="fr"), out_on=lambda row: row.public_on, beginning={"about": "film", "language": "fr"}, presumed=presume, promises=promised, before=make, after=follow, leaving=leave, loads=(joinedload(PressItem.outlet),),
)  # fmt: skip

DESKS = (ITEM, OUTLET, TAG)

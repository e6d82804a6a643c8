"""How the office presents the film's part of the content."""

from typing import Any

from flask import url_for
from sqlalchemy.orm import joinedload

from operation118.content.desks import Column, Desk, Group, title_of
from operation118.dates import DatePrecision
from operation118.film.models import Credit, FactSection, ImageKind, Job, ReleaseKind
from operation118.publication import PUBLICATIONS

PRECISIONS = {
    DatePrecision.DAY: "le jour",
    DatePrecision.WEEK: "la semaine qui commence ce jour-là",
    DatePrecision.MONTH: "le mois",
    DatePrecision.YEAR: "l’année",
    DatePrecision.FROM: "à partir de ce jour",
    DatePrecision.BEFORE: "ce jour-là au plus tard",
    DatePrecision.UNKNOWN: "inconnue (l’année sert à ranger)",
}
SECTIONS = {
    FactSection.IDENTITY: "Identité",
    FactSection.SHOOTING: "Tournage",
    FactSection.ORIGIN: "Origine",
    FactSection.POSTER: "Affiche",
    FactSection.STORY: "Dans la fiction",
    FactSection.LINK: "Lien",
}
RELEASES = {
    ReleaseKind.THEATRICAL: "Sortie en salles",
    ReleaseKind.VIDEO: "DVD et Blu-ray",
    ReleaseKind.VOD: "Vidéo à la demande",
    ReleaseKind.CONTESTED: "Mise en ligne contestée",
}
IMAGES = {ImageKind.STILL: "Photo du film", ImageKind.POSTER: "Affiche", ImageKind.PORTRAIT: "Portrait"}
JOBS = {
    Job.DIRECTOR: "réalisation",
    Job.WRITER: "scénario",
    Job.PRODUCER: "production",
    Job.EXECUTIVE_PRODUCER: "production exécutive",
}
TONGUES = {
    "fr": "français",
    "en": "anglais",
    "de": "allemand",
    "es": "espagnol",
    "it": "italien",
    "nl": "néerlandais",
    "pt": "portugais",
    "pl": "polonais",
    "ar": "arabe",
    "ja": "japonais",
    "zh": "chinois",
}
COMMON = {
    "slug": "Nom dans les adresses",
    "name": "Nom",
    "also_written": "S’écrit aussi",
    "sources": "Sources",
    "certainty": "Réserve",
    "note": "Note",
    "date": "Date",
    "date_precision": "Ce que l’on sait de cette date",
    "url": "Adresse",
    "person": "Personne",
    "character": "Personnage",
    "kind": "Genre",
    "territory": "Territoire",
    "language": "Langue",
    "publication": "État",
    "published_at": "Visible à partir de",
    "embargo_lifts_at": "Embargo jusqu’à",
}
HELPS = {
    "slug": "Ne change plus ensuite : les liens du monde entier y mènent. Laissé vide, il est fait du titre.",
    "also_written": "Une graphie par ligne ; la recherche les connaît.",
    "sources": "Les pages lues qui l’affirment, la meilleure d’abord. Un fait sans source ne se publie pas.",
    "certainty": "Ce qui n’est pas établi : se lit « Sous réserve. … » sous le fait.",
    "date": "Comme 17/11/2010, 11/2010 ou 2010 : n’écrivez que ce que l’on sait.",
    "published_at": "Heure de Paris. Avec l’état « publié » et une date à venir, la fiche est programmée. Vide : tout de suite.",
    "embargo_lifts_at": "Heure de Paris. Rien n’en paraît avant, nulle part. Vide : pas d’embargo.",
}
SURE = Group("D’où on le sait", ("certainty", "sources"))
WHEN = ("date", "date_precision")
DATED = {"date_precision": PRECISIONS}


def day(row: Any) -> str:
    return row.when.label("fr") if row.when else "—"


def film_page(row: Any) -> str:
    return url_for("film.page", lang="fr")


SOURCE = Desk(
    "source", "film/sources", "une source", "Sources", lambda row: row.label("fr"),
    (Column("Média", lambda row: row.outlet, "outlet"), Column("Date", day, "on"), Column("Adresse", lambda row: row.url)),
    (Group("La page lue", ("slug", "outlet", "url", *WHEN, "press")),),
    COMMON | {"outlet": "Média", "press": "Article du site qui la présente"},
    HELPS, choices=DATED, found_in=("slug", "outlet", "url"), named_after=("outlet", "date"), order="-on",
)  # fmt: skip
# What the sources of the film vouch for: its fields, those that begin alike under one name, and the day that it came out.
PARTS = {
    "title": "Titre", "short_title": "Titre court", "title_parts": "Titre en trois lignes", "mark": "Cartouche",
    "working_title": "Titre de travail", "also_written": "S’écrit aussi", "lead": "Chapeau de l’accueil",
    "synopsis": "Synopsis, le court et le long", "synopsis_short": "Synopsis court", "synopsis_long": "Synopsis long",
    "year": "Année", "release_date": "Date de sortie", "country": "Pays", "language": "Langue", "genres": "Genres",
    "production_company": "Société de production", "first_feature": "Premier long métrage",
    "inspired_by_real_events": "D’après des faits réels", "sign_town": "Ville du panneau", "sign_route": "Route du cartouche",
    "unknown": "Cherché et pas trouvé",
}  # fmt: skip
FILM = Desk(
    "film", "film/fiche", "le film", "Fiche du film", title_of("title"),
    (Column("Titre", lambda row: row.title),),
    (
        Group("Titre", ("slug", "title", "short_title", "title_parts", "mark", "working_title", "also_written")),
        Group("Textes", ("lead", "synopsis_short", "synopsis_long")),
        Group("Fiche", ("year", "country", "language", "genres", "production_company", "first_feature", "inspired_by_real_events")),
        Group("Panneaux du dessin", ("sign_town", "sign_route")),
        Group("Ce que l’on ne sait pas", ("unknown", "dossier_closed_on")),
        Group("D’où on le sait", ("sources",)),
    ),
    COMMON | PARTS | {"dossier_closed_on": "Dossier arrêté le", "part": "Ce qu’elles affirment", "vouchers": "Sources"},
    HELPS | {
        "title_parts": "Trois lignes, comme sur le panneau de l’accueil.", "genres": "Un par ligne.", "unknown": "Une par ligne.",
        "sources": "Pour chaque champ, les pages lues qui l’affirment, la meilleure d’abord.",
    },
    choices={"part": PARTS, "language": TONGUES},
    long=frozenset({"lead", "synopsis_short", "synopsis_long"}), page=film_page,
)  # fmt: skip
PERSON = Desk(
    "person", "film/personnes", "une personne", "Personnes", title_of("name"),
    (Column("Nom", lambda row: row.name, "name"), Column("S’écrit aussi", lambda row: ", ".join(row.also_written))),
    (Group("La personne", ("slug", "name", "also_written")),),
    COMMON, HELPS, found_in=("slug", "name"), named_after=("name",), order="name",
)  # fmt: skip
CHARACTER = Desk(
    "character", "film/personnages", "un personnage", "Personnages", title_of("name_fr"),
    (Column("Nom", lambda row: row.name_fr, "name_fr"), Column("Description", lambda row: row.description_fr)),
    (Group("Le personnage", ("slug", "name", "also_written", "description")), SURE),
    COMMON | {"description": "Description"}, HELPS,
    long=frozenset({"description"}), found_in=("slug", "name_fr"), named_after=("name_fr",), order="position", page=film_page,
)  # fmt: skip


def _credit(key: str, path: str, one: str, many: str) -> Desk:
    return Desk(
        key, path, one, many, lambda row: row.person.name,
        (
            Column("Personne", lambda row: row.person.name),
            Column("Rôle", lambda row: row.role_fr or (row.character.name_fr if row.character else "") or ", ".join(JOBS[Job(job)] for job in row.jobs)),
        ),
        (Group("Au générique", ("slug", "person", "jobs", "character", "role", "note")), SURE),
        COMMON | {"jobs": "Fonctions", "role": "Rôle, s’il n’a pas de nom"}, HELPS, choices={"jobs": JOBS},
        named_after=("person",), order="position", page=film_page,
        loads=(joinedload(Credit.person), joinedload(Credit.character)),
    )  # fmt: skip


CAST = _credit("cast", "film/distribution", "un rôle", "Distribution")
CREW = _credit("crew", "film/equipe", "une fonction", "Équipe technique")
FACT = Desk(
    "fact", "film/faits", "un fait", "Faits", title_of("label_fr"),
    (
        Column("Fait", lambda row: row.label_fr, "label_fr"),
        Column("Valeur", lambda row: row.value_fr or row.url or day(row)),
        Column("Rubrique", lambda row: SECTIONS[row.section], "section"),
    ),
    (Group("Le fait", ("slug", "section", "label", "value", *WHEN, "url")), SURE),
    COMMON | {"section": "Rubrique", "label": "Intitulé", "value": "Valeur"}, HELPS,
    long=frozenset({"value"}), choices=DATED | {"section": SECTIONS}, found_in=("slug", "label_fr", "value_fr"),
    named_after=("label_fr",), order="position", page=film_page,
)  # fmt: skip
RELEASE = Desk(
    "release", "film/sorties", "une sortie", "Sorties", lambda row: RELEASES[row.kind],
    (Column("Sortie", lambda row: RELEASES[row.kind], "kind"), Column("Date", day, "on"), Column("Où", lambda row: row.platform_fr or row.territory or "—")),
    (Group("La sortie", ("slug", "kind", *WHEN, "announced_on", "last_year", "territory", "platform")), Group("Textes", ("note", "missing")), SURE),
    COMMON | {"announced_on": "Annoncée le", "last_year": "Vue en ligne jusqu’en", "platform": "Éditeur ou plateforme", "missing": "Ce qui manque"},
    HELPS | {"missing": "Une chose par ligne."},
    choices=DATED | {"kind": RELEASES}, named_after=("kind",), order="position", page=film_page,
)  # fmt: skip
# Pictures have pages of their own (image_office_views.py); this is what the journal calls them and puts back, and where the
# public sees them, once their sizes are there.
IMAGE = Desk(
    "image", "images", "une image", "Images", title_of("alt_fr"), (), (),
    COMMON | {
        "file": "Fichier", "width": "Largeur", "height": "Hauteur", "alt": "Description", "caption": "Légende",
        "credit": "Crédit", "terms": "Conditions d’emploi",
    },
    choices={"kind": IMAGES, "publication": PUBLICATIONS}, order="position",
    page=lambda row: url_for("images.index", lang="fr") if row.sizes else None,
)  # fmt: skip

DESKS = (FILM, CAST, CREW, CHARACTER, PERSON, FACT, RELEASE, SOURCE)

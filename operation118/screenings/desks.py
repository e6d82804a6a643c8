"""How the office presents the screenings' part of the content."""

from collections.abc import Iterator

from flask import url_for
from sqlalchemy.orm import joinedload

from operation118.clock import PARIS
from operation118.content import Entry
from operation118.content.desks import Column, Desk, Group, title_of
from operation118.dates import DatePrecision, PartialDate, day_label, time_label
from operation118.film.desks import COMMON, DATED, HELPS, SURE, WHEN, day
from operation118.publication import PUBLICATIONS, state_of
from operation118.screenings.content import ScreeningEntry
from operation118.screenings.models import Event, Screening, ScreeningKind, Venue

KINDS = {
    ScreeningKind.PREVIEW: "Avant-première",
    ScreeningKind.REGULAR: "Séance",
    ScreeningKind.NATIONAL_RELEASE: "Sortie nationale",
}
PUBLISHED = Group("Publication", ("publication", "published_at"))
LABELS = COMMON | {
    "town": "Ville",
    "venue": "Cinéma",
    "place": "Lieu",
    "guests": "En présence de",
    "starts_at": "Début",
    "team_arrives_at": "Arrivée de l’équipe",
    "shows": "Nombre de séances annoncées",
    "with_debate": "Suivie d’un débat",
    "host": "Présentée par",
    "department": "Département",
    "latitude": "Latitude",
    "longitude": "Longitude",
    "towns_announced": "Villes annoncées",
    "teams": "Équipes",
}
HOURS = HELPS | {
    "starts_at": "Heure de Paris. Vide si aucune source ne la donne.",
    "latitude": "En degrés, comme 45,1147.",
    "longitude": "En degrés, comme 4,2892.",
    "town": "Vide : dites alors le territoire, une région ou un pays.",
}


def _place(row: Screening) -> str:
    return row.town.name if row.town else row.territory or "sans lieu"


def _objections(entry: Entry) -> Iterator[tuple[str, str]]:
    """A screening begins on a day that its date may be: the public would read the one, and the calendars the other."""
    if not isinstance(entry, ScreeningEntry) or entry.starts_at is None or entry.on is None:
        return
    when, starts = PartialDate(entry.on, entry.precision or DatePrecision.DAY), entry.starts_at.astimezone(PARIS).date()
    if not when.may_be(starts):
        told = f"Ce n’est pas le jour de la séance ({when.label('fr')}) : corrigez l’un ou l’autre."
        yield "starts_at", f"{day_label(starts, 'fr').capitalize()} ? {told}"


TOWN = Desk(
    "town", "seances/villes", "une ville", "Villes", title_of("name"),
    (Column("Ville", lambda row: row.name, "name"), Column("Département", lambda row: row.department, "department")),
    (Group("La ville", ("slug", "name", "department", "latitude", "longitude")),),
    LABELS, HOURS, found_in=("slug", "name"), named_after=("name",), order="name",
)  # fmt: skip
VENUE = Desk(
    "venue", "seances/cinemas", "un cinéma", "Cinémas", title_of("name"),
    (Column("Cinéma", lambda row: row.name, "name"), Column("Ville", lambda row: row.town.name)),
    (Group("Le cinéma", ("slug", "name", "town")),),
    LABELS, HOURS | {"town": ""}, found_in=("slug", "name"), named_after=("name", "town"), order="name", loads=(joinedload(Venue.town),),
)  # fmt: skip
TOUR = Desk(
    "tour", "seances/tournee", "la tournée", "Tournée", lambda row: "La tournée",
    (Column("Villes annoncées", lambda row: row.towns_announced),),
    (Group("La tournée", ("slug", "towns_announced", "teams", "note")), Group("D’où on le sait", ("sources",))),
    LABELS, HOURS, page=lambda row: url_for("screenings.index", lang="fr"),
)  # fmt: skip
SCREENING = Desk(
    "screening", "seances/seances", "une séance", "Séances", lambda row: f"{_place(row)}, {day(row)}",
    (
        Column("Où", _place),
        Column("Date", day, "on"),
        Column("Heure", lambda row: time_label(row.starts_at, "fr") if row.starts_at else "—", "starts_at"),
        Column("Genre", lambda row: KINDS[row.kind], "kind"),
        Column("État", lambda row: state_of(row)),
    ),
    (
        Group("Où et quand", ("slug", "kind", "town", "venue", "territory", *WHEN, "starts_at", "team_arrives_at")),
        Group("Ce qui s’y passe", ("guests", "host", "shows", "with_debate", "note")),
        SURE,
        PUBLISHED,
    ),
    LABELS, HOURS, choices=DATED | {"kind": KINDS, "publication": PUBLICATIONS}, named_after=("town", "date"), order="-on",
    page=lambda row: url_for("screenings.page", slug=row.slug, lang="fr"), objections=_objections,
    loads=(joinedload(Screening.town), joinedload(Screening.venue)),
)  # fmt: skip
EVENT = Desk(
    "event", "seances/rencontres", "une rencontre", "Rencontres avec la presse", lambda row: f"{row.town.name}, {day(row)}",
    (
        Column("Ville", lambda row: row.town.name),
        Column("Date", day, "on"),
        Column("Lieu", lambda row: row.place or "—"),
        Column("État", lambda row: state_of(row)),
    ),
    (Group("La rencontre", ("slug", "town", "place", *WHEN, "guests", "note")), Group("D’où on le sait", ("sources",)), PUBLISHED),
    LABELS, HOURS | {"town": ""}, choices=DATED | {"publication": PUBLICATIONS}, named_after=("town", "date"), order="-on",
    page=lambda row: url_for("screenings.index", lang="fr"), out_on=lambda row: row.when.first if row.when else None,
    loads=(joinedload(Event.town),),
)  # fmt: skip

DESKS = (SCREENING, TOWN, VENUE, EVENT, TOUR)

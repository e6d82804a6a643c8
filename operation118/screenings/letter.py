"""What a letter says where its author wrote `{{ seances }}`: the screenings to come."""

from collections.abc import Iterator

from flask import Flask

from operation118.dates import time_label
from operation118.newsletter import blocks
from operation118.newsletter.markdown import escape
from operation118.newsletter.refused import Refused
from operation118.screenings import queries
from operation118.screenings.models import Screening
from operation118.web.languages import current
from operation118.web.languages import gettext as _
from operation118.web.links import page_url


def coming(argument: str) -> str:
    if argument:
        raise Refused(_("« seances » se suffit : rien ne suit ce mot."))
    lines = [_line(screening) for screening in queries.along_the_road() if not screening.is_past]
    return "\n".join(lines) or escape(_("Aucune séance n'est annoncée pour l'instant."))


def _line(screening: Screening) -> str:
    where = screening.town.name if screening.town else screening.territory or ""
    url = page_url("screenings.page", slug=screening.slug)
    return f"- [{escape(where)}]({url}){_separator()}{escape(', '.join(_details(screening)))}"


def _separator() -> str:
    return " : " if current() == "fr" else ": "


def _details(screening: Screening) -> Iterator[str]:
    yield screening.dated.label(current(), weekday=True)
    if screening.starts_at:
        yield time_label(screening.starts_at, current())
    if screening.venue:
        yield screening.venue.name


def init_app(app: Flask) -> None:
    blocks.register(app, "seances", coming, offer=blocks.Offer("Les prochaines séances"))

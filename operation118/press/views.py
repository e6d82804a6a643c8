"""The press room: the index with its filters and its search, and a page for each item."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from operation118.film import queries as film_queries
from operation118.film.views import the_film
from operation118.press import index as shown
from operation118.press import queries, search
from operation118.press.citations import citation, reading
from operation118.press.filters import PAGE, Facet, Selection, counted, narrowed
from operation118.press.forms import LONGEST, FilterForm
from operation118.press.labels import roles_label, standfirst, subjects
from operation118.press.models import About, PressItem
from operation118.press.queries import Catalogue
from operation118.press.related import place
from operation118.press.structured import json_ld
from operation118.publication import missing
from operation118.web.languages import gettext as _
from operation118.web.languages import localized, t

bp = Blueprint("press", __name__)
bp.add_app_template_filter(standfirst)


def _corrections(typed: str, catalogue: Catalogue) -> list[tuple[str, str]]:
    """Other searches that `typed` may have meant, with their addresses on the whole index."""
    names = [
        *catalogue.people.values(),
        *catalogue.outlets.values(),
        *(t(tag, "label") for tag in catalogue.tags.values()),
    ]
    likely = search.corrections(typed, names=names, texts=queries.search_texts())
    return [(text, shown.address(Selection(search=text))) for text in likely]


@localized(bp, fr="/presse/", en="/en/press/")
def index() -> ResponseReturnValue:
    the_film()
    form = FilterForm(request.args)
    if "" in request.args.values():  # fields sent untouched: the address worth sharing goes without them
        return redirect(url_for("press.index", **form.given()))
    remarks = form.remarks()
    words = search.words(form.typed)
    catalogue = queries.catalogue(words)
    selection = Selection(shown.known(catalogue, form.facets()), form.typed if words else "")
    found = narrowed(catalogue.cards, selection)
    beside = sum(card.is_context for card in found)
    sheet = shown.sheet(found, selection, form.number)
    if sheet.number != form.number:
        remarks[PAGE] = [_("Il n'y a pas de page %(n)s : voici la plus proche.", n=form.number)]
    items = queries.items([card.id for card in sheet.cards])
    return render_template(
        "press/index.html",
        filters=shown.filters(catalogue, selection, form.facets(), remarks),
        remarks=remarks,
        selection=selection,
        typed=form.typed,
        longest=LONGEST,
        active=shown.active(catalogue, selection),
        total=len(counted(catalogue.cards, Selection())),
        left=len(found) - beside,
        beside=beside,
        sheet=sheet,
        years=shown.by_year(items),
        context=[item for item in items if item.about is About.CONTEXT],
        corrections=_corrections(form.typed, catalogue) if words and not found else [],
        subjects=[] if found else shown.frequent(catalogue, Facet.TAG, 3),
        has_images=film_queries.has_images() if found else None,
    )


@localized(bp, fr="/presse/<slug>/", en="/en/press/<slug>/")
def item(slug: str) -> str:
    film = the_film()
    found = queries.find(slug)
    if found is None:
        abort(missing(PressItem, slug))
    credits = film_queries.vouchers("credit")
    return render_template(
        "press/item.html",
        item=found,
        people=[
            (person, roles_label(told.row for told in credits.vouch("credit", person.credits)))
            for person in found.people
        ],
        subjects=subjects(found),
        citation=citation(found, film.dossier_closed_on),
        reading=reading(found, film.dossier_closed_on),
        json_ld=json_ld(found, film),
        place=place(found, queries.neighbours(found)),
    )

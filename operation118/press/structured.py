"""JSON-LD of the press (schema.org): our page is a summary; the article it is based on is another work."""

from flask import request, url_for

from operation118.dates import DatePrecision
from operation118.film.models import Film
from operation118.film.structured import CONTEXT, JsonLd, identifier
from operation118.press.models import About, PressItem, PressKind
from operation118.web.languages import current, t
from operation118.web.links import absolute
from operation118.web.markdown import words

_TYPES = {
    PressKind.INTERVIEW: "Article",
    PressKind.REPORT: "NewsArticle",
    PressKind.NEWS: "NewsArticle",
    PressKind.ARTICLE: "Article",
    PressKind.REVIEW: "Review",
}
_SAYABLE = (DatePrecision.DAY, DatePrecision.MONTH, DatePrecision.YEAR)


def json_ld(item: PressItem, film: Film) -> JsonLd:
    """Our page, and the article it sums up. Only what is known is said: no rating, no false day."""
    original = _original(item, film)
    page: JsonLd = {
        "@context": CONTEXT,
        "@type": "WebPage",
        "url": absolute(request.path),
        "name": item.title,
        "abstract": words(t(item, "summary")),
        "inLanguage": current(),
        "isBasedOn": original,
    }
    return page | ({"about": _movie(film)} if item.about is About.FILM else {})


def _original(item: PressItem, film: Film) -> JsonLd:
    is_review = item.kind is PressKind.REVIEW and item.about is About.FILM
    original: JsonLd = {
        "@type": _TYPES[item.kind],
        "url": item.url,
        "inLanguage": item.language,
        "publisher": {"@type": "Organization", "name": item.outlet.name, "url": item.outlet.url},
    }
    original["name" if item.title_note_fr else "headline"] = item.title
    signature = item.interviewer or (None if item.author_note_fr else item.author)  # a deduced one is not claimed
    if signature:
        original["author"] = {"@type": "Person", "name": signature}
    if item.dated.precision in _SAYABLE:
        original["datePublished"] = item.dated.iso
    if item.about is About.FILM:
        original["itemReviewed" if is_review else "about"] = _movie(film)
    return original


def _movie(film: Film) -> JsonLd:
    url = absolute(url_for("film.page"))
    return {"@type": "Movie", "@id": identifier(url), "name": film.title, "url": url}

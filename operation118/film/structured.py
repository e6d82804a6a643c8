"""The film as schema.org's Movie: only what the rows say, in the page's language."""

from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from operation118.film.models import Credit, Department, Fact, Film, Job
from operation118.film.queries import Vouched, Vouchers
from operation118.web.languages import t

JsonLd = dict[str, object]

CONTEXT = "https://schema.org"
# the property of Movie that says what each member of the crew did
PROPERTIES = {
    "director": (Job.DIRECTOR,),
    "author": (Job.WRITER,),
    "producer": (Job.PRODUCER, Job.EXECUTIVE_PRODUCER),
}


def movie_json_ld(
    film: Film,
    vouchers: Vouchers,
    *,
    url: str,
    credits: Iterable[Vouched[Credit]],
    links: Iterable[Vouched[Fact]],
    images: Sequence[JsonLd] = (),
) -> JsonLd:
    """`film` at its page's address, with those of its credits and links that were told, and its date if it was.

    What no source gives (running time, rating, awards), or gave by then, is left out."""
    rows = [entry.row for entry in credits]
    people = {"actor": _people(credit for credit in rows if credit.department is Department.CAST)} | {
        name: _people(credit for credit in rows if set(credit.jobs) & set(jobs)) for name, jobs in PROPERTIES.items()
    }
    reference, articles = _sorted_links(links)
    facts: JsonLd = {
        "@context": CONTEXT,
        "@type": "Movie",
        "@id": identifier(url),
        "url": url,
        "name": film.title,
        "alternateName": film.short_title,
        **_told_properties(film, vouchers),
        **people,
        "image": images,
        "sameAs": reference,
        "subjectOf": articles,
    }
    return {name: value for name, value in facts.items() if value}


def _told_properties(film: Film, vouchers: Vouchers) -> JsonLd:
    """What is said of the film itself, as far as somebody had told it."""
    properties: dict[str, tuple[str, object]] = {
        "description": ("synopsis", t(film, "synopsis_short")),
        "datePublished": ("release_date", film.released_on.isoformat() if film.released_on else None),
        "countryOfOrigin": ("country", {"@type": "Country", "name": t(film, "country")}),
        "inLanguage": ("language", film.language),
        "genre": ("genres", t(film, "genres")),
        "productionCompany": ("production_company", {"@type": "Organization", "name": film.production_company}),
    }
    return {name: value for name, (field, value) in properties.items() if vouchers.told(f"film.{field}")}


def identifier(url: str) -> str:
    """The name other blocks give the film whose page is at `url`."""
    return f"{url}#film"


def _people(credits: Iterable[Credit]) -> list[JsonLd]:
    names = dict.fromkeys(credit.person.name for credit in credits)
    return [{"@type": "Person", "name": name} for name in names]


def _sorted_links(links: Iterable[Vouched[Fact]]) -> tuple[list[str], list[JsonLd]]:
    """The pages that stand for the film, and those that write about it: a page that the press room presents is an
    article. A link to a whole site is neither."""
    pages: Sequence[Vouched[Fact]] = [link for link in links if link.row.url and urlsplit(link.row.url).path.strip("/")]
    reference: list[str] = []
    articles: list[JsonLd] = []
    for link in pages:
        url = link.row.url or ""
        if any(source.press_slug and source.url == url for source in link.sources):
            articles.append({"@type": "WebPage", "name": t(link.row, "label"), "url": url})
        else:
            reference.append(url)
    return reference, articles


def breadcrumbs(trail: Iterable[tuple[str, str]]) -> JsonLd:
    """The way to a page from the site's door, as (name, absolute address)."""
    steps = [
        {"@type": "ListItem", "position": position, "name": name, "item": url}
        for position, (name, url) in enumerate(trail, 1)
    ]
    return {"@context": CONTEXT, "@type": "BreadcrumbList", "itemListElement": steps}


def website_json_ld(film: Film, *, url: str, lang: str) -> JsonLd:
    """The site itself, about the film."""
    return {
        "@context": CONTEXT,
        "@type": "WebSite",
        "url": url,
        "name": film.title,
        "alternateName": film.short_title,
        "inLanguage": lang,
    }

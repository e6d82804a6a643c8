"""Structured data: real JSON-LD, in schema.org's own words, and no more than the rows say."""

import json
import re
from collections.abc import Iterator
from typing import Any

import msgspec_schemaorg.models as vocabulary
import pytest
from flask.testing import FlaskClient
from pyld import jsonld
from sqlalchemy import select
from sqlalchemy.orm import Session

from markup import parse
from operation118.film.models import Credit, Department, Fact, FactSection, Film, Job
from operation118.film.queries import Vouched, Vouchers, vouchers
from operation118.film.structured import breadcrumbs, movie_json_ld
from operation118.press.models import PressItem
from operation118.screenings.models import Screening

Node = dict[str, Any]

SCHEMA = "https://schema.org/"
TEXTS = frozenset({"str", "URL", "date", "datetime"})  # what is written as a text


def blocks(client: FlaskClient, path: str) -> list[Node]:
    document, _ = parse(client.get(path).get_data(as_text=True))
    scripts = [script for script in document.iter("script") if script.get("type") == "application/ld+json"]
    return [json.loads("".join(script.itertext())) for script in scripts]


def block(client: FlaskClient, path: str, kind: str) -> Node:
    found = [node for node in blocks(client, path) if node["@type"] == kind]
    assert len(found) == 1, f"{len(found)} {kind} at {path}"
    return found[0]


def nodes(value: Any) -> Iterator[Node]:
    """Every object in a block, at any depth."""
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from nodes(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from nodes(inner)


def ranges(kind: Any, name: str) -> set[str]:
    """The types that a property of `kind` may have."""
    owner = next(ancestor for ancestor in kind.__mro__ if name in vars(ancestor).get("__annotations__", {}))
    return set(re.findall(r"[A-Za-z]\w+", str(owner.__annotations__[name]))) - {"Union", "List", "Optional", "None"}


def complaints(block: Node) -> Iterator[str]:
    """What schema.org does not know, or does not allow there."""
    for node in nodes(block):
        kind: Any = getattr(vocabulary, node.get("@type", ""), None)
        if kind is None:
            yield f"no type {node.get('@type')!r}"
            continue
        for name, value in node.items():
            if name.startswith("@"):
                continue
            if name not in kind.__struct_fields__:
                yield f"{node['@type']} has no property {name}"
                continue
            yield from _misplaced(node["@type"], name, value, ranges(kind, name))


def _misplaced(owner: str, name: str, value: Any, allowed: set[str]) -> Iterator[str]:
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, dict):
            ancestors = {ancestor.__name__ for ancestor in getattr(vocabulary, one["@type"]).__mro__}
            if not ancestors & allowed:
                yield f"{owner}.{name} cannot be a {one['@type']} but {sorted(allowed)}"
        elif isinstance(one, str) and not allowed & TEXTS and not one.startswith("https://"):  # the address of a thing
            yield f"{owner}.{name} cannot be a text but {sorted(allowed)}"


def expanded(block: Node) -> Any:
    """The block as a JSON-LD processor that we did not write understands it; schema.org's context is not fetched, its
    vocabulary is enough to expand any term."""

    def load(url: str, options: object) -> dict[str, Any]:
        assert url.rstrip("/") == "https://schema.org"
        return {"contextUrl": None, "documentUrl": url, "document": {"@context": {"@vocab": SCHEMA}}}

    options: Any = {"documentLoader": load}
    return jsonld.expand(block, options)


PATHS = (
    "/", "/film/", "/en/film/", "/dvd/", "/presse/", "/en/screenings/", "/chronologie/", "/contact/",
    "/presse/ambush-2010-entretien-manuel-jacquinet/", "/en/press/imdb-2011-avis/",
    "/presse/en-contact-2024-hotline-cannes/", "/seances/laon-2010-11-10/", "/seances/saint-quentin-2010-10/",
    "/en/screenings/sortie-nationale-2010-11-17/",
)  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_every_block_is_json_ld_in_the_words_of_schema_org(client: FlaskClient, path: str) -> None:
    found = blocks(client, path)
    assert found
    for each in found:
        assert not list(complaints(each))
        (node,) = expanded(each)
        assert node["@type"] == [SCHEMA + each["@type"]]
        assert len([name for name in node if name.startswith(SCHEMA)]) == len(
            [n for n in each if not n.startswith("@")]
        )


def test_the_checker_knows_a_wrong_word_from_a_right_one() -> None:
    assert list(complaints({"@type": "Movie", "actors": [], "director": {"@type": "Place"}, "stars": 5}))
    assert list(complaints({"@type": "Film"})) == ["no type 'Film'"]
    assert not list(complaints({"@type": "Movie", "director": {"@type": "Person", "name": "A"}}))


def test_each_page_tells_the_way_from_the_door(client: FlaskClient) -> None:
    def trail(path: str) -> list[str]:
        steps = block(client, path, "BreadcrumbList")["itemListElement"]
        assert [step["position"] for step in steps] == list(range(1, len(steps) + 1))
        return [step["item"].removeprefix("https://film.test") for step in steps]

    assert trail("/presse/") == ["/", "/presse/"]
    assert trail("/presse/imdb-2011-avis/") == ["/", "/presse/", "/presse/imdb-2011-avis/"]
    assert trail("/en/screenings/laon-2010-11-10/")[:2] == ["/en/", "/en/screenings/"]
    assert not [each for each in blocks(client, "/") if each["@type"] == "BreadcrumbList"]


def test_home_is_the_website(client: FlaskClient, session: Session) -> None:
    film = session.scalars(select(Film)).one()
    site = block(client, "/en/", "WebSite")
    assert (site["name"], site["inLanguage"], site["url"]) == (film.title, "en", "https://film.test/en/")


def test_a_day_of_the_past_gives_no_way(client: FlaskClient) -> None:
    assert not [each for each in blocks(client, "/le/2010-11-16/presse/") if each["@type"] == "BreadcrumbList"]


# --- The film -------------------------------------------------------------------------------------------------------


@pytest.fixture
def movie(session: Session) -> Node:
    film = session.scalars(select(Film)).one()
    book = vouchers("film", "credit", "fact")
    links = session.scalars(select(Fact).where(Fact.section == FactSection.LINK))
    return movie_json_ld(
        film,
        book,
        url="https://film.test/film/",
        credits=book.vouch("credit", session.scalars(select(Credit).order_by(Credit.position))),
        links=book.vouch("fact", links),
    )


def names(people: list[Node]) -> list[str]:
    return [person["name"] for person in people]


def test_the_movie_is_in_the_words_of_schema_org(movie: Node) -> None:
    assert not list(complaints(movie))
    (node,) = expanded(movie)
    assert node["@type"] == [f"{SCHEMA}Movie"]


def test_the_movie_credits_whom_the_rows_credit(movie: Node, session: Session) -> None:
    credits = session.scalars(select(Credit).order_by(Credit.position)).all()

    def credited(*jobs: Job) -> list[str]:
        return [credit.person.name for credit in credits if set(credit.jobs) & set(jobs)]

    assert names(movie["director"]) == credited(Job.DIRECTOR)
    assert names(movie["author"]) == credited(Job.WRITER)
    assert names(movie["producer"]) == credited(Job.PRODUCER, Job.EXECUTIVE_PRODUCER)
    assert names(movie["actor"]) == [credit.person.name for credit in credits if credit.department is Department.CAST]
    assert all(movie[name] for name in ("director", "author", "producer", "actor"))


def test_the_movie_is_dated_by_its_release_in_theatres(movie: Node) -> None:
    assert movie["datePublished"] == "2010-11-17"


@pytest.mark.parametrize(
    "unknown", ["duration", "aggregateRating", "award", "contentRating", "trailer", "image", "offers"]
)
def test_nothing_that_no_source_gives_is_said_of_the_movie(movie: Node, unknown: str) -> None:
    assert unknown not in movie


def test_what_stands_for_the_film_is_told_from_what_speaks_of_it(movie: Node, session: Session) -> None:
    presented = set(session.scalars(select(PressItem.url)))
    assert movie["sameAs"]
    assert not presented & set(movie["sameAs"])
    assert {page["url"] for page in movie["subjectOf"]} <= presented


def test_a_link_to_a_whole_site_is_not_the_film(session: Session) -> None:
    film = session.scalars(select(Film)).one()
    link = Fact(section=FactSection.LINK, label_fr="Blog", label_en="Blog", url="https://blog.example/")
    said = movie_json_ld(film, Vouchers({}), url="https://film.test/film/", credits=[], links=[Vouched(link)])
    assert not {"sameAs", "subjectOf", "actor"} & set(said)


def test_the_page_of_the_film_carries_it(client: FlaskClient, movie: Node) -> None:
    assert block(client, "/film/", "Movie") == movie
    english = block(client, "/en/film/", "Movie")
    assert english["genre"] != movie["genre"]
    assert english["director"] == movie["director"]


def test_before_it_was_dated_the_movie_had_no_date(client: FlaskClient) -> None:
    assert "datePublished" not in block(client, "/le/2009-10-01/film/", "Movie")
    assert block(client, "/le/2010-11-16/film/", "Movie")["datePublished"] == "2010-11-17"


def test_screenings_and_articles_name_the_same_film(client: FlaskClient, movie: Node) -> None:
    for path in ("/seances/laon-2010-11-10/", "/presse/imdb-2011-avis/"):
        named = {node["@id"] for each in blocks(client, path) for node in nodes(each) if node.get("@type") == "Movie"}
        assert named == {movie["@id"]}, path


def test_no_page_pretends_a_rating_or_a_price(client: FlaskClient, session: Session) -> None:
    pages = [f"/presse/{slug}/" for slug in session.scalars(select(PressItem.slug))]
    pages += [f"/seances/{slug}/" for slug in session.scalars(select(Screening.slug))]
    said = {name for page in pages for each in blocks(client, page) for node in nodes(each) for name in node}
    assert "name" in said
    assert not said & {"reviewRating", "aggregateRating", "award", "offers", "duration", "image", "performers"}


def test_breadcrumbs_are_in_the_words_of_schema_org() -> None:
    assert not list(complaints(breadcrumbs([("Film", "https://film.test/"), ("Presse", "https://film.test/presse/")])))

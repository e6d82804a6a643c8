"""What is not about the film: listed and found as everything else, told apart, and counted with nothing else."""

import pytest
from flask.testing import FlaskClient

from markup import words
from press.pages import beside, chips, of_class, options, page
from press.test_press_item import CONTEXT


def test_what_is_not_about_the_film_stands_apart_and_is_no_review(client: FlaskClient):
    for path, title, label in (
        ("/presse/", "Autour du film", "Contexte"),
        ("/en/press/", "Around the film", "Context"),
    ):
        section = next(s for s in page(client.get(path).text).iter("section") if title in words(s))
        assert [words(kind) for kind in of_class(section, "kind")] == [label]
        assert CONTEXT in next(link.get("href", "") for link in section.iter("a"))


def test_figures_count_what_is_about_the_film_and_the_context_apart(client: FlaskClient):
    html = client.get("/presse/").text
    kinds = {label: count for label, (_, count) in chips(html).items()}
    assert (kinds["Tous les genres"], kinds["Contexte"]) == (22, 1)
    outlets = options(html, "media")
    assert (outlets[""], outlets["en-contact"]) == (22, 3)
    assert beside(html) == [CONTEXT]


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/presse/?genre=contexte", "1 parution autour du film"),
        ("/presse/?personne=sarah-doyle", "1 parution autour du film"),
        ("/presse/?q=Jacquinet&media=en-contact", "3 parutions sur 22, plus 1 autour du film"),
        ("/en/press/?q=Jacquinet&media=en-contact", "3 pieces of 22, plus 1 around the film"),
    ],
)
def test_the_context_is_found_and_said_to_be_so(client: FlaskClient, path: str, said: str):
    html = client.get(path).text
    (told,) = of_class(page(html), "press-active")
    assert words(next(told.iter("p"))) == said
    assert beside(html) == [CONTEXT]


def test_what_is_asked_about_the_film_alone_lists_no_context(client: FlaskClient):
    html = client.get("/presse/?genre=article").text
    assert beside(html) == []
    (told,) = of_class(page(html), "press-active")
    assert words(next(told.iter("p"))) == "2 parutions sur 22"

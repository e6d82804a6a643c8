"""The life of the film: what has a date by year, what has none apart."""

import re
from xml.etree.ElementTree import Element

from flask.testing import FlaskClient

from markup import parse, words


def groups(client: FlaskClient, path: str) -> dict[str, list[Element]]:
    """The entries under each milestone."""
    document, _ = parse(client.get(path).text)
    road = next(element for element in document.iter("ol") if element.get("class") == "timeline")
    return {words(next(stone.iter("h2"))): list(next(stone.iter("ol"))) for stone in road}


def test_what_has_no_date_stands_apart_and_is_not_counted(client: FlaskClient):
    stones = groups(client, "/chronologie/")
    undated = stones.pop("Sans date")
    document, _ = parse(client.get("/chronologie/").text)
    lede = next(words(element) for element in document.iter("p") if element.get("class") == "lede")
    assert len(undated) == 2
    assert all(next(entry.iter("time"), None) is None for entry in undated)
    assert f", {sum(map(len, stones.values()))} dates retrouvées" in lede
    assert lede.endswith("Et deux pages sans date.")


def test_what_has_no_date_is_kept_out_of_the_drawing(client: FlaskClient):
    document, _ = parse(client.get("/chronologie/").text)
    labels = [words(text) for text in document.iter("text") if text.get("class") == "life-count"]
    counts = [int(found[1]) for label in labels if (found := re.fullmatch(r"(\d+) dates?", label))]
    stones = groups(client, "/chronologie/")
    assert sum(counts) == sum(len(entries) for name, entries in stones.items() if name != "Sans date")


def test_no_undated_group_while_nothing_is_undated(client: FlaskClient):
    assert "Sans date" not in groups(client, "/le/2010-11-01/chronologie/")


def test_a_disputed_release_is_told_as_such(client: FlaskClient):
    entry = next(
        entry for entry in groups(client, "/chronologie/")["2022"] if "event-dispute" in entry.get("class", "")
    )
    assert "Litige" in words(entry)
    assert "Mise en ligne contestée" in words(entry)

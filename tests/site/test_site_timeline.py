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
    del stones["Autour du film"]
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
    assert sum(counts) == sum(len(entries) for name, entries in stones.items() if name.isdigit())


def test_no_undated_group_while_nothing_is_undated(client: FlaskClient):
    assert "Sans date" not in groups(client, "/le/2010-11-01/chronologie/")


def test_a_disputed_release_is_told_as_such(client: FlaskClient):
    entry = next(
        entry for entry in groups(client, "/chronologie/")["2022"] if "event-dispute" in entry.get("class", "")
    )
    assert "Litige" in words(entry)
    assert "Mise en ligne contestée" in words(entry)


def test_what_is_only_announced_is_no_release(client: FlaskClient):
    announced = [entry for entry in groups(client, "/chronologie/")["2012"] if "DVD et Blu-ray" in words(entry)]
    assert [words(entry).startswith("10 octobre 2012 Annonce DVD") for entry in announced] == [True]


def test_what_somebody_reports_is_told_as_reported(client: FlaskClient):
    entry = next(entry for entry in groups(client, "/chronologie/")["2020"] if "Amazon" in words(entry))
    assert "Note. Présence signalée par" in words(entry)


def test_a_week_comes_after_the_days_that_are_known(client: FlaskClient):
    entries = [words(entry) for entry in groups(client, "/chronologie/")["2010"]]
    days = [entry for entry in entries if "Avant-première, " in entry]
    assert [day.rpartition("Avant-première, ")[2].split()[0] for day in days][:2] == [
        "Châlons-en-Champagne",
        "Saint-Quentin",
    ]


def test_what_is_only_context_is_no_part_of_the_life(client: FlaskClient):
    stones = groups(client, "/chronologie/")
    assert [words(entry).startswith("Mai 2024 Contexte Comportements") for entry in stones["Autour du film"]] == [True]
    assert "2024" not in stones
    assert [
        words(entry) for name in stones if name.isdigit() for entry in stones[name] if "Contexte" in words(entry)
    ] == []
    assert "Autour du film" not in groups(client, "/le/2010-11-16/chronologie/")


def test_a_note_is_no_reserve(client: FlaskClient):
    entry = next(iter(groups(client, "/chronologie/")["Autour du film"]))
    note = next(element for element in entry.iter("p") if element.get("class") == "remark")
    assert words(note).startswith("Note. Article sans date")
    assert [raised.text for raised in note.iter("sup")] == ["e"]


def test_a_hill_says_how_many_dates_it_has(client: FlaskClient):
    document, _ = parse(client.get("/chronologie/").text)
    links = [link for link in document.iter("a") if link.get("href", "").startswith("#a")]
    counts = {words(stone): stone.get("aria-label", "").replace("\u00a0", " ") for stone in links}
    assert counts["2010"] == f"2010 : {len(groups(client, '/chronologie/')['2010'])} dates"
    counted = [text for text in document.iter("text") if "date" in words(text)]
    assert {text.get("aria-hidden") for text in counted} == {"true"}

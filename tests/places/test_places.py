"""The communes of France: found as people write them, and where they are."""

import subprocess
import sys
from math import isclose

import pytest

from operation118 import places
from operation118.places import Commune, Precision


def found(text: str, limit: int = 5) -> list[str]:
    return [commune.label for commune in places.find(text, limit)]


def the(insee: str) -> Commune:
    commune = places.commune(insee)
    assert commune
    return commune


def test_a_commune_is_known_by_its_code():
    laon = the("02408")
    assert (laon.name, laon.department, laon.department_code) == ("Laon", "Aisne", "02")
    assert "02000" in laon.postcodes
    assert laon.population > 20_000
    assert laon.precision is Precision.COMMUNE
    assert places.commune("99999") is None


@pytest.mark.parametrize(
    "text", ["Saint-Étienne", "saint etienne", "ST ETIENNE", "st-étienne", "Saint\u2011Etienne", "  saint  ÉTIENNE "]
)
def test_accents_case_hyphens_and_short_saints_do_not_count(text: str):
    assert found(text)[0] == "Saint-Étienne (Loire)"


@pytest.mark.parametrize("text", ["L'Haÿ-les-Roses", "l’hay les roses", "94240", "L'Haÿ 94240"])
def test_a_name_a_postcode_or_both_will_do(text: str):
    assert found(text)[0] == "L'Haÿ-les-Roses (Val-de-Marne)"


def test_ligatures_are_two_letters():
    assert found("Crœttwiller") == found("croettwiller") == ["Crœttwiller (Bas-Rhin)"]


def test_the_name_itself_comes_first_then_longer_ones_then_those_that_hold_it():
    names = [commune.name for commune in places.find("Die", 40)]
    assert names[0] == "Die"
    begins = [places.fold(name).startswith("die") for name in names]
    assert begins == sorted(begins, reverse=True)


def test_among_namesakes_the_most_populous_comes_first():
    populations = [commune.population for commune in places.find("Saint-Denis", 4)]
    assert populations == sorted(populations, reverse=True)


def test_a_postcode_gives_every_commune_it_serves():
    served = places.find("43190", 10)
    assert len(served) > 1
    assert all("43190" in commune.postcodes for commune in served)


def test_a_postcode_may_be_unfinished_but_is_no_other_number():
    assert all(code.startswith("43") for commune in places.find("43", 10) for code in commune.postcodes[:1])
    assert found("3190 zzz") == []
    assert found("Laon 43190") == []


@pytest.mark.parametrize("text", ["", " ", "e", "7", "'", "☎", "zzzzzz", "00000"])
def test_what_means_nothing_finds_nothing(text: str):
    assert places.find(text, 5) == []


def test_no_more_come_than_were_asked_for():
    assert len(places.find("saint", 7)) == 7


def test_distances_are_those_of_an_atlas():
    paris, marseille, lyon = the("75056"), the("13055"), the("69123")
    assert isclose(places.distance_km(paris, marseille), 661, abs_tol=3)
    assert isclose(places.distance_km(paris, lyon), 392, abs_tol=3)
    assert places.distance_km(lyon, paris) == places.distance_km(paris, lyon)
    assert places.distance_km(lyon, lyon) == 0


def test_every_commune_of_the_table_can_be_read_and_stands_in_the_world():
    table = places._table()
    communes = [table.commune(line) for line in table.lines]
    assert len({commune.insee for commune in communes}) == len(communes) > 34_900
    assert all(-90 < commune.latitude < 90 and -180 < commune.longitude <= 180 for commune in communes)
    assert all(commune.postcodes and commune.department for commune in communes)
    metropolitan = [commune for commune in communes if commune.department_code < "97"]
    assert all(41 < commune.latitude < 51.2 and -5.3 < commune.longitude < 9.7 for commune in metropolitan)


def test_most_people_live_where_the_table_says_exactly():
    table = places._table()
    communes = [table.commune(line) for line in table.lines]
    exact = sum(commune.population for commune in communes if commune.precision is Precision.COMMUNE)
    assert exact / sum(commune.population for commune in communes) > 0.89


def test_the_table_is_small_and_is_not_read_at_import():
    assert places.DATA.stat().st_size < 700_000
    code = "from operation118 import places; print(places._table.cache_info().currsize)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "0\n"

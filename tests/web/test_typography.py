"""The spaces and apostrophes each language wants."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from operation118.web.typography import NARROW, NBSP, ordinals, typeset, whole_names, whole_words


@pytest.mark.parametrize(
    ("typed", "set_"),
    [
        ("Vraiment ?", f"Vraiment{NARROW}?"),
        ("Oui ! Non ; si", f"Oui{NARROW}! Non{NARROW}; si"),
        ("Une chose : l'autre", f"Une chose{NBSP}: l’autre"),
        ("« Allô »", f"«{NBSP}Allô{NBSP}»"),
        ("le 118 318", f"le 118{NBSP}318"),
        ("de 20 h 30", f"de 20{NARROW}h{NARROW}30"),
        ("à 20 h précises", f"à{NBSP}20{NARROW}h précises"),
        ("n° 58", f"n°{NBSP}58"),
        ("50 % des appels", f"50{NBSP}% des appels"),
        ("le 17 novembre 2010", f"le 17{NBSP}novembre 2010"),
        ("le 1er décembre", f"le 1er{NBSP}décembre"),
        ("https://exemple.fr/?p=1", "https://exemple.fr/?p=1"),
        ("vers 20:30", "vers 20:30"),
        ("ceux qui y travaillent", f"ceux qui y{NBSP}travaillent"),
        ("à « Nulle part »", f"à{NBSP}«{NBSP}Nulle part{NBSP}»"),
        ("il y a à %(n)s ans", f"il y{NBSP}a{NBSP}à{NBSP}%(n)s ans"),
        ("l’Y blanc, va-t-y voir", "l’Y blanc, va-t-y voir"),
    ],
)
def test_french(typed: str, set_: str):
    assert typeset(typed, "fr") == set_


@pytest.mark.parametrize(
    ("typed", "set_"),
    [("the film's end", "the film’s end"), ("agents' bonuses", "agents’ bonuses"), ("Really? Yes!", "Really? Yes!")],
)
def test_english(typed: str, set_: str):
    assert typeset(typed, "en") == set_


@given(st.text(alphabet="aé1 '«»:;!?%°hn\u202f\u00a0", max_size=30), st.sampled_from(["fr", "en"]))
def test_what_is_set_stays_set(text: str, lang: str):
    once = typeset(text, lang)
    assert typeset(once, lang) == once


@given(st.text(max_size=60), st.sampled_from(["fr", "en"]))
def test_only_spaces_and_apostrophes_change(text: str, lang: str):
    def bare(value: str) -> str:
        return value.replace("’", "'").translate({ord(space): " " for space in (NARROW, NBSP)})

    assert bare(typeset(text, lang)) == bare(text)


@pytest.mark.parametrize(
    ("html", "whole"),
    [
        ("<p>Jean-Pierre, à Haute-Loire</p>", ["Jean-Pierre", "Haute-Loire"]),
        ('<p><a href="/x/Jean-Pierre/">Zoé-Ève</a></p>', ["Zoé-Ève"]),
        ("<p>un peut-être, un Peut-être, Châlons-en-Champagne, Anti-constitutionnellement</p>", []),
        ("<p>Extraordinairement-Longuement, A-B</p>", []),
    ],
)
def test_a_name_stays_in_one_piece_and_is_copied_as_it_is_written(html: str, whole: list[str]):
    made = whole_names(Markup(html))
    assert re.findall(r'<span class="nowrap">(.*?)</span>', made) == whole
    assert made.replace('<span class="nowrap">', "").replace("</span>", "") == html


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("Le DVD est-il sorti ? Peut-être.", ["est-il", "Peut-être"]),
        ("l’avant-première & six avant-premières", ["avant-première", "avant-premières"]),
        ("Châlons-en-Champagne, 2009-2010-2011-12", []),
        (Markup('<a href="/peut-être/">ci-dessous</a>'), ["ci-dessous"]),
    ],
)
def test_a_short_word_of_a_title_stays_in_one_piece(text: str, whole: list[str]):
    made = whole_words(text)
    assert re.findall(r'<span class="nowrap">(.*?)</span>', made) == whole
    bare = made.replace('<span class="nowrap">', "").replace("</span>", "")
    assert bare == (text if isinstance(text, Markup) else text.replace("&", "&amp;"))


def test_the_ending_of_an_ordinal_is_raised():
    assert ordinals("le 77e Festival, <le> 1er avril") == "le 77<sup>e</sup> Festival, &lt;le&gt; 1<sup>er</sup> avril"
    assert ordinals("77th, 3eme, e5, 12 et 3") == "77th, 3eme, e5, 12 et 3"
    assert whole_names(Markup('<p><a href="/77e/">77e</a></p>')) == '<p><a href="/77e/">77<sup>e</sup></a></p>'

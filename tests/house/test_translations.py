"""Every French string has its English, and every English string is used."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po

from operation118.config import ROOT
from operation118.web.languages import TRANSLATIONS

METHODS = [
    ("operation118/**.py", "python"),
    *((f"templates/**.{ending}", "jinja2") for ending in ("html", "xml", "txt")),
]
JINJA = {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")
FILES = sorted((TRANSLATIONS / "en").glob("*.po"))

MessageId = str | tuple[str, ...]


def translated_by() -> dict[str, Any]:
    return {pattern: JINJA for pattern, method in METHODS if method == "jinja2"}


@cache
def used() -> dict[MessageId, str]:
    """Every translatable text of the code and the templates, with a place where it is."""
    found = extract_from_dir(ROOT, METHODS, translated_by(), DEFAULT_KEYWORDS, directory_filter=wanted)
    return {message: f"{file}:{line}" for file, line, message, _, _ in found}


def wanted(folder: str | Path) -> bool:
    name = Path(folder).name
    return not name.startswith(".") and name not in ("var", "node_modules", "tests", "__pycache__")


def written() -> Iterator[tuple[str, Message]]:
    for path in FILES:
        with path.open("rb") as file:
            yield from ((path.name, message) for message in read_po(file, locale="en") if message.id)


def forms(text: str | tuple[str, ...] | list[str] | None) -> list[str]:
    """Singular and plural, or the one form there is."""
    return [text] if isinstance(text, str) else list(text or [""])


@pytest.fixture(scope="module")
def english() -> dict[MessageId, Message]:
    return {message.id: message for _, message in written()}  # type: ignore[misc]


def test_every_french_string_has_its_english(english: dict[MessageId, Message]):
    missing = {text: place for text, place in used().items() if text not in english}
    assert missing == {}


def test_no_english_is_empty_or_guessed(english: dict[MessageId, Message]):
    bad = [text for text, message in english.items() if message.fuzzy or not all(forms(message.string))]
    assert bad == []


def test_no_english_is_left_over(english: dict[MessageId, Message]):
    assert english.keys() - used().keys() == set()


def test_no_string_is_translated_twice():
    counted = Counter(message.id for _, message in written())
    assert [text for text, times in counted.items() if times > 1] == []


def test_translations_fill_the_same_blanks(english: dict[MessageId, Message]):
    for text, message in english.items():
        french = {blank for form in forms(text) for blank in PLACEHOLDER.findall(form)}
        for form in forms(message.string):
            assert set(PLACEHOLDER.findall(form)) <= french, form
        assert french == {blank for form in forms(message.string) for blank in PLACEHOLDER.findall(form)}, text


def test_the_code_translates_texts_it_can_name():
    """`_(variable)` would escape the extraction."""
    dynamic = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in (ROOT / "operation118").rglob("*.py")
        if path.parent.name != "web" or path.name != "languages.py"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("_", "gettext", "ngettext")
        if not (isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str))
    ]
    assert dynamic == []

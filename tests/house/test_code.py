"""The laws of the code, read from the code."""

import ast
import re
import statistics
import unicodedata
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from operation118.config import ROOT
from operation118.film.models import Character, Film, Person
from operation118.screenings.models import Town, Venue

MODULES = [*sorted((ROOT / "operation118").rglob("*.py")), ROOT / "app.py"]
TEMPLATES = sorted(path for path in (ROOT / "templates").rglob("*") if path.is_file())
CHECKED_LENGTH = [*MODULES, *sorted((ROOT / "tests").rglob("*.py")), *sorted((ROOT / "benchmarks").rglob("*.py"))]

EDGES = re.compile(
    r"(?:.+_)?(?:views|cli)\.py|(?:office|jobs|start|worker)\.py"
)  # the worker's other side is the relay
LONGEST_FUNCTION, LONGEST_FILE, DEEPEST, TYPICAL_FUNCTION = 40, 300, 3, 7
BLOCKS = (ast.If, ast.For, ast.While, ast.With, ast.Try, ast.Match, ast.AsyncFor, ast.AsyncWith)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)

# What asks the machine or the database for the time, as written.
TIME_READERS = re.compile(
    r"\b(?:datetime|date)\.(?:now|utcnow|today)\b|\btime\.(?:time|time_ns|monotonic|perf_counter|localtime|gmtime)\b"
    r"|\b(?:perf_counter|monotonic)\(|\bfunc\.(?:now|current_\w+|localtime\w*)\b|\bCURRENT_(?:TIME|DATE)|\bdatetime\('now'"
)
# Names of the content that the code may hold for another reason.
INNOCENT = {"paris": "the zone of the clock is called Europe/Paris"}


def short(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, FUNCTIONS)]


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def depth(node: ast.AST) -> int:
    """How deep blocks stand in blocks under `node`; `elif` and nested functions do not count as deeper."""
    deepest = 0
    for child in ast.iter_child_nodes(node):
        if isinstance(child, FUNCTIONS):
            continue
        elif_ = isinstance(node, ast.If) and isinstance(child, ast.If) and node.orelse == [child]
        own = 1 if isinstance(child, BLOCKS) and not elif_ else 0
        deepest = max(deepest, own + depth(child))
    return deepest


def fold(text: str) -> str:
    """Without accents, case and punctuation, groups of digits joined: « 118-318 » is « 118318 »."""
    plain = unicodedata.normalize("NFKD", text.lower())
    plain = "".join(character for character in plain if not unicodedata.combining(character))
    plain = re.sub(r"[^a-z0-9]+", " ", plain)
    return re.sub(r"(?<=\d) (?=\d{3}\b)", "", plain).strip()


def test_only_the_edges_commit():
    commits = re.compile(r"\.commit\(")
    found = [short(path) for path in MODULES if not EDGES.fullmatch(path.name) and commits.search(path.read_text())]
    assert found == []


def test_no_function_is_longer_than_forty_lines():
    long = [
        f"{short(path)}:{function.lineno} {function.name}: {length(function)}"
        for path in CHECKED_LENGTH
        for function in functions(path)
        if length(function) > LONGEST_FUNCTION
    ]
    assert long == []


def test_the_typical_function_is_seven_lines_long():
    lengths = [length(function) for path in MODULES for function in functions(path)]
    assert statistics.median(lengths) <= TYPICAL_FUNCTION


def test_no_file_is_longer_than_three_hundred_lines():
    files = [*CHECKED_LENGTH, *TEMPLATES, *(ROOT / "static/css").rglob("*.css"), *(ROOT / "static/js").rglob("*.js")]
    lengths = {short(path): path.read_text().count("\n") for path in files}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE} == {}


def test_nesting_stops_at_three():
    deep = [
        f"{short(path)}:{function.lineno} {function.name}: {depth(function)}"
        for path in CHECKED_LENGTH
        for function in functions(path)
        if depth(function) > DEEPEST
    ]
    assert deep == []


def test_no_import_hides_in_a_function():
    hidden = [
        f"{short(path)}:{node.lineno}"
        for path in CHECKED_LENGTH
        for function in functions(path)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert hidden == []


def test_nothing_but_the_clock_reads_the_time():
    files = [path for path in MODULES if path.name != "clock.py"] + TEMPLATES
    found = [
        f"{short(path)}:{number}: {match[0]}"
        for path in files
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if (match := TIME_READERS.search(line))
    ]
    assert found == []


def test_the_time_readers_are_recognised():
    for line in (
        "datetime.now(UTC)",
        "date.today()",
        "time.time()",
        "perf_counter()",
        "func.now()",
        "CURRENT_TIMESTAMP",
    ):
        assert TIME_READERS.search(line)
    assert not TIME_READERS.search("clock.now()")


def names_of_the_film(session: Session) -> set[str]:
    """Every name of the film, its people and its places, folded; of people, the surname alone too."""
    film = session.scalars(select(Film)).one()
    people = [name for person in session.scalars(select(Person)) for name in (person.name, *person.also_written)]
    characters = [character.name_fr for character in session.scalars(select(Character))]
    places = [*session.scalars(select(Town.name)), *session.scalars(select(Venue.name))]
    titles = [film.title, film.short_title, film.mark, *film.also_written, film.production_company]
    surnames = [name.split()[-1] for name in people if len(name.split()[-1]) > 3]
    return {fold(name) for name in (*titles, *people, *characters, *surnames, *places)} - INNOCENT.keys()


def test_the_code_names_neither_the_film_nor_its_people_nor_its_places(session: Session):
    names = names_of_the_film(session)
    assert len(names) > 30
    pattern = re.compile(rf"\b(?:{'|'.join(sorted(map(re.escape, names), key=len, reverse=True))})\b")
    found = [
        f"{short(path)}:{number}: {match[0]}"
        for path in (*MODULES, *TEMPLATES)
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if (match := pattern.search(fold(line)))
    ]
    assert found == []


@pytest.mark.parametrize(
    "pattern", [r"#\s*pyright:\s*(?:basic|off|false|standard)", r"#\s*(?:type|pyright): ignore(?!\[)"]
)
def test_every_module_is_typed_without_blanket_excuses(pattern: str):
    files = [*CHECKED_LENGTH, ROOT / "docs/generate.py"]
    excused = [short(path) for path in files if path != Path(__file__) and re.search(pattern, path.read_text())]
    assert excused == []

"""The laws of everything that is public, held against everything that is public."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from conftest import unavailable
from house.walking import Visit, Walk, is_public, travelled
from markup import page_language, words
from operation118.config import ROOT
from operation118.film.models import Credit, Fact, Film, Release
from operation118.press.models import PressItem
from operation118.screenings.models import Screening
from operation118.web import origin
from operation118.web.typography import typeset

MOST_QUERIES = 6
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
OWN_PAGES = (
    "alerts.index",
    *(f"newsletter.{name}" for name in ("confirm", "manage", "data", "evidence", "eraser", "leave", "refuse")),
)
# Endpoints that no address of the walk answers, with the reason.
UNWALKED = {
    **dict.fromkeys(OWN_PAGES, "behind a link that only its owner holds"),
    "images.file": "no picture comes with the site",
    "site.no_such_day": "what is typed by hand",
    "screenings.page_calendar": "linked by what is to come only",
    "newsletter_archive.page": "no letter was sent",
    "newsletter_archive.follow": "the links of letters only; the one GET that counts its visits, for a mail can but link",
}


def test_every_link_answers(walk: Walk):
    broken = {
        path: (visit.status, walk.sources.get(path))
        for path, visit in walk.visits.items()
        if visit.status >= 400 and path != "/le/2999-01-01/"
    }
    assert broken == {}


def test_no_link_of_ours_is_a_redirect(walk: Walk):
    assert {path: walk.sources.get(path) for path, visit in walk.visits.items() if 300 <= visit.status < 400} == {}


def test_every_endpoint_was_walked_through(walk: Walk, app: Flask):
    rules = [
        rule
        for rule in app.url_map.iter_rules()
        if is_public(rule) and "GET" in (rule.methods or ()) and rule.endpoint not in UNWALKED
    ]
    adapter = app.url_map.bind("film.test")
    seen: set[tuple[str, object]] = set()
    for path in walk.visits:
        if path.startswith("/static/") or travelled(path):
            continue
        endpoint, values = adapter.match(path.partition("?")[0])
        seen.add((endpoint, values.get("lang")))
    assert {(rule.endpoint, (rule.defaults or {}).get("lang")) for rule in rules} - seen == set()


def test_nobody_gets_a_cookie(walk: Walk):
    assert [path for path, visit in walk.visits.items() if "Set-Cookie" in visit.headers] == []
    assert [path for path, visit in walk.visits.items() if "cookie" in visit.headers.get("Vary", "").lower()] == []


def test_every_answer_has_the_one_strict_policy(walk: Walk):
    policies = {
        visit.headers.get("Content-Security-Policy") for path, visit in walk.visits.items() if "/static/" not in path
    }
    assert len(policies) == 1
    assert "unsafe" not in str(policies)


def test_every_page_may_be_kept_by_shared_caches_until_it_changes(walk: Walk):
    for visit in walk.pages:
        assert visit.headers["Cache-Control"].startswith("public"), visit.path
        assert visit.headers["ETag"], visit.path


def test_no_page_asks_the_database_more_than_six_times(walk: Walk):
    greedy = {path: visit.queries for path, visit in walk.visits.items() if visit.queries > MOST_QUERIES}
    assert greedy == {}


def test_pages_have_titles_and_descriptions_of_their_own(walk: Walk):
    for tag in ("title", "description"):
        said: dict[tuple[str, str], str] = {}
        for visit in walk.pages:
            text = heading(visit, tag)
            assert text, f"{visit.path} has no {tag}"
            assert said.setdefault((page_language(visit.path), text), visit.path) == visit.path


def heading(visit: Visit, tag: str) -> str:
    assert visit.document is not None
    if tag == "title":
        return words(next(visit.document.iter("title")))
    metas = [meta for meta in visit.document.iter("meta") if meta.get("name") == tag]
    return metas[0].get("content", "").strip() if metas else ""


def test_addresses_are_plain(walk: Walk):
    odd = [visit.path for visit in walk.pages if not re.fullmatch(r"/([a-z0-9-]+/)*", visit.path)]
    assert odd == []


def test_no_answer_names_another_host_as_ours(walk: Walk):
    hosts = re.compile(rb"https?://(localhost|127\.0\.0\.1)")
    assert [path for path, visit in walk.visits.items() if hosts.search(visit.body)] == []


def clicks_to(walk: Walk, room: str) -> dict[str, int]:
    return {
        path: visit.clicks for path, visit in walk.visits.items() if path.startswith(room) and visit.clicks is not None
    }


@pytest.mark.parametrize(
    ("model", "french", "english"), [(PressItem, "/presse/", "/en/press/"), (Screening, "/seances/", "/en/screenings/")]
)
def test_everything_is_three_clicks_from_home(
    walk: Walk, session: Session, model: type[PressItem | Screening], french: str, english: str
):
    slugs = session.scalars(select(model.slug)).all()
    assert len(slugs) == {"/presse/": 23, "/seances/": 10}[french]
    for room in (french, english):
        clicks = clicks_to(walk, room)
        assert [slug for slug in slugs if clicks.get(f"{room}{slug}/", 9) > 3] == []


def facts(session: Session, lang: str) -> Iterator[str]:
    """Every fact of the film, as a page must say it."""
    film = session.scalars(select(Film)).one()
    yield from (
        film.title,
        film.production_company,
        *getattr(film, f"genres_{lang}"),
        *getattr(film, f"unknown_{lang}"),
    )
    yield from (getattr(film, f"synopsis_short_{lang}"), getattr(film, f"synopsis_long_{lang}"))
    for row in session.scalars(select(Fact)):
        yield from (
            getattr(row, f"label_{lang}"),
            getattr(row, f"value_{lang}") or "",
            getattr(row, f"certainty_{lang}") or "",
        )
    for credit in session.scalars(select(Credit)):
        yield from (
            credit.person.name,
            getattr(credit, f"note_{lang}") or "",
            getattr(credit, f"certainty_{lang}") or "",
        )
    for release in session.scalars(select(Release)):
        yield from (getattr(release, f"note_{lang}") or "", getattr(release, f"certainty_{lang}") or "")


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_fact_of_the_film_is_told_near_home(walk: Walk, session: Session, lang: str):
    near = [visit for visit in walk.pages if visit.clicks is not None and visit.clicks <= 3]
    told = " ".join(
        words(visit.document).lower()
        for visit in near
        if visit.document is not None and visit.path.startswith("/en/") == (lang == "en")
    )
    untold = [fact for fact in facts(session, lang) if " ".join(typeset(fact, lang).split()).lower() not in told]
    assert untold == []


def test_every_unsafe_endpoint_checks_its_origin(app: Flask):
    client = app.test_client()
    open_doors: list[str] = []
    for rule in app.url_map.iter_rules():
        for method in (rule.methods or set()) & UNSAFE:
            values = {
                **dict.fromkeys(rule.arguments, "1"),
                **({"kind": "item"} if "kind" in rule.arguments else {}),
                **(rule.defaults or {}),
            }
            path = app.url_map.bind("localhost").build(rule.endpoint, values, method=method)
            refused = client.open(path, method=method, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
            if not refused and rule.endpoint not in origin.EXEMPT:
                open_doors.append(f"{method} {path}")
    assert open_doors == []


@pytest.fixture
def checker() -> list[str]:
    """The command that runs the checker; `make vnu` fetches it."""
    jars = sorted((ROOT / ".venv").glob("vnu-jar@*/node_modules/vnu-jar/build/dist/vnu.jar"))
    if not shutil.which("java"):
        pytest.skip("the HTML checker needs Java")
    if not jars:
        unavailable("the HTML checker is missing; `make vnu` fetches it")
    brief = ["-Xss8m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"]  # Java makes no machine code that would not pay
    return ["java", *brief, "-jar", str(jars[-1]), "--exit-zero-always", "--format", "json", "--errors-only"]


def test_the_html_checker_finds_no_error(walk: Walk, checker: list[str], tmp_path: Path):
    pages = [visit for visit in walk.visits.values() if visit.mimetype == "text/html" and visit.status < 300]
    assert len(pages) > 50
    names = {f"{number:04}.html": visit for number, visit in enumerate(pages)}
    for name, visit in names.items():
        (tmp_path / name).write_bytes(visit.body)
    run = subprocess.run([*checker, str(tmp_path)], capture_output=True, text=True, check=True)
    errors: dict[str, str] = {}
    for message in json.loads(run.stderr)["messages"]:
        page = names[re.findall(r"\d+\.html", message["url"])[0]].path
        errors.setdefault(message["message"], f"{page}: {message.get('extract', '')}")
    assert errors == {}

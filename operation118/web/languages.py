"""Two languages, one view: French at `/…`, English at `/en/…`; French is the source of every string.

The English of a room is `translations/en/<room>.po`; the files are read at start, so there is nothing to compile.
"""

import gettext as stdlib_gettext
import io
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Blueprint, Flask, g, has_request_context, request
from flask import url_for as flask_url_for

from operation118.web.typography import typeset

LANGUAGES = ("fr", "en")
QUERY_SAFE = "!$&'()*+,-./:;=?@_~%"  # RFC 3986, section 3.4, and what is encoded already
_spoken: ContextVar[str | None] = ContextVar("spoken", default=None)
TRANSLATIONS = Path(__file__).parent.parent / "translations"


def current() -> str:
    """The language of the page or mail being made; French where nobody said."""
    return _spoken.get() or (g.get("lang", "fr") if has_request_context() else "fr")


@contextmanager
def speaking(lang: str) -> Generator[None]:
    """Speak `lang` for the length of the block, whatever the page speaks."""
    token = _spoken.set(lang)
    try:
        yield
    finally:
        _spoken.reset(token)


def path_language(path: str) -> str:
    return "en" if path == "/en" or path.startswith("/en/") else "fr"


@cache
def _english() -> stdlib_gettext.GNUTranslations:
    merged = Catalog(locale="en")
    for path in sorted((TRANSLATIONS / "en").glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale="en"):
                merged[message.id] = message
    buffer = io.BytesIO()
    write_mo(buffer, merged)
    buffer.seek(0)
    return stdlib_gettext.GNUTranslations(buffer)


def _find(message: str) -> str:
    lang = current()
    return typeset(message if lang == "fr" else _english().gettext(message), lang)


def _find_plural(singular: str, plural: str, n: int) -> str:
    lang = current()
    if lang == "en":
        return typeset(_english().ngettext(singular, plural, n), lang)
    return typeset(singular if n < 2 else plural, lang)  # in French, zero is singular


def gettext(message: str, **values: object) -> str:
    """The French `message` in the page's language, typeset, with `%(name)s` filled in."""
    found = _find(message)
    return found % values if values else found


def ngettext(singular: str, plural: str, n: int, **values: object) -> str:
    return _find_plural(singular, plural, n) % {"num": n, **values}


def t(row: object, field: str) -> Any:
    """The column `<field>_fr` or `<field>_en` of `row` for the page's language, typeset; a list stays a list."""
    lang = current()
    value = getattr(row, f"{field}_{lang}")
    if isinstance(value, list):
        return [typeset(str(entry), lang) for entry in value]  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    return typeset(value, lang) if isinstance(value, str) else value


View = Callable[..., Any]


def localized(
    blueprint: Blueprint,
    *,
    fr: str,
    en: str,
    endpoint: str | None = None,
    methods: Sequence[str] = ("GET",),
    strict_slashes: bool = True,
) -> Callable[[View], View]:
    """Serve one view at its French and at its English address; also without its last slash, unless `strict_slashes`."""

    def register(view: View) -> View:
        options: dict[str, Any] = {"methods": methods, "strict_slashes": strict_slashes}
        for lang, rule in (("fr", fr), ("en", en)):
            blueprint.add_url_rule(rule, endpoint or view.__name__, view, defaults={"lang": lang}, **options)
        return view

    return register


def _take_language(endpoint: str | None, values: dict[str, Any] | None) -> None:
    g.lang = (values or {}).pop("lang", None) or path_language(request.path)


def other_language_path() -> str | None:
    """The path and query of this same page in the other language, or None where it has no twin."""
    if not request.endpoint or not request.url_rule or "lang" not in (request.url_rule.defaults or {}):
        return None
    other = "en" if current() == "fr" else "fr"
    path = flask_url_for(request.endpoint, **(request.view_args or {}), lang=other)
    return path + safe_query()


def safe_query() -> str:
    """The query of this request, with its question mark, as an address may carry it; empty when there is none."""
    return f"?{quote(request.query_string, safe=QUERY_SAFE)}" if request.query_string else ""


def init_app(app: Flask) -> None:
    app.url_map.redirect_defaults = False
    app.url_value_preprocessor(_take_language)

    @app.url_defaults
    def give_language(endpoint: str, values: dict[str, Any]) -> None:  # pyright: ignore[reportUnusedFunction]
        if "lang" not in values and app.url_map.is_endpoint_expecting(endpoint, "lang"):
            values["lang"] = current()

    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(_find, _find_plural, newstyle=True)  # type: ignore[attr-defined]
    app.add_template_global(t)
    app.add_template_filter(typeset)

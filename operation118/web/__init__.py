"""What every page shares: languages, headers, origin check, errors, logs, static files, page cache, time machine."""

from importlib.metadata import version
from pathlib import Path

from flask import Flask, has_request_context, request
from flask.json.provider import DefaultJSONProvider
from flask_compress import Compress
from jinja2 import FileSystemBytecodeCache
from werkzeug.middleware.proxy_fix import ProxyFix

from operation118 import clock, dates
from operation118.config import Settings
from operation118.web import (
    assets,
    errors,
    headers,
    health,
    languages,
    limits,
    links,
    logs,
    markdown,
    origin,
    page_cache,
    row_numbers,
    sessions,
    time_machine,
    turns,
    typography,
    visits,
)

MAX_BODY = 2**20  # bytes; no public form needs more
COMPRESSED = [
    "text/html",
    "text/plain",
    "text/calendar",
    "image/svg+xml",
    "application/json",
    "application/problem+json",
    "application/feed+json",
    "application/atom+xml",
    "application/xml",
    "text/xml",
    "application/openapi+json",
]


class ReadableJson(DefaultJSONProvider):
    """JSON with its accents as they are: shorter, and it can be read."""

    ensure_ascii = False


def _context() -> dict[str, object]:
    return {
        "lang": languages.current(),
        "other_lang_url": languages.other_language_path() if has_request_context() else None,
        "canonical_url": links.absolute(request.path) if has_request_context() else "",
        "now": clock.now().astimezone(clock.PARIS),
        **time_machine.words(),
    }


def _keep_compiled(app: Flask, folder: Path) -> None:
    """Let a template that was compiled once serve the next starts: it takes half of what a first page does."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(folder), f"{version('jinja2')}-%s")


def init_app(app: Flask, settings: Settings, *, arguments: frozenset[str]) -> None:
    """Dress `app`; `arguments` are the query arguments that its pages read. Layers come innermost first."""
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    app.config["COMPRESS_ALGORITHM"] = list(page_cache.ENCODINGS)
    app.config["COMPRESS_MIMETYPES"] = COMPRESSED
    sessions.init_app(app, secure=settings["PUBLIC_URL"].startswith("https:"))
    app.json = ReadableJson(app)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    _keep_compiled(app, settings.data_dir / "templates")
    languages.init_app(app)
    origin.init_app(app)
    row_numbers.init_app(app)
    errors.init_app(app)
    app.after_request(headers.condition)
    Compress(app)
    headers.init_app(app)
    app.register_blueprint(health.bp)
    app.context_processor(_context)
    app.add_template_filter(markdown.prose)
    app.add_template_filter(markdown.words)
    for setting in (typography.whole_names, typography.whole_words, typography.ordinals):
        app.add_template_filter(setting)
    app.add_template_global(dates.day_label)
    app.add_template_global(links.absolute)
    app.add_template_global(links.page_url)
    time_machine.init_app(app)
    limits.init_app(app, settings)
    page_cache.init_app(app, arguments=arguments, megabytes=settings["PAGE_CACHE_MB"])
    visits.init_app(app, settings)
    assets.init_app(app, Path(settings["DATA_DIR"]))
    logs.init_app(app)
    turns.init_app(app)
    if settings["PROXIES"]:
        count = settings["PROXIES"]
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)

"""Static files: a stylesheet for the public and one for the office out of their parts, hashed names, compressed twins,
kept for ever by browsers.

Prepared at start into the data folder, under a name made from the sources: nothing is done when nothing changed.
"""

import hashlib
import json
import re
import shutil
import tempfile
from functools import partial
from pathlib import Path
from wsgiref.headers import Headers

from flask import Flask
from servestatic import ServeStatic
from servestatic.compress import Compressor
from servestatic.manifest_hash import get_hashed_name

from operation118.config import ROOT

SOURCE = ROOT / "static"
URL_PREFIX = "/static/"
STYLESHEET = "css/site.css"
OFFICE_STYLESHEET = "css/office.css"
SHARED_COMPONENTS = ("button", "chips", "facts", "key", "print", "sign")  # what the office takes of the public site
_CSS_COMMENT = re.compile(r"/\*.*?\*/\s*", re.DOTALL)
_CSS_URL = re.compile(r"url\(\"?\.\./([^)\"]+)\"?\)")


def stylesheets(source: Path) -> dict[str, list[Path]]:
    """The stylesheets with their parts, in the order they cascade."""
    css = source / "css"
    ground = [css / f"{name}.css" for name in ("tokens", "base", "layout")]
    shared = [css / "components" / f"{name}.css" for name in SHARED_COMPONENTS]
    return {
        STYLESHEET: [*ground, *sorted((css / "components").glob("*.css"))],
        OFFICE_STYLESHEET: [*ground, *shared, *sorted((css / "office").glob("*.css"))],
    }


def _files(source: Path) -> list[Path]:
    return sorted(path for path in source.rglob("*") if path.is_file())


def fingerprint(source: Path) -> str:
    """A name for the state of all files under `source`."""
    digest = hashlib.blake2b(digest_size=8)
    for path in _files(source):
        digest.update(path.relative_to(source).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _hashed(built: Path, name: str, content: bytes) -> str:
    hashed = get_hashed_name(name, content)
    target = built / hashed
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    return hashed


def _build(source: Path, built: Path) -> None:
    """Write hashed, compressed copies of `source` and their manifest into the empty folder `built`."""
    sheets = stylesheets(source)
    parts = {part for sheet in sheets.values() for part in sheet}
    manifest = {
        name: _hashed(built, name, path.read_bytes())
        for path in _files(source)
        if path not in parts and (name := path.relative_to(source).as_posix())
    }
    for name, sheet in sheets.items():
        css = _CSS_COMMENT.sub("", "\n".join(part.read_text() for part in sheet if part.exists()))
        css = _CSS_URL.sub(lambda match: f"url({URL_PREFIX}{manifest[match[1]]})", css)
        manifest[name] = _hashed(built, name, css.encode())
    compressor = Compressor(quiet=True)
    for path in _files(built):
        if compressor.should_compress(path.name):
            compressor.compress(str(path))
    (built / "manifest.json").write_text(json.dumps(manifest, indent=1))


def prepare(source: Path, data_dir: Path) -> Path:
    """The folder of prepared files, made if need be; several processes may do it at once."""
    built = data_dir / "static" / fingerprint(source)
    if not built.exists():
        built.parent.mkdir(parents=True, exist_ok=True)
        workshop = Path(tempfile.mkdtemp(dir=built.parent))
        workshop.chmod(0o755)
        _build(source, workshop)
        try:
            workshop.rename(built)
        except OSError:  # another process was faster
            shutil.rmtree(workshop)
    return built


def static_url(manifest: dict[str, str], name: str) -> str:
    """The address of `static/<name>`. Raises KeyError when there is no such file."""
    return URL_PREFIX + manifest[name]


def _no_sniffing(headers: Headers, path: str, url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"


def init_app(app: Flask, data_dir: Path) -> None:
    built = prepare(SOURCE, data_dir)
    manifest: dict[str, str] = json.loads((built / "manifest.json").read_text())
    app.add_template_global(partial(static_url, manifest), "static_url")
    app.wsgi_app = ServeStatic(
        app.wsgi_app,
        root=built,
        prefix=URL_PREFIX,
        allow_all_origins=False,
        max_age=0,
        add_headers_function=_no_sniffing,
    )

"""Addresses as visitors type them, within a request and outside one (mails, commands)."""

from typing import Any

from flask import current_app

from operation118.web.languages import current
from operation118.web.settings import current_settings


def absolute(path: str) -> str:
    """`path` on the address visitors type, whatever Host the request claims."""
    return current_settings()["PUBLIC_URL"] + path


def page_url(endpoint: str, **values: Any) -> str:
    """The absolute address of a page as of today, in the language spoken unless `lang` says another."""
    if current_app.url_map.is_endpoint_expecting(endpoint, "lang"):
        values.setdefault("lang", current())
    return absolute(current_app.url_map.bind("").build(endpoint, values))

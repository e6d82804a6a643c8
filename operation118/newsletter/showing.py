"""A mail as a mailbox shows it, to look at in the office: by day, by night, on a telephone, as text."""

import re
from enum import StrEnum

from flask import Response
from markupsafe import escape

from operation118.mail.compose import Parts
from operation118.web import logs
from operation118.web.headers import CONTENT_SECURITY_POLICY

# Mails carry their style in their elements, which no page of the site may. So this answer alone allows it, and in return
# it runs nothing, sends nothing, and is shown by our own pages only.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        "img-src 'self' https:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'self'",
        "sandbox allow-popups allow-popups-to-escape-sandbox",
    )
)
HEADERS = {"Content-Security-Policy": POLICY, "X-Frame-Options": "SAMEORIGIN", "Referrer-Policy": "no-referrer"}
_NIGHT = re.compile(r"@media\s*\(prefers-color-scheme:\s*dark\)")
_SCHEMES = re.compile(r'(name="(?:supported-)?color-schemes?" content=")[^"]*"')
_HEAD = "<head>"
_BODY = re.compile(r"<body[^>]*>")
_NOTE = "margin:0;padding:.6rem 1rem;background:#16181c;color:#f4f0e6;font:600 15px/1.4 sans-serif"


class View(StrEnum):
    """How a mail is looked at."""

    MAIL = "courriel"
    PHONE = "telephone"
    NIGHT = "nuit"
    TEXT = "texte"


LABELS = {View.MAIL: "Courriel", View.PHONE: "Téléphone", View.NIGHT: "Nuit", View.TEXT: "Texte seul"}


def framing(response: Response) -> Response:
    """Let a page of the office hold such an answer in a frame."""
    response.headers["Content-Security-Policy"] = f"{CONTENT_SECURITY_POLICY}; frame-src 'self'"
    return response


def document(parts: Parts, view: View, lang: str, note: str = "") -> str:
    """The whole page that shows a mail; links open elsewhere, and those that are somebody's own lead nowhere.

    `note` is said above it, to whoever looks at it here."""
    if view is View.TEXT:
        return text("\n\n".join(filter(None, (note, parts.text))), parts.subject, lang)
    night = view is View.NIGHT
    html = _NIGHT.sub("@media all" if night else "@media not all", parts.html)
    html = _SCHEMES.sub(rf'\g<1>{"dark" if night else "light"}"', html)
    html = logs.unsigned(html).replace(_HEAD, f'{_HEAD}<base target="_blank">', 1)
    return _BODY.sub(rf'\g<0><p style="{_NOTE}">{escape(note)}</p>', html, count=1) if note else html


def text(said: str, title: str, lang: str = "fr") -> str:
    """A page that says just that."""
    style = "body{margin:1rem;font:15px/1.5 ui-monospace,monospace;white-space:pre-wrap;overflow-wrap:anywhere}"
    head = f'<meta charset="utf-8"><title>{escape(title)}</title><style>:root{{color-scheme:light dark}}{style}</style>'
    return f'<!doctype html><html lang="{lang}"><head>{head}</head><body>{escape(logs.unsigned(said))}</body></html>'

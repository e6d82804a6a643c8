"""How a mail is written: a folder of `templates/mail/` with its subject, its text and its HTML, in either language."""

import re
from dataclasses import dataclass

import css_inline
from flask import render_template

from operation118.web.languages import speaking

_inliner = css_inline.CSSInliner(load_remote_stylesheets=False, keep_style_tags=False, keep_at_rules=True)
_BLANKS = re.compile(r"\n{3,}")


@dataclass(frozen=True)
class Parts:
    """A mail as its reader sees it."""

    subject: str
    text: str
    html: str


def inline(html: str) -> str:
    """`html` with its style sheet moved into the elements; what only `@media` can say stays in the head."""
    return _inliner.inline(html)


def render(name: str, lang: str, **values: object) -> Parts:
    """The mail of the folder `templates/mail/<name>/` for a reader of `lang`."""
    with speaking(lang):
        subject = " ".join(render_template(f"mail/{name}/subject.txt", **values).split())
        text = render_template(f"mail/{name}/body.txt", **values)
        html = render_template(f"mail/{name}/body.html", subject=subject, **values)
    return Parts(subject, _BLANKS.sub("\n\n", text).strip() + "\n", inline(html))

"""Long texts are written in Markdown: a few tags on the page, plain words for machines."""

import re
from html import unescape

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

from operation118.web.typography import typeset

TAGS = {"p", "strong", "em", "a", "br", "ul", "ol", "li", "blockquote"}
ATTRIBUTES = {"a": {"href"}}
SCHEMES = {"https", "http", "mailto"}
_TAG = re.compile(r"<[^>]+>")
_BREAKABLE = re.compile(r"[ \t\r\n\f]+")
_parser = MarkdownIt("js-default").disable(
    [
        "code",
        "fence",
        "backticks",
        "table",
        "strikethrough",
        "html_block",
        "heading",
        "lheading",
        "hr",
        "image",
        "linkify",
    ]
)


def prose(text: str, lang: str) -> Markup:
    """`text` as HTML with the few tags of a long text, typeset for `lang`."""
    made = _parser.render(typeset(text, lang))
    return Markup(  # noqa: S704 - what nh3 has cleaned
        nh3.clean(made, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel="external noopener")
    )


def words(text: str) -> str:
    """`text` without its marks, for machines: descriptions, feeds, structured data. Spaces that do not break stay."""
    made = nh3.clean(_parser.render(text), tags=TAGS, attributes={}, link_rel=None)
    return _BREAKABLE.sub(" ", unescape(_TAG.sub(" ", made))).strip(" ")

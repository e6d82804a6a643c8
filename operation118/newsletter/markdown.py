"""Letters are written in Markdown: their HTML, and a text that reads as one, not as HTML without its tags."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from textwrap import fill, indent

import nh3
from markdown_it import MarkdownIt
from markdown_it.helpers import parseLinkLabel
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

from operation118.web.typography import typeset

Address = Callable[[str], str]  # what stands in the letter for an address its author wrote

TAGS = {"p", "h2", "h3", "h4", "ul", "ol", "li", "strong", "em", "a", "br", "hr", "blockquote", "img", "span"}
ATTRIBUTES = {"a": {"href"}, "img": {"src", "alt"}, "ol": {"start"}, "span": {"lang"}}
SCHEMES = {"https", "http", "mailto", "tel"}
WIDTH = 72  # columns of the text
_SPECIAL = re.compile(r"([\\`*_\[\]<>&#])")
_FOREIGN = re.compile(r":(fr|en)\[")
_HOLDS_ADDRESS = {"link_open": "href", "image": "src"}


@dataclass(frozen=True)
class Picture:
    url: str
    alt: str


def escape(text: str) -> str:
    """`text` as Markdown that says just that."""
    return _SPECIAL.sub(r"\\\1", text)


def foreign(text: str, lang: str, *, among: str) -> str:
    """The same, of a text in `lang` that stands among words in another language: `:fr[…]`, so that it is read aloud as
    what it is."""
    return escape(text) if lang == among else f":{lang}[{escape(text)}]"


def _read_foreign(state: StateInline, silent: bool) -> bool:
    """The inline rule for `:fr[…]`."""
    found = _FOREIGN.match(state.src, state.pos, state.posMax)
    end = parseLinkLabel(state, found.end() - 1) if found else -1
    if not found or end < 0:
        return False
    if not silent:
        last = state.posMax
        state.push("foreign_open", "span", 1).attrs = {"lang": found[1]}
        state.pos, state.posMax = found.end(), end
        state.md.inline.tokenize(state)
        state.push("foreign_close", "span", -1)
        state.posMax = last
    state.pos = end + 1
    return True


def _pieces(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _pieces(token.children or [])


def _dress(state: StateCore) -> None:
    """Set the type, put the addresses, and leave the first level of headings to the subject."""
    spoken: list[str | None] = [state.env.get("lang")]
    address: Address | None = state.env.get("address")
    for token in _pieces(state.tokens):
        if token.type == "foreign_open":
            spoken.append(str(token.attrGet("lang")))
        elif token.type == "foreign_close":
            spoken.pop()
        if (lang := spoken[-1]) and token.type == "text":
            token.content = typeset(token.content, lang)
        if address and (name := _HOLDS_ADDRESS.get(token.type)):
            token.attrSet(name, address(str(token.attrGet(name))))
        if token.tag == "h1":
            token.tag = "h2"


def _parser() -> MarkdownIt:
    parser = MarkdownIt("js-default").disable(["code", "fence", "backticks", "table", "strikethrough", "html_block"])
    parser.core.ruler.push("dress", _dress)
    parser.inline.ruler.before("link", "foreign", _read_foreign)
    return parser


_markdown = _parser()


def links(source: str) -> list[str]:
    """The addresses `source` leads to, as its author wrote them, in order."""
    tokens = _pieces(_markdown.parse(source))
    return [str(token.attrGet("href")) for token in tokens if token.type == "link_open"]


def pictures(source: str) -> list[Picture]:
    tokens = _pieces(_markdown.parse(source))
    return [Picture(str(token.attrGet("src")), token.content.strip()) for token in tokens if token.type == "image"]


def to_html(source: str, *, lang: str, address: Address) -> str:
    """`source` as HTML, with nothing in it but the few tags of a letter."""
    made = _markdown.render(source, {"lang": lang, "address": address})
    return nh3.clean(made, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel=None)


def to_page(source: str, *, lang: str, address: Address) -> str:
    """`source` as HTML for a page of the site, which shows no picture from elsewhere: it leads there instead."""
    tokens = _markdown.parse(source, {"lang": lang, "address": address})
    for token in _pieces(tokens):
        token.children = [piece for child in token.children or [] for piece in _without_foreign_picture(child)] or None
    made = _markdown.renderer.render(tokens, _markdown.options, {})
    return nh3.clean(made, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel="external noopener")


def _without_foreign_picture(token: Token) -> list[Token]:
    url = str(token.attrGet("src"))
    if token.type != "image" or re.match("/(?!/)", url):
        return [token]
    return [Token("link_open", "a", 1, {"href": url}), *(token.children or []), Token("link_close", "a", -1)]


def to_text(source: str, *, lang: str, address: Address) -> str:
    """`source` as text; its links are numbered and stand at the end."""
    tree = SyntaxTreeNode(_markdown.parse(source, {"lang": lang, "address": address}))
    writer = _Writer()
    body = writer.blocks(tree)
    notes = "\n".join(f"[{number}] {url}" for number, url in enumerate(writer.notes, 1))
    return f"{body}\n\n{notes}".strip()


class _Writer:
    """Writes a parsed letter as text, and notes its links on the way."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def blocks(self, node: SyntaxTreeNode, between: str = "\n\n") -> str:
        return between.join(filter(None, map(self.block, node.children)))

    def block(self, node: SyntaxTreeNode) -> str:
        match node.type:
            case "heading":
                lines = [_wrapped(line) for line in self.inline(node).split("\n")]
                title = "\n".join(lines).split("\n")
                return "\n".join([*title, "-" * min(max(map(len, title)), WIDTH)])
            case "bullet_list":
                return "\n".join(self.item(item, "- ") for item in node.children)
            case "ordered_list":
                first = int(node.attrs.get("start", 1))
                return "\n".join(self.item(item, f"{n}. ") for n, item in enumerate(node.children, first))
            case "blockquote":
                return indent(self.blocks(node), "> ", lambda line: True)
            case "hr":
                return "* * *"
            case _:
                return "\n".join(_wrapped(line) for line in self.inline(node).split("\n"))

    def item(self, node: SyntaxTreeNode, mark: str) -> str:
        return mark + indent(self.blocks(node, "\n"), " " * len(mark)).lstrip()

    def inline(self, node: SyntaxTreeNode) -> str:
        match node.type:
            case "text":
                return node.content
            case "softbreak":
                return " "
            case "hardbreak":
                return "\n"
            case "image":
                return f"[{node.content}]"
            case "link":
                return self.link("".join(map(self.inline, node.children)), str(node.attrs["href"]))
            case _:
                return "".join(map(self.inline, node.children))

    def link(self, label: str, url: str) -> str:
        if url not in self.notes:
            self.notes.append(url)
        return f"{label} [{self.notes.index(url) + 1}]"


def _wrapped(line: str) -> str:
    return fill(line, WIDTH, break_long_words=False, break_on_hyphens=False)

"""What the site's rows write in a letter: a line such as `{{ dvd }}` becomes Markdown in the reader's language.

The rooms above register theirs at start; the film stands below and is read here.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from flask import Flask, current_app

from operation118 import publication
from operation118.dates import day_label
from operation118.film import queries
from operation118.film.models import Release, ReleaseKind
from operation118.newsletter.markdown import escape
from operation118.newsletter.refused import Refused
from operation118.web.languages import current, speaking, t
from operation118.web.languages import gettext as _
from operation118.web.links import page_url

Render = Callable[[str], str]  # from what follows the colon to Markdown; raises Refused

_BLOCK = re.compile(r"\s*\{\{\s*([a-z]+)\s*(?::\s*(\S+)\s*)?\}\}\s*")
_BRACES = re.compile(r"\{\{|\}\}")


@dataclass(frozen=True)
class Offer:
    """A block as the desk offers it, in French; with `choices`, one of them (value and title) follows its name."""

    label: str
    choices: Callable[[], Sequence[tuple[str, str]]] | None = None


def register(app: Flask, name: str, render: Render, *, offer: Offer | None = None) -> None:
    """Let letters say `{{ name }}` or `{{ name: argument }}`."""
    app.extensions.setdefault("newsletter_blocks", {})[name] = render
    if offer:
        app.extensions.setdefault("newsletter_offers", {})[name] = offer


def offers() -> dict[str, Offer]:
    """The blocks that the desk offers, by name."""
    found: dict[str, Offer] = current_app.extensions.get("newsletter_offers", {})
    return found


def expand(markdown: str, *, lang: str, first_line: int = 1) -> str:
    """`markdown` with its blocks filled for a reader of `lang`.

    Raises Refused with a line for each block that cannot be; `first_line` is the number of the first one."""
    lines: list[str] = []
    problems: list[str] = []
    for number, line in enumerate(markdown.splitlines(), first_line):
        try:
            lines.append(_filled(line, lang) if _BRACES.search(line) else line)
        except Refused as refused:
            problems.append(_("Ligne %(n)s : %(problem)s", n=number, problem=refused))
    if problems:
        raise Refused("\n".join(problems))
    return "\n".join(lines)


def _filled(line: str, lang: str) -> str:
    found = _BLOCK.fullmatch(line)
    if found is None:
        raise Refused(_("un bloc tient seul sur sa ligne, comme {{ dvd }}."))
    known: dict[str, Render] = current_app.extensions["newsletter_blocks"]
    if found[1] not in known:
        names = ", ".join(sorted(known))
        raise Refused(
            _("le bloc « %(name)s » n'existe pas. Ceux qui existent : %(names)s.", name=found[1], names=names)
        )
    return f"\n{_spoken(known[found[1]], found[2] or '', lang)}\n"


def _spoken(render: Render, argument: str, lang: str) -> str:
    """The block in the reader's language; what is wrong with it, in the language of whoever runs the command."""
    try:
        with speaking(lang), publication.as_public():  # were it an editor who writes, readers are the public
            return render(argument)
    except Refused:
        with publication.as_public():
            return render(argument)


def dvd(argument: str) -> str:
    """What is known of the video edition."""
    if argument:
        raise Refused(_("ce bloc se suffit : rien ne suit son nom."))
    videos = [release for release in queries.told_releases() if release.kind is ReleaseKind.VIDEO]
    told = [line for release in videos for line in _told(release)]
    label = _("Ce que l'on sait du DVD")
    more = f"[{escape(label)}]({page_url('film.dvd')})"
    return "\n\n".join([*(told or [escape(_("Pas de DVD annoncé, à notre connaissance."))]), more])


def _told(release: Release) -> Iterator[str]:
    head = None
    if release.when:
        head = _("DVD : %(date)s", date=release.when.label(current()))
    elif release.announced_on:
        head = _("DVD annoncé le %(date)s", date=day_label(release.announced_on, current()))
    if head:
        yield f"**{escape(head)}**"
    if note := t(release, "note"):
        yield escape(note)


def init_app(app: Flask) -> None:
    register(app, "dvd", dvd, offer=Offer("Ce que l’on sait du DVD"))

"""What a letter says where its author wrote `{{ entretien: <slug> }}`: an interview, and where to read it."""

from flask import Flask

from operation118.newsletter import blocks
from operation118.newsletter.markdown import escape
from operation118.newsletter.refused import Refused
from operation118.press import queries
from operation118.press.models import PressKind
from operation118.web.languages import current, t
from operation118.web.languages import gettext as _
from operation118.web.links import page_url
from operation118.web.typography import typeset


def interview(slug: str) -> str:
    item = queries.find(slug)
    if item is None:
        raise Refused(_("aucune page de la presse ne s'appelle « %(slug)s ». %(known)s", slug=slug, known=_known()))
    if item.kind is not PressKind.INTERVIEW:
        raise Refused(_("« %(slug)s » n'est pas un entretien. %(known)s", slug=slug, known=_known()))
    title = typeset(item.title, item.language)
    label = _("Lire l'entretien")
    paragraphs = [
        f"### {escape(title)}",
        escape(f"{item.outlet.name}, {item.dated.label(current())}"),
        escape(t(item, "summary")),
        f"[{escape(label)}]({page_url('press.item', slug=item.slug)})",
    ]
    return "\n\n".join(paragraphs)


def _known() -> str:
    slugs = [item.slug for item in queries.public_items() if item.kind is PressKind.INTERVIEW]
    return _("Les entretiens : %(slugs)s.", slugs=", ".join(slugs))


def init_app(app: Flask) -> None:
    blocks.register(app, "entretien", interview)

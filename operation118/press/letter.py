"""What a letter says where its author wrote `{{ entretien: <slug> }}`: an interview, and where to read it."""

from flask import Flask

from operation118 import publication
from operation118.newsletter import blocks
from operation118.newsletter.markdown import escape, foreign
from operation118.newsletter.refused import Refused
from operation118.press import queries
from operation118.press.models import PressKind
from operation118.web.languages import current, t
from operation118.web.languages import gettext as _
from operation118.web.links import page_url
from operation118.web.markdown import words


def interview(slug: str) -> str:
    item = queries.find(slug)
    if item is None:
        raise Refused(_("aucune page de la presse ne s'appelle « %(slug)s ». %(known)s", slug=slug, known=_known()))
    if item.kind is not PressKind.INTERVIEW:
        raise Refused(_("« %(slug)s » n'est pas un entretien. %(known)s", slug=slug, known=_known()))
    title = foreign(item.title, item.language, among=current())
    label = _("Lire l'entretien")
    paragraphs = [
        f"### {title}",
        escape(f"{item.outlet.name}, {item.dated.label(current())}"),
        escape(words(t(item, "summary"))),
        f"[{escape(label)}]({page_url('press.item', slug=item.slug)})",
    ]
    return "\n\n".join(paragraphs)


def _choices() -> list[tuple[str, str]]:
    """The interviews that the public may read, the newest first."""
    with publication.as_public():
        items = [item for item in queries.public_items() if item.kind is PressKind.INTERVIEW]
    return [(item.slug, f"{item.title} ({item.outlet.name})") for item in items]


def _known() -> str:
    return _("Les entretiens : %(slugs)s.", slugs=", ".join(slug for slug, _title in _choices()))


def init_app(app: Flask) -> None:
    blocks.register(app, "entretien", interview, offer=blocks.Offer("Un entretien", _choices))

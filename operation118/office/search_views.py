"""One field that finds everything: what holds all the words, room by room, each row with the page that edits it."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Blueprint, render_template, request, url_for

from operation118.accounts import door
from operation118.accounts.door import open_to
from operation118.accounts.models import StaffRole
from operation118.database import db
from operation118.newsletter.models import SubscriberState
from operation118.office import search, search_index
from operation118.office.addresses import edit_url
from operation118.office.frame import may
from operation118.office.rooms import DESKS, ROOMS
from operation118.office.search import Found, Hit
from operation118.office.search_index import State

bp: Blueprint = door.room("search", __name__, "/office/recherche")

LONGEST = 100  # characters of what is looked for
STEPS, ENOUGH = 2, 1000  # the index is begun, and filled unless there are more rows than that
TEAM, LETTERS, READERS, IMAGES, JOURNAL = (
    "accounts.person",
    "newsletter_office.letter",
    "mail_office.subscriber",
    "image_office.edit",
    "journal.index",
)
# What is found beside the content: the kind, its room, its name, and the view that shows a row of it.
OTHERS = (
    ("image", "Le film", "Images", IMAGES),
    ("letter", "La lettre", "Lettres", LETTERS),
    ("subscriber", "La lettre", "Abonnés", READERS),
    ("staff", "L’équipe", "L’équipe", TEAM),
    ("journal", "Le journal", "Journal", JOURNAL),
)
STATES = {
    SubscriberState.PENDING: "n’a pas confirmé",
    SubscriberState.CONFIRMED: "abonné",
    SubscriberState.UNSUBSCRIBED: "désabonné",
}


@dataclass(frozen=True)
class Section:
    """What was found of one kind."""

    kind: str
    room: str
    label: str
    found: Found


def _kinds() -> dict[str, tuple[str, str]]:
    """All that whoever is signed in may find: for each kind, its room and its name, in the order of the office."""
    kinds = {desk.key: (title, desk.many) for title, desks in ROOMS.values() for desk in desks}
    others = {kind: (room, label) for kind, room, label, endpoint in OTHERS if kind not in kinds and may(endpoint)}
    order = [*(title for title, _ in ROOMS.values()), *(room for _, room, _, _ in OTHERS)]
    return dict(sorted((kinds | others).items(), key=lambda named: order.index(named[1][0])))


def address(hit: Hit) -> str:
    """The page that shows or edits what was found."""
    match hit.kind:
        case "journal":
            return url_for(JOURNAL, avant=int(hit.slug) + 1, _anchor=f"ligne-{hit.slug}")
        case "staff":
            return url_for(TEAM, number=int(hit.slug))
        case "image" if "image" not in DESKS:
            return url_for(IMAGES, slug=hit.slug)
        case "letter":
            return url_for(LETTERS, slug=hit.slug)
        case "subscriber":
            return url_for(READERS, person=int(hit.slug))
        case _:
            return edit_url(hit.kind, hit.slug)


def detail(hit: Hit) -> str:
    return STATES[SubscriberState(hit.detail)] if hit.kind == "subscriber" else hit.detail


def _is_whole() -> bool:
    """Whether the index has everything; if not, it has more afterwards."""
    if search_index.state(db.session) is State.WHOLE:
        return True
    for _ in range(STEPS):
        search_index.step(db.session, most=ENOUGH)
        db.session.commit()
    return search_index.state(db.session) is State.WHOLE


def _found(typed: str, kinds: dict[str, tuple[str, str]], only: str) -> Iterator[Section]:
    wanted = [only] if only else list(kinds)
    limit = search.MANY if only else search.A_FEW
    indexed = [kind for kind in wanted if kind not in ("subscriber", "staff")]
    found = {one.kind: one for one in search.find(typed, kinds=indexed, limit=limit)}
    if "subscriber" in wanted and (readers := search.subscribers(typed, limit=limit)):
        found["subscriber"] = readers
    if "staff" in wanted and (team := search.colleagues(typed)):
        found["staff"] = team
    yield from (Section(kind, *kinds[kind], found[kind]) for kind in wanted if kind in found)


@bp.get("/")
@open_to(StaffRole.EDITOR, StaffRole.PRESS_OFFICER)
def index() -> str:
    """Results for `q`, a few of each kind; with `genre`, many of that kind."""
    typed = " ".join(request.args.get("q", "")[:LONGEST].split())
    kinds = _kinds()
    only = request.args.get("genre", "")
    only = only if only in kinds else ""
    whole = _is_whole()
    sections = list(_found(typed, kinds, only)) if typed else []
    lost = search.is_enough(typed) and not sections
    alone = search.each_alone(typed, kinds=kinds) if lost else []
    return render_template(
        "office/search/index.html",
        searched=typed,
        short=bool(typed) and not sections and not lost,
        whole=whole,
        only=only,
        only_label=kinds[only][1] if only else "",
        sections=sections,
        total=sum(section.found.total for section in sections),
        alone=alone,
        spellings=search.other_spellings(typed, known=[word for word, _ in alone]) if lost else [],
        address=address,
        detail=detail,
    )

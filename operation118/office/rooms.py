"""All that the office edits: each kind of content with the desk that presents it."""

from dataclasses import replace

from operation118.accounts.models import StaffRole
from operation118.content import Kind
from operation118.content.desks import Desk
from operation118.film.desks import DESKS as FILM_DESKS
from operation118.film.desks import IMAGE
from operation118.press.desks import DESKS as PRESS
from operation118.press.own_source import objections
from operation118.screenings.desks import DESKS as SCREENINGS
from operation118.site.content import KINDS

# The film's room knows no article: the press has its word on the sources that are one.
FILM = tuple(replace(desk, objections=objections) if desk.key == "source" else desk for desk in FILM_DESKS)
DESKS: dict[str, Desk] = {desk.key: desk for desk in (*FILM, *SCREENINGS, *PRESS)}
JOURNALED = DESKS | {
    IMAGE.key: IMAGE
}  # what the journal tells and puts back; pictures are edited on pages of their own
BY_KEY: dict[str, Kind] = {kind.key: kind for kind in KINDS}
ROOMS: dict[str, tuple[str, tuple[Desk, ...]]] = {
    "film": ("Le film", FILM),
    "seances": ("Les séances", SCREENINGS),
    "presse": ("La presse", PRESS),
}
# What the press officer may change: the press, and the sources it is.
PRESS_KEYS = frozenset({*(desk.key for desk in PRESS), "source", "person", IMAGE.key})
BY_PATH: dict[str, Desk] = {desk.path: desk for desk in DESKS.values()}


def room_of(desk: Desk) -> str:
    """The first part of its address: `presse`."""
    return desk.path.partition("/")[0]


def may_edit(role: StaffRole, key: str) -> bool:
    """Whether somebody of this role may change rows of this kind."""
    return role in (StaffRole.ADMIN, StaffRole.EDITOR) or (role is StaffRole.PRESS_OFFICER and key in PRESS_KEYS)

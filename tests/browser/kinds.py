"""One address of each type of page, in both languages."""

FRENCH = {
    "home": "/",
    "film": "/film/",
    "dvd": "/dvd/",
    "photos": "/photos/",
    "press index": "/presse/",
    "press index, narrowed": "/presse/?genre=entretien&q=film",
    "press index, nothing found": "/presse/?q=zzzzzz",
    "interview": "/presse/{interview}/",
    "review": "/presse/{review}/",
    "context": "/presse/{context}/",
    "screenings": "/seances/",
    "screening": "/seances/{screening}/",
    "timeline": "/chronologie/",
    "letter": "/lettre/",
    "letter asked for": "/lettre/merci/",
    "letter confirmed": "/lettre/confirmee/",
    "letter erased": "/lettre/effacee/",
    "letter, cut link": "/lettre/moi/coupe/",
    "letter in the past": "/le/2010-11-16/lettre/",
    "contact": "/contact/",
    "legal notice": "/mentions-legales/",
    "privacy": "/vie-privee/",
    "accessibility": "/accessibilite/",
    "credits": "/credits/",
    "missing page": "/nulle-part/",
    "time machine": "/le/",
    "another day": "/le/2010-11-16/",
    "a day to come": "/le/2999-01-01/",
}
ENGLISH_ROOMS = {
    "presse": "press",
    "seances": "screenings",
    "chronologie": "timeline",
    "mentions-legales": "legal-notice",
    "vie-privee": "privacy",
    "accessibilite": "accessibility",
}


def english(path: str) -> str:
    """The English twin of a French address of this list."""
    if path.startswith("/le/2"):
        return f"{path}en/"
    room, slash, rest = path[1:].partition("/")
    return f"/en/{ENGLISH_ROOMS.get(room, room)}{slash}{rest}"


PAGES = {
    f"{name}, {lang}": path
    for name, french in FRENCH.items()
    for lang, path in (("fr", french), ("en", english(french)))
}

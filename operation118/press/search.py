"""What a search looks into, the folded words of a press item; and what it looks for."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from operation118.content.batches import batches
from operation118.film.models import Character, Film
from operation118.press.models import About, PressItem, PressPerson
from operation118.publication import EVERYTHING

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae"})
_GROUPS_OF_THREE = re.compile(r"(?<!\d)(\d{1,3})[^\w,;:]+(?=\d{3}(?!\d))")


def fold(text: str) -> str:
    """Words without accents, case or punctuation; groups of three digits are joined: « 12 345 » and “12-345” give
    `12345`."""
    bare = text.lower() if text.isascii() else _without_accents(text.lower())
    return " ".join(re.findall(r"[^\W_]+", _GROUPS_OF_THREE.sub(r"\1", bare)))


def _without_accents(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.translate(_LIGATURES))
    return plain.translate({ord(char): None for char in set(plain) if unicodedata.combining(char)})


def search_text(item: PressItem, film: Film | None, characters: Iterable[Character] = ()) -> str:
    """Each word of `item` once, folded; those of the film's other titles too when it is about the film, and the other
    spellings of the characters it names."""
    other_titles = film.also_written if film and item.about is About.FILM else []
    written = " ".join(fold(text) for text in [*_texts(item), *other_titles])
    named = (character for character in characters if _names(written, character))
    spellings = (fold(spelling) for character in named for spelling in character.also_written)
    return " ".join(dict.fromkeys(" ".join([written, *spellings]).split()))


def _names(written: str, character: Character) -> bool:
    return any(f" {fold(name)} " in f" {written} " for name in (character.name_fr, character.name_en))


def _texts(item: PressItem) -> Iterator[str]:
    yield from (item.title, item.outlet.name, item.author or "", item.interviewer or "")
    yield from (item.summary_fr, item.summary_en)
    for question in item.questions:
        yield from (question.topic_fr, question.topic_en, question.answer_fr, question.answer_en)
    for person in item.people:
        yield from (person.name, *person.also_written)
    for tag in item.tags:
        yield from (tag.label_fr, tag.label_en)


def refresh(session: Session) -> None:
    """Bring the search text of every item up to date; flushes."""
    _refresh(session, session.scalars(select(PressItem.id), execution_options=EVERYTHING))


def is_refreshed(session: Session, rows: Sequence[object]) -> bool:
    """Bring the search text of those of these rows that are items up to date, and flush; whether that is all there is to
    do: other rows may have their names in any item."""
    items = [row for row in rows if isinstance(row, PressItem)]
    _refresh(session, (item.id for item in items))
    return len(items) == len(rows)


def _refresh(session: Session, ids: Iterable[int]) -> None:
    film = session.scalar(select(Film).limit(1))
    characters = session.scalars(select(Character)).all()
    for some in batches(iter(ids)):
        for item in _complete_items(session, some):
            item.search_text = search_text(item, film, characters)
    session.flush()


def _complete_items(session: Session, ids: Sequence[int]) -> Iterable[PressItem]:
    people = selectinload(PressItem.person_links).joinedload(PressPerson.person)
    options = (joinedload(PressItem.outlet), selectinload(PressItem.questions), selectinload(PressItem.tags), people)
    query = select(PressItem).where(PressItem.id.in_(ids)).options(*options)
    return session.scalars(query, execution_options=EVERYTHING)


MOST_WORDS = 8
_SHORTEST_STEM = 4
_LIKE_ENOUGH = 0.7  # ratio of difflib, where 1 is equal


def words(typed: str) -> tuple[str, ...]:
    """The folded words to look for, the first eight; a long one loses its plural."""
    return tuple(dict.fromkeys(_singular(word) for word in fold(typed).split()))[:MOST_WORDS]


def _singular(word: str) -> str:
    return word[:-1] if len(word) > _SHORTEST_STEM and word[-1] in "sx" else word


def corrections(typed: str, *, names: Iterable[str], texts: Iterable[str]) -> list[str]:
    """Other ways to write `typed`: a word that begins no word of the folded `texts` gives way to those most like it,
    in the `names` if there are any, else in the texts."""
    written = {fold(word): word for word in set(re.findall(r"[\w-]+", " ".join(names)))}
    known = {word for text in texts for word in text.split()}
    typed_words = fold(typed).split()[:MOST_WORDS]
    return [
        " ".join(form if word == wrong else written.get(word, word) for word in typed_words)
        for wrong in typed_words
        for form in _nearest(_singular(wrong), written, known)
    ]


def _nearest(word: str, written: Mapping[str, str], known: Collection[str]) -> list[str]:
    if any(other.startswith(word) for other in known):
        return []
    names = get_close_matches(word, written, n=3, cutoff=_LIKE_ENOUGH)
    return [written[name] for name in names] or get_close_matches(word, known, n=3, cutoff=_LIKE_ENOUGH)

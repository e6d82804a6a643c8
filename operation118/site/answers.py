"""From rows to the shapes of the read API."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from flask import url_for

from operation118 import dates
from operation118.film import models as film_models
from operation118.film.queries import Vouched, Vouchers
from operation118.press import models as press_models
from operation118.publication import appeared_at
from operation118.screenings import models as screening_models
from operation118.site import shapes
from operation118.web.links import absolute
from operation118.web.markdown import words
from operation118.web.typography import typeset


def address(endpoint: str, **values: Any) -> str:
    """The absolute address of an endpoint; in the time machine it stays there."""
    return absolute(url_for(endpoint, **values))


def _pages(endpoint: str, **values: str) -> shapes.Pages:
    return shapes.Pages(fr=address(endpoint, lang="fr", **values), en=address(endpoint, lang="en", **values))


def _prose(row: object, field: str) -> shapes.Text:
    """A long text, which is Markdown, without its marks."""
    fr, en = (typeset(words(getattr(row, f"{field}_{lang}")), lang) for lang in ("fr", "en"))
    return shapes.Text(fr=fr, en=en)


def _text(row: object, field: str) -> shapes.Text:
    fr, en = (typeset(getattr(row, f"{field}_{lang}"), lang) for lang in ("fr", "en"))
    return shapes.Text(fr=fr, en=en)


def _note(row: object, field: str) -> shapes.Text | None:
    return _text(row, field) if getattr(row, f"{field}_fr") else None


def _texts(row: object, field: str) -> shapes.Texts:
    fr, en = ([typeset(text, lang) for text in getattr(row, f"{field}_{lang}")] for lang in ("fr", "en"))
    return shapes.Texts(fr=fr, en=en)


def _date(when: dates.PartialDate | None) -> shapes.PartialDate | None:
    return shapes.PartialDate(iso=when.iso, precision=when.precision) if when else None


def _sources(sources: Iterable[film_models.Source]) -> list[shapes.Source]:
    return [
        shapes.Source(
            slug=source.slug, outlet=source.outlet, url=source.url, date=_date(source.when), press=source.press_page
        )
        for source in sources
    ]


def _people(people: Iterable[film_models.Person]) -> list[shapes.Person]:
    return [_person(person) for person in people]


def _person(person: film_models.Person) -> shapes.Person:
    return shapes.Person(slug=person.slug, name=person.name)


def _credit(entry: Vouched[film_models.Credit]) -> shapes.Credit:
    credit = entry.row
    return shapes.Credit(
        slug=credit.slug,
        department=credit.department,
        person=_person(credit.person),
        jobs=[film_models.Job(job) for job in credit.jobs],
        character=credit.character.slug if credit.character else None,
        role=_note(credit, "role"),
        note=_note(credit, "note"),
        certainty=_note(credit, "certainty"),
        sources=_sources(entry.sources),
    )


def _character(entry: Vouched[film_models.Character]) -> shapes.Character:
    character = entry.row
    return shapes.Character(
        slug=character.slug,
        name=_text(character, "name"),
        description=_text(character, "description"),
        certainty=_note(character, "certainty"),
        sources=_sources(entry.sources),
    )


def _fact(entry: Vouched[film_models.Fact]) -> shapes.Fact:
    fact = entry.row
    return shapes.Fact(
        slug=fact.slug,
        section=fact.section,
        label=_text(fact, "label"),
        value=_note(fact, "value"),
        date=_date(fact.when),
        url=fact.url,
        certainty=_note(fact, "certainty"),
        sources=_sources(entry.sources),
    )


def _release(entry: Vouched[film_models.Release]) -> shapes.Release:
    release = entry.row
    return shapes.Release(
        slug=release.slug,
        kind=release.kind,
        date=_date(release.when),
        announced_on=release.announced_on,
        last_year=release.last_year,
        territory=release.territory,
        platform=_note(release, "platform"),
        note=_note(release, "note"),
        missing=_texts(release, "missing"),
        certainty=_note(release, "certainty"),
        sources=_sources(entry.sources),
    )


def _film_sources(vouchers: Vouchers) -> dict[str, list[shapes.Source]]:
    subjects = [subject for subject in vouchers.by_subject if subject.startswith("film.")]
    return {subject.removeprefix("film."): _sources(vouchers.of(subject)) for subject in subjects}


def film(
    row: film_models.Film,
    vouchers: Vouchers,
    *,
    credits: Iterable[film_models.Credit],
    characters: Iterable[film_models.Character],
    facts: Iterable[film_models.Fact],
    releases: Iterable[film_models.Release],
) -> shapes.Film:
    """The film with those of its rows that were told at the instant looked at."""
    return shapes.Film(
        slug=row.slug,
        pages=_pages("film.page"),
        title=row.title,
        short_title=row.short_title,
        working_title=row.working_title if vouchers.told("film.working_title") else None,
        also_written=row.also_written,
        year=row.year,
        released_on=row.released_on if vouchers.told("film.release_date") else None,
        country=_text(row, "country"),
        language=row.language,
        genres=_texts(row, "genres"),
        first_feature=row.first_feature,
        inspired_by_real_events=row.inspired_by_real_events,
        production_company=row.production_company,
        synopsis_short=_text(row, "synopsis_short"),
        synopsis_long=_prose(row, "synopsis_long"),
        sources=_film_sources(vouchers),
        credits=[_credit(entry) for entry in vouchers.vouch("credit", credits)],
        characters=[_character(entry) for entry in vouchers.vouch("character", characters)],
        facts=[_fact(entry) for entry in vouchers.vouch("fact", facts)],
        releases=[_release(entry) for entry in vouchers.vouch("release", releases)],
        unknown=_texts(row, "unknown"),
        dossier_closed_on=row.dossier_closed_on,
        updated_at=row.updated_at,
    )


def press_updated_at(item: press_models.PressItem) -> datetime:
    """When anything of a complete item last changed, or when it came out if that was later."""
    rows = (item, item.outlet, *item.people, *item.tags, *item.questions)
    return _latest(*(row.updated_at for row in rows), appeared_at(item))


def screening_updated_at(screening: screening_models.Screening) -> datetime:
    """When a screening, its town or its venue last changed, or when it came out if that was later."""
    rows = (screening, screening.town, screening.venue)
    return _latest(*(row.updated_at for row in rows if row is not None), appeared_at(screening))


def _latest(*instants: datetime | None) -> datetime:
    return max(instant for instant in instants if instant)


def _republication(item: press_models.PressItem) -> shapes.Republication | None:
    if item.republished_where is None:
        return None
    return shapes.Republication(where=item.republished_where, on=item.republished_on)


def press_item(item: press_models.PressItem, vouchers: Vouchers) -> shapes.PressItem:
    return shapes.PressItem(
        slug=item.slug,
        pages=_pages("press.item", slug=item.slug),
        kind=item.kind,
        about=item.about,
        outlet=shapes.Outlet(slug=item.outlet.slug, name=item.outlet.name, url=item.outlet.url),
        outlet_note=_note(item, "outlet_note"),
        title=item.title,
        title_note=_note(item, "title_note"),
        author=item.author,
        author_note=_note(item, "author_note"),
        interviewer=item.interviewer,
        date=shapes.PartialDate(iso=item.dated.iso, precision=item.dated.precision),
        date_note=_note(item, "date_note"),
        url=item.url,
        republished=_republication(item),
        language=item.language,
        seen=item.seen,
        summary=_prose(item, "summary"),
        questions=[shapes.Question(topic=_text(q, "topic"), answer=_prose(q, "answer")) for q in item.questions],
        people=_people(item.people),
        tags=[shapes.Tag(slug=tag.slug, label=_text(tag, "label")) for tag in item.tags],
        sources=_sources(vouchers.of(f"press.{item.slug}")),
        updated_at=press_updated_at(item),
    )


def _town(town: screening_models.Town) -> shapes.Town:
    return shapes.Town(
        slug=town.slug,
        name=town.name,
        department=town.department,
        latitude=town.latitude,
        longitude=town.longitude,
    )


def screening(row: screening_models.Screening, vouchers: Vouchers) -> shapes.Screening:
    return shapes.Screening(
        slug=row.slug,
        pages=_pages("screenings.page", slug=row.slug),
        calendar=address("screenings.page_calendar", slug=row.slug, lang="fr"),
        kind=row.kind,
        date=_date(row.when),
        starts_at=row.starts_at,
        is_past=row.is_past,
        town=_town(row.town) if row.town else None,
        venue=shapes.Venue(slug=row.venue.slug, name=row.venue.name) if row.venue else None,
        territory=row.territory,
        shows=row.shows,
        with_debate=row.with_debate,
        host=row.host,
        guests=_people(row.guests),
        note=_note(row, "note"),
        certainty=_note(row, "certainty"),
        sources=_sources(vouchers.of(f"screening.{row.slug}")),
        updated_at=screening_updated_at(row),
    )

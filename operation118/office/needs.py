"""What waits for a human being: one count for each thing that only the team can settle, the most urgent first.

What can be counted in one statement is (`_counted`); what reads the whole dossier is kept until the site changes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CompoundSelect, Select, String, cast, func, literal, null, or_, select, union_all

from operation118 import clock
from operation118.accounts import attempts
from operation118.accounts.models import FailedSignIn
from operation118.content.desks import plain
from operation118.database import db
from operation118.film.models import Film, Image
from operation118.mail import health
from operation118.mail.models import Message, MessageState
from operation118.newsletter import hold
from operation118.newsletter.models import Campaign, CampaignState
from operation118.office import conflicts, facts
from operation118.office.kept import kept
from operation118.office.queries import MOST_COUNTED
from operation118.office.rooms import BY_KEY, DESKS
from operation118.publication import Publication
from operation118.screenings.models import Screening, ScreeningKind
from operation118.web.settings import current_settings

Counts = dict[str, tuple[int, str | None]]  # by what is counted: how many, and the name of one of them
NOTHING = (0, None)
RECENT = timedelta(days=30)
MAIL, LETTERS, LETTER, FACTS = "mail_office.mails", "newsletter_office.index", "newsletter_office.letter", "facts.index"
IMAGES, IMAGE, ROWS, ROW, LEGAL = (
    "image_office.index",
    "image_office.edit",
    "office.rows",
    "office.edit",
    "notices.legal",
)
BEGUN = (CampaignState.DRAFT, CampaignState.SCHEDULED, CampaignState.SENDING, CampaignState.PAUSED)


@dataclass(frozen=True)
class Need:
    """`number` things wait: the sentence after that number, and the view where they are settled with its values."""

    number: int
    sentence: str
    endpoint: str
    values: dict[str, Any]
    urgent: bool = False

    @property
    def counted(self) -> str:
        """The number; facts are counted as far as 1,000."""
        return "plus de 1 000" if self.endpoint == FACTS and self.number > MOST_COUNTED else str(self.number)


@dataclass(frozen=True)
class _Said:
    """How a count is said for one and for many; where all of them are, and the one if it is alone."""

    one: str
    many: str
    all: tuple[str, dict[str, Any]]
    alone: str = ""  # the endpoint of a single row
    urgent: bool = False

    def need(self, number: int, name: str | None) -> Need:
        sentence = self.one if number == 1 else self.many
        if number == 1 and self.alone and name:
            more = {"kind": self.all[1]["kind"]} if self.alone == ROW else {}
            return Need(number, sentence, self.alone, more | {"slug": name}, self.urgent)
        return Need(number, sentence, *self.all, self.urgent)


# Most urgent first; the keys are those of the counts.
SAID = {
    "uncertain": _Said("mail est peut-être parti, peut-être pas", "mails sont peut-être partis, peut-être pas", (MAIL, {"campaign": 0, "state": "uncertain"}), urgent=True),
    "uncertain letters": _Said("envoi d’une lettre reste incertain", "envois de lettres restent incertains", (LETTERS, {}), urgent=True),
    "stuck": _Said("mail attend depuis plus de dix minutes", "mails attendent depuis plus de dix minutes", (MAIL, {"campaign": 0, "state": "waiting"}), urgent=True),
    "held": _Said("lettre part dans moins de dix minutes : on peut encore la retenir", "lettres partent dans moins de dix minutes : on peut encore les retenir", (LETTERS, {}), LETTER, urgent=True),
    "refused letters": _Said("lettre programmée n’est pas partie", "lettres programmées ne sont pas parties", (LETTERS, {}), LETTER, urgent=True),
    "paused": _Said("lettre est suspendue au milieu de son envoi", "lettres sont suspendues au milieu de leur envoi", (LETTERS, {}), LETTER, urgent=True),
    "tries": _Said("adresse a vu refuser dix mots de passe ou plus cette semaine", "adresses ont vu refuser dix mots de passe ou plus cette semaine", ("accounts.team", {}), urgent=True),
    "failed": _Said("mail a été refusé par son destinataire", "mails ont été refusés par leurs destinataires", (MAIL, {"campaign": 0, "state": "failed"})),
    "legal": _Said("mention légale manque : la loi la veut. À dire à qui tient le serveur", "mentions légales manquent : la loi les veut. À dire à qui tient le serveur", (LEGAL, {})),
    "conflicts": _Said("contradiction entre des fiches", "contradictions entre des fiches", (FACTS, {"_anchor": "contradictions"})),
    "hours": _Said("séance à venir est sans heure ou sans cinéma", "séances à venir sont sans heure ou sans cinéma", (ROWS, {"kind": "screening"}), ROW),
    "alt": _Said("image n’a pas de description dans les deux langues", "images n’ont pas de description dans les deux langues", (IMAGES, {}), IMAGE),
    "english": _Said("lettre n’a pas encore son anglais", "lettres n’ont pas encore leur anglais", (LETTERS, {}), LETTER),
    "bare": _Said("fait est sans source", "faits sont sans source", (FACTS, {"_anchor": "sans-source"})),
    "stale": _Said("fait n’a pas été relu depuis un an", "faits n’ont pas été relus depuis un an", (FACTS, {"_anchor": "a-relire"})),
}  # fmt: skip
# Texts in one language only, and drafts, are counted for each kind of content.
UNTRANSLATED = ("fiche n’est que dans une langue", "fiches ne sont que dans une langue")
DRAFT = ("brouillon", "brouillons")


# --- Counts in SQL ------------------------------------------------------------------------------------------------


def _count(sort: str, number: Any, name: Any = None) -> Select[*tuple[Any, ...]]:
    """A line of the one statement that counts: what, how many, and the name of one of them."""
    one = cast(null(), String) if name is None else func.min(cast(name, String))
    return select(literal(sort).label("sort"), number.label("number"), one.label("name"))


def _mails() -> Iterator[Select[*tuple[Any, ...]]]:
    """Of no campaign: its own are counted with it. An index begins with the number of the campaign and the state."""
    alone = Message.campaign_id == 0
    for sort, state in (("uncertain", MessageState.UNCERTAIN), ("failed", MessageState.FAILED)):
        yield _count(sort, func.count()).where(alone, Message.state == state)
    late = Message.due_at < clock.now() - health.PATIENCE
    yield _count("stuck", func.count()).where(alone, Message.state == MessageState.WAITING, late)
    lately = select(Campaign.id).where(Campaign.launched_at > clock.now() - RECENT)
    uncertain = Message.campaign_id.in_(lately), Message.state == MessageState.UNCERTAIN
    yield _count("uncertain letters", func.count()).where(*uncertain)


def _tries() -> Select[*tuple[Any, ...]]:
    """The addresses under which somebody seems to try passwords, known ones or not."""
    recent = FailedSignIn.at > clock.now() - attempts.LOOKED_AT
    marks = select(FailedSignIn.fingerprint).where(recent).group_by(FailedSignIn.fingerprint)
    many = marks.having(func.count() >= attempts.MANY).subquery()
    return _count("tries", func.count()).select_from(many)


def _rows() -> Iterator[Select[*tuple[Any, ...]]]:
    missing = or_(Image.alt_fr == "", Image.alt_en == "")
    yield _count("alt", func.count(Image.id), Image.slug).where(missing)
    coming = Screening.on >= clock.today(), Screening.kind != ScreeningKind.NATIONAL_RELEASE
    vague = or_(Screening.starts_at.is_(None), Screening.venue_id.is_(None))
    shown = Screening.publication != Publication.WITHDRAWN
    yield _count("hours", func.count(Screening.id), Screening.slug).where(*coming, vague, shown)
    for kind in (BY_KEY[key] for key in DESKS):
        model: Any = kind.model
        if hasattr(model, "publication"):
            draft = model.publication == Publication.DRAFT
            yield _count(f"draft.{kind.key}", func.count(model.id), model.slug).where(draft).filter_by(**kind.fixed)


def _counted(counts: CompoundSelect[*tuple[Any, ...]]) -> Counts:
    return {row.sort: (row.number, row.name) for row in db.session.execute(counts) if row.number}


# --- The dossier --------------------------------------------------------------------------------------------------


def _halves(model: Any) -> Any:
    """The condition that a text of a row is in one language only."""
    columns = model.__table__.c
    names = {plain(column.name) for column in columns if column.name.endswith("_fr")}
    texts = [(columns[f"{name}_fr"], columns[f"{name}_en"]) for name in names if f"{name}_en" in columns]
    pairs = [(func.coalesce(fr, ""), func.coalesce(en, "")) for fr, en in texts if isinstance(fr.type, String)]
    return or_(*((fr == "") != (en == "") for fr, en in pairs)) if pairs else None


def _untranslated() -> Iterator[Select[*tuple[Any, ...]]]:
    for kind in (BY_KEY[key] for key in DESKS):
        model: Any = kind.model
        if (half := _halves(model)) is not None and model is not Image:
            yield _count(f"half.{kind.key}", func.count(model.id), model.slug).where(half).filter_by(**kind.fixed)


def _looked_at() -> Counts:
    """What a look at every row of the content tells."""
    return _counted(union_all(*_untranslated()))


def _dossier(film: Film | None) -> Counts:
    """The same, kept until any of these rows changes, and what the facts still want."""
    found = kept()
    numbers = {"bare": facts.count_bare(found, film), "conflicts": conflicts.count(found)}
    numbers["stale"] = facts.count_stale(film)
    return found.of("half", _looked_at) | {sort: (number, None) for sort, number in numbers.items()}


# --- The letter ---------------------------------------------------------------------------------------------------


def letters() -> dict[str, list[str]]:
    """The names of the letters under way, by what they wait for."""
    columns = (Campaign.slug, Campaign.state, Campaign.scheduled_at, Campaign.subject_en, Campaign.refusal)
    rows = db.session.execute(select(*columns).where(Campaign.state.in_(BEGUN)).order_by(Campaign.id))
    found: dict[str, list[str]] = {}
    for slug, state, leaves_at, english, refusal in rows:
        for sort in _waits(state, leaves_at, english=bool(english), refused=bool(refusal)):
            found.setdefault(sort, []).append(slug)
    return found


def _waits(state: CampaignState, leaves_at: datetime | None, *, english: bool, refused: bool) -> Iterator[str]:
    if state is CampaignState.PAUSED:
        yield "paused"
    if state is CampaignState.SCHEDULED and leaves_at and leaves_at <= clock.now() + hold.HOLD:
        yield "held"
    if state is CampaignState.DRAFT and refused:
        yield "refused letters"
    if state in (CampaignState.DRAFT, CampaignState.SCHEDULED) and not english:
        yield "english"


# --- All together -------------------------------------------------------------------------------------------------


def all_needs(film: Film | None) -> list[Need]:
    """Everything that waits, for whoever may settle it: the view that each need leads to says who."""
    counts = _counted(union_all(*_mails(), _tries(), *_rows())) | _dossier(film)
    counts |= {sort: (len(slugs), slugs[0]) for sort, slugs in letters().items()}
    counts["legal"] = (len(current_settings().missing_legal()), None)
    needs = [said.need(*counts[sort]) for sort, said in SAID.items() if counts.get(sort, NOTHING)[0]]
    return needs + list(_by_kind(counts, "half.", UNTRANSLATED)) + list(_by_kind(counts, "draft.", DRAFT))


def _by_kind(counts: Counts, start: str, words: tuple[str, str]) -> Iterator[Need]:
    for sort, (number, name) in counts.items():
        if sort.startswith(start):
            key = sort.removeprefix(start)
            one, many = (f"{word} : {DESKS[key].many.lower()}" for word in words)
            values = {"kind": key} | ({"etat": Publication.DRAFT.value} if start == "draft." else {})
            yield _Said(one, many, (ROWS, values), ROW).need(number, name)

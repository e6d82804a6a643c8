"""The letter as a file: what it is about between two lines of `+++`, then its French and its English.

+++
slug = "le-dvd"
topics = ["dvd"]
archive = true
[fr]
subject = "…"
[en]
subject = "…"
+++
<!-- fr -->
…
<!-- en -->
…
"""

import re
import tomllib
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from operation118 import clock
from operation118.newsletter import blocks
from operation118.newsletter.models import Campaign, CampaignState, Topic
from operation118.newsletter.refused import Refused
from operation118.web.languages import gettext as _

_FENCE = re.compile(r"^\+\+\+[ \t]*$", re.MULTILINE)
_LANGUAGE = re.compile(r"^<!--[ \t]*(\w+)[ \t]*-->[ \t]*$", re.MULTILINE)

Subject = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\r\n]+$")]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Version(_Shape):
    subject: Subject


class _Front(_Shape):
    slug: Slug
    topics: Annotated[list[Topic], Field(min_length=1)]
    archive: bool = False
    fr: _Version
    en: _Version | None = None


def read(path: Path) -> Campaign:
    """The letter of the file, as a row that is in no session yet. Raises Refused with a line for each problem."""
    try:
        return parse(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeError) as error:
        raise Refused(_("%(file)s ne se lit pas : %(error)s", file=path.name, error=error)) from None


def parse(text: str) -> Campaign:
    fences = list(_FENCE.finditer(text))
    if len(fences) < 2 or text[: fences[0].start()].strip():
        raise Refused(_("La lettre commence par ce qui la décrit, entre deux lignes « +++ »."))
    front = _front(text[fences[0].end() : fences[1].start()])
    bodies = _bodies(text, fences[1].end())
    wanted = {"fr", "en"} if front.en else {"fr"}
    if bodies.keys() != wanted:
        marks = ", ".join(f"<!-- {lang} -->" for lang in sorted(wanted, reverse=True))
        raise Refused(
            _("Le corps de la lettre a une partie sous chacune de ces lignes, et pas d'autre : %(marks)s.", marks=marks)
        )
    return Campaign(
        slug=front.slug,
        state=CampaignState.DRAFT,
        topics=list(dict.fromkeys(topic.value for topic in front.topics)),
        subject_fr=front.fr.subject,
        subject_en=front.en.subject if front.en else None,
        body_fr=bodies["fr"],
        body_en=bodies.get("en"),
        in_archive=front.archive,
        created_at=clock.now(),
        reach={},
        frozen={},
        left_out={},
    )


def _front(text: str) -> _Front:
    try:
        return _Front.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise Refused(_("Entre les lignes « +++ » : %(error)s", error=error)) from None
    except ValidationError as error:
        lines = (f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}" for problem in error.errors())
        raise Refused("\n".join(lines)) from None


def _bodies(text: str, start: int) -> dict[str, str]:
    """Each language's part; a block that cannot be filled is told with its line in the file."""
    marks = list(_LANGUAGE.finditer(text, start))
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    bodies: dict[str, str] = {}
    for mark, end in zip(marks, ends, strict=True):
        body = text[mark.end() + 1 : end]
        blocks.expand(body, lang=mark[1], first_line=text.count("\n", 0, mark.end()) + 2)
        bodies[mark[1]] = body.strip("\n")
    return bodies

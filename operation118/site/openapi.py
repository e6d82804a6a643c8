"""The description of the read API (OpenAPI 3.1), its components made from the shapes it answers with."""

import json
from functools import cache
from typing import Any

from flask import Blueprint, Response
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from operation118.film.views import the_film
from operation118.site import shapes
from operation118.site.api import SLUG_PATTERN, PressQuery, ScreeningQuery
from operation118.web.links import absolute

bp = Blueprint("openapi", __name__)

VERSION = "1.0.0"
REF = "#/components/schemas/{model}"
LICENCE = {"name": "CC BY 4.0", "url": "https://creativecommons.org/licenses/by/4.0/"}
DESCRIPTION = (
    "The facts of the film with their sources, what the press wrote, and the screenings. Reading needs no key. Every "
    "answer carries an ETag; errors are problem+json (RFC 9457). Texts come in French and in English; dates say no "
    "more than is known."
)
ANSWERED = (shapes.Film, shapes.PressList, shapes.ScreeningList, shapes.Problem)
SLUG = {"name": "slug", "in": "path", "required": True, "schema": {"type": "string", "pattern": SLUG_PATTERN}}

Json = dict[str, Any]


def _components() -> Json:
    """Every shape by its name, as it is written; the arguments' own types too."""
    _, answered = models_json_schema([(shape, "serialization") for shape in ANSWERED], ref_template=REF)
    _, asked = models_json_schema([(query, "validation") for query in (PressQuery, ScreeningQuery)], ref_template=REF)
    queries = {PressQuery.__name__, ScreeningQuery.__name__}
    return {name: shape for name, shape in (asked["$defs"] | answered["$defs"]).items() if name not in queries}


def _parameters(query: type[BaseModel]) -> list[Json]:
    properties: dict[str, Json] = query.model_json_schema(ref_template=REF)["properties"]
    return [_parameter(name, dict(schema)) for name, schema in properties.items()]


def _parameter(name: str, schema: Json) -> Json:
    """An argument is absent rather than null."""
    description: str | None = schema.pop("description", None)
    if "anyOf" in schema:
        schema = next(choice for choice in schema["anyOf"] if choice.get("type") != "null")
    schema.pop("title", None)
    told = {"description": description} if description else {}
    return {"name": name, "in": "query", "required": False, "schema": schema} | told


def _answer(description: str, shape: str, mimetype: str = "application/json") -> Json:
    return {"description": description, "content": {mimetype: {"schema": {"$ref": REF.format(model=shape)}}}}


def _operation(name: str, summary: str, shape: str, parameters: list[Json]) -> Json:
    problems = {"400": "An argument is unknown, given twice or malformed.", "405": "This address is only read."}
    if SLUG in parameters:
        problems |= {"404": "There is no such thing, or not yet.", "410": "It was withdrawn."}
    answers = {"200": _answer("What was asked for.", shape), "304": {"description": "What you hold is still true."}}
    refusals = {code: _answer(text, "Problem", "application/problem+json") for code, text in sorted(problems.items())}
    return {
        "get": {
            "operationId": name,
            "summary": summary,
            "parameters": parameters,
            "responses": answers | refusals,
        }
    }


@cache
def paths() -> Json:
    press, screenings = _parameters(PressQuery), _parameters(ScreeningQuery)
    return {
        "/api/film": _operation("film", "The film and its facts", "Film", []),
        "/api/press": _operation("press", "Articles and interviews, newest first", "PressList", press),
        "/api/press/{slug}": _operation("press_item", "One article or interview", "PressItem", [SLUG]),
        "/api/screenings": _operation("screenings", "Screenings, oldest first", "ScreeningList", screenings),
        "/api/screenings/{slug}": _operation("screening", "One screening", "Screening", [SLUG]),
    }


@bp.get("/openapi.json")
def document() -> Response:
    film = the_film()
    whole = {
        "openapi": "3.1.0",
        "info": {"title": film.title, "version": VERSION, "description": DESCRIPTION, "license": LICENCE},
        "servers": [{"url": absolute("/")}],
        "paths": paths(),
        "components": {"schemas": _components()},
    }
    return Response(json.dumps(whole, ensure_ascii=False), mimetype="application/json")

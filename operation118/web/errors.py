"""Error pages in both languages, and problem+json (RFC 9457) under `/api/`."""

from http import HTTPStatus

from flask import Flask, Response, g, json, render_template, request
from sqlalchemy.exc import DatabaseError
from werkzeug.exceptions import HTTPException, InternalServerError, ServiceUnavailable
from werkzeug.wrappers import Response as AnyResponse

from operation118.database import db
from operation118.web.languages import gettext as _
from operation118.web.languages import path_language
from operation118.web.logs import log
from operation118.web.sessions import OFFICE
from operation118.web.settings import current_settings

RETRY_SECONDS = 60


def _words(code: int) -> tuple[str, str]:
    """Title and advice for a status; 4xx without words of its own gets those of 400."""
    words = {
        400: (_("Nous n'avons pas compris la demande"), _("L'adresse ou ce qui l'accompagne est mal formé. Rien n'a été perdu de votre côté : corrigez l'adresse, ou repartez d'une rubrique.")),
        403: (_("Cette demande vient d'ailleurs"), _("Par sûreté, ce site n'accepte un envoi que depuis ses propres pages. Rouvrez la page, et recommencez d'ici.")),
        404: (_("Le numéro que vous demandez n'est pas attribué"), _("Cette page n'existe pas, ou n'existe plus. Les touches ci-dessous, elles, répondent.")),
        405: (_("Cette page se lit, elle ne s'écrit pas"), _("L'adresse existe, mais ne reçoit pas ce genre d'envoi. Ouvrez-la simplement.")),
        406: (_("Nous ne savons pas répondre sous cette forme"), _("Demandez la page en HTML, ou les données en JSON.")),
        410: (_("Ce numéro a été résilié"), _("Cette page a existé ; elle a été retirée.")),
        413: (_("C'est trop long pour une seule communication"), _("Envoyez quelque chose de plus court ; rien n'a été gardé de cet envoi.")),
        414: (_("Cette adresse est trop longue"), _("Raccourcissez la recherche, ou repartez d'une rubrique.")),
        429: (_("Toutes nos lignes sont occupées"), _("Vous avez appelé souvent en peu de temps. Attendez une minute, puis recommencez.")),
        431: (_("Cette demande est trop lourde"), _("Votre navigateur envoie plus que nous n'acceptons ; videz les données de ce site, puis recommencez.")),
        500: (_("La ligne a été coupée de notre côté"), _("Une panne nous empêche de répondre ; elle est notée et sera examinée. Réessayez dans quelques minutes.")),
        502: (_("La ligne a été coupée de notre côté"), _("Un de nos relais n'a pas répondu. Réessayez dans quelques minutes.")),
        503: (_("Nous revenons tout de suite"), _("Le site est en entretien ou ne joint pas ses données. Réessayez dans quelques minutes.")),
    }  # fmt: skip
    return words.get(code) or words[500 if code >= 500 else 400]


def is_api(path: str) -> bool:
    return path.startswith("/api/")


def problem(code: int, detail: str) -> Response:
    """A problem+json answer; `type` about:blank means the status says it all."""
    body = {"type": "about:blank", "title": HTTPStatus(code).phrase, "status": code, "detail": detail}
    return Response(json.dumps(body), code, mimetype="application/problem+json")


def answer(error: HTTPException) -> AnyResponse:
    """The page (or the problem) for `error`; redirects and ready-made responses pass as they are."""
    if error.response is not None or error.code is None or error.code < 400:
        return error.get_response()
    if is_api(request.path):
        response = problem(error.code, error.description or "")
    else:
        g.lang = path_language(request.path)
        title, advice = _words(error.code)
        desk = OFFICE if request.path.startswith(OFFICE) and current_settings()["OFFICE"] else ""
        page = render_template("errors/error.html", code=error.code, title=title, advice=advice, desk=desk)
        response = Response(page, error.code, mimetype="text/html")
    for name, value in error.get_headers(request.environ):
        if name.lower() not in ("content-type", "content-length"):
            response.headers[name] = value
    return response


def unreachable_data(error: DatabaseError) -> AnyResponse:
    """The database does not answer, lacks its tables or is no database: say so, and when to come back."""
    log.error("database unreachable", exc_info=error)
    db.session.rollback()
    return answer(ServiceUnavailable(retry_after=RETRY_SECONDS))


def init_app(app: Flask) -> None:
    app.register_error_handler(HTTPException, answer)
    app.register_error_handler(InternalServerError, answer)
    app.register_error_handler(DatabaseError, unreachable_data)

"""For machines that watch: is the process alive, can it serve, what has it counted."""

import hmac

from flask import Blueprint, Response, abort, request
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from operation118.database import Revision, db
from operation118.web.headers import private
from operation118.web.settings import current_settings

bp = Blueprint("health", __name__)

LOOPBACK = ("127.0.0.1", "::1")


@bp.get("/healthz")
def alive() -> Response:
    return private(Response("ok\n", mimetype="text/plain"))


@bp.get("/readyz")
def ready() -> Response:
    """200 when the database answers and has its tables, else 503."""
    try:
        revision = db.session.scalar(select(Revision.number))
    except SQLAlchemyError:
        revision = None
    if revision is None:
        return private(Response("the database does not answer or is empty\n", 503, mimetype="text/plain"))
    return private(Response("ok\n", mimetype="text/plain"))


@bp.get("/metrics")
def metrics() -> Response:
    """Counters in Prometheus's form, for this machine or for who holds the token."""
    if not _may_measure():
        abort(404)
    return private(Response(generate_latest(), content_type=CONTENT_TYPE_LATEST))


def _may_measure() -> bool:
    token = current_settings()["METRICS_TOKEN"]
    given = request.headers.get("Authorization", "")
    if token and hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):  # of letters it takes ASCII only
        return True
    # behind a proxy on this same machine every visitor seems local, but the proxy says so
    forwarded = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    return request.remote_addr in LOOPBACK and not forwarded

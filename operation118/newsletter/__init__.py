"""The letter: who asked for it, the proof that they did, what is written to them."""

from flask import Flask

from operation118.mail import bounces, chores, composing
from operation118.newsletter import (
    alert_views,
    alerts,
    archive_views,
    blocks,
    campaigns,
    delivering,
    digests,
    erasing,
    leaving_views,
    ledger,
    proposals,
    purging,
    subscribers_cli,
    subscribing,
    uploads,
    views,
    wording,
)
from operation118.newsletter import models as models

ARGUMENTS = frozenset({views.DONE})


def init_app(app: Flask) -> None:
    blocks.init_app(app)
    proposals.init_app(app)
    bounces.on_complaint(app, subscribing.complained)
    composing.register(app, delivering.Deliveries())
    app.register_blueprint(leaving_views.bp)  # the same as the one of views, with the way out
    app.register_blueprint(archive_views.bp)
    app.register_blueprint(alert_views.bp)
    app.cli.add_command(subscribers_cli.newsletter)
    app.jinja_env.globals["letter"] = wording  # pyright: ignore[reportArgumentType]
    app.jinja_env.globals["alert_rules"] = alerts  # pyright: ignore[reportArgumentType]
    chores.register(app, "newsletter.remind", subscribing.remind)
    chores.register(app, "newsletter.expire", erasing.expire)
    chores.register(app, "newsletter.forget_networks", ledger.forget_networks)
    chores.register(app, "newsletter.launch", campaigns.launch_due)
    chores.register(app, "newsletter.alerts", digests.digest)
    chores.register(app, "newsletter.alerts_ending", digests.warn)
    chores.register(app, "newsletter.expire_alerts", alerts.expire)
    chores.register(app, "newsletter.purge", purging.by_night)
    chores.register(app, "newsletter.forget_uploads", uploads.forget)

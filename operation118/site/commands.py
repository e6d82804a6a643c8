"""`flask settings` and `flask doctor`."""

import click
from flask.cli import with_appcontext

from operation118 import config
from operation118.config import SETTINGS
from operation118.site import doctor
from operation118.web.settings import current_settings


@click.command("settings")
@click.option("--markdown", is_flag=True, help="Print the table of docs/settings.md instead.")
@with_appcontext
def show_settings(markdown: bool) -> None:
    """List every setting with its value and where it comes from; secrets are masked."""
    if markdown:
        click.echo(config.table())
        return
    settings = current_settings()
    width = max(len(setting.variable) for setting in SETTINGS)
    for setting in SETTINGS:
        value = config.masked(setting, settings) or "–"
        click.echo(f"{setting.variable:{width}}  {settings.origin(setting.name):11}  {value}")


@click.command("doctor")
@with_appcontext
def examine() -> None:
    """Examine this installation: one line a check, with what to do; status 1 if something is wrong."""
    findings = list(doctor.examine(current_settings()))
    for finding in findings:
        click.echo(finding)
    if any(finding.problem for finding in findings):
        raise SystemExit(1)

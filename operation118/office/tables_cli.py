"""`flask tables`: the long work of an import, which the office starts in a process of its own."""

import click
from flask.cli import AppGroup

from operation118 import publication
from operation118.accounts.models import Staff
from operation118.database import db
from operation118.office import jobs, table_files
from operation118.office.table_files import Sent

tables = AppGroup("tables", help="Imports of tables that were sent to the office.")


def _sent(token: str) -> Sent:
    sent = table_files.find(token)
    if sent is None:
        raise click.ClickException("Nothing was sent under this name, or it was more than a day ago.")
    return sent


@tables.command()
@click.argument("token")
def rehearse(token: str) -> None:
    """Say what the import sent under TOKEN would do; the office shows it."""
    with publication.everything():
        jobs.rehearse(_sent(token))


@tables.command()
@click.argument("token")
def apply(token: str) -> None:
    """Do what was rehearsed of the import sent under TOKEN."""
    sent = _sent(token)
    with publication.everything():
        jobs.apply(sent, db.session.get(Staff, sent.staff_id))

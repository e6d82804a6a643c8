"""`flask mail`: the outbox from a terminal."""

import os
from typing import NoReturn

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext

from operation118 import clock
from operation118.database import db
from operation118.mail import outbox, queries
from operation118.mail.jobs import Bell
from operation118.mail.models import Message, MessageState
from operation118.mail.parcels import Packer
from operation118.web.settings import current_settings

mail = AppGroup("mail", help="The outbox: what waits, what left, what came back.")

_state = click.option(
    "--state", type=click.Choice([state.value for state in MessageState]), help="Only the mails in this state."
)


def _refuse(reason: str) -> NoReturn:
    click.echo(reason, err=True)
    raise SystemExit(1)


def _found(message_id: int) -> Message:
    return queries.find(message_id) or _refuse(f"There is no mail {message_id}.")


@mail.command()
def status() -> None:
    """Say where mail goes and how many mails stand in each state."""
    settings = current_settings()
    click.echo(f"Mail goes to {settings['SMTP_URL'] or f'files in {settings.data_dir}/mail: no relay is set'}.")
    for state, number in sorted(queries.counts().items()):
        click.echo(f"{state.value:12}{number:>9}")


@mail.command("list")
@_state
@click.option("--limit", default=20, show_default=True, help="How many at most.")
def list_mails(state: str | None, limit: int) -> None:
    """List the newest mails: number, state, when, to whom, what."""
    for message in queries.latest(state=MessageState(state) if state else None, limit=limit):
        when = message.created_at.astimezone(clock.PARIS)
        what = message.subject or f"campaign {message.campaign_id}"
        click.echo(f"{message.id:>7}  {message.state.value:10}  {when:%Y-%m-%d %H:%M}  {message.recipient}  {what}")


@mail.command()
@click.argument("number", type=int)
@click.option("--raw", is_flag=True, help="The bytes as they cross the wire, instead of the text.")
def show(number: int, raw: bool) -> None:
    """Show one mail, as its reader sees it without pictures, and what the relay said."""
    message = _found(number)
    if raw:
        parcels, left_out = Packer(current_settings()).pack([message])
        click.echo(parcels[0].ready.data if parcels else left_out[number], nl=False)
        return
    click.echo(f"{message.subject or ''}\nto {message.recipient} ({message.lang}), {message.state.value}")
    click.echo(f"{message.code or ''} {message.reply or ''}".strip() + "\n")
    click.echo(message.text or f"(the letter of campaign {message.campaign_id})", nl=False)


@mail.command()
@click.argument("numbers", type=int, nargs=-1)
@_state
def retry(numbers: tuple[int, ...], state: str | None) -> None:
    """Send mails again: those of these NUMBERS, or all of no campaign that are `--state` failed, uncertain or kept."""
    chosen = [_found(number) for number in numbers] + list(queries.in_state(MessageState(state)) if state else [])
    try:
        for message in chosen:
            outbox.retry(message)
    except outbox.Refused as refused:
        db.session.rollback()
        _refuse(f"{refused}. Nothing was changed.")
    db.session.commit()
    click.echo(f"{len(chosen)} mails wait to be sent again.")


@click.command("work")
@click.option("--once", is_flag=True, help="Do a minute's work, send what is due, and stop.")
@click.option("--attached", is_flag=True, help="Stop when the process that started this one is gone.")
@with_appcontext
def work(once: bool, attached: bool) -> None:
    """Send mail until Ctrl-C; any number of workers may run, on any number of machines (on SQLite, one)."""
    bell: Bell = current_app.extensions["bell"]
    if once:
        bell.worker.minute()
        return
    bell.answer(attached_to=os.getppid() if attached else None)


mail.add_command(work)

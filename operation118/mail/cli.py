"""`flask mail`: the outbox from a terminal."""

import os
import sys
from datetime import datetime, timedelta
from typing import NoReturn

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext
from sqlalchemy.exc import SQLAlchemyError

from operation118 import clock, tokens
from operation118.database import db
from operation118.mail import addresses, bounces, outbox, queries, reports, suppression
from operation118.mail.jobs import Bell
from operation118.mail.models import Message, MessageState, SuppressionReason, SuppressionScope
from operation118.mail.parcels import Packer
from operation118.web.settings import current_settings

mail = AppGroup("mail", help="The outbox: what waits, what left, what came back.")

_state = click.option(
    "--state", type=click.Choice([state.value for state in MessageState]), help="Only the mails in this state."
)


def _canonical(context: click.Context, parameter: click.Parameter, typed: str | None) -> str | None:
    if typed is None:
        return None
    try:
        return addresses.canonical(typed.strip())
    except addresses.NoAddress as error:
        raise click.BadParameter(str(error)) from None


def counted(number: int, noun: str) -> str:
    """« 1 mail », « 2 mails »."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


_address = click.argument("address", callback=_canonical)


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
        click.echo(parcels[0].data if parcels else left_out[number], nl=False)
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
    click.echo(f"To be sent again: {counted(len(chosen), 'mail')}.")


@mail.command()
def bounce() -> None:
    """Take in the report on standard input; a mail server pipes each one here and reads the status.

    0: taken. 65: this is no mail. 75: the database does not answer, hand it in again later.
    """
    raw = sys.stdin.buffer.read()
    try:
        bounces.receive(raw)
        db.session.commit()
    except reports.Unreadable as error:
        click.echo(f"This cannot be read: {error}.", err=True)
        raise SystemExit(os.EX_DATAERR) from error
    except SQLAlchemyError as error:
        click.echo("The database does not answer; hand this in again later.", err=True)
        raise SystemExit(os.EX_TEMPFAIL) from error


@mail.command("bounces")
@click.option("--days", default=7, show_default=True, help="Of how many days.")
def list_bounces(days: int) -> None:
    """Count what came back, by kind and by status, the most frequent first."""
    for kind, status, number in bounces.tally(since=clock.now() - timedelta(days=days)):
        click.echo(f"{kind.value:10}  {status or '–':9}{number:>9}")


@mail.group()
def suppressed() -> None:
    """The addresses that are not written to; they are known by their hash only."""


@suppressed.command("list")
@click.argument("address", required=False, callback=_canonical)
def list_suppressed(address: str | None) -> None:
    """Say what stands in the list for ADDRESS, or how many addresses it has for each reason."""
    if address is None:
        for reason, number in sorted(suppression.counts().items()):
            click.echo(f"{reason.value:12}{number:>9}")
        return
    for line in suppression.lines(tokens.fingerprint(address)):
        click.echo(f"{line.since.astimezone(clock.PARIS):%Y-%m-%d %H:%M}  {line.scope.value:4}  {line.reason.value}")


@suppressed.command()
@_address
@click.option("--bulk", is_flag=True, help="Go on sending what its owner asks for.")
def add(address: str, bulk: bool) -> None:
    """Write no more to ADDRESS, as its owner asked."""
    scope = SuppressionScope.BULK if bulk else SuppressionScope.ALL
    suppression.suppress(tokens.fingerprint(address), scope=scope, reason=SuppressionReason.REQUEST)
    db.session.commit()


@suppressed.command()
@_address
@click.option(
    "--reason", type=click.Choice([each.value for each in SuppressionReason]), help="Only if it stands for this."
)
def lift(address: str, reason: str | None) -> None:
    """Allow ADDRESS to be written to again."""
    reasons = [SuppressionReason(reason)] if reason else list(SuppressionReason)
    number = suppression.lift(tokens.fingerprint(address), reasons=reasons)
    db.session.commit()
    click.echo(f"{counted(number, 'line')} left the list." if number else "It was not in the list.")


@suppressed.command()
@click.option("--reason", type=click.Choice(["hard_bounce", "soft_bounces"]), required=True)
@click.option("--since", type=click.DateTime(["%Y-%m-%d %H:%M", "%Y-%m-%d"]), required=True, help="Paris time.")
def undo(reason: str, since: datetime) -> None:
    """Take back what bounces put in the list from an instant on, when a server said wrong things of everybody."""
    from_then = since.replace(tzinfo=clock.PARIS)
    number = suppression.take_back(reason=SuppressionReason(reason), since=from_then)
    db.session.commit()
    click.echo(f"{counted(number, 'line')} left the list.")


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

"""`flask newsletter`: write a letter, look at it, send it, watch it leave. docs/letter.md goes through it step by step."""

import json
import logging
import time
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup
from sqlalchemy import select

from operation118.clock import PARIS
from operation118.database import db
from operation118.mail import lanes
from operation118.mail.cli import counted
from operation118.mail.models import MessageState
from operation118.newsletter import (
    addresses,
    audience,
    campaigns,
    checks,
    letters,
    moments,
    proof,
    purging,
    reach,
    rehearsal,
    rendering,
)
from operation118.newsletter.audience import Standing
from operation118.newsletter.checks import Finding
from operation118.newsletter.models import Campaign, CampaignState
from operation118.newsletter.refused import Refused
from operation118.web.languages import LANGUAGES, speaking
from operation118.web.settings import current_settings

newsletter = AppGroup("newsletter", help="The letter: who reads it, and what is written to them.")

LOOK = 1  # seconds between two looks at a campaign that is followed

_letter = click.argument("letter", metavar="FILE|NAME")
_name = click.argument("name")
_network = click.option("--network/--no-network", default=True, help="Ask the foreign pages whether they answer.")
_follow = click.option("--follow", is_flag=True, help="Watch the mails leave; Ctrl-C only stops watching.")
_yes = click.option("--yes", is_flag=True, help="Do not ask first.")


def answered(command: Callable[..., None]) -> Callable[..., None]:
    """Speak English, keep the site's own log quiet, and turn a refusal into its lines on standard error and status 1."""

    @wraps(command)
    def run(*args: Any, **values: Any) -> None:
        logging.disable(logging.INFO)
        try:
            with speaking("en"):
                command(*args, **values)
        except Refused as refused:
            db.session.rollback()
            click.echo(str(refused), err=True)
            raise SystemExit(1) from None
        finally:
            logging.disable(logging.NOTSET)

    return run


def _read(letter: str) -> Campaign:
    """The letter of a file, in no session, or the one kept under a name."""
    path = Path(letter)
    return letters.read(path) if path.is_file() else campaigns.find(letter)


@newsletter.command("list")
@answered
def list_letters() -> None:
    """Every letter, newest first: its state, its name, its subject."""
    for campaign in db.session.scalars(select(Campaign).order_by(Campaign.id.desc())):
        click.echo(f"{campaign.state:10} {campaign.slug:30} {campaign.subject_fr}")


@newsletter.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@answered
def draft(file: Path) -> None:
    """Keep the letter of FILE as a draft; a scheduled one of the same name is a draft again."""
    campaign = campaigns.draft(letters.read(file))
    db.session.commit()
    click.echo(f"{campaign.slug}: kept as a draft.")


@newsletter.command()
@_letter
@click.option("--folder", type=click.Path(file_okay=False, path_type=Path), help="Where the HTML goes.")
@answered
def preview(letter: str, folder: Path | None) -> None:
    """Print the text of a letter in each language, and write its HTML in a folder."""
    campaign = _read(letter)
    folder = folder or current_settings().data_dir / "letters"
    folder.mkdir(parents=True, exist_ok=True)
    for lang in rendering.languages(campaign):
        parts = rendering.sample(campaign, lang)
        path = folder / f"{campaign.slug}.{lang}.html"
        path.write_text(parts.html, encoding="utf-8")
        click.echo(f"{lang}: {parts.subject}\n\n{parts.text}\n{lang}: {path}\n")


def _examined(campaign: Campaign, *, network: bool) -> None:
    """Print what the checks find. Raises Refused when there is an error."""
    found: list[Finding] = []
    with click.progressbar(checks.checks(network=network), label="Checks") as bar:
        for check in bar:
            found += check(campaign)
    for finding in found:
        click.echo(f"{'error' if finding.is_error else 'warning'}: {finding.message}", err=finding.is_error)
    if any(finding.is_error for finding in found):
        raise Refused("Errors keep the letter here; correct them, then check again.")


@newsletter.command()
@_letter
@_network
@answered
def check(letter: str, network: bool) -> None:
    """Look for what would be wrong with a letter; status 1 if there is an error."""
    _examined(_read(letter), network=network)
    click.echo("The letter may leave.")


@newsletter.command()
@_letter
@click.argument("address")
@click.option("--lang", type=click.Choice(LANGUAGES), multiple=True, help="Only this language.")
@answered
def test(letter: str, address: str, lang: tuple[str, ...]) -> None:
    """Send a letter to ADDRESS and to nobody else, its subject marked."""
    campaign, recipient = _read(letter), addresses.read(address)
    rehearsal.send_test(campaign, to=recipient, langs=lang)
    db.session.commit()
    click.echo(f"In the outbox, for {recipient}; its links are not counted, and its way out works on nobody.")


def _told(standing: dict[Standing, int]) -> None:
    written = standing.get(Standing.WRITTEN, 0)
    click.echo(f"{written:>9}  reader{'' if written == 1 else 's'}")
    for reason, number in standing.items():
        if reason is not Standing.WRITTEN:
            click.echo(f"{number:>9}  left out: {reason.value.replace('_', ' ')}")


@newsletter.command()
@_letter
@click.option("--at", metavar="WHEN", help="Later: « 1er décembre 2027 à 20 h 30 », “2027-12-01 20:30” (Paris).")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@_yes
@_network
@_follow
@answered
def launch(letter: str, at: str | None, dry_run: bool, yes: bool, network: bool, follow: bool) -> None:
    """Send a letter to everybody who asked for one of its topics, now or later."""
    campaign, instant = _read(letter), moments.read(at) if at else None
    _examined(campaign, network=network)
    _told(audience.count(campaign.topics, reach.read(campaign.reach)))
    if dry_run:
        click.echo("Nothing was done.")
        return
    if campaign not in db.session:
        campaign = campaigns.draft(campaign)
        db.session.commit()
    if not yes:
        click.confirm(f"Send “{campaign.subject_fr}”{f' on {_moment(instant)}' if instant else ''}?", abort=True)
    if instant:
        campaigns.schedule(campaign, at=instant)
        db.session.commit()
        click.echo(f"{campaign.slug}: leaves on {_moment(instant)}, Paris.")
        return
    written = campaigns.launch(campaign)
    db.session.commit()
    click.echo(f"{campaign.slug}: {counted(written, 'mail')} in the outbox.")
    if follow:
        _watch(campaign)


def _moment(instant: Any) -> str:
    return f"{instant.astimezone(PARIS):%Y-%m-%d %H:%M}" if instant else "–"


@newsletter.command()
@_name
@_follow
@answered
def status(name: str, follow: bool) -> None:
    """How far a letter is: mails by state, readers left out, links followed."""
    campaign = campaigns.find(name)
    if follow:
        _watch(campaign)
    click.echo(f"{campaign.slug}: {campaign.state}")
    if campaign.scheduled_at:
        click.echo(f"scheduled {_moment(campaign.scheduled_at)}")
    click.echo(f"launched  {_moment(campaign.launched_at)}\nsettled   {_moment(campaign.settled_at)}")
    for state, number in lanes.counts(campaign.id).items():
        click.echo(f"{number:>9}  {state}")
    for reason, number in campaign.left_out.items():
        click.echo(f"{number:>9}  left out: {reason.replace('_', ' ')}")
    for link in campaign.links:
        click.echo(f"{link.clicks:>9}  visits: {link.url}")


def _watch(campaign: Campaign) -> None:
    counts = lanes.counts(campaign.id)
    with click.progressbar(length=sum(counts.values()), label=campaign.slug) as bar:
        while campaign.state is CampaignState.SENDING:
            settled = sum(number for state, number in counts.items() if state not in campaigns.ON_THE_WAY)
            bar.update(settled - bar.pos)
            time.sleep(LOOK)
            db.session.rollback()
            db.session.refresh(campaign)
            counts = lanes.counts(campaign.id)
        bar.update(sum(counts.values()) - bar.pos if campaign.state is CampaignState.SENT else 0)


@newsletter.command()
@_name
@answered
def pause(name: str) -> None:
    """Let no more of a letter leave for now."""
    campaigns.pause(campaigns.find(name))
    db.session.commit()
    click.echo(f"{name}: paused; the mail that a worker is speaking still leaves, and no other.")


@newsletter.command()
@_name
@answered
def resume(name: str) -> None:
    """Let a paused letter leave again."""
    campaigns.resume(campaigns.find(name))
    db.session.commit()
    click.echo(f"{name}: sending.")


@newsletter.command()
@_name
@_yes
@answered
def stop(name: str, yes: bool) -> None:
    """Let nothing more of a letter leave, ever."""
    campaign = campaigns.find(name)
    if not yes:
        click.confirm(f"Cancel “{campaign.subject_fr}” for good?", abort=True)
    spared = campaigns.stop(campaign)
    db.session.commit()
    click.echo(f"{name}: cancelled, {counted(spared, 'mail')} will not leave.")


@newsletter.command()
@_name
@click.option("--failed", "state", flag_value=MessageState.FAILED, type=MessageState, help="What the relay refused.")
@click.option(
    "--uncertain", "state", flag_value=MessageState.UNCERTAIN, type=MessageState, help="What may have arrived already."
)
@click.option("--kept", "state", flag_value=MessageState.KEPT, type=MessageState, help="What had no relay to go to.")
@answered
def retry(name: str, state: MessageState | None) -> None:
    """Send again what failed, what nobody knows the end of, or what was kept while no relay was set."""
    if state is None:
        raise click.UsageError("Say --failed, --uncertain or --kept.")
    number = campaigns.retry(campaigns.find(name), state=state)
    db.session.commit()
    click.echo(f"{name}: {counted(number, 'mail')} put back.")


@newsletter.command()
@click.option("--days", type=click.IntRange(min=1), default=purging.KEPT_DAYS, show_default=True)
@answered
def purge(days: int) -> None:
    """Forget to whom the letters settled more than DAYS days ago were sent; the counts stay."""
    number = purging.purge(days=days)
    db.session.commit()
    click.echo(f"Without a recipient from now on: {counted(number, 'mail')}.")


@newsletter.command("proof")
@click.argument("address")
@click.option("--json", "as_json", is_flag=True, help="For a program.")
@answered
def prove(address: str, as_json: bool) -> None:
    """What proves that ADDRESS agreed: every line of the consent ledger, with the words that were shown."""
    found = proof.of(address)
    click.echo(json.dumps(found.as_data(), ensure_ascii=False, indent=2) if as_json else found.as_text())
    if not found.lines:
        raise Refused("The ledger has no line about this address.")

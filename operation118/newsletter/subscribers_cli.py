"""`flask newsletter import` and `export`: subscribers come from another list, and leave as one."""

from pathlib import Path

import click

from operation118.accounts.models import Staff
from operation118.database import db
from operation118.newsletter import exporting, importing, jobs, lists, rights, uploads
from operation118.newsletter.cli import answered, newsletter
from operation118.newsletter.importing import Report, Terms
from operation118.newsletter.models import Topic
from operation118.newsletter.rights import Way
from operation118.newsletter.uploads import SentLists
from operation118.web.languages import LANGUAGES
from operation118.web.settings import current_settings

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@newsletter.command("import")
@click.argument("files", nargs=-1, required=True, type=_FILE)
@click.option(
    "--topic",
    "topics",
    multiple=True,
    type=click.Choice([topic.value for topic in Topic]),
    help="What they asked to read about; repeat it for several.",
)
@click.option(
    "--lang",
    default="fr",
    show_default=True,
    type=click.Choice(LANGUAGES),
    help="The language of those whose list does not say.",
)
@click.option("--ask", is_flag=True, help="Ask those without a proof of consent to confirm, instead of refusing them.")
@click.option(
    "--per-hour", default=500, show_default=True, type=click.IntRange(min=1), help="How many are asked in an hour."
)
@click.option("--called", default="", help="The name under which those who are asked know the list.")
@click.option("--dry-run", is_flag=True, help="Rehearse all of it, say what would be done, and undo it.")
@answered
def import_(
    files: tuple[Path, ...], topics: tuple[str, ...], lang: str, ask: bool, per_hour: int, called: str, dry_run: bool
) -> None:
    """Take over the lists in FILES, as Mailchimp, Brevo, listmonk or this site export them, or plain tables of addresses:
    all of them or nothing."""
    sources = [lists.recognised(path) for path in files]
    for source in sources:
        click.echo(f"{source.path.name}: from {source.format.name}, {source.encoding}")
    wanted = frozenset(Topic(topic) for topic in topics)
    with_network = current_settings()["CONSENT_NETWORK"]
    terms = Terms(wanted, lang, ask, per_hour, with_network, called)
    with click.progressbar(length=2 * sum(source.length for source in sources), label="Lines") as bar:
        report = importing.take_over(sources, terms=terms, progress=bar.update, rehearse=dry_run)
    _tell(report)
    if dry_run:
        click.echo("Nothing was done.")
    else:
        db.session.commit()


def _sent(token: str) -> SentLists:
    sent = uploads.find(token)
    if sent is None:
        raise click.ClickException("Nothing was sent under this name, or it was more than a day ago.")
    return sent


@newsletter.command()
@click.argument("token")
def rehearse_list(token: str) -> None:
    """Say what would become of the list that was sent to the office under TOKEN; the office shows it, in French."""
    jobs.rehearse(_sent(token))


@newsletter.command()
@click.argument("token")
@click.option("--by", type=int, help="The number of whoever of the team confirmed it, for the journal.")
def take_over(token: str, by: int | None) -> None:
    """Take over the list that was sent to the office under TOKEN, if that is still what was rehearsed."""
    jobs.apply(_sent(token), db.session.get(Staff, by) if by else None)


def _tell(report: Report) -> None:
    for outcome, number in sorted(report.counts.items(), key=lambda pair: -pair[1]):
        click.echo(f"{number:>9}  {outcome.value}")
    for name, number, problem in report.problems:
        click.echo(f"{name}, line {number}: {problem}", err=True)
    untold = sum(report.counts[outcome] for outcome in importing.PROBLEMS) - len(report.problems)
    if untold:
        click.echo(f"… and {untold} more.", err=True)


@newsletter.command()
@click.argument("file", type=click.Path(dir_okay=False, writable=True, path_type=Path))
@click.option("--bom", is_flag=True, help="Begin with the mark by which Excel knows UTF-8.")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@answered
def export(file: Path, bom: bool, force: bool) -> None:
    """Write every subscriber to FILE as CSV: state, language, topics, when and before which words they agreed."""
    mode = "w" if force else "x"
    try:
        with file.open(mode, encoding="utf-8-sig" if bom else "utf-8", newline="") as out:
            file.chmod(0o600)
            with click.progressbar(length=exporting.count(), label="Subscribers") as bar:
                exporting.write(out, progress=bar.update)
    except FileExistsError:
        raise click.UsageError(f"{file} is there already; --force writes over it.") from None
    click.echo(f"{file}: addresses of people; keep it no longer than you need it.")


_asked = click.option(
    "--asked",
    required=True,
    type=click.Choice([way.value for way in Way]),
    help="How you were asked; the ledger keeps it.",
)


@newsletter.command()
@click.argument("address")
@_asked
@answered
def unsubscribe(address: str, asked: str) -> None:
    """Write to ADDRESS no more, as its owner asked you by another way than a link."""
    rights.leave(rights.of_address(address), asked=Way(asked))
    db.session.commit()
    click.echo("Done: nothing more is written to them.")


@newsletter.command()
@click.argument("address")
@_asked
@answered
def erase(address: str, asked: str) -> None:
    """Erase all that is held about ADDRESS, as its owner asked you by another way than a link."""
    rights.forget(rights.of_address(address), asked=Way(asked))
    db.session.commit()
    click.echo("Done: only the hash of the address stays, so that no list brings it back.")

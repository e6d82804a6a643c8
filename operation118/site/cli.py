"""`flask content`: check the content files, load them, write them back."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NoReturn

import click
from flask.cli import AppGroup
from sqlalchemy.exc import SQLAlchemyError

from operation118.content import ContentError, Tally
from operation118.database import db
from operation118.site import content as files

content = AppGroup("content", help="The film's facts: as TOML files, and as rows.")

_folder = click.argument(
    "folder", type=click.Path(exists=True, file_okay=False, path_type=Path), default=files.FOLDER, required=False
)


@content.command()
@_folder
def check(folder: Path) -> None:
    """Say what is wrong in the files of FOLDER (default: content/), one problem a line."""
    try:
        entries = files.check(folder)
    except ContentError as error:
        _refuse(error.problems)
    click.echo(f"{sum(len(found) for found in entries.values())} entries in {folder}: all good.")


@content.command()
@_folder
@click.option("--prune", is_flag=True, help="Delete the rows that are in no file.")
def load(folder: Path, prune: bool) -> None:
    """Bring the database to what the files of FOLDER say; all of it, or nothing if anything is wrong."""
    try:
        tallies = files.load(db.session, folder, prune=prune)
        db.session.commit()
    except ContentError as error:
        _refuse([*error.problems, "Nothing was loaded."])
    except SQLAlchemyError as error:
        db.session.rollback()
        _refuse([f"The database refused: {error}", "Nothing was loaded."])
    for line in _summary(tallies):
        click.echo(line)


@content.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def dump(folder: Path) -> None:
    """Write every row in FOLDER as content files, over those that are there."""
    try:
        written = files.dump(db.session, folder)
    except OSError as error:
        _refuse([f"{error.filename}: {error.strerror}"])
    for path in written:
        click.echo(path)


def _refuse(lines: Sequence[str]) -> NoReturn:
    for line in lines:
        click.echo(line, err=True)
    raise SystemExit(1)


def _summary(tallies: Mapping[str, Tally]) -> Iterator[str]:
    yield f"{'':12}{'added':>8}{'changed':>9}{'left':>7}"
    for key, tally in tallies.items():
        yield f"{key:12}{len(tally.added):8}{len(tally.changed):9}{len(tally.left):7}"
    for key, tally in tallies.items():
        yield from (f'kept, only in the database: {key} "{name}"' for name in tally.kept)
        yield from (f'deleted: {key} "{name}"' for name in tally.pruned)

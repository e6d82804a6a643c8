"""`flask accounts`: the team, from the terminal; each change is in the journal, under the terminal's name."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import click
from flask.cli import AppGroup

from operation118.accounts import links, passwords, team
from operation118.accounts.models import Staff, StaffRole
from operation118.accounts.refused import Refused
from operation118.database import db
from operation118.web.settings import current_settings

P = ParamSpec("P")

accounts = AppGroup("accounts", help="The team: who may come into the office, and as what.")


def answered(command: Callable[P, None]) -> Callable[P, None]:
    """Say a refusal in one line, with status 1."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except Refused as refused:
            raise click.ClickException(str(refused)) from None

    return run


def _find(email: str) -> Staff:
    staff = passwords.find(email)
    if staff is None:
        raise Refused(f"{email}: nobody of the team has this address (flask accounts list)")
    return staff


def _say_link(staff: Staff) -> None:
    """Where the mail went, or the link itself where mails do not leave this site."""
    if current_settings()["SMTP_URL"]:
        click.echo(f"The link is on its way to {staff.email}.")
    else:
        click.echo(f"Pass this link on to {staff.name} yourself; it works once:\n{links.to_choose_a_password(staff)}")


@accounts.command()
@click.argument("email")
@click.option("--name", required=True, help="What they are called in the office.")
@click.option("--role", required=True, type=click.Choice([role.value for role in StaffRole]), help="What they may do.")
@answered
def invite(email: str, name: str, role: str) -> None:
    """Invite the person at EMAIL: they choose a password by a link, good for seven days."""
    staff = team.invite(email=email, name=name, role=StaffRole(role))
    db.session.commit()
    _say_link(staff)


@accounts.command("list")
def list_() -> None:
    """Show everybody: address, role, state, last sign-in."""
    for staff in team.everybody():
        state = "disabled" if not staff.active else "active" if staff.password else "invited"
        seen = f"{staff.last_sign_in_at:%Y-%m-%d %H:%M} UTC" if staff.last_sign_in_at else "never"
        click.echo(f"{staff.email:<40} {staff.role.value:<14} {state:<9} {seen:<21} {staff.name}")


@accounts.command()
@click.argument("email")
@answered
def disable(email: str) -> None:
    """Close the office to the person at EMAIL, and the sessions they have open."""
    team.disable(_find(email))
    db.session.commit()
    click.echo(f"{email} is disabled.")


@accounts.command("reset-second-factor")
@click.argument("email")
@answered
def reset_second_factor(email: str) -> None:
    """Take away the second factor and passkeys of the person at EMAIL, who lost them."""
    team.reset_second_factor(_find(email))
    db.session.commit()
    click.echo(f"{email} signs in with the password alone, until they set it up again.")


@accounts.command()
@click.argument("email")
@answered
def link(email: str) -> None:
    """Print a link with which the person at EMAIL chooses a new password: for when no mail reaches them."""
    click.echo(links.to_choose_a_password(_find(email)))

"""Flask-Security, held to what we use of it: its store of people, its passwords (Argon2id), its codes, its sign-in.

Its own pages, commands, mails, tokens and « remember me » are not there: what is not there needs no watching.
"""

import hashlib
from collections.abc import Callable
from typing import Any, cast

from flask import Flask, current_app
from flask_security import FSQLALiteUserDatastore, Security
from flask_security.core import UserMixin
from flask_security.totp import Totp
from passlib import pwd
from passlib.totp import TOTP, TotpMatch, UsedTokenError
from sqlalchemy import or_, update

from operation118 import clock
from operation118.accounts.models import Passkey, Role, Staff
from operation118.database import db

PASSWORD_LENGTH = 12
RECOVERY_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # nothing that reads like something else
RECOVERY_LENGTH = 16  # of 31 letters and digits: 79 bits
HOOKS = ("_on_before_request", "_update_remember_cookie", "_user_context_processor")

datastore = FSQLALiteUserDatastore(db, cast(Any, Staff), cast(Any, Role), cast(Any, Passkey))


def _tag(key: str) -> str:
    """What a secret key is called beside what it encrypts."""
    return hashlib.sha256(f"totp.{key}".encode()).hexdigest()[:8]


class Codes(Totp):
    """Flask-Security's one-time codes; each is taken once, by the database's word."""

    def __init__(self, keys: list[str], issuer: str) -> None:
        """`keys` encrypt the people's secrets; the last one is in force, the others can still be read."""
        secrets = {_tag(key): key for key in keys}
        self._totp = cast(Any, TOTP).using(issuer=issuer, secrets=secrets, default_tag=_tag(keys[-1]))

    def generate_recovery_codes(self, number: int) -> list[str]:
        words: list[str] = cast(Any, pwd).genword(length=RECOVERY_LENGTH, chars=RECOVERY_ALPHABET, returns=number)
        return ["-".join(word[at : at + 4] for at in range(0, RECOVERY_LENGTH, 4)) for word in words]

    def get_last_counter(self, user: UserMixin) -> int | None:
        return user.tf_counter  # type: ignore[attr-defined]

    def set_last_counter(self, user: UserMixin, tmatch: TotpMatch) -> None:
        """Take the code. Raises UsedTokenError when the same was taken a moment ago, were it by another process."""
        mine = update(Staff).where(
            Staff.id == user.id, or_(Staff.tf_counter.is_(None), Staff.tf_counter < tmatch.counter)
        )
        if db.session.execute(mine.values(tf_counter=tmatch.counter)).rowcount != 1:  # type: ignore[attr-defined]
            raise UsedTokenError


def _unhook(app: Flask) -> None:
    """Take out what Flask-Login and Flask-Principal do around every request, the public's too: they would read the
    session, and look for a « remember me » cookie and for tokens. The door asks when it needs to know."""

    def ours(hooks: list[Callable[..., Any]]) -> list[Callable[..., Any]]:
        return [hook for hook in hooks if getattr(hook, "__name__", "") not in HOOKS]

    for hooks in (app.before_request_funcs, app.after_request_funcs, app.template_context_processors):
        hooks[None] = ours(hooks[None])


def init_app(app: Flask, *, issuer: str, old_keys: list[str]) -> None:
    """Attach Flask-Security to `app`; `issuer` is the site's name in people's authenticators, `old_keys` are the former
    secret keys, with which some of their secrets may still be encrypted."""
    cast(dict[str, Any], app.config).update(
        WTF_CSRF_CHECK_DEFAULT=False,  # the door checks, where there is a session
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: a form left open over lunch can still be sent
        WTF_CSRF_SSL_STRICT=False,  # web/origin.py looks at the origin, whatever the browser says of the referrer
        SESSION_PROTECTION=None,  # a telephone changes network: that is no reason
        SECURITY_PASSWORD_SCHEMES=["argon2"],
        SECURITY_PASSWORD_HASH="argon2",  # noqa: S106 - the name of the way, not a password
        SECURITY_PASSWORD_SINGLE_HASH=True,
        SECURITY_PASSWORD_LENGTH_MIN=PASSWORD_LENGTH,
        SECURITY_JOIN_USER_ROLES=False,
        SECURITY_FLASH_MESSAGES=False,
        SECURITY_API_ENABLED_METHODS=["session"],
        SECURITY_TWO_FACTOR_IMPLEMENTATIONS={},
        SECURITY_CACHE_CONTROL={},
        SECURITY_CLI_USERS_NAME="",
        SECURITY_CLI_ROLES_NAME="",
        SECURITY_DATETIME_FACTORY=clock.real_now,
    )
    json = app.json_provider_class, app.json
    security = Security(app, datastore, register_blueprint=False)
    app.json_provider_class, app.json = json  # it puts in one of its own
    cast(Any, security.login_manager)._request_callback = None  # no sign-in by a token in a header or an address
    _unhook(app)
    app.extensions["one_time_codes"] = Codes([*old_keys, str(app.secret_key)], issuer)


def normalised(password: str) -> str:
    """A password as Unicode would have it: typed on another keyboard, it is the same."""
    security: Security = current_app.extensions["security"]
    return security.password_util.normalize(password)

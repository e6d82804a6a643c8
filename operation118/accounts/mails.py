"""The mails about somebody's own account, one function each; they go out like any other, by the outbox."""

from enum import StrEnum
from uuid import uuid4

from operation118 import clock
from operation118.accounts import links
from operation118.accounts.models import Staff, StaffSession
from operation118.dates import day_label, time_label
from operation118.mail import compose, outbox

LANGUAGE = "fr"  # the office's
NOBODY = "Personne"


class Change(StrEnum):
    """What happened to an account that its owner must know of."""

    PASSWORD = "password"  # noqa: S105
    PASSKEYS_GONE = "passkeys_gone"
    PASSKEYS_KEPT = "passkeys_kept"
    CODES_ON = "codes_on"
    CODES_OFF = "codes_off"
    PASSKEY_ADDED = "passkey_added"
    PASSKEY_REMOVED = "passkey_removed"
    RECOVERY_CODES = "recovery_codes"
    RECOVERY_CODE_USED = "recovery_code_used"
    RESET_BY_ADMIN = "reset_by_admin"


def _post(staff: Staff, name: str, **values: object) -> None:
    outbox.post(
        key=f"accounts:{name}:{uuid4().hex}", name=f"accounts/{name}", to=staff.email, lang=LANGUAGE, values=values
    )


def _moment() -> str:
    now = clock.real_now().astimezone(clock.PARIS)
    return f"{day_label(now.date(), LANGUAGE)}, {time_label(now, LANGUAGE)}"


def invitation(staff: Staff) -> None:
    _post(staff, "invitation", who=staff.name, url=links.to_choose_a_password(staff))


def reset_if_known(staff: Staff | None) -> None:
    """Send the link that chooses a password to whoever asked; for nobody, the same work, and no mail."""
    if staff is None or not staff.active:
        compose.render("accounts/reset", LANGUAGE, who=NOBODY, url=links.own_page())
    elif staff.password is None:
        invitation(staff)
    else:
        _post(staff, "reset", who=staff.name, url=links.to_choose_a_password(staff))


def new_device(staff: Staff, opened: StaffSession) -> None:
    """Say that somebody signed in where they never had."""
    seen = {"device": opened.device, "network": opened.network, "moment": _moment()}
    _post(staff, "new_device", who=staff.name, url=links.own_page(), **seen)


def changed(staff: Staff, change: Change) -> None:
    _post(staff, "changed", who=staff.name, change=change.value, url=links.own_page(), moment=_moment())

"""What can be wrong with the mail room, for `flask doctor`; each check says what to do, and nothing when all is well."""

from datetime import timedelta
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import urlsplit

from flask import current_app

from operation118 import clock
from operation118.config import PREFIX, Settings
from operation118.mail import queries
from operation118.mail.jobs import Bell
from operation118.mail.models import MessageState
from operation118.mail.transport import Line, Mail, RelayDown

PATIENCE = timedelta(minutes=10)  # how long a mail that is due may wait before somebody is told


def relay(settings: Settings) -> str:
    """Whether the relay answers, with the certificate and the password that are set."""
    mail: Mail = current_app.extensions["mailer"]
    if mail.relay is None:
        kept = f"no relay is set: mails are kept in {settings.data_dir}/mail; set {PREFIX}SMTP_URL"
        return kept if settings.production else ""
    try:
        with Line(mail, mail.relay) as line:
            line.greet()
    except RelayDown as down:
        return f"{down}; see {PREFIX}SMTP_URL"
    return ""


def queue(settings: Settings) -> str:
    bell: Bell = current_app.extensions["bell"]
    try:
        bell.queue.pending_count()
    except Exception as error:  # each kind of queue has its own
        return f"does not answer ({error}); see {PREFIX}QUEUE_URL"
    return ""


def worker(settings: Settings) -> str:
    since = queries.waiting_since()
    if since is None or clock.now() - since < PATIENCE:
        return ""
    waited = int((clock.now() - since).total_seconds() // 60)
    return f"a mail has been due for {waited} minutes; run `flask mail work`, and see `flask mail list --state waiting`"


def uncertain(settings: Settings) -> str:
    number = queries.counts().get(MessageState.UNCERTAIN, 0)
    return f"{number} mails may or may not have left; decide with `flask mail list --state uncertain`" if number else ""


def sender(settings: Settings) -> str:
    """Whether mails come from the site's own domain, or a parent of it: receivers hold one against the other."""
    domain = parseaddr(settings["MAIL_SENDER"])[1].rpartition("@")[2]
    host = urlsplit(str(settings["PUBLIC_URL"])).hostname or ""
    if not settings.production or host == domain or host.endswith(f".{domain}"):
        return ""
    return f"mails come from {domain}, the site is {host}; set {PREFIX}MAIL_SENDER to an address of the site's domain"


def signature(settings: Settings) -> str:
    key = settings["DKIM_KEY"]
    if not key or "PRIVATE KEY" in _start(Path(key)):
        return ""
    return f"{key} is not a private key that can be read; see {PREFIX}DKIM_KEY"


def _start(path: Path) -> str:
    try:
        return path.read_text()[:100]
    except (OSError, UnicodeError):
        return ""

"""A real Postfix and a real Dovecot, private to a test session: own folders, free loopback ports, stopped at the end.

They need root (to take the accounts that their packages made) and leave the machine's own alone.
"""

import os
import shutil
import signal
import smtplib
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

import pytest

from conftest import unavailable
from serving import free_port

NOBODY = 65534
MASTER = Path("/usr/lib/postfix/sbin/master")
DOVECOT = Path("/usr/sbin/dovecot")
PASSWORD = "retours"


def needs_root() -> None:
    """Skip a test for anybody else, wherever: nothing that could be installed would help."""
    if os.geteuid():
        pytest.skip("a mail server of one's own takes root")


@contextmanager
def short_folder() -> Generator[Path]:
    """A new folder with a path short enough for Unix sockets."""
    path = Path(tempfile.mkdtemp(prefix="118-"))
    path.chmod(0o755)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def wait_for(condition: Callable[[], object], seconds: float = 10) -> None:
    """Return once `condition()` holds. Raises AssertionError if it does not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited for nothing"
        time.sleep(0.02)


def accepts(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except OSError:
        return False
    return True


@contextmanager
def daemon(*command: str | Path, listens_on: int) -> Generator[None]:
    """A server in a group of its own: its children end with it."""
    with subprocess.Popen(command, start_new_session=True, stderr=subprocess.DEVNULL) as process:
        try:
            wait_for(lambda: process.poll() is not None or accepts(listens_on))
            assert process.poll() is None, f"{command[0]} ended with {process.returncode}"
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(10)


@dataclass(frozen=True)
class Certificates:
    """What a server on 127.0.0.1 proves itself with; `authority` signed it."""

    authority: Path
    chain: Path
    key: Path


def _openssl(*arguments: str | Path) -> None:
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    if not shutil.which("openssl"):
        unavailable("no openssl to make a certificate with")
    folder = tmp_path_factory.mktemp("certificates")
    made = Certificates(folder / "authority.pem", folder / "chain.pem", folder / "key.pem")
    authority_key, request, extensions = folder / "authority.key", folder / "request.pem", folder / "names"
    extensions.write_text("subjectAltName=IP:127.0.0.1,DNS:localhost\n")
    new_key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout")
    usage = "keyUsage=critical,keyCertSign"
    _openssl("req", "-x509", *new_key, authority_key, "-out", made.authority, "-subj", "/CN=Tests", "-addext", usage)
    _openssl("req", *new_key, made.key, "-out", request, "-subj", "/CN=localhost")
    signer = ("-CA", made.authority, "-CAkey", authority_key, "-CAcreateserial")
    _openssl("x509", "-req", "-in", request, *signer, "-extfile", extensions, "-out", made.chain)
    return made


@dataclass(frozen=True)
class Postfix:
    """Takes mail on `port` (STARTTLS offered). Mail to anything `+` anything `@film.example` arrives in `maildir`.

    At `reader.example`, `lectrice` reads (`inbox`) and everybody else is unknown. `full.example` is full,
    `blocked.example` refuses, `slow.example` is down; as nothing waits here, each sends its report at once.
    """

    port: int
    maildir: Path
    inbox: Path
    log: Path

    def send(self, sender: str, to: str, mail: str) -> None:
        with smtplib.SMTP("127.0.0.1", self.port, timeout=10) as relay:
            relay.sendmail(sender, [to], mail.encode())

    def empty(self) -> None:
        for folder in (self.maildir, self.inbox):
            for path in [*folder.glob("new/*"), *folder.glob("cur/*")]:
                path.unlink()

    def wait_for_mail(self, folder: Path) -> Path:
        """The file of the mail that comes, or came, in `folder`."""
        wait_for(lambda: any(folder.glob("new/*")))
        return next(folder.glob("new/*"))


POSTFIX_MAIN = """
    compatibility_level = 3.6
    queue_directory = {folder}/queue
    data_directory = {folder}/data
    maillog_file = {folder}/log
    maillog_file_prefixes = {folder}
    myhostname = mx.reader.example
    mydestination =
    mynetworks = 127.0.0.0/8
    inet_interfaces = 127.0.0.1
    inet_protocols = ipv4
    alias_maps =
    local_recipient_maps =
    recipient_delimiter = +
    smtpd_reject_unlisted_recipient = no
    smtpd_tls_security_level = may
    smtpd_tls_chain_files = {certificates.key}, {certificates.chain}
    smtpd_peername_lookup = no
    smtp_dns_support_level = disabled
    maximal_queue_lifetime = 0
    bounce_queue_lifetime = 0
    virtual_mailbox_domains = film.example, reader.example
    virtual_mailbox_base = {folder}/mail
    virtual_mailbox_maps = inline:{{ {{ @film.example = film/ }} {{ lectrice@reader.example = lectrice/ }} }}
    virtual_minimum_uid = 1
    virtual_uid_maps = static:{nobody}
    virtual_gid_maps = static:{nobody}
    transport_maps = inline:{{
      {{ full.example = error:5.2.2 Mailbox full }}
      {{ blocked.example = error:5.7.1 Message content rejected }}
      {{ slow.example = retry:4.4.1 Connection timed out }} }}
"""
POSTFIX_MASTER = """
    127.0.0.1:{port} inet n - n - - smtpd
    cleanup unix n - n - 0 cleanup
    qmgr unix n - n 300 1 qmgr
    rewrite unix - - n - - trivial-rewrite
    bounce unix - - n - 0 bounce
    defer unix - - n - 0 bounce
    trace unix - - n - 0 bounce
    flush unix n - n 1000? 0 flush
    proxymap unix - - n - - proxymap
    tlsmgr unix - - n 1000? 1 tlsmgr
    smtp unix - - n - - smtp
    error unix - - n - - error
    retry unix - - n - - error
    discard unix - - n - - discard
    virtual unix - n n - - virtual
    anvil unix - - n - 1 anvil
    postlog unix-dgram n - n - 1 postlogd
"""


def _lay_out_postfix(folder: Path, port: int, certificates: Certificates) -> None:
    """The folders and the two files that a Postfix lives by."""
    settings = folder / "settings"
    mail = folder / "mail"
    for each in (settings, folder / "queue", folder / "data", mail):
        each.mkdir()
    shutil.chown(folder / "data", "postfix")
    os.chown(mail, NOBODY, NOBODY)
    main = dedent(POSTFIX_MAIN).format(folder=folder, certificates=certificates, nobody=NOBODY)
    (settings / "main.cf").write_text(main)
    (settings / "master.cf").write_text(dedent(POSTFIX_MASTER).format(port=port))
    subprocess.run(["postfix", "-c", settings, "check"], check=True, capture_output=True)


@pytest.fixture(scope="session")
def postfix(certificates: Certificates) -> Iterator[Postfix]:
    needs_root()
    if not MASTER.exists():
        unavailable("no Postfix: the Debian package postfix is missing")
    port = free_port()
    with short_folder() as folder:
        _lay_out_postfix(folder, port, certificates)
        with daemon(MASTER, "-c", folder / "settings", "-d", listens_on=port):
            yield Postfix(port, folder / "mail/film", folder / "mail/lectrice", folder / "log")


@dataclass(frozen=True)
class Dovecot:
    """Shows `maildir` to the user `retours` by IMAP and POP3, over TLS only."""

    imaps: int
    pop3s: int
    maildir: Path

    def url(self, scheme: str) -> str:
        port = self.imaps if scheme == "imaps" else self.pop3s
        return f"{scheme}://retours:{PASSWORD}@127.0.0.1:{port}"

    def deliver(self, name: str, raw: bytes) -> Path:
        path = self.maildir / "new" / name
        path.write_bytes(raw)
        os.chown(path, NOBODY, NOBODY)
        return path

    def empty(self) -> None:
        for path in [*self.maildir.glob("new/*"), *self.maildir.glob("cur/*")]:
            path.unlink()


DOVECOT_CONF = """
    base_dir = {folder}/run
    state_dir = {folder}/run
    log_path = {folder}/log
    protocols = imap pop3
    auth_failure_delay = 0
    listen = 127.0.0.1
    ssl = required
    ssl_cert = <{certificates.chain}
    ssl_key = <{certificates.key}
    mail_location = maildir:{folder}/mail
    mail_uid = {nobody}
    mail_gid = {nobody}
    first_valid_uid = 1
    first_valid_gid = 1
    passdb {{
      driver = static
      args = password={password} user=retours
    }}
    userdb {{
      driver = static
      args = home={folder}
    }}
    service anvil {{
      unix_listener anvil-auth-penalty {{
        mode = 0
      }}
    }}
    service imap-login {{
      inet_listener imap {{
        port = 0
      }}
      inet_listener imaps {{
        port = {imaps}
      }}
    }}
    service pop3-login {{
      inet_listener pop3 {{
        port = 0
      }}
      inet_listener pop3s {{
        port = {pop3s}
      }}
    }}
"""


@pytest.fixture(scope="session")
def dovecot(certificates: Certificates) -> Iterator[Dovecot]:
    needs_root()
    if not DOVECOT.exists():
        unavailable("no Dovecot: the Debian packages dovecot-imapd and dovecot-pop3d are missing")
    imaps, pop3s = free_port(), free_port()
    with short_folder() as folder:
        for each in ("mail", "mail/new", "mail/cur", "mail/tmp"):
            (folder / each).mkdir()
            os.chown(folder / each, NOBODY, NOBODY)
        values = {"folder": folder, "certificates": certificates, "password": PASSWORD, "nobody": NOBODY}
        conf = folder / "dovecot.conf"
        conf.write_text(dedent(DOVECOT_CONF).format(**values, imaps=imaps, pop3s=pop3s))
        with daemon(DOVECOT, "-F", "-c", conf, listens_on=imaps):
            yield Dovecot(imaps, pop3s, folder / "mail")

"""A real Dovecot on loopback for tests: started and stopped by them, with TLS.

Needs Debian's dovecot-imapd and root (tests/system_packages.sh); `missing` says what is not there.
What a mailbox's server was sent after the login is kept by Dovecot itself (`commands`).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import itertools
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path

from connectors.imap.account import ImapAccount
from connectors.imap.address import Address
from connectors.imap.names import encoded
from connectors.mailserver import MailConnector
from tests.connectors.certificates import Certificates

PASSWORD = "en lang sætning"
START_SECONDS = 20.0
USERS = 300
TOKEN_KEY = b"a key of the tests alone, no secret"
_CONFIG = """
protocols = imap
listen = 127.0.0.1
base_dir = {dir}/run
state_dir = {dir}/state
log_path = {dir}/log
ssl = yes
ssl_cert = <{certificate}
ssl_key = <{key}
disable_plaintext_auth = {tls_only}
auth_mechanisms = plain login xoauth2 oauthbearer
first_valid_uid = 1
mail_max_userip_connections = {connections}
login_trusted_networks =
namespace inbox {{
  inbox = yes
  separator = {separator}
}}
{more}
service imap-login {{
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
}}
auth_failure_delay = 0
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap {{
  process_limit = 30
}}
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {dir}/oauth2.conf
}}
passdb {{
  driver = passwd-file
  mechanisms = plain login
  args = {dir}/users
}}
userdb {{
  driver = passwd-file
  args = {dir}/users
}}
protocol imap {{
  rawlog_dir = {dir}/raw/%u
}}
"""


def missing() -> str:
    """Return why no Dovecot can be started here; empty where it can."""
    if sys.platform == "win32" or not hasattr(os, "geteuid") or os.geteuid() != 0:
        return "Dovecot is started as root only"
    if shutil.which("dovecot") is None:
        return "Dovecot is not installed (dovecot-imapd; tests/system_packages.sh)"
    return ""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Dovecot:
    """One server: its folder, ports and certificates."""

    folder: Path
    certificates: Certificates
    separator: str = "."
    connections: int = 20
    tls_only: bool = False
    more: str = ""
    port: int = field(default_factory=free_port)
    tls_port: int = field(default_factory=free_port)
    _process: subprocess.Popen[bytes] | None = None
    _users: dict[str, str] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def start(self) -> None:
        """Start the server and wait until it answers. Starting again keeps ports and mail."""
        for name in ("run", "state", "raw", "mail"):
            (self.folder / name).mkdir(exist_ok=True)
        for name in ("raw", "mail"):
            shutil.chown(self.folder / name, "nobody", "nogroup")
        keys = self.folder / "keys" / "default" / "HS256"
        keys.mkdir(parents=True, exist_ok=True)
        (keys / "default").write_bytes(base64.b64encode(TOKEN_KEY))
        (self.folder / "oauth2.conf").write_text(
            "introspection_mode = local\nusername_attribute = sub\n"
            f"local_validation_key_dict = fs:posix:prefix={self.folder}/keys/\n"
        )
        for number in range(USERS):  # all at once: Dovecot looks at the file once in a second
            self._register(f"bruger{number}", mbox=False)
            self._register(f"bruger{number}@firma.dk", mbox=False)
            self._register(f"mbox{number}", mbox=True)
        (self.folder / "users").write_text("\n".join(self._users.values()) + "\n", "utf-8")
        config = self.folder / "dovecot.conf"
        config.write_text(
            _CONFIG.format(
                dir=self.folder,
                certificate=self.certificates.certificate,
                key=self.certificates.key,
                port=self.port,
                tls_port=self.tls_port,
                separator=self.separator,
                connections=self.connections,
                tls_only="yes" if self.tls_only else "no",
                more=self.more.format(dir=self.folder),
            )
        )
        self._process = subprocess.Popen(
            ["dovecot", "-F", "-c", str(config)], stdout=subprocess.DEVNULL, start_new_session=True
        )
        self._await()

    def _await(self) -> None:
        assert self._process is not None
        until = time.monotonic() + START_SECONDS
        while True:
            if self._process.poll() is not None or time.monotonic() > until:
                log = self.folder / "log"
                told = log.read_text("utf-8") if log.exists() else "no log"
                raise RuntimeError(f"Dovecot did not start: {told[-2000:]}")
            try:
                with socket.create_connection(("127.0.0.1", self.tls_port), 1):
                    return
            except OSError:
                self._process_pause()

    def _process_pause(self) -> None:
        assert self._process is not None
        try:
            self._process.wait(0.05)
        except subprocess.TimeoutExpired:
            pass

    @property
    def is_running(self) -> bool:
        return self._process is not None

    def stop(self) -> None:
        """End the server and all its processes."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(START_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(self._process.pid, signal.SIGKILL)
                self._process.wait(START_SECONDS)
            self._process = None

    def kill(self) -> None:
        """End the server with all its sessions at once, as when its machine dies."""
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(START_SECONDS)
        self._process = None

    def _register(self, name: str, *, mbox: bool) -> None:
        home = self.folder / "mail" / name
        kept = f"mbox:{home}/mbox:INBOX={home}/inbox" if mbox else f"maildir:{home}/Maildir"
        self._users[name] = f"{name}:{{PLAIN}}{PASSWORD}:nobody:nogroup::{home}::userdb_mail={kept}"

    def new_user(self, *, mbox: bool = False, domain: str = "") -> str:
        """Make an empty mailbox nobody has used and return its user; `mbox`: kept in mbox files."""
        name = f"{'mbox' if mbox else 'bruger'}{next(self._numbers)}{domain}"
        home = self.home(name)
        home.mkdir(parents=True)
        (self.folder / "raw" / name).mkdir(parents=True)
        if mbox:
            (home / "mbox").mkdir()
        else:
            maildir(home)
        self.own(home, self.folder / "raw" / name)
        return name

    def home(self, user: str) -> Path:
        return self.folder / "mail" / user

    def own(self, *folders: Path) -> None:
        """Give folders with all that lies in them to the account that Dovecot reads mail as."""
        for folder in folders:
            for path in (folder, *folder.rglob("*")):
                shutil.chown(path, "nobody", "nogroup")

    def commands(self, user: str) -> list[str]:
        """Return what the server was sent by one user's sessions, a line each, without tags."""
        told = []
        for path in sorted((self.folder / "raw" / user).glob("*.in")):
            for line in path.read_bytes().splitlines():
                # a rawlog line begins with a time, then the tag
                told.append(line.decode("utf-8", "replace").split(" ", 2)[-1])
        return told

    def forget_commands(self, user: str) -> None:
        for path in (self.folder / "raw" / user).glob("*"):
            path.unlink()

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text("utf-8", "replace")


def token(user: str) -> str:
    """Return an OAuth2 token for a user, signed with the key that the server knows."""

    def part(value: object) -> bytes:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=")

    now = int(time.time())
    claims = {"sub": user, "iat": now - 10, "nbf": now - 10, "exp": now + 3600}
    head = part({"alg": "HS256", "typ": "JWT"}) + b"." + part(claims)
    sign = base64.urlsafe_b64encode(hmac.digest(TOKEN_KEY, head, hashlib.sha256)).rstrip(b"=")
    return (head + b"." + sign).decode()


@contextmanager
def running(**options: object) -> Iterator[Dovecot]:
    """Yield a running server in a folder of its own, which is removed afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="dovecot-"))
    folder.chmod(0o755)
    server = Dovecot(folder, Certificates.made(folder), **options)  # type: ignore[arg-type]
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def maildir(home: Path, *folders: str, separator: str = ".") -> Path:
    """Make the Maildir folder of a mailbox ("" or "Kunder", "2024") and return it."""
    root = home / "Maildir"
    name = separator.join(encoded(each) for each in folders)
    folder = root / f".{name}" if name else root
    for part in ("cur", "new", "tmp"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    return folder


def deliver(folder: Path, *messages: EmailMessage | bytes, first: int = 0) -> None:
    """Lay messages into a Maildir folder, numbered from `first`."""
    for number, message in enumerate(messages, first):
        data = message if isinstance(message, bytes) else message.as_bytes()
        path = folder / "new" / f"{1_700_000_000 + number}.M{number}P1.host"
        path.write_bytes(data)
        os.utime(path, (1_700_000_000 + number, 1_700_000_000 + number))


@dataclass(frozen=True)
class Known:
    """A secret that the tests know, as connectors ask for one."""

    value: str = PASSWORD

    def fetch(self) -> str:
        return self.value


def account_at(server: Dovecot, whose: str, **changes: object) -> ImapAccount:
    """Return the account of a user over TLS, believing the tests' own authority."""
    given: dict[str, object] = {
        "user": whose,
        "host": "localhost",
        "port": server.tls_port,
        "secret": Known(),
        "ca_file": str(server.certificates.authority),
    }
    return ImapAccount(**{**given, **changes})  # type: ignore[arg-type]


def connector_at(server: Dovecot, user: str, **changes: object) -> MailConnector:
    """Return the mailbox of a user as a place."""
    account = account_at(server, user)
    top = Address(user, "localhost", server.tls_port, ()).top
    given: dict[str, object] = {
        "device": "d",
        "place": "post",
        "root": top,
        "account": account,
        "top": top,
    }
    return MailConnector(**{**given, **changes})  # type: ignore[arg-type]

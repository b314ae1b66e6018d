"""A real Samba on loopback for tests: started and stopped by them, with users, ACLs and DFS.

Needs Debian's samba and root (tests/system_packages.sh); `missing` says what is not there.
Its users are accounts that every Debian has: none is made, none can log in to the machine.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from connectors.excludes import Excludes
from connectors.smb.account import ShareAccount
from connectors.smb.address import ShareAddress
from connectors.smb.connector import SmbConnector
from tests.connectors.dovecot import Known, free_port

PASSWORD = "en lang sætning"
ANNA, BO = "games", "news"
"""Accounts of the system that play the employees."""
START_SECONDS = 20.0
READ, FULL = 0x120089, 0x1F01FF
READ_DATA, WRITE_DAC, READ_CONTROL = 0x1, 0x40000, 0x20000
_CONFIG = """
[global]
smb ports = {port}
bind interfaces only = yes
interfaces = lo
server role = standalone server
passdb backend = tdbsam:{dir}/private/passdb.tdb
private dir = {dir}/private
state directory = {dir}/state
cache directory = {dir}/cache
lock directory = {dir}/lock
pid directory = {dir}/run
ncalrpc dir = {dir}/ncalrpc
log file = {dir}/log
log level = 1
max log size = 0
disable netbios = yes
load printers = no
printcap name = /dev/null
disable spoolss = yes
map to guest = never
server min protocol = {oldest}
server max protocol = {newest}
server smb encrypt = {encrypt}
host msdfs = yes
deadtime = 0
vfs objects = acl_xattr streams_xattr xattr_tdb
ea support = yes
store dos attributes = yes
kernel share modes = no
{more}

[data]
path = {dir}/data
read only = no
valid users = {anna} {bo}
{of_data}

[other]
path = {dir}/other
read only = no
valid users = {anna} {bo}

[away]
path = {dir}/away
valid users = {anna} {bo}
vfs objects = acl_xattr streams_xattr offline xattr_tdb

[closed]
path = {dir}/closed
valid users = {bo}

[dfs]
path = {dir}/dfs
msdfs root = yes
read only = no
valid users = {anna} {bo}
"""


AUDITED = """vfs objects = full_audit acl_xattr streams_xattr xattr_tdb
full_audit:syslog = false
full_audit:prefix = audit
full_audit:success = all
full_audit:failure = all
"""
"""As `of_data`: Samba logs every operation on the share `data`, a line each."""


def missing() -> str:
    """Return why no Samba can be started here; empty where it can."""
    if sys.platform == "win32" or not hasattr(os, "geteuid") or os.geteuid() != 0:
        return "Samba is started as root only"
    if any(shutil.which(each) is None for each in ("smbd", "smbclient")):
        return "Samba is not installed (samba, smbclient; tests/system_packages.sh)"
    if not any(Path("/usr/lib").glob("*/samba/vfs/streams_xattr.so")):
        return "Samba's modules are not installed (samba-vfs-modules; tests/system_packages.sh)"
    if find_spec("smbprotocol") is None:
        return "smbprotocol is not installed (pip install 'fodspor[smb]')"
    return ""


@dataclass
class Samba:
    """One server: its folder, its port, and the shares `data`, `other`, `closed` and `dfs`."""

    folder: Path
    encrypt: str = "if_required"
    oldest: str = "SMB2"
    newest: str = "SMB3"
    more: str = ""
    of_data: str = ""
    port: int = field(default_factory=free_port)
    _process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the server and wait until it answers. Starting again keeps port and shares."""
        for name in ("private", "state", "cache", "lock", "run", "ncalrpc"):
            (self.folder / name).mkdir(exist_ok=True, mode=0o755)
        for name in ("data", "other", "away", "closed", "dfs"):
            self.share(name).mkdir(exist_ok=True)
            self.share(name).chmod(0o777)
        self.config.write_text(
            _CONFIG.format(
                dir=self.folder,
                port=self.port,
                encrypt=self.encrypt,
                oldest=self.oldest,
                newest=self.newest,
                more=self.more.format(dir=self.folder),
                of_data=self.of_data,
                anna=ANNA,
                bo=BO,
            )
        )
        for user in (ANNA, BO):
            self._run("smbpasswd", "-c", self.config, "-a", "-s", user, said=f"{PASSWORD}\n" * 2)
        self._process = subprocess.Popen(
            ["smbd", "-F", "--no-process-group", "-s", str(self.config)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._await()

    @property
    def config(self) -> Path:
        return self.folder / "smb.conf"

    def share(self, name: str = "data") -> Path:
        return self.folder / name

    def _await(self) -> None:
        assert self._process is not None
        until = time.monotonic() + START_SECONDS
        while True:
            if self._process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"Samba did not start: {self.log[-2000:]}")
            try:
                with socket.create_connection(("127.0.0.1", self.port), 1):
                    return
            except OSError:
                pass
            try:
                self._process.wait(0.05)
            except subprocess.TimeoutExpired:
                pass

    def _run(
        self, *command: object, said: str = "", check: bool = True
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(each) for each in command],
            input=said,
            capture_output=True,
            text=True,
            timeout=600,
            check=check,
        )

    def client(
        self, share: str, command: str, user: str = ANNA, options: Sequence[str] = ()
    ) -> subprocess.CompletedProcess[str]:
        """Do something on a share through Samba's own client."""
        return self._run(
            *("smbclient", f"//127.0.0.1/{share}", "-s", self.config, "-p", self.port),
            *("-U", f"{user}%{PASSWORD}", "-m", "SMB3", *options, "-c", command),
            check=False,
        )

    @contextmanager
    def locking(self, share: str, name: str, user: str = BO) -> Iterator[None]:
        """Hold a file open so that nobody else may open it, as an office program does."""
        with self._opened(share, name, READ_DATA, shared=0, user=user):
            yield

    @contextmanager
    def _opened(
        self, share: str, name: str, access: int, *, shared: int = 7, user: str = ANNA
    ) -> Iterator[Any]:
        from smbprotocol.connection import Connection
        from smbprotocol.open import CreateDisposition, CreateOptions, ImpersonationLevel, Open
        from smbprotocol.session import Session
        from smbprotocol.tree import TreeConnect

        connection = Connection(uuid.uuid4(), "127.0.0.1", self.port)
        connection.connect()
        try:
            session = Session(connection, user, PASSWORD, auth_protocol="ntlm")
            session.connect()
            tree = TreeConnect(session, rf"\\127.0.0.1\{share}")
            tree.connect()
            file = Open(tree, name.replace("/", "\\"))
            file.create(
                ImpersonationLevel.Impersonation,
                access,
                0,
                shared,
                CreateDisposition.FILE_OPEN,
                CreateOptions.FILE_NON_DIRECTORY_FILE,
            )
            yield file
        finally:
            connection.disconnect()

    def allow(self, share: str, name: str, *entries: tuple[str, bool, int]) -> None:
        """Give a file an access list of (SID, allowed or denied, rights), as Anna."""
        from smbprotocol.file_info import InfoType
        from smbprotocol.open import SMB2SetInfoRequest
        from smbprotocol.security_descriptor import (
            AccessAllowedAce,
            AccessDeniedAce,
            AclPacket,
            SDControl,
            SIDPacket,
            SMB2CreateSDBuffer,
        )

        access_list = AclPacket()
        aces = []
        for sid, allowed, rights in entries:
            ace = AccessAllowedAce() if allowed else AccessDeniedAce()
            ace["mask"] = rights
            whose = SIDPacket()
            whose.from_string(sid)
            ace["sid"] = whose
            aces.append(ace)
        access_list["aces"] = aces
        descriptor = SMB2CreateSDBuffer()
        descriptor["control"].set_flag(SDControl.SELF_RELATIVE)
        descriptor.set_dacl(access_list)
        with self._opened(share, name, WRITE_DAC | READ_CONTROL) as file:
            change = SMB2SetInfoRequest()
            change["info_type"] = InfoType.SMB2_0_INFO_SECURITY
            change["additional_information"] = 4  # the access list
            change["file_id"] = file.file_id
            change["buffer"] = descriptor
            tree = file.tree_connect
            request = file.connection.send(change, tree.session.session_id, tree.tree_connect_id)
            file.connection.receive(request)

    def owner(self, share: str, name: str) -> str:
        """Return the account that owns a file, by Samba's own client."""
        told = self.client(share, f'showacls; ls "{name}"').stdout
        return next(line.split()[-1] for line in told.splitlines() if "Owner SID:" in line)

    def own(self, user: str, *paths: Path) -> None:
        """Give files to an account."""
        for path in paths:
            shutil.chown(path, user, pwd.getpwnam(user).pw_gid)

    def link(self, name: str, share: str, *, at: str = "127.0.0.1") -> None:
        """Lay a DFS link into the share `dfs` that leads to another share."""
        (self.share("dfs") / name).symlink_to(f"msdfs:{at}\\{share}")

    def stop(self) -> None:
        """End the server and all its sessions at once."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(START_SECONDS)
            self._process = None

    @property
    def log(self) -> str:
        path = self.folder / "log"
        return path.read_text("utf-8", "replace") if path.exists() else "no log"


@contextmanager
def running(**options: object) -> Iterator[Samba]:
    """Yield a running server in a folder of its own, which is removed afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="samba-"))
    folder.chmod(0o755)
    server = Samba(folder, **options)  # type: ignore[arg-type]
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def account_at(server: Samba, **changes: object) -> ShareAccount:
    """Return the account of Anna on the server."""
    given: dict[str, object] = {
        "user": ANNA,
        "host": "127.0.0.1",
        "port": server.port,
        "secret": Known(PASSWORD),
    }
    return ShareAccount(**{**given, **changes})  # type: ignore[arg-type]


def connector_at(
    server: Samba, path: str = "data", *, account: ShareAccount | None = None, **changes: object
) -> SmbConnector:
    """Return a share, or a folder of it, as a place."""
    address = ShareAddress.parsed(f"smb://127.0.0.1:{server.port}/{path}")
    given: dict[str, object] = {
        "device": "d",
        "place": "fælles",
        "root": address.root,
        "account": account or account_at(server),
        "excludes": Excludes(fold_case=True),
    }
    return SmbConnector(**{**given, **changes})  # type: ignore[arg-type]

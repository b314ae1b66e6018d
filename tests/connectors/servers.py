"""Servers of SFTP, WebDAV and S3 on loopback, started and stopped by the tests."""

from __future__ import annotations

import getpass
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

from connectors.remote import RemoteConnector
from connectors.remote_account import RemoteAccount, RemoteAddress
from tests.connectors.dovecot import Known, free_port

SSHD = shutil.which("sshd", path="/usr/sbin:/usr/bin:/usr/local/sbin")
PASSWORD = "et kodeord"
WAIT_SECONDS = 20.0


def answers(port: int) -> None:
    """Wait until somebody listens."""
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            if time.monotonic() > deadline:
                raise
        else:
            return


class Files:
    """A world whose files lie in a folder of this machine, behind a server."""

    def __init__(self, folder: Path, address: str, account: RemoteAccount, stop: Any) -> None:
        self._folder = folder
        self._root = RemoteAddress.parsed(address).root
        self._account = account
        self.stop = stop

    @property
    def connector(self) -> RemoteConnector:
        return RemoteConnector("device", "place", self._root, self._account)

    def put(self, name: str, content: bytes) -> None:
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    def remove(self, name: str) -> None:
        (self._folder / name).unlink()

    def lose(self) -> None:
        self.stop()


@contextmanager
def sftp(folder: Path) -> Iterator[Files]:
    """Serve a folder by OpenSSH, to whoever has the key."""
    from asyncssh import generate_private_key

    assert SSHD is not None
    home = folder / "ssh"
    home.mkdir()
    served = folder / "data"
    served.mkdir()
    keys = {name: generate_private_key("ssh-ed25519") for name in ("host", "user")}
    port = free_port()
    (home / "host").write_bytes(keys["host"].export_private_key())
    (home / "host").chmod(0o600)
    (home / "known").write_bytes(f"[127.0.0.1]:{port} ".encode() + keys["host"].export_public_key())
    (home / "authorized").write_bytes(keys["user"].export_public_key())
    (home / "config").write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {home / 'host'}\nStrictModes no\n"
        f"AuthorizedKeysFile {home / 'authorized'}\nPasswordAuthentication no\nUsePAM no\n"
        f"PermitRootLogin yes\nPidFile none\nSubsystem sftp internal-sftp\n"
    )
    Path("/run/sshd").mkdir(exist_ok=True)
    process = subprocess.Popen(
        [SSHD, "-D", "-f", str(home / "config"), "-E", str(home / "log")], start_new_session=True
    )

    def stop() -> None:
        if process.poll() is None:
            for each in (*_below(process.pid), process.pid):  # connections outlive the listener
                with suppress(ProcessLookupError):
                    os.kill(each, signal.SIGTERM)
            process.wait(WAIT_SECONDS)

    try:
        answers(port)
        account = RemoteAccount(
            "sftp",
            "127.0.0.1",
            port,
            getpass.getuser(),
            Known(keys["user"].export_private_key().decode()),
            known_hosts=str(home / "known"),
        )
        yield Files(served, f"sftp://127.0.0.1:{port}{served}", account, stop)
    finally:
        stop()


def _below(process: int) -> Iterator[int]:
    for path in Path(f"/proc/{process}/task").glob("*/children"):
        for child in map(int, path.read_text().split()):
            yield from _below(child)
            yield child


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def webdav(folder: Path) -> Iterator[Files]:
    """Serve a folder by WsgiDAV, to whoever knows the password."""
    from wsgidav.wsgidav_app import WsgiDAVApp

    app = WsgiDAVApp(
        {
            "provider_mapping": {"/": str(folder)},
            "simple_dc": {"user_mapping": {"*": {"anna": {"password": PASSWORD}}}},
            "http_authenticator": {"accept_basic": True, "accept_digest": False},
            "verbose": 0,
            "logging": {"enable": False},
        }
    )
    server = make_server("127.0.0.1", 0, app, handler_class=_Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    stopped = threading.Event()

    def stop() -> None:
        if not stopped.is_set():
            stopped.set()
            server.shutdown()
            server.server_close()
            thread.join(WAIT_SECONDS)

    try:
        port = server.server_port
        account = RemoteAccount("webdav+http", "127.0.0.1", port, "anna", Known(PASSWORD))
        yield Files(folder, f"webdav+http://127.0.0.1:{port}", account, stop)
    finally:
        stop()


class Bucket(Files):
    """A world whose files lie in a bucket."""

    def __init__(self, client: Any, account: RemoteAccount, stop: Any) -> None:
        super().__init__(Path(), "s3://firma/mappe", account, stop)
        self._client = client

    def put(self, name: str, content: bytes) -> None:
        self._client.put_object(Bucket="firma", Key=f"mappe/{name}", Body=content)

    def remove(self, name: str) -> None:
        self._client.delete_object(Bucket="firma", Key=f"mappe/{name}")


@contextmanager
def s3() -> Iterator[Bucket]:
    """Serve a bucket by moto."""
    import boto3

    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def stop() -> None:
        process.kill()
        process.wait(WAIT_SECONDS)

    try:
        answers(port)
        endpoint = f"http://127.0.0.1:{port}"
        client = boto3.client(
            "s3",
            endpoint_url=endpoint,
            aws_access_key_id="anna",
            aws_secret_access_key=PASSWORD,
            region_name="eu-north-1",
        )
        client.create_bucket(
            Bucket="firma", CreateBucketConfiguration={"LocationConstraint": "eu-north-1"}
        )
        client.put_object(Bucket="firma", Key="mappe/", Body=b"")
        account = RemoteAccount("s3", "firma", 0, "anna", Known(PASSWORD), endpoint=endpoint)
        yield Bucket(client, account, stop)
    finally:
        stop()

"""A folder of an SFTP, WebDAV or S3 server as a value: how to log in, what its errors mean.

Keeps no secret and asks nothing by itself.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from typing import Any, Literal, cast
from urllib.parse import unquote

from connectors import Lost, Reason
from connectors.secret import NoSecret, Secret

Kind = Literal["sftp", "webdav+https", "webdav+http", "s3"]
PATIENCE_SECONDS = 30
"""A server that says nothing for so long is out of reach."""
SERVER_PARTS = 3
"""Parts of a path that say where its server is: the scheme, nothing, the host."""
WRITE = 'write "sftp://HOST/FOLDER", "webdav+https://HOST/FOLDER" or "s3://BUCKET/FOLDER"'
_KINDS: tuple[Kind, ...] = ("sftp", "webdav+https", "webdav+http", "s3")
_SCHEME = re.compile("(" + "|".join(map(re.escape, _KINDS)) + ")://", re.IGNORECASE)
_HOST = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[^\s:\[\]@/?#]+)(?::(?P<port>\d{1,5}))?")
_START = tuple(f"{kind}:{os.sep}{os.sep}".encode() for kind in _KINDS)


def is_remote_address(path: str) -> bool:
    """Whether a place's path is meant as an address of these protocols, well written or not."""
    return _SCHEME.match(path) is not None


def is_on_remote(path: bytes) -> bool:
    """Whether the path of a place or document lies on such a server."""
    return path.startswith(_START)


@dataclass(frozen=True, slots=True)
class RemoteAddress:
    """Which server and folder; `port` 0: the usual one. Of S3 `host` is the bucket."""

    kind: Kind
    host: str
    port: int
    names: tuple[str, ...] = field(repr=False)

    @classmethod
    def parsed(cls, text: str) -> RemoteAddress:
        """Read `sftp://HOST:PORT/FOLDER`. Raises ValueError that says what to write."""
        scheme = _SCHEME.match(text)
        if scheme is None:
            raise ValueError(f"is no address of a server; {WRITE}")
        authority, _, rest = text[scheme.end() :].partition("/")
        if "@" in authority:
            raise ValueError(f"names a user, who belongs into [place.remote]; {WRITE}")
        found = _HOST.fullmatch(authority)
        if found is None or not 0 <= int(found["port"] or 1) < 65_536:
            raise ValueError(f"names no host; {WRITE}")
        names = tuple(unquote(each) for each in rest.split("/") if each)
        if any(each in (".", "..") or os.sep in each for each in names):
            raise ValueError(f"names a folder that cannot be one; {WRITE}")
        return cls(
            cast(Kind, scheme[1].lower()), found["host"].lower(), int(found["port"] or 0), names
        )

    @property
    def root(self) -> bytes:
        """The path that documents below the folder begin with."""
        host = f"{self.host}:{self.port}" if self.port else self.host
        return os.fsencode(os.sep.join((f"{self.kind}:", "", host, *self.names)))


@dataclass(frozen=True, slots=True)
class RemoteAccount:
    """How to log in: `user` (of S3 the access key), and where the secret lies. Keeps no secret.

    The secret is a password, with SFTP perhaps a private key (PEM, without a passphrase).
    `known_hosts`: the file that vouches for an SFTP server; empty: the user's own. `endpoint`: who
    speaks S3, if not Amazon. `ca_file`: the only authority that is believed of a WebDAV server.
    """

    kind: Kind
    host: str
    port: int
    user: str = field(repr=False)
    secret: Secret = field(repr=False)
    known_hosts: str = ""
    endpoint: str = ""
    ca_file: str = ""

    def connect(self) -> Any:
        """Return the file system of fsspec. Raises what its library raises, and NoSecret."""
        given: dict[str, Any] = {"skip_instance_cache": True}
        secret = self.secret.fetch()
        if self.kind == "sftp":
            from sshfs import SSHFileSystem

            if self.known_hosts:
                given["known_hosts"] = self.known_hosts
            if "PRIVATE KEY-----" in secret:
                from asyncssh import import_private_key

                given["client_keys"] = [import_private_key(secret)]
            else:
                given |= {"password": secret, "client_keys": None}
            return SSHFileSystem(
                self.host.strip("[]"),
                port=self.port or 22,
                username=self.user,
                agent_path=None,
                connect_timeout=PATIENCE_SECONDS,
                **given,
            )
        if self.kind == "s3":
            from s3fs import S3FileSystem

            config = {
                "connect_timeout": PATIENCE_SECONDS,
                "read_timeout": PATIENCE_SECONDS,
                "retries": {"max_attempts": 2},
            }
            return S3FileSystem(
                key=self.user,
                secret=secret,
                endpoint_url=self.endpoint or None,
                config_kwargs=config,
                use_listings_cache=False,
                **given,
            )
        from webdav4.fsspec import WebdavFileSystem

        if self.ca_file:
            given["verify"] = self.ca_file
        host = f"{self.host}:{self.port}" if self.port else self.host
        url = f"{self.kind.partition('+')[2]}://{host}"
        return WebdavFileSystem(url, auth=(self.user, secret), timeout=PATIENCE_SECONDS, **given)

    def name(self, names: tuple[str, ...]) -> str:
        """Return how the file system calls what lies at these names."""
        if self.kind == "s3":
            return "/".join((self.host, *names))
        return "/".join(names) if self.kind.startswith("webdav") else "/" + "/".join(names)


def why(error: Exception) -> tuple[Reason, Lost]:
    """Say in words of the closed lists what a library's error means. Reads none of its text."""
    status = getattr(getattr(error, "response", None), "status_code", None)
    names = {each.__name__ for each in type(error).__mro__}
    if isinstance(error, NoSecret):
        return "no_access", "secret"
    if isinstance(error, ImportError):
        return "missing_extra", "extra"
    if status == 401 or ("PermissionDenied" in names and "DisconnectError" in names):
        return "no_access", "login"
    if names & {"HostKeyNotVerifiable", "SSLCertVerificationError"}:
        return "no_access", "certificate"
    if isinstance(error, FileNotFoundError | NotADirectoryError) or status in (404, 410):
        return "vanished", ""
    if names & {"SFTPNoSuchFile", "SFTPNoSuchPath", "ResourceNotFound"}:
        return "vanished", ""
    if isinstance(error, PermissionError) or status == 403 or "SFTPPermissionDenied" in names:
        return "no_access", ""
    if status in (429, 503):
        return "offline", "busy"
    if names & _AWAY or isinstance(error, ConnectionError | TimeoutError):
        return "offline", "unreachable"
    return "offline", ""


_AWAY = {
    *("DisconnectError", "SFTPConnectionLost", "SFTPNoConnection", "ChannelOpenError"),
    *("TransportError", "ClientConnectorError", "EndpointConnectionError", "ConnectTimeoutError"),
    *("HTTPClientError", "gaierror"),
}
"""What asyncssh, httpx and botocore raise when the line is gone."""

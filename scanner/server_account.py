"""Make the account of a configured server: where its password lies, not the password."""

from __future__ import annotations

from connectors.remote_account import RemoteAccount, RemoteAddress
from scanner.config import PlaceTable
from scanner.mail_account import LoginSecret


def account_of(place: PlaceTable) -> RemoteAccount:
    """Return who asks for a place that is read by SFTP, WebDAV or S3."""
    remote = place.remote
    assert remote is not None
    address = RemoteAddress.parsed(place.path)
    return RemoteAccount(
        address.kind,
        address.host,
        address.port,
        remote.user,
        LoginSecret(remote.password.source()),
        remote.known_hosts,
        remote.endpoint,
        remote.ca_file,
    )

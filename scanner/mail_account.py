"""Make the account of a configured mailbox: where its secret lies, not the secret."""

from __future__ import annotations

from dataclasses import dataclass

from connectors.imap.account import ImapAccount
from connectors.secret import NoSecret
from scanner.config import PlaceTable
from scanner.secret import SecretError, SecretSource


@dataclass(frozen=True, slots=True)
class LoginSecret:
    """A password or token as connectors ask for it: fetched anew at every login."""

    source: SecretSource

    def fetch(self) -> str:
        """Return the secret. Raises NoSecret, which says where it was looked for."""
        try:
            return self.source.fetch()
        except SecretError as error:
            raise NoSecret(str(error)) from None


def account_of(place: PlaceTable) -> ImapAccount:
    """Return the account of a place that is a mailbox."""
    imap = place.imap
    assert imap is not None
    address = place.address
    secret = imap.token or imap.password
    assert secret is not None
    return ImapAccount(
        user=address.user,
        host=address.host,
        port=address.port,
        secret=LoginSecret(secret.source()),
        oauth=imap.token is not None,
        security=imap.security,
        ca_file=imap.ca_file,
        connections=imap.connections,
        shared=imap.shared,
        messages_per_second=imap.messages_per_second,
        bytes_per_second=imap.megabytes_per_second * 1_000_000,
    )

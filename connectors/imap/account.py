"""A mailbox on an IMAP server as a value, and how to log in to it. Keeps no secret."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import BinaryIO

from connectors import Lost, Reason, Unreadable
from connectors.archives import Hasher
from connectors.imap.address import PORTS, Security
from connectors.imap.wire import Dropped, Refusal, Wire
from connectors.mailserver import Mailbox
from connectors.pace import Pace
from connectors.secret import NoSecret, Secret

FIRST_PAUSES = (1.0, 2.0)
"""Seconds before a server is tried again that was not reached in this process before."""
LATER_PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0)
"""Seconds before a server is tried again that was reached: it may be starting anew."""
ATTEMPTS = 3
"""How often one message is begun, when its connection breaks each time."""
SLOWEST_BYTES = 100_000
"""Bytes a second that a mailbox gives at least; one slower than that is not waited for."""
_BUSY = frozenset({"UNAVAILABLE", "LIMIT", "INUSE", "OVERQUOTA", "CONTACTADMIN", "SERVERBUG"})
"""Codes (RFC 5530) of a NO that is not about who asks."""


@dataclass(frozen=True, slots=True)
class ImapAccount:
    """Which mailbox, and where its secret lies. Equal accounts are one mailbox.

    `secret`: a password, or with `oauth` a token. `ca_file`: the only authority that is
    believed; empty: those of the system. Paces are of all connections together; 0: none.
    """

    user: str = field(repr=False)
    host: str
    port: int
    secret: Secret = field(repr=False)
    oauth: bool = False
    security: Security = "tls"
    ca_file: str = ""
    connections: int = 2
    shared: bool = False
    messages_per_second: float = 0.0
    bytes_per_second: float = 0.0

    def connect(self, hasher: Callable[[], Hasher], spool: Callable[[], BinaryIO]) -> Mailbox:
        """Return the mailbox, not yet connected."""
        from connectors.imap.mailbox import ImapMailbox

        return ImapMailbox(self, hasher, spool)

    def pace(self) -> Pace:
        """Return the pace of one connection."""
        share = max(self.connections, 1)
        return Pace(self.messages_per_second / share, self.bytes_per_second / share)

    def seconds(self, messages: int, size: int) -> float:
        """Return how long opening messages may take: their pace, a slow line, and pauses."""
        return self.pace().seconds(messages, size) + size / SLOWEST_BYTES + 2 * sum(LATER_PAUSES)

    def logged_in(self) -> Wire:
        """Return a new connection that is logged in.

        Raises Unreadable with `lost` where another try would be of no use or do harm, Dropped
        where it may help.
        """
        wire = self._reached()
        try:
            self._log_in(wire)
            wire.renew()
        except BaseException:
            wire.shutdown()
            raise
        return wire

    def _reached(self) -> Wire:
        context = self._context()
        try:
            port = self.port or PORTS[self.security]
            wire = Wire(self.host, port, context if self.security == "tls" else None)
            if self.security == "starttls":
                try:
                    if wire.state != "NONAUTH" or "STARTTLS" not in wire.offers:
                        raise lost("tls")
                    wire.upgrade(context)
                except BaseException:
                    wire.shutdown()
                    raise
        except ssl.SSLCertVerificationError:
            raise lost("certificate") from None
        except (ssl.SSLEOFError, ssl.SSLZeroReturnError):
            raise Dropped from None
        except (ssl.SSLError, Refusal):
            raise lost("tls" if self.security != "none" else "unreachable") from None
        except OSError:
            raise Dropped from None
        return wire

    def _context(self) -> ssl.SSLContext:
        try:
            context = ssl.create_default_context(cafile=self.ca_file or None)
        except OSError:  # no such file, or no certificate in it
            raise lost("authority") from None
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return context

    def _log_in(self, wire: Wire) -> None:
        if wire.state == "AUTH":  # the server knows who we are
            return
        try:
            secret = self.secret.fetch()
        except NoSecret:
            raise lost("secret") from None
        try:
            if self.oauth:
                self._by_token(wire, secret)
            elif "AUTH=PLAIN" in wire.offers:
                wire.authenticated("PLAIN", f"\0{self.user}\0{secret}".encode())
            elif "LOGINDISABLED" in wire.offers or not (self.user + secret).isascii():
                raise lost("login")
            else:
                wire.logged_in(self.user, secret)
        except Refusal as refusal:
            raise lost("busy" if refusal.code in _BUSY else "login") from None
        except ValueError:  # a secret with a line end in it
            raise lost("login") from None

    def _by_token(self, wire: Wire, token: str) -> None:
        if "AUTH=OAUTHBEARER" in wire.offers:  # RFC 7628
            user = self.user.replace("=", "=3D").replace(",", "=2C")
            said = f"n,a={user},\x01host={self.host}\x01auth=Bearer {token}\x01\x01"
            wire.authenticated("OAUTHBEARER", said.encode(), b"\x01")
        else:
            said = f"user={self.user}\x01auth=Bearer {token}\x01\x01"
            wire.authenticated("XOAUTH2", said.encode(), b"")


def lost(why: Lost) -> Unreadable:
    """Return that the mailbox is out of reach. Its path is for others to name."""
    reason: Reason = "offline" if why in ("unreachable", "busy") else "no_access"
    return Unreadable(b"", reason, folder=True, lost=why)

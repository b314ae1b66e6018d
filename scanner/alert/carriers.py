"""Carry what is to be told to officers and IT: by mail, webhook, or any service of apprise.

Each carrier sends once and says how that ended; waiting and trying again is scanner.alert.post's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Protocol

from scanner.alert.events import Event, stamp
from scanner.alert.smtp import MailServer, NotSent, send
from scanner.alert.webhook import Hook, deliver
from scanner.alert.wording import LISTED, SHORT_LIST, listing, summary
from scanner.messages import Words
from scanner.risk import Level
from scanner.secret import SecretError, SecretSource

GATHERED_PARCELS = 100
"""Bursts that one mail gathers at most."""


class Carrier(Protocol):
    """One channel. `gather`: the time between two messages; `per_message`: parcels in one."""

    name: str
    risk: Level
    gather: timedelta
    per_message: int

    def carry(self, events: Sequence[Event], message: str, at: datetime) -> None:
        """Send these events as one message, known by `message` however often. Raises NotSent."""
        ...

    def test(self, title: str, text: str, message: str, at: datetime) -> None:
        """Send a test that tells of no document. Raises NotSent."""
        ...


@dataclass(slots=True)
class Mail:
    """Mail to officers and IT, gathered."""

    server: MailServer = field(repr=False)
    sender: str = field(repr=False)
    to: tuple[str, ...] = field(repr=False)
    risk: Level
    gather: timedelta
    words: Words
    device: str
    name: str = "mail"
    per_message: int = GATHERED_PARCELS

    def carry(self, events: Sequence[Event], message: str, at: datetime) -> None:
        head = self.words.text("alert mail head")
        text = f"{head}\n\n{listing(self.words, events, LISTED)}\n"
        self.test(summary(self.words, events, self.device), text, message, at)

    def test(self, title: str, text: str, message: str, at: datetime) -> None:
        send(self.composed(title, text, message, at), self.server)

    def composed(self, subject: str, text: str, message: str, at: datetime) -> EmailMessage:
        """Return a mail that no machine answers (RFC 3834) and that is one however often sent."""
        mail = EmailMessage()
        mail["Subject"] = subject
        mail["From"] = self.sender
        mail["To"] = ", ".join(self.to)
        mail["Date"] = format_datetime(at)
        mail["Message-ID"] = f"<{message}@{self.sender.rpartition('@')[2]}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(text, cte="quoted-printable")
        return mail


@dataclass(slots=True)
class Webhook:
    """The company's system: each burst a message, signed."""

    hook: Hook = field(repr=False)
    risk: Level
    name: str = "webhook"
    gather: timedelta = timedelta(0)
    per_message: int = 1

    def carry(self, events: Sequence[Event], message: str, at: datetime) -> None:
        deliver(self.hook, {"id": message, "events": list(events)}, message, at)

    def test(self, title: str, text: str, message: str, at: datetime) -> None:
        self.carry([{"event": "test", "id": message, "at": stamp(at)}], message, at)


@dataclass(slots=True)
class Services:
    """Whatever apprise knows. The addresses are secrets, and stay out of every message."""

    urls: SecretSource
    risk: Level
    gather: timedelta
    words: Words
    device: str
    name: str = "apprise"
    per_message: int = GATHERED_PARCELS
    _arrived: set[tuple[str, int]] = field(default_factory=set, repr=False)
    """What a message that is tried again need not go to again: message, number of the address."""

    def carry(self, events: Sequence[Event], message: str, at: datetime) -> None:
        text = listing(self.words, events, SHORT_LIST)
        self.test(summary(self.words, events, self.device), text, message, at)

    def test(self, title: str, text: str, message: str, at: datetime) -> None:
        try:
            import apprise
        except ImportError:
            raise NotSent("it needs an extra: pip install 'fodspor[notify]'") from None
        try:
            addresses = [line.strip() for line in self.urls.fetch().splitlines()]
        except SecretError as error:
            raise NotSent(str(error)) from None
        failed = []
        for number, address in enumerate(filter(None, addresses), 1):
            if (message, number) in self._arrived:
                continue
            try:
                service = apprise.Apprise()
                arrived = service.add(address) and service.notify(
                    title=title, body=text, body_format=apprise.NotifyFormat.TEXT
                )
            except Exception:  # whatever a service's plugin does not expect
                arrived = False
            if arrived:
                self._arrived.add((message, number))
            else:
                failed.append(str(number))
        if failed:
            raise NotSent(f"line {', '.join(failed)} of the addresses did not take it")
        self._arrived.clear()

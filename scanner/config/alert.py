"""The tables that say who is told of what, and how. Reads no file."""

from __future__ import annotations

import ipaddress
import re
from datetime import timedelta
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from scanner.alert.policy import Habits, Span, leaves_time
from scanner.alert.smtp import MailServer
from scanner.config.table import Secret, Table
from scanner.risk import Level

_ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\]+@[^\s@<>,;:\"()\[\]\\]+")


def is_loopback(host: str) -> bool:
    """Whether a server is this machine, by its name alone."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


class MailTable(Table):
    """The company's mail server, and who gets mail."""

    host: str = Field(min_length=1, description="The mail server.")
    port: int = Field(0, ge=0, le=65535, description="Its port; 0: the usual one.")
    security: Literal["starttls", "tls", "none"] = Field(
        "starttls",
        description='"starttls" (port 587), "tls" (465), "none" (25) to this machine alone.',
    )
    user: str = Field("", description="Who logs in; empty: no login.")
    password: Secret | None = Field(
        None, description="Where the password lies: keyring, env, command or file."
    )
    ca_file: str = Field(
        "", description="The authority that signed the server's certificate; empty: the system's."
    )
    sender: str = Field(description="The address that mail comes from.")
    to: tuple[str, ...] = Field(min_length=1, description="The addresses that mail goes to.")
    risk: Level = Field("medium", description="From which risk on: low, medium, high, critical.")
    minutes: int = Field(
        15, ge=0, description="At most one mail in so many minutes; what comes between is gathered."
    )

    @field_validator("sender")
    @classmethod
    def _sender(cls, given: str) -> str:
        if not _ADDRESS.fullmatch(given):
            raise ValueError('needs a bare address, such as "fodspor@firma.dk"')
        return given

    @field_validator("to")
    @classmethod
    def _to(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        if not all(map(_ADDRESS.fullmatch, given)):
            raise ValueError('needs bare addresses, such as ["gdpr@firma.dk"]')
        return given

    @model_validator(mode="after")
    def _login(self) -> MailTable:
        if bool(self.user) != (self.password is not None):
            raise ValueError(
                "needs user and password together, such as "
                'password = {keyring = "fodspor/mail"}; or neither'
            )
        if self.security == "none" and not is_loopback(self.host):
            raise ValueError(
                'sends mail in the clear; security = "none" is for a server on this machine alone, '
                'write "tls" or "starttls"'
            )
        return self

    def server(self) -> MailServer:
        """Return what scanner.alert.smtp sends through."""
        password = self.password.source() if self.password else None
        return MailServer(self.host, self.port, self.security, self.user, password, self.ca_file)


class WebhookTable(Table):
    """A system of the company's that takes what is flagged, over HTTPS."""

    url: str = Field(description="Where to send to, https://…")
    secret: Secret = Field(
        description="Where the secret lies that signs each message: keyring, env, command or file."
    )
    ca_file: str = Field(
        "", description="The authority that signed the server's certificate; empty: the system's."
    )
    risk: Level = Field("medium", description="From which risk on: low, medium, high, critical.")

    @field_validator("url")
    @classmethod
    def _url(cls, given: str) -> str:
        try:
            parts = urlsplit(given)
            host, user = parts.hostname, parts.username
        except ValueError:
            host, user = None, None
        if not host or parts.scheme not in ("https", "http") or not given.isprintable():
            raise ValueError('needs an address such as "https://siem.firma.dk/fodspor"')
        if user is not None:
            raise ValueError("has a user in it; each message is signed, leave the user out")
        if parts.scheme == "http" and not is_loopback(host):
            raise ValueError("sends in the clear; write https://…")
        return given


class AppriseTable(Table):
    """Any other service, through the library apprise."""

    urls: Secret = Field(
        description="Where the addresses lie, one a line: they hold passwords and tokens."
    )
    risk: Level = Field("medium", description="From which risk on: low, medium, high, critical.")
    minutes: int = Field(
        15, ge=0, description="At most one message in so many minutes; the rest is gathered."
    )


class Alert(Table):
    """Who is told of what."""

    desktop: bool = Field(
        True, description="Tell the employee by a notification (extra: fodspor[notify])."
    )
    risk: Level = Field("medium", description="From which risk on: low, medium, high, critical.")
    asks: str = Field(
        "", max_length=300, description="What the company asks the employee to do; empty: move it."
    )
    quiet: tuple[str, ...] = Field(
        ("20:00-07:00",), description="Hours of the day in which the employee is not told."
    )
    per_hour: int = Field(2, ge=1, description="Words to the employee in an hour, at most.")
    per_day: int = Field(2, ge=1, description="Words to the employee in a day, at most.")
    silent_days: int = Field(
        28, ge=0, description="Days from the first watch on in which the employee is not told."
    )
    verdict_days: int = Field(
        365, ge=1, le=3650, description='Days for which "it belongs here" holds.'
    )
    log_risk: Level = Field(
        "low", description="From which risk on there is a line of JSON and one in the log."
    )
    mail: MailTable | None = Field(None, description="The mail server, and who gets mail.")
    webhook: WebhookTable | None = Field(None, description="A system that takes each message.")
    apprise: AppriseTable | None = Field(None, description="Any other service.")

    @field_validator("quiet")
    @classmethod
    def _quiet(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        if not leaves_time(map(Span.parsed, given)):
            raise ValueError("leaves no minute of the day; set desktop = false instead")
        return given

    def habits(self) -> Habits:
        """Return when the employee may be told."""
        return Habits(
            tuple(map(Span.parsed, self.quiet)),
            self.per_hour,
            self.per_day,
            timedelta(days=self.silent_days),
        )

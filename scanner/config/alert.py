"""The tables that say who is told of what, and how. Reads no file."""

from __future__ import annotations

import ipaddress
import re
from typing import Literal

from pydantic import Field, field_validator, model_validator

from scanner.alert.smtp import MailServer
from scanner.config.table import Secret, Table

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


class Alert(Table):
    """Who is told of what."""

    mail: MailTable | None = Field(None, description="The mail server, and who gets mail.")

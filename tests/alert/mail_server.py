"""A mail server on loopback that keeps what it is given, with login and TLS as real ones have."""

from __future__ import annotations

import email
import email.policy
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.connectors.certificates import Certificates

USER, PASSWORD = "fodspor@firma.dk", "mail-secret-of-the-tests"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as held:
        port: int = held.getsockname()[1]
        return port


@dataclass
class MailBox:
    """What a server took: the mails, and to whom. `answer`: what it says to each instead of OK."""

    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    answer: str = ""
    refused: frozenset[str] = frozenset()

    async def handle_RCPT(  # noqa: N802
        self, _: SMTP, __: Session, envelope: Envelope, address: str, ___: list[str]
    ) -> str:
        if address in self.refused:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, _: Session, envelope: Envelope
    ) -> str:
        if self.answer:
            return self.answer
        assert isinstance(envelope.content, bytes)
        read = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(read, EmailMessage)
        self.mails.append(read)
        self.recipients.append(list(envelope.rcpt_tos))
        assert server.transport is not None
        self.encrypted.append(server.transport.get_extra_info("ssl_object") is not None)
        return "250 taken"


class _Tls(Controller):
    """Speaks TLS from the first byte; the library's own start asks itself without a certificate."""

    def _trigger_server(self) -> None:
        with socket.create_connection((self.hostname, self.port), 5):
            pass


def _knows(_: SMTP, __: Session, ___: Envelope, mechanism: str, given: Any) -> AuthResult:
    if not isinstance(given, LoginPassword):
        return AuthResult(success=False, handled=False)
    right = (given.login, given.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=right, handled=right)


@contextmanager
def mail_server(
    folder: Path,
    box: MailBox,
    *,
    security: str = "starttls",
    port: int = 0,
    login: bool = True,
    named: str = "localhost",
) -> Iterator[int]:
    """Run a server on loopback; yield its port. Its authority is `folder`/authority.pem."""
    port = port or free_port()
    options: dict[str, Any] = {"hostname": "127.0.0.1", "port": port}
    if security != "none":
        authority = folder / "authority.pem"
        made = (
            Certificates(authority, folder / "server.pem", folder / "server.key")
            if authority.exists()
            else Certificates.made(folder, named)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(made.certificate, made.key)
        if security == "tls":
            options["ssl_context"] = context
        else:
            options |= {"tls_context": context, "require_starttls": True}
    if login:
        options |= {
            "authenticator": _knows,
            "auth_required": True,
            "auth_require_tls": security == "starttls",
        }
    controller = (_Tls if security == "tls" else Controller)(box, **options)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()

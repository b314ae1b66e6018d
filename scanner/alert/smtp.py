"""Hand one mail to the company's mail server. Composes none, and repeats no address in an error."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Literal

from scanner.secret import SecretError, SecretSource

Security = Literal["starttls", "tls", "none"]
PORTS: dict[Security, int] = {"starttls": 587, "tls": 465, "none": 25}
"""Submission by RFC 6409, by RFC 8314 section 3.3, and between servers."""
REFUSED_FOR_GOOD = range(500, 600)
"""Replies of SMTP after which the same mail is not to be tried again (RFC 5321, 4.2.1)."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed in. `port` 0: the usual one. `user` empty: no login."""

    host: str
    port: int = 0
    security: Security = "starttls"
    user: str = ""
    password: SecretSource | None = None
    ca_file: str = ""
    timeout_seconds: float = 20.0


class NotSent(Exception):
    """A mail was not taken: says why in words. `final`: the server never takes this one."""

    def __init__(self, why: str, *, final: bool = False) -> None:
        super().__init__(why)
        self.final = final


def send(message: EmailMessage, server: MailServer) -> None:
    """Hand `message` to the server, for all its recipients. Raises NotSent.

    The certificate is verified, and without encryption nothing is sent but with `security` "none".
    Some refused recipients of several are NotSent too, after the others got it.
    """
    try:
        with _connected(server) as connection:
            if server.user:
                password = server.password.fetch() if server.password else ""
                connection.login(server.user, password)
            refused = connection.send_message(message)
    except SecretError as error:
        raise NotSent(str(error)) from None
    except ssl.SSLCertVerificationError as error:
        raise NotSent(
            f"{_named(server)} shows a certificate that is not to be trusted"
            f" ({error.verify_message}); name its authority in ca_file"
        ) from None
    except smtplib.SMTPNotSupportedError:
        raise NotSent(
            f"{_named(server)} offers no STARTTLS or no login; check security and port"
        ) from None
    except smtplib.SMTPAuthenticationError as error:
        raise NotSent(f"{_named(server)} refused the login ({error.smtp_code})") from None
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        final = all(code in REFUSED_FOR_GOOD for code in codes)
        raise NotSent(
            f"{_named(server)} refused every recipient ({codes[0]})", final=final
        ) from None
    except smtplib.SMTPResponseException as error:
        # a server that is closing or hands out 5xx to everybody answers so before the mail
        final = isinstance(error, smtplib.SMTPDataError) and error.smtp_code in REFUSED_FOR_GOOD
        raise NotSent(f"{_named(server)} answered {error.smtp_code}", final=final) from None
    except (smtplib.SMTPException, OSError, UnicodeError, ValueError) as error:
        raise NotSent(f"{_named(server)} is not reached ({_reason(error)})") from None
    if refused:
        raise NotSent(f"{_named(server)} refused {len(refused)} of the recipients", final=True)


def _connected(server: MailServer) -> smtplib.SMTP:
    port = server.port or PORTS[server.security]
    if server.security == "none":
        return smtplib.SMTP(server.host, port, timeout=server.timeout_seconds)
    try:
        context = ssl.create_default_context(cafile=server.ca_file or None)
    except OSError:  # no such file, or no certificate in it
        raise NotSent(f"the authority in ca_file cannot be read; mend {server.ca_file}") from None
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if server.security == "tls":
        return smtplib.SMTP_SSL(server.host, port, timeout=server.timeout_seconds, context=context)
    connection = smtplib.SMTP(server.host, port, timeout=server.timeout_seconds)
    try:
        connection.starttls(context=context)
    except BaseException:
        connection.close()
        raise
    return connection


def _named(server: MailServer) -> str:
    return f"the mail server {server.host}:{server.port or PORTS[server.security]}"


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror and not isinstance(error, ssl.SSLError):
        return error.strerror
    return type(error).__name__

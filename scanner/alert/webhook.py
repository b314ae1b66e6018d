"""Post JSON to the company's system, signed, so that nobody else can and none is replayed."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from scanner import __version__
from scanner.alert.smtp import NotSent
from scanner.secret import SecretError, SecretSource

SIGNATURE, TIMESTAMP, KEY = "X-Fodspor-Signature", "X-Fodspor-Timestamp", "Idempotency-Key"
REFUSED_FOR_GOOD = (400, 413, 422)
"""Answers that say that this body is not to be sent again; others can be mended on either side."""
TAKEN = range(200, 300)
ANSWER_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Hook:
    """Where to post to, and the secret that signs. The address may hold a token: never shown."""

    url: str = field(repr=False)
    secret: SecretSource
    ca_file: str = ""
    timeout_seconds: float = 15.0

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or ""


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Return "sha256=…": HMAC-SHA256 of timestamp, a full stop and the body, in hexadecimal."""
    signed = timestamp.encode() + b"." + body
    return f"sha256={hmac.digest(secret.encode(), signed, hashlib.sha256).hex()}"


def deliver(hook: Hook, told: Mapping[str, Any], key: str, at: datetime) -> None:
    """Post `told` once; `key` is the same for each try. Raises NotSent. Follows no redirection."""
    body = json.dumps(told, ensure_ascii=False).encode()
    try:
        secret = hook.secret.fetch()
    except SecretError as error:
        raise NotSent(str(error)) from None
    timestamp = str(int(at.timestamp()))
    request = urllib.request.Request(
        hook.url,
        body,
        {
            "Content-Type": "application/json",
            "User-Agent": f"fodspor/{__version__}",
            TIMESTAMP: timestamp,
            SIGNATURE: signature(secret, timestamp, body),
            KEY: key,
        },
        method="POST",
    )
    try:
        with _opener(hook).open(request, timeout=hook.timeout_seconds) as answer:
            answer.read(ANSWER_BYTES)
            status = answer.status
    except urllib.error.HTTPError as error:
        status = error.code
        error.close()
    except ssl.SSLError:
        raise NotSent(_untrusted(hook)) from None
    except urllib.error.URLError as error:
        if isinstance(error.reason, ssl.SSLError):
            raise NotSent(_untrusted(hook)) from None
        raise NotSent(f"{hook.host} is not reached ({_reason(error.reason)})") from None
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NotSent(f"{hook.host} is not reached ({_reason(error)})") from None
    if status not in TAKEN:
        raise NotSent(f"{hook.host} answered {status}", final=status in REFUSED_FOR_GOOD)


class _NoRedirection(urllib.request.HTTPRedirectHandler):
    """Lets a redirection be an answer as any other: what is signed goes where it was meant to."""

    def redirect_request(self, *_: object) -> None:
        return None


def _opener(hook: Hook) -> urllib.request.OpenerDirector:
    try:
        context = ssl.create_default_context(cafile=hook.ca_file or None)
    except OSError:
        raise NotSent(f"the authority in ca_file cannot be read; mend {hook.ca_file}") from None
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return urllib.request.build_opener(
        urllib.request.HTTPSHandler(context=context), _NoRedirection()
    )


def _untrusted(hook: Hook) -> str:
    return (
        f"{hook.host} shows a certificate that is not to be trusted, or speaks no TLS;"
        " name its authority in ca_file"
    )


def _reason(error: object) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return type(error).__name__

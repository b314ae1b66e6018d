"""A system of the company's on loopback: takes webhooks, verifies them as the docs say, fails."""

from __future__ import annotations

import hashlib
import hmac
import http.server
import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.connectors.certificates import Certificates

SECRET = "webhook-secret-of-the-tests"
AGE_SECONDS = 300


@dataclass
class Received:
    """What arrived. `answers`: the status of the next requests, then 200; `verify`: check each.

    `silent`: so many are taken and never answered; `hold`: none is taken until it is set.
    """

    bodies: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    now: float = 0.0
    verify: bool = True
    asked: int = 0
    silent: int = 0
    hold: threading.Event | None = None
    arrived: threading.Event = field(default_factory=threading.Event)

    def why_not(self, headers: Any, body: bytes) -> str:
        """Return why a request is not to be trusted; empty where it is."""
        timestamp = headers["X-Fodspor-Timestamp"] or ""
        signed = hmac.new(SECRET.encode(), timestamp.encode() + b"." + body, hashlib.sha256)
        if not hmac.compare_digest(
            headers["X-Fodspor-Signature"] or "", f"sha256={signed.hexdigest()}"
        ):
            return "signature"
        if self.now and abs(self.now - int(timestamp)) > AGE_SECONDS:
            return "too old"
        return "known" if headers["Idempotency-Key"] in self.keys else ""


@contextmanager
def receiver(received: Received, folder: Path | None = None, *, port: int = 0) -> Iterator[int]:
    """Run the system; with `folder`, over TLS, its authority in `folder`/authority.pem."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            received.asked += 1
            received.arrived.set()
            if received.hold is not None:
                received.hold.wait(20)
            status = received.answers.pop(0) if received.answers else 200
            why = received.why_not(self.headers, body) if received.verify else ""
            if status == 200 and why:
                received.refused.append(why)
                status = 200 if why == "known" else 401
            elif status == 200:
                received.bodies.append(json.loads(body))
                received.keys.append(self.headers["Idempotency-Key"] or "")
            if received.silent:
                received.silent -= 1
                self.close_connection = True
                return
            self.send_response(status)
            if status in (301, 302, 307):
                self.send_header("Location", "/elsewhere")
            self.end_headers()

        def log_message(self, format: str, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
    if folder is not None:
        made = Certificates.made(folder)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(made.certificate, made.key)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

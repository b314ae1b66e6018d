"""An IMAP server that says what a test wants, true or not, on loopback."""

from __future__ import annotations

import re
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from connectors.imap.account import ImapAccount
from tests.connectors.dovecot import Known

Answer = bytes | Iterator[bytes] | None
"""What is sent back, without the tagged line; a stream of chunks; None: the line is cut."""
Script = Callable[[str, str], Answer]
"""Verb and arguments to an answer."""

GREETING = b"* OK ready\r\n"
CAPABILITIES = b"* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n"


class Liar:
    """`said`: the commands that came, of all connections. `sent`: bytes that went out."""

    def __init__(self, script: Script, greeting: bytes) -> None:
        self.script = script
        self.greeting = greeting
        self.said: list[str] = []
        self.sent = 0
        self.port = 0
        self.at_end = ExitStack()

    def account(self, **changes: Any) -> ImapAccount:
        given = {"user": "anna", "host": "127.0.0.1", "port": self.port, "secret": Known()}
        return ImapAccount(**{**given, "security": "none", **changes})

    def count(self, verb: str) -> int:
        return sum(each.startswith(verb) for each in self.said)

    def serve(self, connection: socket.socket) -> None:
        connection.settimeout(20)
        self._send(connection, self.greeting)
        lines = connection.makefile("rb")
        while line := lines.readline():
            tag, _, rest = line.decode("utf-8", "replace").strip().partition(" ")
            verb, _, arguments = rest.partition(" ")
            if verb == "UID":
                sub, _, arguments = arguments.partition(" ")
                verb = f"UID {sub}"
            self.said.append(f"{verb} {arguments}".strip())
            if verb == "AUTHENTICATE":
                self._send(connection, b"+ \r\n")
                lines.readline()
            answer = self.script(verb, arguments)
            if answer is None:
                return
            ending = f"{tag} OK done\r\n".encode()
            if isinstance(answer, bytes):
                refused = re.fullmatch(rb"(NO|BAD)\b.*", answer, re.DOTALL)
                whole = f"{tag} ".encode() + answer + b"\r\n" if refused else answer + ending
                self._send(connection, whole)
            else:
                for chunk in answer:
                    self._send(connection, chunk)
                self._send(connection, ending)

    def _send(self, connection: socket.socket, data: bytes) -> None:
        connection.sendall(data)
        self.sent += len(data)


def honest(messages: dict[int, bytes] | None = None) -> Script:
    """Return a script that answers as a small server does, for the other scripts to begin with."""
    held = {1: b"Subject: a\r\n\r\nb\r\n"} if messages is None else messages

    def answer(verb: str, arguments: str) -> Answer:
        match verb:
            case "CAPABILITY":
                return CAPABILITIES
            case "LIST":
                return b'* LIST () "/" INBOX\r\n'
            case "STATUS":
                return b"* STATUS INBOX (MESSAGES 1 UIDNEXT 2 UIDVALIDITY 7)\r\n"
            case "EXAMINE":
                return b"* OK [UIDVALIDITY 7] x\r\n* %d EXISTS\r\n" % len(held)
            case "UID SEARCH":
                return b"* SEARCH" + b"".join(b" %d" % uid for uid in held) + b"\r\n"
            case "UID FETCH":
                return fetched(held, arguments)
        return b""

    return answer


def fetched(held: dict[int, bytes], arguments: str) -> bytes:
    numbers, _, what = arguments.partition(" ")
    asked = {
        uid
        for each in numbers.split(",")
        for uid in range(int(each.split(":")[0]), int(each.split(":")[-1]) + 1)
    }
    partial = re.search(r"BODY\.PEEK\[\]<(\d+)\.(\d+)>", what)
    told = b""
    for uid, message in held.items():
        if uid not in asked:
            continue
        if partial:
            start, size = int(partial[1]), int(partial[2])
            body = message[start : start + size]
            told += b"* %d FETCH (UID %d BODY[]<%d> {%d}\r\n" % (uid, uid, start, len(body))
            told += body + b")\r\n"
        else:
            told += b"* %d FETCH (UID %d RFC822.SIZE %d INTERNALDATE" % (uid, uid, len(message))
            told += b' " 2-Mar-2026 10:00:00 +0100" BODY[HEADER.FIELDS (MESSAGE-ID)] {2}\r\n'
            told += b"\r\n)\r\n"
    return told


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = False
    block_on_close = True
    allow_reuse_address = True


@contextmanager
def lying(script: Script, greeting: bytes = GREETING) -> Iterator[Liar]:
    """Yield a server that is listening; it and its threads have ended afterwards."""
    liar = Liar(script, greeting)

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            try:
                liar.serve(self.request)
            except OSError:  # the other end hung up, as it should
                pass

    with _Server(("127.0.0.1", 0), Handler) as server:
        liar.port = int(server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield liar
        finally:
            liar.at_end.close()
            server.shutdown()
            thread.join()

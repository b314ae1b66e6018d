"""One connection to an IMAP server, on top of Python's imaplib. Can send nothing that changes it.

What a server may answer to a command is bounded in bytes and in seconds, whatever lengths it
names: a literal that does not end, or a line without one, breaks the connection off.
"""

from __future__ import annotations

import imaplib
import re
import socket
import ssl
import time

from connectors.imap.responses import Raw

VERBS = frozenset(
    {
        *("CAPABILITY", "STARTTLS", "AUTHENTICATE", "LOGIN", "LOGOUT"),
        *("NAMESPACE", "LIST", "STATUS", "EXAMINE", "UID SEARCH", "UID FETCH"),
    }
)
"""All that is ever sent. EXAMINE opens a folder read-only, and no FETCH but of BODY.PEEK."""
GREETING_BYTES = 64 * 1024
ANSWER_BYTES = 16 * 1024**2
ANSWER_LINES = 100_000
CONNECT_SECONDS = 20.0
ANSWER_SECONDS = 60.0
RECEIVE_BYTES = 256 * 1024
_CODE = re.compile(r"\[([A-Z0-9-]+)")


class Dropped(Exception):
    """The connection is gone or useless: make another one. Says nothing of what was sent."""


class Lie(Dropped):
    """The server answered what no honest one answers: more than was asked for, or no IMAP."""


class Refusal(Exception):
    """The server said NO or BAD. `code` is its response code (RFC 5530), or empty."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Wire(imaplib.IMAP4):
    """A connection from greeting to logout. Raises Dropped, Lie, Refusal, ssl.SSLError, OSError.

    `context`: TLS from the first byte; without it plain, until `upgrade`. Of imaplib it replaces
    the five methods that touch the socket.
    """

    sock: socket.socket

    def __init__(self, host: str, port: int, context: ssl.SSLContext | None) -> None:
        self._context = context
        self._buffer = bytearray()
        self._room = 0
        self._lines = 0
        self._until = 0.0
        self.offers: frozenset[str] = frozenset()
        try:
            super().__init__(host, port)
        except imaplib.IMAP4.error as error:
            raise _dropped(error) from None
        self.is_readonly = True
        self.offers = frozenset(map(str, self.capabilities))

    def open(self, host: str = "", port: int = 143, timeout: float | None = None) -> None:
        self.host, self.port = host, port
        self._allow(GREETING_BYTES, CONNECT_SECONDS)
        self.sock = socket.create_connection((host, port), CONNECT_SECONDS)
        if self._context is not None:
            self._secure(self._context)

    def _secure(self, context: ssl.SSLContext) -> None:
        plain = self.sock
        plain.settimeout(CONNECT_SECONDS)
        try:
            self.sock = context.wrap_socket(plain, server_hostname=self.host)
        except BaseException:
            plain.close()
            raise

    def upgrade(self, context: ssl.SSLContext) -> None:
        """Turn a plain connection into one with TLS, or break it off."""
        self.ask("STARTTLS", room=GREETING_BYTES)
        if self._buffer:  # sent in the clear by somebody, to be taken for the server's later
            raise Lie
        self._secure(context)
        self.renew()

    def renew(self) -> None:
        """Ask again what the server offers: it changes with TLS and with the login."""
        told = self.ask("CAPABILITY", room=GREETING_BYTES).get("CAPABILITY", [])
        words = b" ".join(each for each in told if isinstance(each, bytes))
        self.offers = frozenset(words.decode("ascii", "replace").upper().split())

    def ask(
        self,
        verb: str,
        *arguments: bytes,
        room: int = ANSWER_BYTES,
        seconds: float | None = None,
    ) -> dict[str, list[Raw]]:
        """Send one command and return the untagged answers by their type.

        `room`: bytes that the whole answer may have. A Refusal leaves the connection usable.
        """
        if verb not in VERBS:
            raise ValueError(f"{verb} is not for a reader")
        self._allow(room, ANSWER_SECONDS if seconds is None else seconds)
        self.untagged_responses.clear()
        name, _, sub = verb.partition(" ")
        try:
            typ, answer = self._simple_command(name, *([sub] if sub else []), *arguments)
        except imaplib.IMAP4.abort as error:
            raise _dropped(error) from None
        except imaplib.IMAP4.error:
            raise Refusal("BAD") from None
        except (OSError, ssl.SSLError):
            raise Dropped from None
        except ValueError:  # a length of thousands of digits
            raise Lie from None
        if typ != "OK":
            raise Refusal(code_of(answer))
        return dict(self.untagged_responses)

    def examine(self, mailbox: bytes) -> dict[str, list[Raw]]:
        """Open a folder, read-only; the one open until then is left, unchanged."""
        self.state = "AUTH"
        answer = self.ask("EXAMINE", mailbox)
        self.state = "SELECTED"
        return answer

    def authenticated(self, mechanism: str, *answers: bytes) -> None:
        """Log in by a SASL mechanism: `answers` to the server's challenges, in order."""
        left = list(answers)
        self._allow(GREETING_BYTES, ANSWER_SECONDS)
        try:
            self.authenticate(mechanism, lambda _: left.pop(0) if left else None)
        except imaplib.IMAP4.abort as error:
            raise _dropped(error) from None
        except imaplib.IMAP4.error as error:
            raise Refusal(code_of([str(error)])) from None
        except OSError:
            raise Dropped from None

    def logged_in(self, user: str, password: str) -> None:
        """Log in by the command LOGIN. ASCII only."""
        self.ask("LOGIN", quoted(user.encode()), quoted(password.encode()), room=GREETING_BYTES)
        self.state = "AUTH"

    def leave(self) -> None:
        """Say goodbye, as far as there is somebody to say it to."""
        try:
            self.ask("LOGOUT", room=GREETING_BYTES, seconds=2.0)
        except (Dropped, Refusal):
            pass
        self.shutdown()

    # what imaplib reads and writes by

    def read(self, size: int) -> bytes:
        if size > self._room + len(self._buffer):
            raise Lie
        while len(self._buffer) < size:
            self._receive()
        return self._taken(size)

    def readline(self) -> bytes:
        self._lines -= 1
        if self._lines < 0:
            raise Lie
        searched = 0
        while (end := self._buffer.find(b"\n", searched)) < 0:
            searched = len(self._buffer)
            self._receive()
        return self._taken(end + 1)

    def send(self, data: bytes) -> None:  # type: ignore[override]
        self.sock.settimeout(ANSWER_SECONDS)
        self.sock.sendall(data)

    def shutdown(self) -> None:
        try:
            self.sock.close()
        except (OSError, AttributeError):
            pass

    def _allow(self, room: int, seconds: float) -> None:
        self._room = room
        self._lines = ANSWER_LINES
        self._until = time.monotonic() + seconds

    def _taken(self, size: int) -> bytes:
        data = bytes(self._buffer[:size])
        del self._buffer[:size]
        return data

    def _receive(self) -> None:
        left = self._until - time.monotonic()
        if left <= 0:
            raise Dropped
        if self._room <= 0:
            raise Lie
        self.sock.settimeout(left)
        try:
            chunk = self.sock.recv(min(RECEIVE_BYTES, self._room))
        except OSError:  # timeouts and TLS included
            raise Dropped from None
        if not chunk:
            raise Dropped
        self._room -= len(chunk)
        self._buffer += chunk


def _dropped(error: imaplib.IMAP4.error) -> Dropped:
    """Return what an abort of imaplib's means: a lost connection, or no IMAP."""
    said = str(error)
    return Lie() if "unexpected" in said or "unterminated" in said else Dropped()


def code_of(answer: object) -> str:
    """Return the response code in what a server said with its NO."""
    last = answer[-1] if isinstance(answer, list) and answer else ""
    text = last.decode("utf-8", "replace") if isinstance(last, bytes) else str(last)
    found = _CODE.match(text)
    return found[1] if found else ""


def quoted(text: bytes) -> bytes:
    """Return an argument as a quoted string. Raises ValueError for what none can hold."""
    if any(byte in text for byte in b"\r\n\x00"):
        raise ValueError("no quoted string holds a line end")
    return b'"' + text.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'

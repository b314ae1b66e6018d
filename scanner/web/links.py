"""Signed links: each opens the page of one employee for a while, and nothing else.

A link names itself by number, end and a nonce, under an HMAC with a key of this file's own. Of the
nonce only a hash is stored, so that who reads the file cannot make the link again.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from scanner.web.accounts import Account, WebFile

LONGEST_DAYS = 30
DAYS = 7
MOST_TOKEN = 300
_KEY_BYTES = 32
_NONCE_BYTES = 24


@dataclass(frozen=True, slots=True)
class Link:
    """One link. `employee`: the owner as the index writes it. Times are UTC, ISO 8601."""

    number: int
    employee: str
    expires: str
    made: str
    made_by: str
    revoked: str
    used: int

    def holds(self, now: datetime) -> bool:
        """Whether it can be used."""
        return not self.revoked and now < datetime.fromisoformat(self.expires)

    @property
    def account(self) -> Account:
        """Who uses it: an employee who sees the own page alone."""
        return Account(f"link-{self.number}", "employee", employee=self.employee, linked=True)


class Links:
    """The links in an open file."""

    def __init__(self, file: WebFile, clock: Callable[[], datetime]) -> None:
        self._file = file
        self._clock = clock

    def make(self, employee: str, days: int, who: str) -> tuple[Link, str]:
        """Return a new link and its token, which is told this once. `days`: 1 to LONGEST_DAYS."""
        if not 1 <= days <= LONGEST_DAYS:
            raise ValueError(f"a link holds 1 to {LONGEST_DAYS} days")
        now = self._clock()
        expires = _text(now + timedelta(days=days))
        nonce = secrets.token_bytes(_NONCE_BYTES)
        with self._file.writing() as connection:
            done = connection.execute(
                "INSERT INTO link(employee, expires, nonce, made, made_by, revoked, used)"
                " VALUES (?,?,?,?,?,'',0)",
                (employee, expires, hashlib.sha256(nonce).digest(), _text(now), who),
            )
            number = int(done.lastrowid or 0)
            key = _key(connection)
        end = int(datetime.fromisoformat(expires).timestamp())
        signed = b"%d.%d.%s" % (number, end, _coded(nonce))
        token = signed + b"." + _coded(_mac(key, employee, signed))
        return Link(number, employee, expires, _text(now), who, "", 0), token.decode("ascii")

    def open(self, token: str) -> Link | None:
        """Return the link of a token that holds, and count its use; None for any other."""
        link = self._of(token)
        if link is None or not link.holds(self._clock()):
            return None
        with self._file.writing() as connection:
            connection.execute("UPDATE link SET used=used+1 WHERE id=?", (link.number,))
        return link

    def get(self, number: int) -> Link | None:
        return next(iter(self._links("WHERE id=?", number)), None)

    def all(self, most: int) -> list[Link]:
        """Return the newest links."""
        return self._links("ORDER BY id DESC LIMIT ?", most)

    def revoke(self, number: int) -> bool:
        """End a link and what was opened with it; whether it held."""
        with self._file.writing() as connection:
            connection.execute("DELETE FROM session WHERE link=?", (number,))
            done = connection.execute(
                "UPDATE link SET revoked=? WHERE id=? AND revoked=''",
                (_text(self._clock()), number),
            )
        return done.rowcount > 0

    def _of(self, token: str) -> Link | None:
        if len(token) > MOST_TOKEN or not token.isascii() or token.count(".") != 3:
            return None
        signed, _, mac = token.rpartition(".")
        number, end, nonce = signed.split(".")
        if not (number.isdecimal() and len(number) < 16):
            return None
        link = self.get(int(number))
        if link is None:
            return None
        rows = self._file.rows("SELECT nonce FROM link WHERE id=?", link.number)
        with self._file.writing() as connection:
            key = _key(connection)
        right = _mac(key, link.employee, signed.encode("ascii"))
        same = hmac.compare_digest(right, _decoded(mac))
        held = hmac.compare_digest(bytes(rows[0][0]), hashlib.sha256(_decoded(nonce)).digest())
        ends = str(int(datetime.fromisoformat(link.expires).timestamp())) == end
        return link if same and held and ends else None

    def _links(self, condition: str, *values: object) -> list[Link]:
        rows: list[tuple[Any, ...]] = self._file.rows(
            "SELECT id, employee, expires, made, made_by, revoked, used FROM link " + condition,
            *values,
        )
        return [Link(*row) for row in rows]


def _key(connection: sqlite3.Connection) -> bytes:
    row = connection.execute("SELECT value FROM secret WHERE name='link'").fetchone()
    if row is not None:
        return bytes(row[0])
    key = secrets.token_bytes(_KEY_BYTES)
    connection.execute("INSERT INTO secret VALUES ('link', ?)", (key,))
    return key


def _mac(key: bytes, employee: str, signed: bytes) -> bytes:
    told = b"link\x1f" + employee.encode("utf-8", "surrogatepass") + b"\x1f" + signed
    return hmac.digest(key, told, "sha256")


def _coded(raw: bytes) -> bytes:
    return base64.urlsafe_b64encode(raw).rstrip(b"=")


def _decoded(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return b""


def _text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")

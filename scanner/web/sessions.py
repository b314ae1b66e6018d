"""Keep who is logged in, and slow down who guesses. Of a token only its hash is stored.

The clock is passed in. Times are UTC, ISO 8601, as everywhere.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from scanner.web.accounts import Account, Accounts, WebFile
from scanner.web.links import Links
from scanner.web.rights import LINKED, Right, allowed

Clock = Callable[[], datetime]
FREE_FAILURES = 4
LONGEST_PAUSE = timedelta(minutes=15)
FORGET_FAILURES = timedelta(hours=24)
SEEN_EVERY = timedelta(seconds=30)
"""How exactly it is known when a session was last used: a write for each request is too many."""


def csrf_of(token: str) -> str:
    """Return what a form must hold to be from a page of this session."""
    return hmac.new(token.encode(), b"form", hashlib.sha256).hexdigest()


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who is logged in. `token` is what the cookie holds."""

    account: Account
    token: str = field(repr=False)
    flash: tuple[str, ...] = field(default=(), repr=False)

    @property
    def csrf(self) -> str:
        return csrf_of(self.token)

    def may(self, right: Right) -> bool:
        """Whether this account has a right: the one function of scanner.web.rights, asked."""
        account = self.account
        if account.linked and right not in LINKED:
            return False
        return allowed(account.role, right, grants=account.grants, narrowed=account.narrowed)


class Sessions:
    """The sessions in an open file."""

    def __init__(
        self,
        file: WebFile,
        accounts: Accounts,
        links: Links,
        clock: Clock,
        idle: timedelta,
        longest: timedelta,
    ) -> None:
        self._file = file
        self._links = links
        self._accounts = accounts
        self._clock = clock
        self._idle = idle
        self._longest = longest

    def begin(self, account: Account, link: int | None = None) -> str:
        """Return the token of a new session. `link`: the number of the one that it came by."""
        token = secrets.token_urlsafe(32)
        at = self._clock()
        with self._file.writing() as connection:
            connection.execute(
                "DELETE FROM session WHERE seen < ? OR begun < ?",
                (_text(at - self._idle), _text(at - self._longest)),
            )
            connection.execute(
                "INSERT INTO session(token, account, begun, seen, link) VALUES (?,?,?,?,?)",
                (hashed(token), account.name, _text(at), _text(at), link),
            )
        return token

    def get(self, token: str) -> Session | None:
        """Return the session of a token; None where there is none, or it has ended."""
        if not token or len(token) > 100:
            return None
        found = self._file.rows(
            "SELECT account, begun, seen, flash, link FROM session WHERE token=?", hashed(token)
        )
        if not found:
            return None
        name, begun, seen, flash, link = found[0]
        at = self._clock()
        account = self._accounts.get(name) if link is None else self._linked(link, at)
        last = _time(seen)
        if (
            account is None
            or account.disabled
            or at - last >= self._idle
            or at - _time(begun) >= self._longest
        ):
            self.end(token)
            return None
        if at - last >= SEEN_EVERY:
            with self._file.writing() as connection:
                connection.execute(
                    "UPDATE session SET seen=? WHERE token=?", (_text(at), hashed(token))
                )
        return Session(account, token, tuple(json.loads(flash)) if flash else ())

    def _linked(self, number: int, at: datetime) -> Account | None:
        link = self._links.get(number)
        return link.account if link is not None and link.holds(at) else None

    def accounts(self) -> list[Account]:
        """Return the accounts that have sessions, each once."""
        rows = self._file.rows(
            "SELECT DISTINCT account FROM session WHERE link IS NULL ORDER BY account"
        )
        found = [self._accounts.get(name) for (name,) in rows]
        return [account for account in found if account is not None]

    def end(self, token: str) -> None:
        with self._file.writing() as connection:
            connection.execute("DELETE FROM session WHERE token=?", (hashed(token),))

    def say(self, token: str, sentence: str) -> None:
        """Keep a sentence for the next page of a session; it holds no value."""
        with self._file.writing() as connection:
            row = connection.execute(
                "SELECT flash FROM session WHERE token=?", (hashed(token),)
            ).fetchone()
            if row is not None:
                said = [*(json.loads(row[0]) if row[0] else []), sentence][-5:]
                connection.execute(
                    "UPDATE session SET flash=? WHERE token=?",
                    (json.dumps(said, ensure_ascii=False), hashed(token)),
                )

    def said(self, token: str) -> None:
        """Forget what `say` kept: it was shown."""
        with self._file.writing() as connection:
            connection.execute("UPDATE session SET flash='' WHERE token=?", (hashed(token),))


class Attempts:
    """Failed logins by account and by address: after a few, pauses that double."""

    def __init__(self, file: WebFile, clock: Clock) -> None:
        self._file = file
        self._clock = clock

    def pause(self, *keys: str) -> timedelta:
        """Return for how long nobody of these keys may try."""
        at = self._clock()
        marks = ",".join("?" * len(keys))
        rows = self._file.rows(
            f"SELECT max(until) FROM attempt WHERE key IN ({marks})", *map(hashed, keys)
        )
        until = rows[0][0]
        return max(_time(until) - at, timedelta(0)) if until else timedelta(0)

    def failed(self, *keys: str) -> None:
        at = self._clock()
        with self._file.writing() as connection:
            connection.execute("DELETE FROM attempt WHERE at < ?", (_text(at - FORGET_FAILURES),))
            for key in keys:
                row = connection.execute(
                    "SELECT failures FROM attempt WHERE key=?", (hashed(key),)
                ).fetchone()
                failures = (row[0] if row else 0) + 1
                over = failures - FREE_FAILURES
                pause = min(timedelta(seconds=2.0 ** min(over, 20)), LONGEST_PAUSE)
                connection.execute(
                    "INSERT OR REPLACE INTO attempt VALUES (?,?,?,?)",
                    (hashed(key), failures, _text(at + pause if over > 0 else at), _text(at)),
                )

    def succeeded(self, *keys: str) -> None:
        with self._file.writing() as connection:
            connection.executemany("DELETE FROM attempt WHERE key=?", [(hashed(k),) for k in keys])


def hashed(text: str) -> bytes:
    """Return what stands for a token, or for who tries: 32 bytes that do not lead back to it."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def _text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)

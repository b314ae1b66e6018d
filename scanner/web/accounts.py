"""Keep the accounts of the officers' pages: names, roles, and argon2 hashes of passwords.

A third SQLite file beside the index, for its owner alone. It holds no password and no found value.
"""

from __future__ import annotations

import json
import re
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from scanner.index.store import connect, migrate, now, transaction
from scanner.web.rights import GRANTS, NARROWED, ROLES, Role
from scanner.web.where import web_path

__all__ = ["EVERYTHING", "Account", "AccountTrouble", "Accounts", "WebFile", "check", "web_path"]

LEAST_SIGNS = 12
MOST_SIGNS = 1000
"""Of a password: below it too easily tried (NIST SP 800-63B: 8 and more), above it a burden."""
NAME = re.compile(r"(?!link-[0-9])[a-z0-9][a-z0-9._@-]{0,63}")
"""Names like link-5 are those of signed links in the log."""


class AccountTrouble(Exception):
    """An account cannot be made, changed or used as asked: says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may log in. Empty `departments` and `employee`: the whole index."""

    name: str
    role: Role
    departments: tuple[str, ...] = ()
    employee: str = ""
    """The owner, as the index writes it, whose documents are this account's own."""
    language: str = ""
    grants: tuple[str, ...] = ()
    disabled: bool = False
    linked: bool = False
    """Came by a signed link: no account of the file, and sees the employee's own page alone."""

    @property
    def narrowed(self) -> bool:
        """Whether this account sees a part of the index alone."""
        return bool(self.departments) or self.role in NARROWED

    @property
    def part(self) -> tuple[str, ...]:
        """What tells one part of the index from another; empty for the whole."""
        if not self.narrowed:
            return ()
        if self.role == "employee":
            return "employee", self.employee
        return "departments", *sorted(self.departments)


EVERYTHING = Account("", "compliance")
"""Sees the whole index; is nobody's, and has no password."""
TABLES = (
    "CREATE TABLE account (name TEXT PRIMARY KEY, role TEXT NOT NULL, departments TEXT NOT NULL,"
    " employee TEXT NOT NULL, language TEXT NOT NULL, grants TEXT NOT NULL,"
    " disabled INTEGER NOT NULL, hash TEXT NOT NULL, made TEXT NOT NULL, changed TEXT NOT NULL)",
    "CREATE TABLE session (token BLOB PRIMARY KEY, account TEXT NOT NULL, begun TEXT NOT NULL,"
    " seen TEXT NOT NULL, flash TEXT NOT NULL DEFAULT '')",
    "CREATE INDEX session_account ON session(account)",
    "CREATE TABLE attempt (key BLOB PRIMARY KEY, failures INTEGER NOT NULL, until TEXT NOT NULL,"
    " at TEXT NOT NULL)",
)


def _first(database: Any) -> None:
    for table in TABLES:
        database.execute(table)


def _links(database: Any) -> None:
    database.execute(
        "CREATE TABLE link (id INTEGER PRIMARY KEY AUTOINCREMENT, employee TEXT NOT NULL,"
        " expires TEXT NOT NULL, nonce BLOB NOT NULL, made TEXT NOT NULL, made_by TEXT NOT NULL,"
        " revoked TEXT NOT NULL, used INTEGER NOT NULL)"
    )
    database.execute("CREATE TABLE secret (name TEXT PRIMARY KEY, value BLOB NOT NULL)")
    database.execute("ALTER TABLE session ADD COLUMN link INTEGER")


MIGRATIONS = (_first, _links)


class WebFile:
    """The open file of accounts and sessions. May be used by any thread, one at a time."""

    def __init__(self, path: Path) -> None:
        self.path = path
        made = connect(path)
        try:
            migrate(made, MIGRATIONS, path)
        finally:
            made.close()
        self.connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self.connection.execute("PRAGMA busy_timeout=10000")
        self.connection.execute("PRAGMA secure_delete=1")
        self.lock = threading.RLock()

    def __enter__(self) -> WebFile:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        with self.lock:
            self.connection.close()

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with self.lock:
            return self.connection.execute(query, values).fetchall()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Run one write, wholly or not at all. Raises IndexTrouble."""
        with self.lock, transaction(self.connection, self.path):
            yield self.connection


class Accounts:
    """The accounts in an open file. `hasher`: argon2id with the library's own costs."""

    def __init__(self, file: WebFile, hasher: PasswordHasher | None = None) -> None:
        self._file = file
        self._hasher = hasher or PasswordHasher()
        self._nobody = ""

    def add(self, account: Account, password: str) -> None:
        """Make an account. Raises AccountTrouble."""
        check(account)
        hashed = self._hashed(password)
        try:
            with self._file.writing() as connection:
                connection.execute(
                    "INSERT INTO account VALUES (?,?,?,?,?,?,0,?,?,?)",
                    (
                        account.name,
                        account.role,
                        json.dumps(account.departments, ensure_ascii=False),
                        account.employee,
                        account.language,
                        json.dumps(account.grants),
                        hashed,
                        now(),
                        now(),
                    ),
                )
        except Exception:
            if self.get(account.name) is not None:
                raise AccountTrouble(
                    f"there is an account {account.name} already; remove it first, or change its "
                    "password with 'fodspor serve account password'"
                ) from None
            raise

    def get(self, name: str) -> Account | None:
        return next(self._accounts("WHERE name=?", name), None)

    def all(self) -> list[Account]:
        """Return the accounts by name."""
        return list(self._accounts("ORDER BY name"))

    def remove(self, name: str) -> None:
        """Remove an account and its sessions. Raises AccountTrouble."""
        self._must(name)
        with self._file.writing() as connection:
            connection.execute("DELETE FROM session WHERE account=?", (name,))
            connection.execute("DELETE FROM account WHERE name=?", (name,))

    def set_password(self, name: str, password: str) -> None:
        """Change a password, and end every session of the account. Raises AccountTrouble."""
        self._must(name)
        hashed = self._hashed(password)
        with self._file.writing() as connection:
            connection.execute("DELETE FROM session WHERE account=?", (name,))
            connection.execute(
                "UPDATE account SET hash=?, changed=? WHERE name=?", (hashed, now(), name)
            )

    def set_disabled(self, name: str, disabled: bool) -> None:
        """Close an account, which ends its sessions, or open it again. Raises AccountTrouble."""
        self._must(name)
        with self._file.writing() as connection:
            if disabled:
                connection.execute("DELETE FROM session WHERE account=?", (name,))
            connection.execute("UPDATE account SET disabled=? WHERE name=?", (disabled, name))

    def set_language(self, name: str, language: str) -> None:
        with self._file.writing() as connection:
            connection.execute("UPDATE account SET language=? WHERE name=?", (language, name))

    def fits(self, name: str, password: str) -> Account | None:
        """Return the account that this name and password open; as slow where there is none."""
        account = self.get(name) if NAME.fullmatch(name) else None
        held = self._file.rows("SELECT hash FROM account WHERE name=?", name) if account else []
        if not self._nobody:
            self._nobody = self._hasher.hash("nobody has this password")
        try:
            self._hasher.verify(held[0][0] if held else self._nobody, password[:MOST_SIGNS])
        except (VerificationError, InvalidHashError):
            return None
        return account if held and account is not None and not account.disabled else None

    def _must(self, name: str) -> None:
        if self.get(name) is None:
            raise AccountTrouble(
                "there is no such account; 'fodspor serve account list' shows those that there are"
            )

    def _hashed(self, password: str) -> str:
        if len(password) < LEAST_SIGNS:
            raise AccountTrouble(f"the password needs at least {LEAST_SIGNS} signs")
        if len(password) > MOST_SIGNS:
            raise AccountTrouble(f"the password may have at most {MOST_SIGNS} signs")
        return self._hasher.hash(password)

    def _accounts(self, condition: str, *values: object) -> Iterator[Account]:
        for name, role, departments, employee, language, grants, disabled in self._file.rows(
            "SELECT name, role, departments, employee, language, grants, disabled FROM account "
            + condition,
            *values,
        ):
            yield Account(
                name,
                role,
                tuple(json.loads(departments)),
                employee,
                language,
                tuple(json.loads(grants)),
                bool(disabled),
            )


def check(account: Account) -> None:
    """Raise AccountTrouble where an account cannot be as it is."""
    if not NAME.fullmatch(account.name):
        raise AccountTrouble(
            "a name has small letters a-z, digits and . _ @ - and begins with a letter or digit"
        )
    if account.role not in ROLES:
        raise AccountTrouble(f"there is no such role; known: {', '.join(ROLES)}")
    if account.role == "manager" and not account.departments:
        raise AccountTrouble("a manager sees a department; name it with --department")
    if account.role == "employee" and not account.employee:
        raise AccountTrouble(
            "an employee sees the own files; name the owner as the index writes it with --employee"
        )
    for grant in account.grants:
        if not any(right == grant and account.role in roles for right, roles in GRANTS.items()):
            raise AccountTrouble(f"the role {account.role} cannot be given {grant}")
        if grant == "sql" and account.departments:
            raise AccountTrouble(
                "SQL sees the whole index; an account of a department cannot be given it"
            )

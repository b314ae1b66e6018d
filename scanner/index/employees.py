"""Keep whom the documents' owners are: the employees of the company's list.

It holds accounts, names, departments and managers; of mail addresses nothing.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable
from datetime import UTC, date, datetime

from connectors.employees import Employee, Employees
from scanner.index.store import Index

META = "employees"


def settle(
    index: Index, employees: Employees, fit: Callable[[str], str], *, again: bool = False
) -> bool:
    """Give the index today's list, where it is another than the last; whether it was.

    `again`: also where it is the same, for documents have come from elsewhere.

    Documents whose owner the list knows now under another name get that employee's account.
    Somebody who is no longer in the list has left on the day that this was seen. `fit` makes a
    name fit for the index: an account may hold an identifier.
    """
    mark = _digest(employees)
    if not len(employees) or (index.meta(META) == mark and not again):
        return False
    today = datetime.now(UTC).date()
    with index.transaction() as connection:
        _replace(connection, employees, fit, today)
        _rename(connection, employees, fit)
        connection.execute("INSERT OR REPLACE INTO meta VALUES (?,?)", (META, mark))
    return True


def _digest(employees: Employees) -> str:
    """Return a mark of the list without what is not stored."""
    seen = hashlib.sha256()
    for each in employees:
        seen.update(repr((_stored(each), each.sid)).encode("utf-8", "surrogatepass"))
    return seen.hexdigest()[:32]


def _stored(each: Employee) -> tuple[str, ...]:
    return (each.account, each.name, each.department, each.manager, each.left)


def _replace(
    connection: sqlite3.Connection, employees: Employees, fit: Callable[[str], str], today: date
) -> None:
    listed = {fit(each.account) for each in employees}
    known = {row[0] for row in connection.execute("SELECT account FROM employee")}
    connection.executemany(
        "UPDATE employee SET left_on=? WHERE account=? AND coalesce(left_on,'')=''",
        [(today.isoformat(), account) for account in sorted(known - listed)],
    )
    connection.executemany(
        "INSERT INTO employee(account, name, department, manager, left_on) VALUES (?,?,?,?,?)"
        " ON CONFLICT(account) DO UPDATE SET name=excluded.name, department=excluded.department,"
        " manager=excluded.manager, left_on=excluded.left_on",
        [tuple(fit(text) if text else None for text in _stored(each)) for each in employees],
    )


def _rename(
    connection: sqlite3.Connection, employees: Employees, fit: Callable[[str], str]
) -> None:
    """Give documents the account of an owner that the list knows by another name."""
    known = {row[0] for row in connection.execute("SELECT account FROM employee")}
    for (owner,) in connection.execute(
        "SELECT DISTINCT owner FROM document WHERE owner<>''"
    ).fetchall():
        found = None if owner in known else employees.find(owner)
        if found is not None:
            for table in ("document", "occurrence"):
                connection.execute(
                    f"UPDATE {table} SET owner=? WHERE owner=?", (fit(found.account), owner)
                )

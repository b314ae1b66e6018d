"""Tell whose documents there are, by name and never by number: people are not ranked."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import blake2s

from connectors.employees import has_left
from scanner.answers.opened import Opened
from scanner.privacy import shown


@dataclass(frozen=True, slots=True)
class Holder:
    """An owner of documents. `mark` names it in addresses, which hold no names.

    `high`: documents of high or critical risk; `left`: has left the company.
    """

    mark: str
    account: str = field(repr=False)
    name: str = field(repr=False)
    department: str
    left: bool
    high: int


def mark_of_account(account: str) -> str:
    """Return what stands for an owner in an address."""
    return blake2s(account.encode("utf-8", "surrogateescape"), digest_size=8).hexdigest()


def holders(opened: Opened) -> list[Holder]:
    """Return the owners with findings from which a decision follows, in alphabetical order.

    Those are documents of high or critical risk, and whatever somebody holds who has left.
    """
    today = opened.moment.astimezone().date()
    known = {
        account: (name or account, department or "", has_left(left, today) if left else False)
        for account, name, department, left in opened.connection.execute(
            "SELECT account, name, department, left_on FROM employee"
        )
    }
    found = []
    for owner, high in opened.connection.execute(
        "SELECT owner, sum(high + critical) FROM document_count WHERE owner<>'' GROUP BY owner"
        " HAVING sum(low + medium + high + critical) > 0"
    ):
        name, department, left = known.get(owner, (owner, "", False))
        if high or left:
            mark = mark_of_account(owner)
            found.append(Holder(mark, owner, shown(name), shown(department), left, high))
    return sorted(found, key=lambda each: (each.name.casefold(), each.account))


def account_of_mark(opened: Opened, mark: str) -> str | None:
    """Return the owner that a mark stands for; None for one that has no document here."""
    rows = opened.connection.execute(
        "WITH RECURSIVE each(owner) AS (SELECT min(owner) FROM document WHERE owner>''"
        " UNION ALL SELECT (SELECT min(owner) FROM document WHERE owner>each.owner) FROM each"
        " WHERE each.owner IS NOT NULL) SELECT owner FROM each WHERE owner IS NOT NULL"
    )
    for (owner,) in rows:
        if mark_of_account(owner) == mark:
            return str(owner)
    return None


def name_of(opened: Opened, account: str) -> str:
    """Return how answers name an owner."""
    row = opened.connection.execute(
        "SELECT name FROM employee WHERE account=?", (account,)
    ).fetchone()
    return shown((row[0] if row else "") or account)

"""Find known customers whose data still lies somewhere without consent, or past its term.

The register says who they are by fingerprints; nothing here unseals a number.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from scanner.answers.findings import Shown, shown_document
from scanner.answers.opened import Opened
from scanner.privacy import shown

Reason = Literal["overdue", "withdrawn", "no_consent"]
REASONS: tuple[Reason, ...] = ("overdue", "withdrawn", "no_consent")
"""Why a customer's data should not lie there, the plainest first; each customer counts for all."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the register is: when it was imported, and what it says of customers."""

    imported: str
    customers: int
    says_consent: bool
    says_terms: bool


@dataclass(frozen=True, slots=True)
class Sum:
    """For one reason: customers of the register, those found somewhere, and where."""

    reason: Reason
    customers: int
    found: int
    documents: int
    devices: int


@dataclass(frozen=True, slots=True)
class Place:
    """A document with such customers in it: how many for each reason."""

    document: Shown
    counts: dict[Reason, int]

    def as_dict(self) -> dict[str, Any]:
        document = self.document
        return {
            "device": document.device,
            "place": document.place,
            **document.owned(),
            "path": document.path,
            "modified": document.modified,
            "risk": document.level,
            "customers": dict(self.counts),
        }


@dataclass(frozen=True, slots=True)
class Customer:
    """One such customer: `number` sealed and `masked`, why, and in how many documents."""

    number: str = field(repr=False)
    masked: str
    reasons: tuple[Reason, ...]
    purpose: str
    consented: str
    source: str
    withdrawn: str
    delete_after: str
    documents: int
    devices: int


def known(opened: Opened) -> Known | None:
    """Return what the register is; None without one."""
    if not opened.registered:
        return None
    meta = dict(opened.connection.execute("SELECT key, value FROM register.meta"))
    roles = set(meta.get("columns", "").split())
    return Known(
        meta.get("imported", ""),
        int(meta.get("customers", 0)),
        bool(roles & {"consent", "withdrawn"}),
        "delete-after" in roles,
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """What the register says of one customer who is known by a value."""

    masked: str
    consent: bool | None
    purpose: str
    withdrawn: str
    delete_after: str

    def as_dict(self) -> dict[str, Any]:
        return {
            "masked": self.masked,
            "consent": self.consent,
            "purpose": shown(self.purpose),
            "withdrawn": self.withdrawn or None,
            "delete_after": self.delete_after or None,
        }


MOST_STANDING = 20
"""Customers told of one value: a shared switchboard number may be that of many."""


def standing(opened: Opened, fingerprint: bytes) -> list[Standing]:
    """Return the customers known by a value, at most MOST_STANDING; none without a register."""
    if not opened.registered:
        return []
    rows = opened.connection.execute(
        "SELECT max(r.masked), max(r.consent), max(r.purpose), max(r.withdrawn),"
        " min(nullif(r.delete_after,'')) FROM register.known k"
        " JOIN register.record r ON r.customer=k.customer WHERE k.fingerprint=?"
        " GROUP BY r.customer ORDER BY r.customer LIMIT ?",
        (fingerprint, MOST_STANDING),
    ).fetchall()
    return [
        Standing(
            masked or "",
            None if consent is None else bool(consent),
            purpose or "",
            withdrawn or "",
            delete_after or "",
        )
        for masked, consent, purpose, withdrawn, delete_after in rows
    ]


class Concerned:
    """The customers that concern an officer today, gathered once for all questions."""

    def __init__(self, opened: Opened) -> None:
        self.opened = opened
        self.known = known(opened)
        today = opened.moment.date().isoformat()
        execute = opened.connection.execute
        # Temporary tables of row ids only; the connection is read-only for the files themselves.
        execute("PRAGMA query_only=0")
        execute("DROP TABLE IF EXISTS temp.concerned")
        execute(
            "CREATE TEMP TABLE concerned AS SELECT customer,"
            " max(delete_after<>'' AND delete_after<?1) AS overdue,"
            " max(withdrawn='yes' OR (withdrawn<>'' AND withdrawn<=?1)) AS withdrawn,"
            " max(coalesce(consent,1))=0 AS no_consent"
            " FROM register.record GROUP BY customer HAVING overdue OR withdrawn OR no_consent",
            (today,),
        )
        execute("DROP TABLE IF EXISTS temp.lying")
        kept = opened.not_ignored("f.fingerprint")
        named = opened.not_ignored("n.fingerprint")
        execute(
            "CREATE TEMP TABLE lying AS SELECT DISTINCT c.customer AS customer, o.document AS"
            " document FROM concerned c JOIN register.known k ON k.customer=c.customer"
            " CROSS JOIN main.finding f ON f.fingerprint=k.fingerprint"
            f" AND {opened.is_finding('f')} AND {kept}"
            " CROSS JOIN main.occurrence o ON o.content=f.content AND o.gone_run IS NULL"
            " UNION SELECT c.customer, n.document FROM concerned c"
            " JOIN register.known k ON k.customer=c.customer"
            " CROSS JOIN main.name_finding n ON n.fingerprint=k.fingerprint"
            f" AND {opened.is_finding('n')} AND {named}"
            " JOIN main.document d ON d.id=n.document AND d.gone_run IS NULL",
        )
        execute("CREATE INDEX temp.lying_customer ON lying(customer)")
        execute("PRAGMA query_only=1")

    def sums(self) -> list[Sum]:
        """Return each reason with its numbers, those that nobody is concerned by included."""
        return [self._sum(reason) for reason in REASONS]

    def _sum(self, reason: Reason) -> Sum:
        row = self.opened.connection.execute(
            f"SELECT (SELECT count(*) FROM temp.concerned WHERE {reason}),"
            " count(DISTINCT l.customer), count(DISTINCT l.document), count(DISTINCT d.device)"
            " FROM temp.lying l"
            f" JOIN temp.concerned c ON c.customer=l.customer AND c.{reason}"
            " JOIN main.document d ON d.id=l.document"
        ).fetchone()
        return Sum(reason, *row)

    def places(self, most: int | None) -> Iterator[Place]:
        """Yield documents that hold such customers, most customers first."""
        rows = self.opened.connection.execute(
            "SELECT l.document, sum(c.overdue), sum(c.withdrawn), sum(c.no_consent)"
            " FROM temp.lying l JOIN temp.concerned c ON c.customer=l.customer"
            " GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT ?",
            (-1 if most is None else most,),
        ).fetchall()
        for document, *counts in rows:
            held = {reason: count for reason, count in zip(REASONS, counts, strict=True) if count}
            yield Place(shown_document(self.opened, document), held)

    @property
    def documents(self) -> int:
        """How many documents hold such customers."""
        row = self.opened.connection.execute("SELECT count(DISTINCT document) FROM temp.lying")
        return int(row.fetchone()[0])

    def customers(self, most: int | None) -> Iterator[Customer]:
        """Yield such customers that lie somewhere, in the order of the register."""
        rows = self.opened.connection.execute(
            "SELECT c.customer, c.overdue, c.withdrawn, c.no_consent, count(DISTINCT l.document),"
            " count(DISTINCT d.device) FROM temp.lying l"
            " JOIN temp.concerned c ON c.customer=l.customer"
            " JOIN main.document d ON d.id=l.document GROUP BY 1 ORDER BY 1 LIMIT ?",
            (-1 if most is None else most,),
        ).fetchall()
        for customer, *flags, documents, devices in rows:
            reasons = tuple(reason for reason, flag in zip(REASONS, flags, strict=True) if flag)
            yield self._customer(customer, reasons, documents, devices)

    def _customer(
        self, customer: int, reasons: Sequence[Reason], documents: int, devices: int
    ) -> Customer:
        row = self.opened.connection.execute(
            "SELECT max(number), max(masked), max(purpose), max(consented), max(source),"
            " max(withdrawn), min(nullif(delete_after,'')) FROM register.record WHERE customer=?",
            (customer,),
        ).fetchone()
        number, masked, purpose, consented, source, withdrawn, delete_after = row
        return Customer(
            number or "",
            masked or "",
            tuple(reasons),
            purpose or "",
            consented or "",
            source or "",
            withdrawn or "",
            delete_after or "",
            documents,
            devices,
        )

"""The tables of the index, as migrations that run in order, each in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from scanner.index.document_counts import create as create_counts
from scanner.index.doubles import merge_doubles

Migration = Callable[[Any], None]


def first(database: Any) -> None:
    """Create every table (docs/architecture.md, Tables)."""
    create = database.create_table
    create("device", {"id": str, "label": str, "platform": str, "last_seen": str}, pk="id")
    create("place", {"id": int, "device": str, "name": str, "root": bytes, "display": str}, pk="id")
    database["place"].create_index(["device", "name"], unique=True)
    create(
        "run",
        {
            "id": int,
            "place": int,
            "number": int,
            "started": str,
            "ended": str,
            "status": str,
            "counts": str,
            "coverage": str,
            "versions": str,
        },
        pk="id",
    )
    database["run"].create_index(["place", "number"], unique=True)
    create(
        "document",
        {
            "id": int,
            "device": str,
            "place": int,
            "path": bytes,
            "path_key": bytes,
            "item": str,
            "display": str,
            "folder": int,
            "owner": str,
            "size": int,
            "modified": str,
            "modified_ns": int,
            "token": bytes,
            "file_id": bytes,
            "status": str,
            "reason": str,
            "detail": str,
            "detectors": str,
            "readers": str,
            "mend": str,
            "attempts": int,
            "retry_run": int,
            "risk": float,
            "seconds": float,
            "first_run": int,
            "gone_run": int,
            "read_at": str,
        },
        pk="id",
    )
    database["document"].create_index(["place", "path_key", "item"], unique=True)
    database["document"].create_index(["place", "file_id"])
    database["document"].create_index(
        ["place", "gone_run", "status", "folder", "reason", "size"], "document_coverage"
    )
    create(
        "content",
        {
            "id": int,
            "hash": bytes,
            "size": int,
            "type": str,
            "recipe": str,
            "readers": str,
            "mend": str,
            "status": str,
            "risk": float,
            "read_at": str,
        },
        pk="id",
    )
    database["content"].create_index(["hash"], unique=True)
    create("part", {"id": int, "parent": int, "name": str, "child": int}, pk="id")
    database["part"].create_index(["parent"])
    create(
        "occurrence",
        {
            "id": int,
            "document": int,
            "inner": str,
            "inner_path": str,
            "content": int,
            "first_run": int,
            "gone_run": int,
            "owner": str,
        },
        pk="id",
    )
    database["occurrence"].create_index(["document"])
    database["occurrence"].create_index(["content"])
    finding = {
        "kind": str,
        "fingerprint": bytes,
        "name_fingerprint": bytes,
        "masked": str,
        "confidence": float,
        "evidence": str,
        "count": int,
        "places": str,
        "first_run": int,
    }
    create("finding", {"id": int, "content": int, **finding}, pk="id")
    database["finding"].create_index(["content"])
    database["finding"].create_index(["fingerprint"])
    database.execute(
        "CREATE INDEX finding_name ON finding(name_fingerprint) WHERE name_fingerprint IS NOT NULL"
    )
    create("name_finding", {"id": int, "document": int, "occurrence": int, **finding}, pk="id")
    database["name_finding"].create_index(["document"])
    database["name_finding"].create_index(["fingerprint"])
    create(
        "problem",
        {
            "id": int,
            "content": int,
            "document": int,
            "inner": str,
            "where": str,
            "reason": str,
            "detail": str,
        },
        pk="id",
    )
    database["problem"].create_index(["content"])
    database["problem"].create_index(["document"])
    create(
        "excluded",
        {"run": int, "rule": str, "count": int, "bytes": int},
        pk=("run", "rule"),
    )
    create("moved", {"id": int, "document": int, "run": int, "path": bytes}, pk="id")
    create(
        "totals",
        {
            "place": int,
            "kind": str,
            "day": str,
            "documents": int,
            "distinct_values": int,
            "hits": int,
        },
        pk=("place", "kind", "day"),
    )
    create("meta", {"key": str, "value": str}, pk="key")


def one_document(database: Any) -> None:
    """Make a document one of its device, whatever place it is met in (docs/architecture.md)."""
    merge_doubles(database)
    database.execute("DROP INDEX idx_document_place_path_key_item")
    database["document"].create_index(
        ["device", "path_key", "item"], "document_identity", unique=True
    )


def mail(database: Any) -> None:
    """Give documents their mail folder, archives what their listing left, contents a letterhead."""
    database.execute("ALTER TABLE document ADD COLUMN mail_folder TEXT")
    database.execute("ALTER TABLE document ADD COLUMN listing BLOB")
    database.execute("ALTER TABLE document ADD COLUMN withheld TEXT")
    database.create_table(
        "letter",
        {
            "content": int,
            "sent": str,
            "sender": str,
            "sender_domain": str,
            "recipients": int,
            "domains": str,
            "identity": bytes,
        },
        pk="content",
    )


def shapes(database: Any) -> None:
    """Give contents what their findings do not say of the configuration's kinds; NULL: unknown."""
    database.execute("ALTER TABLE content ADD COLUMN shapes TEXT")


def places(database: Any) -> None:
    """Let a place say which kinds are not looked for there although they are in others."""
    database.execute("ALTER TABLE place ADD COLUMN unwanted TEXT")


def audience(database: Any) -> None:
    """Let documents say who can read them; NULL: unknown."""
    database.execute("ALTER TABLE document ADD COLUMN readable_by TEXT")


def employees(database: Any) -> None:
    """Create the employees that owners are, and let a device say whether its disk is encrypted."""
    database.create_table(
        "employee",
        {"account": str, "name": str, "department": str, "manager": str, "left_on": str},
        pk="account",
    )
    database.execute("ALTER TABLE device ADD COLUMN encryption TEXT")
    database.execute("ALTER TABLE place ADD COLUMN share TEXT")


def collected(database: Any) -> None:
    """Let one index hold what several devices handed over (docs/architecture.md)."""
    database.execute("ALTER TABLE run ADD COLUMN device TEXT")
    database.execute("ALTER TABLE place ADD COLUMN unknown_since TEXT")
    database["moved"].create_index(["document"], "moved_of_document")
    database.execute("CREATE INDEX content_of_one_device ON content(hash) WHERE length(hash) > 32")
    database.create_table(
        "delivery",
        {
            "device": str,
            "mark": bytes,
            "digest": bytes,
            "bytes": int,
            "reported": str,
            "collected": str,
        },
        pk="device",
    )
    database.create_table(
        "shared_place",
        {"place": int, "other": int, "reason": str, "sampled": int, "common": int},
        pk=("place", "other"),
    )


def figures(database: Any) -> None:
    """Let pages count documents by place, owner and readers without reading every row."""
    for index in (
        "document_owner ON document(owner, place, gone_run, risk)",
        "document_risk ON document(place, owner, risk) WHERE gone_run IS NULL AND risk > 0",
        "document_open ON document(risk)"
        " WHERE gone_run IS NULL AND risk > 0 AND readable_by='everyone'",
        "content_risk ON content(risk) WHERE risk > 0",
    ):
        database.execute(f"CREATE INDEX {index}")


def counted(database: Any) -> None:
    """Keep counts of documents as they are written, and let pages read the riskiest first."""
    create_counts(database)
    database.execute("DROP INDEX document_risk")
    database.execute(
        "CREATE INDEX document_riskiest ON document(risk DESC) WHERE gone_run IS NULL AND risk > 0"
    )
    database.execute(
        "CREATE INDEX name_finding_name ON name_finding(name_fingerprint)"
        " WHERE name_fingerprint IS NOT NULL"
    )


def listing(database: Any) -> None:
    """Let pages walk the documents with findings in the order of their risk."""
    database.execute(
        "CREATE INDEX document_worst ON document(risk, place, modified)"
        " WHERE gone_run IS NULL AND risk > 0"
    )


MIGRATIONS: tuple[Migration, ...] = (
    first,
    one_document,
    mail,
    shapes,
    places,
    audience,
    employees,
    collected,
    figures,
    counted,
    listing,
)
"""Append only; the index's version is how many of these it has been through."""


def decisions(database: Any) -> None:
    """Create the second file: verdicts, values to ignore, and the audit chain."""
    database.create_table(
        "verdict",
        {
            "id": int,
            "kind": str,
            "fingerprint": bytes,
            "document": int,
            "decision": str,
            "reason": str,
            "until": str,
            "made": str,
            "undone": str,
        },
        pk="id",
    )
    database.create_table(
        "ignored",
        {"fingerprint": bytes, "kind": str, "masked": str, "reason": str, "added": str},
        pk="fingerprint",
    )
    database.create_table(
        "audit",
        {
            "id": int,
            "at": str,
            "who": str,
            "action": str,
            "subject": str,
            "detail": str,
            "previous": bytes,
            "hash": bytes,
        },
        pk="id",
    )


def basis(database: Any) -> None:
    """Let a verdict remember what its document was like, so that it can reopen; NULL: unknown."""
    database.execute("ALTER TABLE verdict ADD COLUMN basis TEXT")
    database.execute("ALTER TABLE verdict ADD COLUMN path_key BLOB")


def officers(database: Any) -> None:
    """Let verdicts be about folders and rules, ask somebody by a day, and wait for approval.

    Cases with what was done in them: their lines are added, never changed.
    """
    for column in (
        *("who", "ground", "purpose", "asked", "due", "device", "item", "shown", "glob"),
        *("told_done", "ended_by", "ended_why"),
    ):
        database.execute(f"ALTER TABLE verdict ADD COLUMN {column} TEXT")
    database.execute("ALTER TABLE verdict ADD COLUMN folder BLOB")
    database.execute("ALTER TABLE verdict ADD COLUMN proposal INTEGER")
    create = database.create_table
    create(
        "proposal",
        {
            "id": int,
            "what": str,
            "subject": str,
            "reason": str,
            "made": str,
            "who": str,
            "answer": str,
            "answered": str,
            "answered_by": str,
        },
        pk="id",
    )
    create(
        "case_file",
        {
            "id": int,
            "type": str,
            "title": str,
            "device": str,
            "opened": str,
            "opened_by": str,
            "begun": str,
            "due": str,
            "closed": str,
            "closed_by": str,
            "statement": str,
        },
        pk="id",
    )
    create(
        "case_value",
        {"id": int, "case_file": int, "kind": str, "fingerprint": bytes, "masked": str},
        pk="id",
    )
    create(
        "case_line",
        {"id": int, "case_file": int, "at": str, "who": str, "what": str, "detail": str},
        pk="id",
    )
    database["case_value"].create_index(["case_file"])
    database["case_line"].create_index(["case_file"])
    for change in ("UPDATE", "DELETE"):
        database.execute(
            f"CREATE TRIGGER case_line_{change.lower()} BEFORE {change} ON case_line"
            " BEGIN SELECT RAISE(ABORT, 'lines of a case are added only'); END"
        )


def noticed(database: Any) -> None:
    """Count each change of what is decided: pages ask for it instead of reading all of it.

    And let the log of one account be read from its end.
    """
    database.execute("CREATE TABLE change (number INTEGER NOT NULL)")
    database.execute("INSERT INTO change VALUES (0)")
    for table in ("verdict", "proposal", "ignored", "case_file", "case_value", "case_line"):
        for event in ("INSERT", "UPDATE", "DELETE"):
            database.execute(
                f"CREATE TRIGGER {table}_noticed_{event.lower()} AFTER {event} ON {table}"
                " BEGIN UPDATE change SET number=number+1; END"
            )
    database.execute("CREATE INDEX audit_who ON audit(who)")


def remembered(database: Any) -> None:
    """Keep how the settings that can lower findings stood when they were last looked at."""
    database.create_table("remembered", {"name": str, "value": str}, pk="name")


def by_action(database: Any) -> None:
    """Let pages ask a long audit for a few actions or one subject, without reading every row."""
    database.execute("CREATE INDEX audit_action ON audit(action, at)")
    database.execute("CREATE INDEX audit_subject ON audit(subject)")


DECISION_MIGRATIONS: tuple[Migration, ...] = (
    decisions,
    basis,
    officers,
    noticed,
    remembered,
    by_action,
)

"""Check that the rows of a database handed over are such as an index holds. Changes nothing.

Outside data: what answers rely on (types, lengths, JSON, sums that must not overflow) is looked
at for every row, so that a device that lies can spoil no answer about another one.
"""

from __future__ import annotations

import sqlite3
from typing import get_args

from connectors import Audience
from scanner.company.tables import HASH_BYTES, LEFT, MERGED
from scanner.model import Status
from scanner.privacy import FINGERPRINT_BYTES

MAX_ID = 2**36
"""Rows are gone through by their numbers, a page at a time."""
MAX_SUM = 2.0**50
"""Of sizes and of counts of one device: a petabyte; ten thousand such devices fit 64 bits."""
MAX_TEXT = 1_000_000
MAX_PLACES = 10_000
PAGE = 2_000

_TYPES = {"TEXT": "text", "INTEGER": "integer", "BLOB": "blob", "FLOAT": "real", "REAL": "real"}
_STATUSES = ", ".join(f"'{status}'" for status in (*get_args(Status), "gone"))
_READERS = ", ".join(f"'{audience}'" for audience in get_args(Audience) if audience)
_FINDING = (
    f"length(fingerprint)={FINGERPRINT_BYTES}",
    f"coalesce(length(name_fingerprint), {FINGERPRINT_BYTES})={FINGERPRINT_BYTES}",
    "confidence BETWEEN 0 AND 1",
    "count BETWEEN 0 AND 1099511627776",
    "length(kind) BETWEEN 1 AND 64 AND kind NOT GLOB '*[^A-Z0-9_]*'",
    "length(masked) BETWEEN 1 AND 1000",
    "evidence IS NOT NULL",
    "places='[]' OR coalesce(json_type(places, '$[0]'), '')='array'",
)
CLAIMS: dict[str, tuple[str, ...]] = {
    "device": ("coalesce(encryption, 'on') IN ('on', 'off')",),
    "place": ("name IS NOT NULL AND length(name)<=4096", "root IS NOT NULL", "device=:device"),
    "run": (
        "started GLOB '[12][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]T*'",
        "status IS NOT NULL",
        "counts IS NULL OR json_type(counts)='object'",
        "coverage IS NULL OR json_type(coverage)='object'",
    ),
    "document": (
        "device=:device",
        f"length(path_key)={FINGERPRINT_BYTES}",
        "path IS NOT NULL AND display IS NOT NULL AND item IS NOT NULL",
        f"status IN ({_STATUSES})",
        "risk IS NULL OR risk BETWEEN 0 AND 1000000",
        "size IS NULL OR size>=0",
        f"readable_by IS NULL OR readable_by IN ({_READERS})",
        "mail_folder IS NULL OR json_type(mail_folder)='array'",
        "withheld IS NULL OR json_type(withheld)='array'",
    ),
    "content": (
        f"length(hash)={HASH_BYTES}",
        "risk IS NULL OR risk BETWEEN 0 AND 1000000",
        "size>=0",
        "readers IS NOT NULL AND status IS NOT NULL",
    ),
    "occurrence": ("json_type(inner)='array'", "inner_path IS NOT NULL"),
    "part": ("name IS NOT NULL",),
    "finding": _FINDING,
    "name_finding": _FINDING,
    "problem": ("json_type(\"where\")='array'", "reason IS NOT NULL"),
    "excluded": ("rule IS NOT NULL", "count>=0 AND bytes>=0"),
    "totals": ("documents>=0 AND distinct_values>=0 AND hits>=0",),
    "employee": ("account IS NOT NULL", "left_on IS NULL OR length(left_on)<=10"),
    "letter": (
        "sent IS NOT NULL AND sender IS NOT NULL",
        "json_type(domains)='array'",
        "recipients>=0",
    ),
}
_SUMS = {
    "document": ("size",),
    "content": ("size",),
    "finding": ("count",),
    "name_finding": ("count",),
    "excluded": ("count", "bytes"),
    "totals": ("hits", "documents", "distinct_values"),
    "letter": ("recipients",),
}
_JSON = {
    "run": ("counts", "coverage"),
    "document": ("mail_folder", "withheld"),
    "occurrence": ("inner",),
    "finding": ("places",),
    "name_finding": ("places",),
    "problem": ("where",),
    "letter": ("domains",),
}


def unsound(connection: sqlite3.Connection, device: str) -> str | None:
    """Return the table whose rows are not such as an index of this device holds; None: none."""
    for table in sorted(MERGED | LEFT):
        types = {
            row[0]: row[1]
            for row in connection.execute("SELECT name, type FROM pragma_table_info(?)", (table,))
        }
        if types and not _is_sound(connection, table, types, device):
            return table
    if connection.execute("SELECT count(*) FROM place").fetchone()[0] > MAX_PLACES:
        return "place"
    return None


def _is_sound(
    connection: sqlite3.Connection, table: str, types: dict[str, str], device: str
) -> bool:
    wrong = [f"rowid NOT BETWEEN 0 AND {MAX_ID}"]
    for name, declared in types.items():
        kind = _TYPES.get(declared, "blob")
        allowed = f"'{kind}', 'null'" + (", 'integer'" if kind == "real" else "")
        wrong.append(f'typeof("{name}") NOT IN ({allowed})')
        if kind == "text":
            wrong.append(f'length("{name}") > {MAX_TEXT}')
    json = [f'("{name}" IS NOT NULL AND NOT json_valid("{name}"))' for name in _JSON.get(table, ())]
    for conditions in (wrong, json, [f"NOT coalesce(({c}), 0)" for c in CLAIMS.get(table, ())]):
        if (
            conditions
            and connection.execute(
                f"SELECT 1 FROM {table} WHERE {' OR '.join(conditions)} LIMIT 1", {"device": device}
            ).fetchone()
        ):
            return False
    for name in _SUMS.get(table, ()):
        (total,) = connection.execute(f'SELECT total("{name}") FROM {table}').fetchone()
        if not 0 <= total < MAX_SUM:
            return False
    return _is_text(connection, table, [n for n, declared in types.items() if declared == "TEXT"])


def _is_text(connection: sqlite3.Connection, table: str, names: list[str]) -> bool:
    """Whether all text is UTF-8. SQLite does not look; a page of rows is decoded at once."""
    if not names:
        return True
    joined = " || ',' || ".join(f"coalesce(\"{name}\", '')" for name in names)
    last = -1
    try:
        while True:
            (end,) = connection.execute(
                f"SELECT max(rowid) FROM (SELECT rowid FROM {table} WHERE rowid>?"
                " ORDER BY rowid LIMIT ?)",
                (last, PAGE),
            ).fetchone()
            if end is None:
                return True
            connection.execute(
                f"SELECT group_concat({joined}) FROM {table} WHERE rowid>? AND rowid<=?",
                (last, end),
            ).fetchone()
            last = end
    except (sqlite3.OperationalError, UnicodeDecodeError) as error:
        if isinstance(error, UnicodeDecodeError) or "UTF-8" in str(error):
            return False
        raise

"""Which tables a device's index has, and what collecting does with each of their columns."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection

HASH_BYTES = 32
"""Of a content. A longer hash ends with the device whose own reading it is."""

MERGED = frozenset(
    {
        *("device", "place", "run", "document", "content", "part", "occurrence", "finding"),
        *("name_finding", "problem", "excluded", "moved", "letter", "totals", "employee"),
    }
)
OF_THE_CENTRE = frozenset({"delivery", "shared_place"})
"""Written by the centre; a device's own are empty, and left."""
LEFT = OF_THE_CENTRE | {"meta", "document_count"}
"""Not merged. Counts of documents are kept by the centre's own triggers."""


def columns(
    connection: sqlite3.Connection, table: str, but: Collection[str] = (), schema: str = "main"
) -> list[str]:
    """Return the columns of a table as they stand in SQL, without those in `but`."""
    rows = connection.execute(f"SELECT name FROM pragma_table_info(?, '{schema}')", (table,))
    return [f'"{row[0]}"' for row in rows.fetchall() if row[0] not in but]


def of(alias: str, names: Collection[str]) -> str:
    """Return columns of one table, as a list in SQL."""
    return ", ".join(f"{alias}.{name}" for name in names)

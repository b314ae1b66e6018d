"""Count what an answer about readers cannot say: whose readers nobody knows."""

from __future__ import annotations

from dataclasses import replace

from scanner.answers.filters import Filters
from scanner.answers.findings import Search
from scanner.answers.opened import Opened


def not_known(opened: Opened, filters: Filters) -> int:
    """Return how many documents with such findings have readers that are not known."""
    search = Search(opened, replace(filters, readable_by=()))
    return sum(
        opened.connection.execute(
            "SELECT readable_by IS NULL FROM document WHERE id=?", (number,)
        ).fetchone()[0]
        for number in search.documents()
    )

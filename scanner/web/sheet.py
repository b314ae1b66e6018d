"""Write rows as CSV for spreadsheets: semicolons, a mark for UTF-8, and no cell a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from scanner.render import cell

MEDIA_TYPE = "text/csv; charset=utf-8"


def as_csv(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Return a file that spreadsheets open as rows under heads."""
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";", lineterminator="\r\n")
    writer.writerow([cell(head) for head in heads])
    writer.writerows([cell(value) for value in row] for row in rows)
    return ("\ufeff" + written.getvalue()).encode("utf-8", "replace")

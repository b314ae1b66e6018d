"""What a document is as a whole: a CV or payslip (its template says so), a table of people.

Whether a table is one of people follows from what was planted in its rows, not from its heads.
"""

from __future__ import annotations

from collections import defaultdict

from bench.quality.slots import EITHER
from bench.quality.template import Draft

TABLE = "CUSTOMER_TABLE"
PAPERS = ("CV", "PAYSLIP", "EMPLOYMENT_CONTRACT", "MEDICAL_NOTE", "CRIMINAL_CERTIFICATE")
WHOLE = frozenset((TABLE, *PAPERS))
"""Kinds of which a document is one or not: neither value nor place counts."""
LEAST_ROWS = 5
_WHO = frozenset(("PERSON", "DK_CPR", "EMAIL_ADDRESS"))
_SHEETS = frozenset(("csv", "tsv", "xlsx", "ods", "xls"))


def is_whole(draft: Draft, format_: str) -> list[tuple[str, str]]:
    """Return the kinds that a written draft is, each with its role: planted or either."""
    roles = [(kind, "planted") for kind in draft.template.papers]
    table = _table_role(draft, format_)
    return [*roles, (TABLE, table)] if table else roles


def _table_role(draft: Draft, format_: str) -> str:
    """Return whether the rows are people: each tells who, and something more of them.

    Either way is right for rows with one thing alone, and for companies with a person to contact.
    """
    lines = draft.text.rstrip("\n").split("\n")
    if format_ in _SHEETS:
        tables = [(0, len(lines))]
    else:  # tables in a document are lines that begin with a bar
        tables, start = [], -1
        for number, line in enumerate([*lines, ""]):
            if line.startswith("|"):
                start = number if start < 0 else start
            elif start >= 0:
                tables.append((start, number))
                start = -1
    at = 0
    number_of: dict[int, int] = {}
    for number, line in enumerate(lines):
        number_of.update(dict.fromkeys(range(at, at + len(line) + 1), number))
        at += len(line) + 1
    held: dict[int, set[str]] = defaultdict(set)
    companies: set[int] = set()
    for mark in draft.marks:
        number = number_of[mark.start]
        if mark.role != "none":
            held[number].add(mark.kind)
        elif mark.kind in ("company", "CVR number"):
            companies.add(number)
    roles = {_rows_role(range(*table), held, companies) for table in tables}
    return "planted" if "planted" in roles else EITHER if EITHER in roles else ""


def _rows_role(rows: range, held: dict[int, set[str]], companies: set[int]) -> str:
    told = [held[row] for row in rows if held[row] & _WHO]
    if len(told) < LEAST_ROWS or 2 * len(told) < len(rows):
        return ""
    more = sum(len(kinds) > 1 for kinds in told)
    of_companies = 2 * sum(row in companies for row in rows) >= len(rows)
    return EITHER if of_companies or 2 * more < len(told) else "planted"

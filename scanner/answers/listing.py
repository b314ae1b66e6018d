"""List documents with findings, riskiest first, narrowed by what a page or chart is about.

Walks documents in the order of their risk and looks into each, so that the first ones are found
without reading the rest. What may take long says so instead of going on.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from connectors.employees import has_left
from scanner.answers.filters import NOBODY, Filters, lowest
from scanner.answers.opened import Opened

MOST = 100_000
"""Documents told of one list."""


STEPS = 10_000
"""Of SQLite's machine between two looks at the clock."""
FEW = 20_000
"""Documents of places up to which they are sorted by risk, instead of looked for among all."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is listed: documents with findings that are still there, narrowed by `filters`.

    Of the filters: kinds, devices, owners (NOBODY included), places, departments, readable_by,
    risk, age. `leavers`: of those who have left; `undecided`: no verdict covers the document.
    """

    filters: Filters
    leavers: bool = False
    undecided: bool = False


@dataclass(frozen=True, slots=True)
class Listed:
    """Documents in their order. `whole`: these are all there are."""

    numbers: list[int] = field(repr=False)
    whole: bool


def leavers_accounts(opened: Opened) -> list[str]:
    """Return the accounts of the employees who have left, as of today."""
    today = opened.moment.astimezone().date()
    return [
        account
        for account, left in opened.connection.execute(
            "SELECT account, left_on FROM employee WHERE left_on<>'' ORDER BY account"
        ).fetchall()
        if has_left(left, today)
    ]


def walk(opened: Opened, wanted: Wanted) -> Iterator[int | None]:
    """Yield the documents, riskiest first; None for each that was looked into in vain.

    The order is that of an index: the same as long as nothing is written.
    """
    holds = _Holds(opened, wanted.filters.kinds)
    for number in _candidates(opened, wanted):
        left_out = not holds(number) or (
            wanted.undecided and opened.verdicts.standing(number) is not None
        )
        yield None if left_out else number


def first(
    opened: Opened,
    wanted: Wanted,
    number: int,
    seconds: float,
    late: Callable[[], bool] = lambda: False,
) -> Listed | None:
    """Return the first documents, at most `number`; None where it takes longer than `seconds`.

    `late`: what else breaks the connection's queries off, before and afterwards.
    """
    until = time.monotonic() + seconds

    def over() -> bool:
        return time.monotonic() > until

    connection = opened.connection
    connection.set_progress_handler(lambda: int(over() or late()), STEPS)
    found: list[int] = []
    try:
        for each in walk(opened, wanted):
            if each is not None:
                found.append(each)
                if len(found) > number:
                    return Listed(found[:number], False)
            if over():
                return None
    except sqlite3.OperationalError:  # broken off within a query
        if not over() or late():
            raise
        return None
    finally:
        connection.set_progress_handler(lambda: int(late()), STEPS)
    return Listed(found, True)


def all_of(opened: Opened, wanted: Wanted) -> Listed:
    """Return all documents, at most MOST. May take minutes."""
    found: list[int] = []
    for each in walk(opened, wanted):
        if each is not None:
            if len(found) == MOST:
                return Listed(found, False)
            found.append(each)
    return Listed(found, True)


def _candidates(opened: Opened, wanted: Wanted) -> Iterator[int]:
    filters = wanted.filters
    conditions = ["d.gone_run IS NULL", "d.risk > 0"]
    values: list[object] = []
    if border := lowest(filters.risk):
        conditions.append("d.risk >= ?")
        values.append(border)
    places, owners = _places(opened, filters), _owners(opened, wanted)
    through_places = places is not None and owners is None and _few(opened, places)
    if places is not None and not through_places:
        # unary +: the index is that of the risk or the owner, whose order or share is wanted
        conditions.append("+d.place IN (SELECT value FROM json_each(?))")
        values.append(json.dumps(places))
    if filters.readable_by:
        conditions.append("d.readable_by IN (SELECT value FROM json_each(?))")
        if filters.readable_by == ("everyone",):
            conditions[-1] = "d.readable_by='everyone'"
        else:
            values.append(json.dumps(filters.readable_by))
    if filters.age is not None:
        conditions.append(f"d.modified {'<' if filters.age.side == 'older' else '>='} ?")
        values.append(filters.age.border)
    where = " AND ".join(conditions)
    if through_places:
        query = (
            "SELECT d.id FROM json_each(?) j CROSS JOIN document d ON d.place=j.value"
            f" WHERE {where} ORDER BY d.risk DESC, d.id"
        )
        values.insert(0, json.dumps(places))
    elif owners is None:
        query = f"SELECT d.id FROM document d WHERE {where} ORDER BY d.risk DESC"
    else:
        query = (
            "SELECT d.id FROM json_each(?) j CROSS JOIN document d ON d.owner IS j.value"
            f" WHERE {where} ORDER BY d.risk DESC, d.id"
        )
        values.insert(0, json.dumps(owners))
    for (number,) in opened.connection.execute(query, values):
        yield number


def _places(opened: Opened, filters: Filters) -> list[int] | None:
    """Return the places that are asked for; None for all."""
    if not filters.places and not filters.devices:
        return None
    return [
        number
        for number, device in opened.connection.execute("SELECT id, device FROM place").fetchall()
        if (not filters.places or number in filters.places)
        and (not filters.devices or device in filters.devices)
    ]


def _few(opened: Opened, places: list[int]) -> bool:
    """Whether the documents of some places are so few that all of them are sooner looked at."""
    (number,) = opened.connection.execute(
        "SELECT coalesce(sum(documents), 0) FROM document_count"
        " WHERE place IN (SELECT value FROM json_each(?))",
        (json.dumps(places),),
    ).fetchone()
    return int(number) <= FEW


def _owners(opened: Opened, wanted: Wanted) -> list[str | None] | None:
    """Return the owners that are asked for, "" and None standing for nobody; None for all."""
    filters = wanted.filters
    asked: list[set[str | None]] = []
    if filters.owners:
        named: set[str | None] = {owner for owner in filters.owners if owner != NOBODY}
        asked.append(named | ({"", None} if NOBODY in filters.owners else set()))
    if filters.departments:
        marks = ",".join("?" * len(filters.departments))
        rows = opened.connection.execute(
            f"SELECT account FROM employee WHERE department IN ({marks})", filters.departments
        )
        asked.append({account for (account,) in rows})
    if wanted.leavers:
        asked.append(set(leavers_accounts(opened)))
    if not asked:
        return _of_part(opened)
    return sorted(set.intersection(*asked), key=str)


def _of_part(opened: Opened) -> list[str | None] | None:
    """Return whose documents a part of the index shows: nobody else's need be walked."""
    if not opened.connection.execute(
        "SELECT 1 FROM temp.sqlite_master WHERE name='own_account'"
    ).fetchone():
        return None
    rows = opened.connection.execute("SELECT account FROM temp.own_account ORDER BY account")
    return [account for (account,) in rows]


class _Holds:
    """Whether a document holds one of some kinds, in it or in its name; without kinds, it does."""

    def __init__(self, opened: Opened, kinds: tuple[str, ...]) -> None:
        self._connection = opened.connection
        marks = ",".join("?" * len(kinds))
        kept = [
            f" AND {table}.kind IN ({marks}) AND {opened.is_finding(table)}"
            f" AND {opened.not_ignored(f'{table}.fingerprint')}"
            for table in ("f", "n")
        ]
        wanted = opened.is_wanted_in("f.kind", "o.document")
        self._query = (
            "SELECT EXISTS (SELECT 1 FROM occurrence o CROSS JOIN finding f ON f.content=o.content"
            f" WHERE o.document=? AND o.gone_run IS NULL{kept[0]} AND {wanted})"
            f" OR EXISTS (SELECT 1 FROM name_finding n WHERE n.document=?{kept[1]})"
        )
        self._kinds = kinds

    def __call__(self, number: int) -> bool:
        if not self._kinds:
            return True
        values = (number, *self._kinds, number, *self._kinds)
        return bool(self._connection.execute(self._query, values).fetchone()[0])

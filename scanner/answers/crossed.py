"""Count the documents that hold some kinds by place and owner, and all by who can read them.

Looks into each document with findings, so it takes seconds for each million; no person is told.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Literal

from scanner.answers.filters import Filters
from scanner.answers.listing import Wanted, walk
from scanner.answers.opened import Opened
from scanner.privacy import shown

By = Literal["place", "device", "department"]


@dataclass(frozen=True, slots=True)
class Crossed:
    """How many documents hold it. `key` is what the place, device or department is asked by.

    `key` empty: what belongs to no department.
    """

    key: str
    name: str
    documents: int


def crossed(opened: Opened, filters: Filters) -> Counter[tuple[int, str]]:
    """Count documents by place and owner ("" for nobody), of those that `filters` ask for."""
    found: Counter[tuple[int, str]] = Counter()
    ask = "SELECT place, coalesce(owner, '') FROM document WHERE id=?"
    for number in walk(opened, Wanted(filters)):
        if number is not None:
            place, owner = opened.connection.execute(ask, (number,)).fetchone()
            found[(place, owner)] += 1
    return found


def by_readers(opened: Opened) -> dict[str, int]:
    """Count the documents with findings by who can read them; under "" where nobody knows."""
    return dict(
        opened.connection.execute(
            # unary +: the table as it lies, for an index by risk would read it all over the place
            "SELECT coalesce(readable_by, ''), count(*) FROM document"
            " WHERE +gone_run IS NULL AND +risk > 0 GROUP BY 1"
        ).fetchall()
    )


def by(opened: Opened, counts: Counter[tuple[int, str]], what: By) -> list[Crossed]:
    """Return the places, devices or departments with their documents, most of them first."""
    places = {
        number: (device, name)
        for number, device, name in opened.connection.execute("SELECT id, device, name FROM place")
    }
    departments = dict(opened.connection.execute("SELECT account, department FROM employee"))
    names: dict[str, str] = {}
    summed: Counter[str] = Counter()
    for (place, owner), number in counts.items():
        device, name = places.get(place, ("", ""))
        label = opened.devices.get(device, device)
        key, told = {
            "place": (str(place), f"{label}: {name}"),
            "device": (device, label),
            "department": ((departments.get(owner) or ""),) * 2,
        }[what]
        names[key] = shown(told)
        summed[key] += number
    found = [Crossed(key, names[key], number) for key, number in summed.items()]
    return sorted(found, key=lambda each: (-each.documents, each.name.casefold()))

"""Tell what those who have left still hold: documents in their folders and mailboxes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from connectors.employees import has_left
from scanner.answers.opened import Opened
from scanner.answers.riskiest import kinds_in
from scanner.privacy import shown
from scanner.risk import Level, level_of


@dataclass(frozen=True, slots=True)
class Leaver:
    """An employee who has left. `left`: the day, or empty; `places`: documents in each.

    `kinds`: distinct values of each kind in all those documents.
    """

    name: str
    department: str | None
    manager: str | None
    left: str
    documents: int
    with_findings: int
    risk: Level
    kinds: dict[str, int]
    places: dict[tuple[str, str], int]
    account: str = field(default="", repr=False)

    def as_dict(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "department": self.department,
            "manager": self.manager,
            "left": self.left or None,
            "documents": self.documents,
            "with_findings": self.with_findings,
            "risk": self.risk,
            "kinds": self.kinds,
            "places": [
                {"device": device, "place": place, "documents": number}
                for (device, place), number in self.places.items()
            ],
        }


def leavers(opened: Opened) -> Iterator[Leaver]:
    """Yield who has left and still holds documents, by name: people are not ranked."""
    today = opened.moment.astimezone().date()
    gone = [
        row
        for row in opened.connection.execute(
            "SELECT account, coalesce(nullif(name,''), account), department, manager, left_on"
            " FROM employee WHERE left_on<>''"
        ).fetchall()
        if has_left(row[4], today)
    ]
    for account, name, department, manager, left in sorted(gone, key=lambda row: row[1].casefold()):
        found = _held(opened, account)
        if found is None:
            continue
        documents, with_findings, risk, numbers, places = found
        yield Leaver(
            shown(name),
            shown(department) if department else None,
            shown(manager) if manager else None,
            "" if left == "yes" else left,
            documents,
            with_findings,
            level_of(risk),
            kinds_in(opened, numbers),
            places,
            account,
        )


def _held(
    opened: Opened, account: str
) -> tuple[int, int, float, list[int], dict[tuple[str, str], int]] | None:
    documents, worst = 0, 0.0
    numbers: list[int] = []
    places: Counter[tuple[str, str]] = Counter()
    for number, device, place, risk in opened.connection.execute(
        "SELECT d.id, d.device, p.name, coalesce(d.risk, 0) FROM document d"
        " JOIN place p ON p.id=d.place WHERE d.owner=? AND d.gone_run IS NULL"
        " AND NOT coalesce(d.folder,0)",
        (account,),
    ):
        documents += 1
        places[(shown(opened.devices.get(device, device)), shown(place))] += 1
        worst = max(worst, risk)
        if risk > 0:
            numbers.append(number)
    if not documents:
        return None
    return documents, len(numbers), worst, numbers, dict(places.most_common())

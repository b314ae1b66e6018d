"""Documents with what is in them, counted ahead: lists of them hold some with very many values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from scanner.answers.findings import Search
from scanner.web.kept import Keeping


class OfKind(NamedTuple):
    """How many distinct values of a kind."""

    kind: str
    values: int


Summed = tuple[int, tuple[OfKind, ...]]
"""A document's number, and its kinds, most values first."""


def summed(search: Search, numbers: Iterable[int]) -> Iterator[Summed]:
    """Yield documents with their kinds; copies are counted once."""
    known: dict[tuple[int, ...], tuple[OfKind, ...]] = {}
    for number in numbers:
        contents = tuple(
            row[0]
            for row in search.opened.connection.execute(
                "SELECT content FROM occurrence WHERE document=? AND gone_run IS NULL"
                " UNION ALL SELECT -document FROM name_finding WHERE document=?1 ORDER BY 1",
                (number,),
            )
        )
        if contents not in known:
            known[contents] = tuple(
                OfKind(each.kind, each.values) for each in search.summary(number)
            )
        yield number, known[contents]


def _read(held: Any) -> list[Summed]:
    return [
        (int(number), tuple(OfKind(str(kind), int(values)) for kind, values in kinds))
        for number, kinds in held
    ]


SUMMED: Keeping[list[Summed]] = Keeping(list, _read)

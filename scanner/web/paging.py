"""Show a list a page at a time, with addresses of the page before and the one behind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar
from urllib.parse import urlencode

from scanner.web.asked import Asked

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Paged(Generic[T]):
    """One page of `number` items. `first`, `last`: their numbers, from 1; 0 where there are none.

    `before`, `behind`: addresses of the pages beside this one; empty: none.
    """

    items: Sequence[T] = field(repr=False)
    number: int
    first: int
    last: int
    before: str
    behind: str

    def __iter__(self) -> Iterator[T]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)


def place_of(asked: Asked, size: int) -> int:
    """Return how many items stand before the page that is asked for."""
    return size * (asked.query.number("page", 1, least=1, most=1_000_000) - 1)


def paged(asked: Asked, items: Sequence[T], size: int, **kept: str) -> Paged[T]:
    """Return the page of `items` that the address asks for; `kept` stays in the addresses."""
    start = place_of(asked, size)
    return page_of(asked, items[start : start + size], len(items), size, **kept)


def page_of(asked: Asked, items: Sequence[T], number: int, size: int, **kept: str) -> Paged[T]:
    """Return the same for items that were found for this page alone, of `number` in all."""
    start = place_of(asked, size)
    page = start // size + 1

    def address(wanted: int) -> str:
        held = {name: text for name, text in kept.items() if text}
        return f"{asked.path}?{urlencode({**held, 'page': wanted})}"

    return Paged(
        items,
        number,
        start + 1 if items else 0,
        start + len(items) if items else 0,
        address(page - 1) if page > 1 else "",
        address(page + 1) if start + size < number else "",
    )

"""What a page answers, what a form holds, and why a request is refused. Knows no page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs

MOST_FIELDS = 500
HTML = "text/html; charset=utf-8"


class Refused(Exception):
    """A request that is not answered: HTTP status, and the message's key in the catalogue."""

    def __init__(self, status: int, key: str) -> None:
        super().__init__(f"{status} {key}")
        self.status = status
        self.key = key


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as it goes out. `headers` beside those that every answer gets."""

    body: bytes = field(default=b"", repr=False)
    status: int = 200
    media_type: str = HTML
    headers: tuple[tuple[str, str], ...] = ()


class Form:
    """What came with a request, by name: never more than `MOST_FIELDS`, hidden from repr."""

    __slots__ = ("_held",)

    def __init__(self, text: str = "", held: Mapping[str, list[str]] | None = None) -> None:
        if held is None:
            try:
                held = parse_qs(text, keep_blank_values=True, max_num_fields=MOST_FIELDS)
            except ValueError:
                raise Refused(400, "web too much") from None
        self._held = held

    def one(self, name: str, default: str = "", *, most: int = 1000) -> str:
        """Return the first value of a name, without blanks around it. Raises Refused (400)."""
        text = self._held.get(name, [default])[0].strip()
        if len(text) > most:
            raise Refused(400, "web too much")
        return text

    def many(self, name: str) -> tuple[str, ...]:
        """Return all values of a name that are not empty."""
        return tuple(filter(None, self._held.get(name, ())))

    def number(self, name: str, default: int = 0, *, least: int = 0, most: int = 2**53) -> int:
        """Return a whole number. Raises Refused (400) for anything else."""
        text = self.one(name) or str(default)
        if not (text.isascii() and text.isdecimal() and len(text) < 17):
            raise Refused(400, "web no number")
        if not least <= int(text) <= most:
            raise Refused(400, "web no number")
        return int(text)

    @property
    def names(self) -> tuple[str, ...]:
        """The names that came, whatever stands under them."""
        return tuple(self._held)

    def __contains__(self, name: str) -> bool:
        return name in self._held

    def __repr__(self) -> str:
        return f"Form({len(self._held)} fields)"

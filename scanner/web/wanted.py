"""Read from an address which documents are listed, and say it in words; it holds no name."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args
from urllib.parse import urlencode

from connectors import Audience
from scanner.answers.employees import account_of_mark, name_of
from scanner.answers.filters import NOBODY, Filters
from scanner.answers.kinds import built_in
from scanner.answers.listing import Wanted
from scanner.answers.moments import age
from scanner.privacy import shown
from scanner.risk import LEVELS
from scanner.web.asked import Asked
from scanner.web.reply import Refused

Group = Literal["ordinary", "confidential", "special", "criminal"]
GROUPS: tuple[Group, ...] = get_args(Group)
READERS = ("everyone", "group", "owner")
AGES = ("1y", "2y", "5y", "10y")
NAMES = (
    *("group", "kind", "place", "device", "department", "who", "risk", "age"),
    *("readers", "open", "left", "undecided"),
)
"""What an address may say, in the order in which words say it."""


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What is listed: `wanted`, what the address says of it, and the same in words, one each."""

    wanted: Wanted
    kept: Mapping[str, str]
    told: list[str] = field(repr=False)

    @classmethod
    def nothing(cls) -> Narrowed:
        """Return what an address without anything behind it asks for: all."""
        return cls(Wanted(Filters()), {}, [])

    def address(self, path: str, **other: str) -> str:
        """Return the address of these documents, with some of what it says otherwise."""
        said = {name: text for name, text in {**self.kept, **other}.items() if text}
        return f"{path}?{urlencode(said)}" if said else path


def kinds_of(asked: Asked, group: str) -> tuple[str, ...]:
    """Return the kinds of one of the law's groups."""
    groups = asked.opened.judging.groups()
    known = sorted({*built_in(), *asked.answer.custom, *groups})
    return tuple(kind for kind in known if groups.get(kind, "ordinary") == group)


def read(asked: Asked) -> Narrowed:
    """Return what the address asks for. Raises Refused (404) for what there is not."""
    query = asked.query
    kept = {name: text for name in NAMES if (text := query.one(name, most=200))}
    words, opened = asked.words, asked.opened
    told: list[str] = []
    kinds: tuple[str, ...] = ()
    if group := kept.get("group"):
        _among(group, GROUPS)
        kinds = kinds_of(asked, group)
        told.append(words.text(f"group {group}"))
    if kind := kept.get("kind"):
        _among(kind, {*built_in(), *asked.answer.custom, *opened.judging.groups()})
        kinds = (kind,)
        told.append(words.kind(kind))
    place = query.number("place")
    if place:
        row = opened.connection.execute(
            "SELECT device, name FROM place WHERE id=?", (place,)
        ).fetchone()
        if row is None:
            raise Refused(404, "web not found")
        told.append(shown(f"{opened.devices.get(row[0], row[0])}: {row[1]}"))
    if device := kept.get("device"):
        _among(device, opened.devices)
        told.append(shown(opened.devices[device]))
    if department := kept.get("department"):
        told.append(shown(department))
    owners: tuple[str, ...] = ()
    if who := kept.get("who"):
        account = NOBODY if who == NOBODY else account_of_mark(opened, who)
        if account is None:
            raise Refused(404, "web not found")
        owners = (account,)
        told.append(words.text("by nobody") if who == NOBODY else name_of(opened, account))
    if level := kept.get("risk"):
        _among(level, LEVELS)
        if level != "low":
            told.append(words.text("documents risk from", level=words.level(level)))
    if span := kept.get("age"):
        _among(span, AGES)
        told.append(words.count("documents older", int(span[:-1])))
    readers: tuple[Audience, ...] = ()
    if audience := kept.get("readers"):
        _among(audience, READERS)
        readers = (audience,)  # type: ignore[assignment]
        told.append(words.text("documents readers", who=words.text(f"readers {audience}")))
    if "open" in kept:
        readers = ("everyone",)
        told.append(words.text("documents open"))
    if "left" in kept:
        told.append(words.text("documents left"))
    if "undecided" in kept:
        told.append(words.text("documents undecided"))
    # the start of the day, so that what was found is the same from page to page
    today = opened.moment.replace(hour=0, minute=0, second=0, microsecond=0)
    filters = asked.filters(
        kinds=kinds,
        places=(place,) if place else (),
        devices=(device,) if device else (),
        departments=(department,) if department else (),
        owners=owners,
        readable_by=readers,
        risk=level or "low",
        age=age(span, today) if span else None,
    )
    return Narrowed(Wanted(filters, "left" in kept, "undecided" in kept), kept, told)


def _among(said: str, known: Container[str]) -> None:
    if said not in known:
        raise Refused(404, "web not found")

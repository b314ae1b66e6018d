"""Decide which place a folder belongs to, and what the index must change for it. Touches nothing.

A file belongs to one place of its device: the innermost configured one that holds it, else the
widest folder that was scanned by hand. docs/operations.md tells it to people.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from connectors.walking import steps_below

SEPARATOR = os.sep.encode()


@dataclass(frozen=True, slots=True)
class Root:
    """A place by its name and folder: as it is spelled in documents' paths, and as it truly is."""

    name: str
    path: bytes = field(repr=False)
    real: bytes = field(repr=False)

    def holds(self, real: bytes) -> bool:
        """Whether a real path is this folder or lies in it."""
        return lies_below(real, self.real)

    def spelled(self, real: bytes) -> bytes:
        """Return a real path below this place as its documents spell it."""
        return os.path.join(self.path, *steps_below(self.real, real))


@dataclass(frozen=True, slots=True)
class Held:
    """A place as the index holds it now. `away`: nothing lies at its folder any more."""

    id: int
    root: Root
    away: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What the index must change before a scan, in this order.

    `names` and `roots`: new ones for places, by id. `put_aside`: places that the configuration no
    longer names as they were. `new`: configured places that take documents over from the place
    around them, innermost first. `target`: the place to scan, None for a new one; `root` and
    `below` say where. `absorbed`: places that become part of it.
    """

    names: dict[int, str]
    roots: dict[int, Root]
    put_aside: tuple[int, ...]
    new: tuple[Root, ...]
    target: int | None
    root: Root
    below: bytes | None
    absorbed: tuple[int, ...]


def lies_below(path: bytes, folder: bytes) -> bool:
    """Whether `path` is `folder` or lies somewhere in it."""
    return path == folder or path.startswith(folder.rstrip(SEPARATOR) + SEPARATOR)


def innermost(roots: Sequence[Root], real: bytes) -> Root | None:
    """Return the innermost of the places that hold a real path."""
    return max((r for r in roots if r.holds(real)), key=lambda each: len(each.real), default=None)


def inside(roots: Sequence[Root], real: bytes) -> list[Root]:
    """Return the places whose folder lies below a real path and is not that itself."""
    return [root for root in roots if lies_below(root.real, real) and root.real != real]


def plan(held: Sequence[Held], configured: Sequence[Root], target: Root) -> Plan:
    """Return what must change so that `target` can be scanned. `configured`: all of this device.

    Names are as the index writes them. `target` is one of `configured`, or a folder given by
    hand that lies in none of them.
    """
    known = _recognised(held, configured)
    names = {
        number: root.name
        for number, root in known.items()
        if _of(held, number).root.name != root.name
    }
    roots = {
        number: root for number, root in known.items() if _of(held, number).root.path != root.path
    }
    wanted = {root.name for root in configured}
    others = [each for each in held if each.id not in known]
    put_aside = tuple(each.id for each in others if each.root.name in wanted)
    found = next((n for n, root in known.items() if root == target), None)
    below = None
    if target not in configured:
        around = [each for each in others if each.root.holds(target.real)]
        if around:
            place = max(around, key=lambda each: len(each.root.real))
            found = place.id
            spelled = place.root.spelled(target.real)
            below = None if place.root.real == target.real else spelled
            target = place.root
    fresh = [root for root in configured if root not in known.values()]
    absorbed = tuple(
        each.id
        for each in others
        if each.id != found
        and target.holds(each.root.real)
        and innermost([*configured, target], each.root.real) == target
    )
    return Plan(
        names,
        roots,
        put_aside,
        tuple(sorted(fresh, key=lambda root: -len(root.real))),
        found,
        target,
        below,
        absorbed,
    )


def _recognised(held: Sequence[Held], configured: Sequence[Root]) -> dict[int, Root]:
    """Return which configured place each held one is: by its folder, else by its name.

    By name alone only when nothing lies at the old folder any more: then the folder was moved.
    """
    likenesses: tuple[Callable[[Held, Root], bool], ...] = (
        lambda each, root: each.root.path == root.path,
        lambda each, root: each.root.real == root.real,
        lambda each, root: each.root.name == root.name and each.away,
    )
    known: dict[int, Root] = {}
    for like in likenesses:
        for root in configured:
            if root in known.values():
                continue
            fitting = (e.id for e in held if e.id not in known and like(e, root))
            number = next(fitting, None)
            if number is not None:
                known[number] = root
    return known


def _of(held: Sequence[Held], number: int) -> Held:
    return next(each for each in held if each.id == number)

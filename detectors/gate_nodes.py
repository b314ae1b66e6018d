"""Read a regular expression into a small tree without assertions, over code points."""

from __future__ import annotations

import re
import re._parser as parser  # type: ignore[import-not-found]
from dataclasses import dataclass
from typing import Any

from detectors.gate_classes import ALL, Ranges, accepted, complement, union, within

MAX_NODES = 20_000  # of one expression; a list of 1 000 words has about 10 000
MAX_MARGIN = 256  # code points that look-around may see beyond a match


class NoSuperset(Exception):
    """The expression has no useful superset; str() says why, without the expression."""


@dataclass(frozen=True, slots=True)
class Chars:
    """One code point out of `ranges`."""

    ranges: Ranges


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several sequences."""

    options: tuple[Nodes, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """A sequence `low` to `high` times (None: without bound)."""

    body: Nodes
    low: int
    high: int | None


@dataclass(frozen=True, slots=True)
class Edge:
    """The neighbour before (or after) is none of `ranges`, or there is none."""

    before: bool
    ranges: Ranges
    kept: bool = False


@dataclass(frozen=True, slots=True)
class WordEdge:
    """An ASCII word boundary: every engine knows it."""


Node = Chars | Choice | Repeat | Edge | WordEdge
Nodes = tuple[Node, ...]


def add(one: int | None, other: int | None) -> int | None:
    """Return the sum of two widths, where None is without bound."""
    return None if one is None or other is None else one + other


def width(nodes: Nodes) -> tuple[int, int | None]:
    """Return the least and the greatest number of code points that `nodes` can match."""
    low = 0
    high: int | None = 0
    for node in nodes:
        match node:
            case Chars():
                low, high = low + 1, add(high, 1)
            case Choice(options):
                widths = [width(option) for option in options]
                low += min(least for least, _ in widths)
                high = add(high, greatest([most for _, most in widths]))
            case Repeat(body, least, most):
                body_low, body_high = width(body)
                low += body_low * least
                if body_high != 0:
                    high = (
                        None if most is None or body_high is None else add(high, body_high * most)
                    )
            case _:
                pass
    return low, high


def greatest(widths: list[int | None]) -> int | None:
    """Return the greatest of some widths, where None is without bound."""
    known = [each for each in widths if each is not None]
    return max(known, default=0) if len(known) == len(widths) else None


def characters(nodes: Nodes) -> Ranges:
    """Return every code point that a match of `nodes` can hold."""
    found: list[Ranges] = []
    for node in nodes:
        match node:
            case Chars(ranges):
                found.append(ranges)
            case Choice(options):
                found.extend(characters(option) for option in options)
            case Repeat(body, _, _):
                found.append(characters(body))
            case _:
                pass
    return union(*found)


_NOT_NEWLINE = complement(((10, 10),))
_TYPE_FLAGS = int(re.ASCII | re.LOCALE | re.UNICODE)


class Reader:
    """Reads one expression: `nodes`, and what its assertions see.

    `margin` is how many code points beyond a match can decide about it; `anchored` says that it
    asks where the text, or a line, begins or ends. Raises NoSuperset or re.error.
    """

    def __init__(self, regex: str, flags: int) -> None:
        self.margin = 2  # what \b and $ see
        self.anchored = False
        self._left = MAX_NODES
        self._groups: dict[int, Nodes] = {}
        try:
            tree = parser.parse(regex, flags & ~int(re.DEBUG))
            self.nodes = self._sequence(tree, int(tree.state.flags))
        except (RecursionError, OverflowError):
            raise NoSuperset("it is nested too deeply") from None
        if self.margin > MAX_MARGIN:
            raise NoSuperset("its look-around sees too far")

    def _sequence(self, tree: Any, flags: int) -> Nodes:
        nodes: list[Node] = []
        for operator, argument in tree:
            self._left -= 1
            if self._left < 0:
                raise NoSuperset("it is too large")
            name = str(operator)
            looks = _looks(name, argument)
            if looks:
                edges = [self._look(look, flags, nodes) for look in looks]
                _place(edges, nodes)
            else:
                nodes.extend(self._node(name, operator, argument, flags))
        return tuple(nodes)

    def _node(self, name: str, operator: Any, argument: Any, flags: int) -> Nodes:
        match name:
            case "LITERAL":
                return (Chars(accepted(((operator, argument),), flags)),)
            case "NOT_LITERAL":
                return (Chars(accepted((("NEGATE", None), ("LITERAL", argument)), flags)),)
            case "IN":
                return (Chars(accepted(tuple(argument), flags)),)
            case "ANY":
                return (Chars(ALL if flags & re.DOTALL else _NOT_NEWLINE),)
            case "BRANCH":
                return (Choice(tuple(self._sequence(each, flags) for each in argument[1])),)
            case "SUBPATTERN":
                group, added, removed, body = argument
                if added & _TYPE_FLAGS:
                    flags &= ~_TYPE_FLAGS
                nodes = self._sequence(body, (flags | added) & ~removed)
                if group is not None:
                    self._groups[group] = nodes
                return nodes
            case "ATOMIC_GROUP":
                return self._sequence(argument, flags)
            case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
                low, high, body = argument
                most = None if high is parser.MAXREPEAT else int(high)
                return (Repeat(self._sequence(body, flags), int(low), most),)
            case "GROUPREF":
                nodes = self._groups.get(argument, ())
                if not flags & re.IGNORECASE:
                    return _plain(nodes)
                low, most = width(nodes)  # the group may have been read with case
                return (Repeat((Chars(ALL),), low, most),)
            case "GROUPREF_EXISTS":
                _, yes, no = argument
                options = self._sequence(yes, flags), self._sequence(no or (), flags)
                return (Choice(options),)
            case "AT":
                return self._at(str(argument), flags)
            case _:
                raise NoSuperset(f"it uses {name.lower()}")

    def _at(self, where: str, flags: int) -> Nodes:
        if where in {"AT_BOUNDARY", "AT_NON_BOUNDARY"}:
            ascii_only = where == "AT_BOUNDARY" and flags & re.ASCII
            return (WordEdge(),) if ascii_only else ()
        self.anchored = True
        return ()

    def _look(self, look: _Look, flags: int, nodes: list[Node]) -> tuple[int, Edge] | None:
        # Returns the edge that follows from one look-around, and how many nodes further back it is.
        wanted, direction, tree = look
        body = self._sequence(tree, flags)
        _, most = width(body)
        if most is None:
            raise NoSuperset("its look-around sees without bound")
        self.margin += most
        seen = [node.ranges for node in body if isinstance(node, Chars)]
        if len(seen) != len(body) or not seen:
            return None
        if direction > 0:
            if len(seen) > 1 and not wanted:
                return None
            return 0, Edge(False, complement(seen[0]) if wanted else seen[0])
        known = 0
        while known < len(nodes) and isinstance(nodes[-1 - known], Chars):
            known += 1
        if wanted:
            if known >= len(seen):
                return None
            return known, Edge(True, complement(seen[-1 - known]))
        # [0-9](?<![0-9][0-9]) asks what stands before the digit: the same edge, written later.
        back = len(seen) - 1
        last = nodes[len(nodes) - back :]
        if known >= back and all(
            isinstance(node, Chars) and within(node.ranges, ranges)
            for node, ranges in zip(last, seen[1:], strict=True)
        ):
            return back, Edge(True, seen[0])
        return None


_Look = tuple[bool, int, Any]


def _looks(name: str, argument: Any) -> list[_Look]:
    """Return what looks around: one assertion, or a choice of nothing but assertions."""
    if name in {"ASSERT", "ASSERT_NOT"}:
        return [(name == "ASSERT", *argument)]
    if name == "SUBPATTERN" and argument[0] is None and len(argument[3]) == 1:
        (operator, inner), *_ = argument[3]
        return _looks(str(operator), inner) if not argument[1] and not argument[2] else []
    if name != "BRANCH":
        return []
    options = [
        _looks(str(each[0][0]), each[0][1]) if len(each) == 1 else [] for each in argument[1]
    ]
    if not all(len(option) == 1 for option in options):
        return []
    return [look for option in options for look in option]


def _place(edges: list[tuple[int, Edge] | None], nodes: list[Node]) -> None:
    """Put the edge that holds whichever of `edges` does among `nodes`, if there is one."""
    found = [each for each in edges if each is not None]
    if len(found) != len(edges) or len({(back, edge.before) for back, edge in found}) != 1:
        return
    back, first = found[0]
    free = union(*(complement(edge.ranges) for _, edge in found))
    if free != ALL:
        nodes.insert(len(nodes) - back, Edge(first.before, complement(free)))


def _plain(nodes: Nodes) -> Nodes:
    out: list[Node] = []
    for node in nodes:
        match node:
            case Choice(options):
                out.append(Choice(tuple(_plain(option) for option in options)))
            case Repeat(body, low, high):
                out.append(Repeat(_plain(body), low, high))
            case Chars():
                out.append(node)
            case _:
                pass  # a back reference repeats the characters, not what stood around them
    return tuple(out)

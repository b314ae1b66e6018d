"""Derive from a regular expression a short byte expression that occurs in each of its matches.

Assertions go, except where one neighbour decides; repeats at the ends are cut to their minimum,
classes become bytes, one for each code point. What has no useful form is refused, never narrowed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from detectors.gate_classes import OTHER, Ranges, byte_class, byte_values, contains, union
from detectors.gate_nodes import (
    Chars,
    Choice,
    Edge,
    Node,
    Nodes,
    NoSuperset,
    Reader,
    Repeat,
    WordEdge,
    add,
    characters,
    greatest,
    width,
)

MAX_BYTES = 100_000  # of a derived expression
LOOSE = 16
"""A repeat that may vary by more is opened or cut: automata count badly, `find` counts well."""
LONG = 32
"""What is fixed beyond this many repeats says nothing more about where to look."""
MOST_COMMON = 1 / 40
"""A core as likely as this at every character would be everywhere: `find` reads all text then."""


@dataclass(frozen=True, slots=True)
class Superset:
    """What the gate looks for, and how far a match reaches around it, in code points.

    Every match holds the `core`; it begins at most `before` in front of the core's start and
    `left` in front of its end, ends at most `after` it, and is at most `width` long
    (None: without bound, but all of it among `characters`). `margin` is what its look-around sees
    beyond it; `anchored` says that it asks where the text or a line begins or ends.
    """

    core: Nodes
    before: int | None
    left: int | None
    after: int | None
    width: int | None
    characters: Ranges
    margin: int
    anchored: bool

    @property
    def begins(self) -> bool:
        """Whether the core starts at an edge, so that few places can start one."""
        return _at_edge(self.core)

    @property
    def expression(self) -> str:
        """The core as hyperscan and RE2 (Latin-1) read it, on what `gate_classes.encode` makes.

        An edge takes its neighbouring byte, so a hit's end may lie one further out.
        """
        return emit(self.core)

    @property
    def coarse(self) -> str:
        """The expression with digits for some digits, and so on: fewer states beside others.

        An automaton must remember which of the last characters could begin [2-6][0-9]{13}; of
        [0-9]{14} it only counts.
        """
        return emit(_coarsened(self.core))


def derive(regex: str, flags: int = 0) -> Superset:
    """Return the superset of `regex` under the flags of `re`. Raises NoSuperset or re.error."""
    reader = Reader(regex, flags)
    least, most = width(reader.nodes)
    if least == 0:
        raise NoSuperset("it matches the empty text")
    core, before = _lead(reader.nodes, True)
    reverse, after = _lead(_reversed(core), False)
    core = _reversed(reverse)
    while len(emit(_cleaned(core))) > MAX_BYTES and len(core) > 1:
        after = add(after, width(core[-1:])[1])
        core = core[:-1]
    cleaned = _cleaned(core)
    if len(emit(cleaned)) > MAX_BYTES:
        raise NoSuperset("it is too large")
    if width(core)[0] == 0 or _chance(cleaned) > MOST_COMMON:
        raise NoSuperset("what it asks for stands everywhere")
    return Superset(
        core=cleaned,
        before=before,
        left=add(before, width(core)[1]),
        width=most,
        characters=characters(reader.nodes),
        margin=reader.margin,
        anchored=reader.anchored,
        after=after,
    )


def _at_edge(nodes: Nodes) -> bool:
    if not nodes:
        return False
    match nodes[0]:
        case Edge() | WordEdge():
            return True
        case Choice(options):
            return all(map(_at_edge, options))
        case _:
            return False


def _lead(nodes: Nodes, before: bool) -> tuple[Nodes, int | None]:
    # Returns the sequence from where it must begin, and how many code points were cut off at most.
    cut: int | None = 0
    for index, node in enumerate(nodes):
        rest = nodes[index + 1 :]
        match node:
            case Chars():
                return nodes[index:], cut
            case WordEdge():
                if not _loose(rest):
                    return nodes[index:], cut
            case Edge(side, _, _):
                if side == before and not _loose(rest):
                    return (replace(node, kept=True), *rest), cut
            case Choice(options):
                trimmed = [_lead(option, before) for option in options]
                if all(width(option)[0] for option, _ in trimmed):
                    cut = add(cut, greatest([each for _, each in trimmed]))
                    return (Choice(tuple(option for option, _ in trimmed)), *rest), cut
                cut = add(cut, width((node,))[1])
            case Repeat(body, low, high):
                if low and width(body)[0]:
                    inner, inner_cut = _lead(body, before)
                    if inner == body and low == high:
                        return nodes[index:], cut
                    spare = None if high is None else high - low
                    cut = add(add(cut, inner_cut), width((Repeat(body, 0, spare),))[1])
                    copies = (Repeat(body, low - 1, low - 1),) if low > 1 else ()
                    return (*inner, *copies, *rest), cut
                cut = add(cut, width((node,))[1])
    return (), cut


def _loose(rest: Nodes) -> bool:
    for node in rest:
        match node:
            case Repeat(_, low, high):
                return low <= 2 and (high is None or high - low > LOOSE)
            case Chars() | Choice():
                return False
            case _:
                pass
    return False


def _reversed(nodes: Nodes) -> Nodes:
    out: list[Node] = []
    for node in reversed(nodes):
        match node:
            case Choice(options):
                out.append(Choice(tuple(_reversed(option) for option in options)))
            case Repeat(body, low, high):
                out.append(Repeat(_reversed(body), low, high))
            case _:
                out.append(node)
    return tuple(out)


def _cleaned(nodes: Nodes) -> Nodes:
    # Edges inside are dropped and wide repeats opened: both only let more pass.
    out: list[Node] = []
    for node in nodes:
        match node:
            case Edge(_, _, False):
                continue
            case Choice(options):
                out.append(Choice(tuple(_cleaned(option) for option in options)))
            case Repeat(body, low, high):
                opened = _cleaned(body)
                spread = 255 if contains(characters(body), 0x20) else LOOSE
                if low > LONG or high is None or high - low > spread:
                    out.append(Repeat(opened, min(low, LONG), None))
                else:
                    out.append(Repeat(opened, low, high))
            case _:
                out.append(node)
    return tuple(out)


_BLOCKS: tuple[tuple[int, int], ...] = ((0x30, 0x39), (0x41, 0x5A), (0x61, 0x7A))
_SOME = 4
"""Members of a block from which a class is taken to mean all of it; fewer spell a word."""


def _coarsened(nodes: Nodes) -> Nodes:
    out: list[Node] = []
    for node in nodes:
        match node:
            case Chars(ranges):
                for low, high in _BLOCKS:
                    held = sum(max(0, min(high, b) - max(low, a) + 1) for a, b in ranges)
                    if held >= _SOME:
                        ranges = union(ranges, ((low, high),))
                out.append(Chars(ranges))
            case Choice(options):
                out.append(Choice(tuple(_coarsened(option) for option in options)))
            case Repeat(body, low, high):
                out.append(Repeat(_coarsened(body), low, high))
            case _:
                out.append(node)
    return tuple(out)


def emit(nodes: Nodes) -> str:
    """Return a byte expression for `nodes` without edges that are not kept."""
    return "".join(map(_emitted, nodes))


def _emitted(node: Node) -> str:
    match node:
        case Chars(ranges):
            return byte_class(byte_values(ranges))
        case Choice(options):
            return f"(?:{'|'.join(dict.fromkeys(map(emit, options)))})"
        case WordEdge():
            return r"\b"
        case Edge(before, ranges, _):
            free = {*range(0x100)} - byte_values(ranges) | {OTHER}
            neighbour = byte_class(free)
            return rf"(?:\A|{neighbour})" if before else rf"(?:{neighbour}|\z)"
        case Repeat(body, low, high):
            inner = emit(body)
            if not inner or (low, high) == (1, 1):
                return inner
            most = "" if high is None else str(high)
            times = f"{{{low}}}" if low == high else f"{{{low},{most}}}"
            return f"(?:{inner}){times}"


_WEIGHTS: tuple[tuple[int, int, float], ...] = (
    (0x20, 0x20, 0.13),
    (0x30, 0x39, 0.20),
    (0x41, 0x5A, 0.08),
    (0x61, 0x7A, 0.60),
    (0x00, 0x1F, 0.03),
    (0x21, 0x2F, 0.08),
    (0x3A, 0x40, 0.03),
    (0x5B, 0x60, 0.03),
    (0x7B, 0x7F, 0.01),
    (0x80, 0x10FFFF, 0.05),
)
"""Rough shares of the characters in mixed prose, logs and tables (digits as in the latter)."""


def _chance(nodes: Nodes) -> float:
    chance = 1.0
    for node in nodes:
        match node:
            case Chars(ranges):
                chance *= _share(ranges)
            case Choice(options):
                chance *= min(1.0, sum(map(_chance, options)))
            case Repeat(body, low, _):
                chance *= min(1.0, _chance(body)) ** low
            case _:
                pass
    return chance


@lru_cache(maxsize=4096)
def _share(ranges: Ranges) -> float:
    share = 0.0
    for low, high, weight in _WEIGHTS:
        held = sum(max(0, min(high, b) - max(low, a) + 1) for a, b in ranges)
        share += weight * held / (high - low + 1)
    return min(1.0, share)

"""Find in a core the fixed strings that one of each match must hold, for the standard library."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from detectors.gate_classes import Ranges, byte_values
from detectors.gate_nodes import Chars, Choice, Edge, Nodes, Repeat, WordEdge

MOST_COMMON = 1 / 20
"""Strings as likely as this at every byte are no help."""
MOST_STRINGS = 500
MOST_FORMS = 8
"""Strings that one run of classes may stand for: s is two, because a long s is beyond Latin-1."""
LONGEST = 24  # bytes: more does not make a string rarer in practice


class Factors(NamedTuple):
    """A table for bytes.translate, the strings to find in what it makes, and their finder.

    `search` is None when there is one string, which bytes.find finds faster.
    """

    table: bytes
    strings: tuple[bytes, ...]
    search: Callable[[bytes], Iterator[re.Match[bytes]]] | None


def _table(classes: Sequence[tuple[str, bytes]]) -> bytes:
    table = bytearray(range(256))
    for members, image in classes:
        for member, byte in zip(members.encode("ascii"), image, strict=True):
            table[member] = byte
    return bytes(table)


_DIGITS = "0123456789"
_UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_BY_CLASS = _table([(_DIGITS, b"0" * 10), (_UPPER, b"A" * 26), (_UPPER.lower(), b"a" * 26)])
_BY_LETTER = _table([(_DIGITS, b"0" * 10), (_UPPER, _UPPER.lower().encode("ascii"))])
_SHARES = {0x20: 0.13, 0x30: 0.2, 0x41: 0.08, 0x61: 0.6}
_RARE = 0.02  # any other byte


def factors(core: Nodes) -> Factors | None:
    """Return the rarest strings of which every match of `core` holds one, or None."""
    best: tuple[float, bytes, tuple[bytes, ...]] | None = None
    for table in (_BY_CLASS, _BY_LETTER):
        strings = _best(core, table)
        if strings is not None:
            chance = _chance(strings, table)
            if chance <= MOST_COMMON and (best is None or chance < best[0]):
                best = (chance, table, strings)
    if best is None or len(best[2]) > MOST_STRINGS:
        return None
    _, table, strings = best
    if len(strings) == 1:
        return Factors(table, strings, None)
    search = re.compile(b"|".join(map(re.escape, strings))).finditer
    return Factors(table, strings, search)


def _best(nodes: Nodes, table: bytes) -> tuple[bytes, ...] | None:
    candidates: list[tuple[bytes, ...]] = []
    run: tuple[bytes, ...] = (b"",)  # what the nodes since the last break hold, one of these

    def end() -> None:
        if run[0]:
            candidates.append(tuple(dict.fromkeys(string[:LONGEST] for string in run)))

    for node in nodes:
        match node:
            case Chars(ranges):
                images = _images(ranges, table)
                if not images or len(run) * len(images) > MOST_FORMS:
                    end()
                    run = (b"",)
                if images:
                    run = tuple(string + image for string in run for image in images)
            case Repeat((Chars(ranges),), low, high) if len(_images(ranges, table)) == 1:
                (image,) = _images(ranges, table)
                run = tuple(string + image * low for string in run)
                end()
                if low != high:
                    run = (image * low,)
            case Repeat(body, low, high):
                end()
                run = (b"",)
                copies = body * min(low, LONGEST) if low > 1 and len(body) == 1 else body
                inner = _best(copies, table) if low else None
                if inner is not None:
                    candidates.append(inner)
            case Choice(options):
                end()
                run = (b"",)
                found = [_best(option, table) for option in options]
                known = [strings for strings in found if strings is not None]
                if len(known) == len(found):
                    candidates.append(tuple(sorted({s for strings in known for s in strings})))
            case Edge() | WordEdge():
                continue
    end()
    return min(candidates, key=lambda strings: _chance(strings, table), default=None)


def _images(ranges: Ranges, table: bytes) -> tuple[bytes, ...]:
    """Return what the table makes of a class, one byte each; none when there are many."""
    images = {table[value] for value in byte_values(ranges)}
    return tuple(bytes((image,)) for image in sorted(images)) if len(images) <= 2 else ()


def _chance(strings: Sequence[bytes], table: bytes) -> float:
    total = 0.0
    for string in strings:
        chance = 1.0
        for byte in string:
            letter = 0x61 <= byte <= 0x7A and table is _BY_LETTER
            chance *= 0.05 if letter else _SHARES.get(byte, _RARE)
        total += chance
    return total

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
    run = b""

    def end() -> None:
        if run:
            candidates.append((run[:LONGEST],))

    for node in nodes:
        match node:
            case Chars(ranges):
                symbol = _symbol(ranges, table)
                if symbol is None:
                    end()
                    run = b""
                else:
                    run += symbol
            case Repeat((Chars(ranges),), low, high):
                symbol = _symbol(ranges, table)
                if symbol is not None:
                    run += symbol * low
                end()
                if symbol is None:
                    run = b""
                elif low != high:
                    run = symbol * low
            case Repeat(body, low, _):
                end()
                run = b""
                if low:
                    inner = _best(body, table)
                    if inner is not None:
                        candidates.append(inner)
            case Choice(options):
                end()
                run = b""
                found = [_best(option, table) for option in options]
                known = [strings for strings in found if strings is not None]
                if len(known) == len(found):
                    candidates.append(tuple(sorted({s for strings in known for s in strings})))
            case Edge() | WordEdge():
                continue
    end()
    return min(candidates, key=lambda strings: _chance(strings, table), default=None)


def _symbol(ranges: Ranges, table: bytes) -> bytes | None:
    images = {table[value] for value in byte_values(ranges)}
    return bytes(images) if len(images) == 1 else None


def _chance(strings: Sequence[bytes], table: bytes) -> float:
    total = 0.0
    for string in strings:
        chance = 1.0
        for byte in string:
            letter = 0x61 <= byte <= 0x7A and table is _BY_LETTER
            chance *= 0.05 if letter else _SHARES.get(byte, _RARE)
        total += chance
    return total

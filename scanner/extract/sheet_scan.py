"""Scan a worksheet's XML as bytes, far faster than parsing it: how wide it is, what formulas say.

Finds what the cell reader does not give; understands no cell values.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from html import unescape
from typing import BinaryIO, NamedTuple

CHUNK_BYTES = 1 << 20
MAX_CELL_BYTES = 16 * 1024**2
MAX_TAIL_BYTES = 32 * 1024**2
FORMULA_BYTES = 65536
"""A formula has at most 8192 characters (Excel specifications and limits)."""
DIGITS, LETTERS = b"0123456789", b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
MAX_CONSTANTS = 50_000
"""Of one sheet; a formula copied down a column says the same words and counts once."""
ROOT = re.compile(rb"<(\w+:)?(?:worksheet|chartsheet|dialogsheet|macrosheet)\b[^<>]*>")
CONSTANT = re.compile(r'"((?:[^"]|""){2,})"|(?<![\w.$])(\d{6,})(?![\w.])')
"""What a formula says by itself: quoted words, and numbers too long to be counts."""


class Patterns(NamedTuple):
    """The expressions for one namespace prefix."""

    columns: re.Pattern[bytes]
    rows: re.Pattern[bytes]
    named: re.Pattern[bytes]
    filled: re.Pattern[bytes]
    formula: re.Pattern[bytes]
    end: re.Pattern[bytes]
    opening: bytes


@dataclass(slots=True)
class Scan:
    """What was seen. `readable`: every cell names itself, so `rows` and `columns` bound the sheet.

    `constants` maps what formulas say to the first cell that says it; `tail` is the XML after
    the cells, as a document of its own; `cut` names a bound that was met.
    """

    readable: bool = False
    rows: int = 0
    columns: int = 0
    constants: dict[str, str] = field(default_factory=dict, repr=False)
    tail: bytes = field(default=b"", repr=False)
    cut: str = ""


def scan(stream: BinaryIO, *, exact: bool = False) -> Scan:
    """Read a worksheet to its end; five times as fast as parsing it.

    `exact`: cells that are formatted, but empty, do not count; slower.
    """
    result = Scan()
    buffer = stream.read(CHUNK_BYTES)
    root = ROOT.search(buffer[:65536])
    if root is None:
        while stream.read(CHUNK_BYTES):
            pass
        return result
    result.readable = b"<!DOCTYPE" not in buffer[: root.start()]
    found = _patterns(root[1] or b"")
    while True:
        if end := found.end.search(buffer):
            _cells(buffer[: end.start()], found, result, exact)
            result.tail = _tail(root[0], buffer[end.end() :], stream, result)
            return result
        chunk = stream.read(CHUNK_BYTES)
        cut = buffer.rfind(found.opening) if chunk else len(buffer)
        if cut <= 0 and len(buffer) > MAX_CELL_BYTES:
            cut = len(buffer)
        if cut > 0:
            _cells(buffer[:cut], found, result, exact)
            buffer = buffer[cut:]
        if not chunk:
            return result
        buffer += chunk


def column_index(letters: str) -> int:
    """Return a column's index from 0: A, … Z, AA, …"""
    index = 0
    for letter in letters.upper():
        index = index * 26 + ord(letter) - 64
    return index - 1


@lru_cache(maxsize=16)
def _patterns(prefix: bytes) -> Patterns:
    name = re.escape(prefix)
    named = rb"<" + name + rb"c\s(?:[^<>]{0,400}?\s)?r=[\"']([A-Za-z]{1,3}\d{1,7})[\"']"
    filled = named + rb"(?:[^<>]{0,400}[^/<>])?>"
    formula = filled + rb"\s*<" + name + rb"f(?:\s[^<>]{0,400}[^/<>])?>([^<]+)<"
    end = rb"<(?:/" + name + rb"sheetData|" + name + rb"sheetData\s*/)\s*>"
    plain = rb"<" + name + rb"c r=\""
    return Patterns(
        re.compile(plain + rb"([A-Za-z]{1,3})"),
        re.compile(plain + rb"[A-Za-z]{1,3}(\d{1,7})"),
        re.compile(named),
        re.compile(filled),
        re.compile(formula),
        re.compile(end),
        b"<" + prefix + b"c",
    )


def _cells(block: bytes, found: Patterns, result: Scan, exact: bool) -> None:
    start = found.opening
    total = sum(block.count(start + after) for after in (b" ", b">", b"/", b"\n", b"\t", b"\r"))
    if not exact and total == block.count(start + b' r="'):  # as nearly every program writes it
        columns = set(found.columns.findall(block))
        rows = set(found.rows.findall(block))
    else:
        named = found.named.findall(block)
        result.readable = result.readable and total == len(named)
        references = found.filled.findall(block) if exact else named
        columns = {reference.rstrip(DIGITS) for reference in references}
        rows = {reference.lstrip(LETTERS) for reference in references}
    if columns and rows:
        widest = max(column_index(letters.decode()) for letters in columns)
        result.columns = max(result.columns, 1 + widest)
        result.rows = max(result.rows, *map(int, rows))
    if start[:-1] + b"f" in block:
        _constants(block, found, result)


def _constants(block: bytes, found: Patterns, result: Scan) -> None:
    for reference, formula in found.formula.findall(block):
        if b'"' not in formula and b"&quot;" not in formula and len(formula) < 6:
            continue
        text = unescape(formula[:FORMULA_BYTES].decode("utf-8", "replace"))
        for match in CONSTANT.finditer(text):
            constant = match[1] or match[2]
            if len(result.constants) >= MAX_CONSTANTS:
                result.cut = "formulas"
                return
            result.constants.setdefault(constant, reference.decode())


def _tail(root: bytes, rest: bytes, stream: BinaryIO, result: Scan) -> bytes:
    blocks, length = [rest], len(rest)
    while chunk := stream.read(CHUNK_BYTES):
        length += len(chunk)
        if length <= MAX_TAIL_BYTES:
            blocks.append(chunk)
        else:
            result.cut = "sheet_tail"
    return b'<?xml version="1.0" encoding="UTF-8"?>' + root + b"".join(blocks)

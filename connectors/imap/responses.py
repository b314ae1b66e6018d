"""Take what an IMAP server answers apart (RFC 9051, 7). Believes no number and no nesting."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

Raw = bytes | tuple[bytes, bytes]
"""A piece of an answer as imaplib gives it: text, or text that ends in a length and a literal."""
Value = bytes | None | list["Value"]

MAX_DEPTH = 16
_TOKEN = re.compile(
    rb'\s*(?:(?P<open>\()|(?P<close>\))|"(?P<quoted>(?:[^"\\]|\\.)*)"'
    rb"|(?P<atom>[^\s()\"\[\]]*\[[^\]]*\](?:<\d+>)?|[^\s()\"]+))",
    re.DOTALL,
)
_LENGTH = re.compile(rb"~?\{\d+\}\Z")
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)


def grouped(pieces: Iterable[Raw]) -> Iterator[list[Raw]]:
    """Yield the pieces of one answer after the other: literals first, then the text behind."""
    group: list[Raw] = []
    for piece in pieces:
        group.append(piece)
        if not isinstance(piece, tuple):
            yield group
            group = []
    if group:
        yield group


def values(pieces: Sequence[Raw]) -> list[Value]:
    """Return one answer as nested lists of words and strings; what has no form is left out."""
    top: list[Value] = []
    stack = [top]
    for piece in pieces:
        text, literal = piece if isinstance(piece, tuple) else (piece, None)
        if literal is not None:
            text = _LENGTH.sub(b"", text)
        for token in _TOKEN.finditer(text):
            kind = token.lastgroup
            if kind == "open":
                inner: list[Value] = []
                stack[-1].append(inner)
                if len(stack) < MAX_DEPTH:
                    stack.append(inner)
            elif kind == "close":
                if len(stack) > 1:
                    stack.pop()
            elif kind == "quoted":
                stack[-1].append(_ESCAPED.sub(rb"\1", token["quoted"]))
            else:
                word = token["atom"]
                stack[-1].append(None if word.upper() == b"NIL" else word)
        if literal is not None:
            stack[-1].append(literal)
    return top


def pairs(value: Value) -> dict[bytes, Value]:
    """Return a list of names and values as a table, names in capitals; BODY[…] is BODY."""
    if not isinstance(value, list):
        return {}
    table: dict[bytes, Value] = {}
    for name, held in zip(value[::2], value[1::2], strict=False):
        if isinstance(name, bytes):
            key = name.upper()
            table.setdefault(b"BODY" if key.startswith(b"BODY[") else key, held)
    return table


def number(value: Value, default: int = -1) -> int:
    """Return a number up to 64 bits, `default` for what is none."""
    if isinstance(value, bytes) and value.isdigit() and len(value) < 20:
        return int(value)
    return default


class ListedFolder(NamedTuple):
    """A line of LIST: flags in small letters, the hierarchy's separator, the name as sent."""

    flags: frozenset[bytes]
    separator: bytes
    name: bytes


def listed(pieces: Iterable[Raw]) -> Iterator[ListedFolder]:
    for group in grouped(pieces):
        match values(group):
            case [list() as flags, separator, bytes() as name, *_] if name:
                words = frozenset(each.lower() for each in flags if isinstance(each, bytes))
                sign = separator if isinstance(separator, bytes) else b""
                yield ListedFolder(words, sign, name)


def statuses(pieces: Iterable[Raw]) -> Iterator[tuple[bytes, dict[bytes, Value]]]:
    """Yield folder and table of each STATUS answer."""
    for group in grouped(pieces):
        match values(group):
            case [bytes() as name, list() as table, *_]:
                yield name, pairs(table)


def fetched(pieces: Iterable[Raw]) -> Iterator[dict[bytes, Value]]:
    """Yield the table of each FETCH answer that names its UID."""
    for group in grouped(pieces):
        match values(group):
            case [_, list() as table, *_] if b"UID" in (found := pairs(table)):
                yield found


def namespaces(pieces: Iterable[Raw]) -> list[list[bytes]]:
    """Return the prefixes of the personal, the other users' and the shared namespaces."""
    for group in grouped(pieces):
        return [
            [
                each[0]
                for each in (kind if isinstance(kind, list) else [])
                if isinstance(each, list) and each and isinstance(each[0], bytes)
            ]
            for kind in (*values(group), None, None, None)[:3]
        ]
    return [[], [], []]

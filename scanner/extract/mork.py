"""Read Mork, the tables of older Mozilla programs: Thunderbird's .msf indexes, .mab address books.

Columns and values are numbered texts; rows pair the numbers. Values that no row names any more
(deleted mails and cards) still lie in the file, and are read too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from scanner.extract import Event, Source
from scanner.extract.budget import Budget, Trouble
from scanner.extract.encoding import decode
from scanner.extract.flow import Flow
from scanner.extract.mail_headers import decoded
from scanner.model import Segment

MAX_BYTES = 128 * 1024**2
_TOKEN = re.compile(
    rb"<\(a=c\)>|\(\^([0-9A-Fa-f]{1,8})(?:\^([0-9A-Fa-f]{1,8})|=((?:[^)\\]|\\.)*+))\)"
    rb"|\(([0-9A-Fa-f]{1,8})=((?:[^)\\]|\\.)*+)\)|([<>])|//[^\n]*",
    re.DOTALL,
)
_ESCAPE = re.compile(rb"\\\r?\n|\\(.)|\$([0-9A-Fa-f]{2})", re.DOTALL)
ADDRESSES = frozenset(
    ("sender", "sender_name", "recipients", "recipient_names", "ccList", "bccList", "replyTo")
)
"""Columns of an index that say whom a mail is from and to."""
MACHINE = frozenset(("message-id", "references", "keywords", "flags", "msgThreadId", "storeToken"))


def read(source: Source, budget: Budget) -> Iterator[Event]:
    """Yield each row's values as lines "subject: …" at ("line 20",), then what no row names.

    Address columns of an index are marked as such. Raises Trouble("limit") beyond MAX_BYTES.
    """
    source.stream.seek(0)
    data = source.stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise Trouble("limit", "mork_bytes")
    columns, values, lines = _dictionaries(data)
    unnamed = set(values)
    flow, addresses = Flow(), Flow()
    line, at = 1, 0
    for found in _TOKEN.finditer(data):
        if found[1] is None:
            continue
        line += data.count(b"\n", at, found.start())
        at = found.start()
        key = found[2].upper() if found[2] is not None else b""
        unnamed.discard(key)
        column = columns.get(found[1].upper(), "")
        text = values.get(key, "") if found[2] is not None else _text(found[3])
        if not text or column in MACHINE:
            continue
        said, place = f"{column}: {decoded(text)}", (f"line {line}",)
        if column in ADDRESSES:
            yield from map(_marked, addresses.add(place, said))
        else:
            yield from flow.add(place, said)
    for key in sorted(unnamed, key=lines.__getitem__):
        yield from flow.add((f"line {lines[key]}",), decoded(values[key]))
    yield from flow.end()
    yield from map(_marked, addresses.end())


def _dictionaries(data: bytes) -> tuple[dict[bytes, str], dict[bytes, str], dict[bytes, int]]:
    """Return the columns and the values by their numbers, and each value's line."""
    columns: dict[bytes, str] = {}
    values: dict[bytes, str] = {}
    lines: dict[bytes, int] = {}
    of_columns, depth, line, at = False, 0, 1, 0
    for found in _TOKEN.finditer(data):
        if found[0] == b"<(a=c)>":
            of_columns = True
        elif found[6] == b"<":
            depth += 1
        elif found[6] == b">":
            depth -= 1
            of_columns = of_columns and depth > 0
        elif found[4] is not None:
            line += data.count(b"\n", at, found.start())
            at = found.start()
            known = columns if of_columns else values
            known[found[4].upper()] = _text(found[5])
            lines[found[4].upper()] = line
    return columns, values, lines


def _text(raw: bytes) -> str:
    return decode(_ESCAPE.sub(_plain, raw)).replace("\n", " ")


def _plain(found: re.Match[bytes]) -> bytes:
    if found[2] is not None:
        return bytes.fromhex(found[2].decode("ascii"))
    return found[1] or b""


def _marked(segment: Segment) -> Segment:
    return replace(segment, addresses=((0, len(segment.text)),))

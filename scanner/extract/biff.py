"""Read from a BIFF stream (Excel 97-2003) what calamine does not give; no cells."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

from scanner.extract.layout import letters
from scanner.extract.sheet_tail import CODE
from scanner.model import Place

HEADER, FOOTER, NOTE, CONTINUE, CRN, WRITE_ACCESS, OBJECT = 0x14, 0x15, 0x1C, 0x3C, 0x5A, 0x5C, 0x5D
BOUND_SHEET, TEXT_OBJECT, SUPBOOK, LINK, VALIDATION, BOF = 0x85, 0x1B6, 0x1AE, 0x1B8, 0x1BE, 0x809
FORMULA, NAME = 0x06, 0x18
"""Record numbers, [MS-XLS] 2.3.2."""
BIFF8 = 0x0600
STRINGS = re.compile(rb"(?:[\x20-\x7e\xa0-\xff]\x00){3,}|[\x20-\x7e\xa0-\xff]{4,}")
LOOSE = {
    CRN: "linked workbook",
    SUPBOOK: "linked workbook",
    LINK: "links",
    VALIDATION: "checks",
    NAME: "defined names",
}
FORMULA_START = 22
MAX_QUOTED = 50_000
MAX_RECORDS = 50_000_000


def texts(data: bytes) -> Iterator[tuple[Place, str]]:
    """Yield place and text of notes, text boxes, headers, footers, links, checks, the last user.

    Raises struct.error or IndexError where the stream is broken.
    """
    sheets: dict[int, str] = {}
    sheet = ""
    objects: dict[int, str] = {}
    notes: list[tuple[Place, int, str]] = []
    number = 0
    modern = True
    quoted: set[str] = set()
    for offset, kind, body, more in _records(data):
        if kind == BOF:
            modern = struct.unpack_from("<H", body)[0] >= BIFF8
            yield from _joined(notes, objects, sheet)
            sheet, objects, notes = sheets.get(offset, sheet), {}, []
        elif kind == BOUND_SHEET:
            (start,) = struct.unpack_from("<I", body)
            sheets[start] = _short(body, 6, modern)
        elif kind in (HEADER, FOOTER) and len(body) > 2:
            text = _string(body, 0) if modern else body[1:].decode("cp1252", "replace")
            place = "header" if kind == HEADER else "footer"
            yield (sheet, place), CODE.sub(" ", text)
        elif kind == OBJECT and len(body) >= 8:
            (number,) = struct.unpack_from("<H", body, 6)
        elif kind == TEXT_OBJECT and modern and len(body) >= 12:
            (length,) = struct.unpack_from("<H", body, 10)
            if length:
                objects[number] = _continued(more, length)
        elif kind == NOTE and len(body) >= 8:
            row, column, _, identity = struct.unpack_from("<4H", body)
            place_ = (sheet, f"{letters(column)}{row + 1}", "comment")
            if modern:
                notes.append((place_, identity, _string(body, 8)))
            else:
                yield place_, body[6:].decode("cp1252", "replace")
        elif kind == WRITE_ACCESS:
            user = _string(body, 0) if modern else body[1:].decode("cp1252", "replace")
            yield ("property", "last user"), user.strip()
        elif kind == FORMULA:
            for said in _quoted(body[FORMULA_START:]):
                if said not in quoted and len(quoted) < MAX_QUOTED:
                    quoted.add(said)
                    row, column = struct.unpack_from("<2H", body)
                    yield (sheet, f"{letters(column)}{row + 1}", "formula"), said
        elif kind in LOOSE:
            yield (sheet or "workbook", LOOSE[kind]), _loose(body)
    yield from _joined(notes, objects, sheet)


def _joined(
    notes: list[tuple[Place, int, str]], objects: dict[int, str], sheet: str
) -> Iterator[tuple[Place, str]]:
    for place, identity, author in notes:
        text = objects.pop(identity, "")
        yield place, f"{author}: {text}" if author and not text.startswith(author) else text
    for text in objects.values():
        yield (sheet, "text box"), text


def _records(data: bytes) -> Iterator[tuple[int, int, bytes, list[bytes]]]:
    """Yield (offset, kind, body, bodies of the CONTINUE records after it)."""
    wanted = frozenset(
        (BOF, BOUND_SHEET, HEADER, FOOTER, OBJECT, TEXT_OBJECT, NOTE, WRITE_ACCESS, FORMULA, *LOOSE)
    )
    position, end = 0, len(data) - 4
    header = struct.Struct("<HH")
    for _ in range(MAX_RECORDS):
        if position > end:
            return
        kind, size = header.unpack_from(data, position)
        offset = position
        position += 4 + size
        if kind not in wanted:
            continue
        body = data[offset + 4 : position]
        more: list[bytes] = []
        while kind == TEXT_OBJECT and position <= end:
            next_kind, next_size = header.unpack_from(data, position)
            if next_kind != CONTINUE:
                break
            more.append(data[position + 4 : position + 4 + next_size])
            position += 4 + next_size
        yield offset, kind, body, more


def _string(body: bytes, start: int) -> str:
    """An XLUnicodeString: length, flags, characters of one or two bytes."""
    length, flags = struct.unpack_from("<HB", body, start)
    raw = body[start + 3 : start + 3 + (length * 2 if flags & 1 else length)]
    return raw.decode("utf-16-le" if flags & 1 else "latin-1", "replace")


def _short(body: bytes, start: int, modern: bool) -> str:
    length = body[start]
    if not modern:
        return body[start + 1 : start + 1 + length].decode("cp1252", "replace")
    wide = body[start + 1] & 1
    raw = body[start + 2 : start + 2 + (length * 2 if wide else length)]
    return raw.decode("utf-16-le" if wide else "latin-1", "replace")


def _continued(more: list[bytes], length: int) -> str:
    text = ""
    for block in more:
        wide = block[:1] == b"\x01"
        text += block[1:].decode("utf-16-le" if wide else "latin-1", "replace")
        if len(text) >= length:
            break
    return text[:length]


def _quoted(tokens: bytes) -> Iterator[str]:
    """The words a formula quotes: PtgStr is 0x17, length, width, characters, [MS-XLS]."""
    position = tokens.find(b"\x17")
    while 0 <= position < len(tokens) - 3:
        length, wide = tokens[position + 1], tokens[position + 2]
        end = position + 3 + length * (1 + wide)
        if wide <= 1 and length >= 3 and end <= len(tokens):
            said = tokens[position + 3 : end].decode("utf-16-le" if wide else "latin-1", "replace")
            if said.isprintable():
                yield said
                position = end - 1
        position = tokens.find(b"\x17", position + 1)


def _loose(body: bytes) -> str:
    lines = []
    for found in STRINGS.findall(body):
        wide = found[1:2] == b"\0"
        lines.append(found.decode("utf-16-le" if wide else "cp1252", "replace"))
    return "\n".join(lines)

"""Search files for every written form of every planted value. Shows kinds and places, no value."""

from __future__ import annotations

import bz2
import gzip
import lzma
import shutil
import sqlite3
import sys
import tempfile
import zipfile
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, cast

import numpy as np

from scanner.demo.forms import SHORTEST, digest_forms, written_forms
from scanner.demo.truth import Truth

CHUNK_BYTES = 4 * 1024**2
TABLE_BITS = 24  # of the filter that every position goes through: a table of 16 MB
MIX = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F)  # odd constants that spread the bits
WIDTHS = (16, 8, SHORTEST)
DIGITS = frozenset(b"0123456789")
HEX = frozenset(b"0123456789abcdefABCDEF")
LONE_DIGITS = 9
"""Up to this many digits stand by chance inside longer numbers and hashes."""
HASH_SIGNS = 16
PACKED: tuple[tuple[bytes, str, Any], ...] = (
    (b"\x1f\x8b", "gzip", gzip.open),
    (b"BZh", "bzip2", bz2.open),
    (b"\xfd7zXZ", "xz", lzma.open),
)


@dataclass(frozen=True, slots=True)
class Leak:
    """One planted value found where none may be. `place` is a table and column, or a member."""

    file: Path
    place: str
    offset: int
    kind: str
    value: str = field(repr=False)
    written: bytes = field(repr=False)


class Searcher:
    """Finds any of hundreds of thousands of byte strings in one pass. Built once, used often."""

    def __init__(self, values: Iterable[tuple[str, str]], *, digests: bool = True) -> None:
        self.values: dict[bytes, tuple[str, str]] = {}
        self.numbers: dict[int, bytes] = {}  # a whole number → a form of the value it is
        for kind, value in sorted(values):
            forms = written_forms(kind, value) | (digest_forms(kind, value) if digests else set())
            for form in forms:
                self.values.setdefault(form, (kind, value))
            digits = value.removeprefix("+")
            if digits.isdigit() and len(digits) >= 8:
                for number in {int(digits), int(digits.removeprefix("45"))}:
                    if number >= 10_000_000:
                        self.numbers[number] = digits.encode()
        self.longest = max(map(len, self.values), default=SHORTEST)
        self._groups = {width: _Group(width, self.values) for width in WIDTHS}

    def find(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        """Yield (offset, form) of every form in `data`, of each group in order."""
        for group in self._groups.values():
            for offset, form in group.find(data):
                if not _by_chance(data, offset, form):
                    yield offset, form

    def stream(self, stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
        """Yield (offset, form) of what a stream holds; a form on a cut is found once."""
        margin = self.longest + HASH_SIGNS
        data, start, done = b"", 0, 0  # start: where data begins; done: searched to here
        final = False
        while not final:
            chunk = stream.read(CHUNK_BYTES)
            final = not chunk
            data += chunk
            end = start + len(data) - (0 if final else margin)
            for at, form in self.find(data):
                if done <= start + at < end:
                    yield start + at, form
            done = max(done, end)
            kept = max(0, done - HASH_SIGNS - start)
            data, start = data[kept:], start + kept


class _Group:
    def __init__(self, width: int, values: Collection[bytes]) -> None:
        wider = {16: 1 << 30, 8: 16, SHORTEST: 8}[width]
        self.width = width
        self.forms: dict[int, list[bytes]] = {}
        mine = [form for form in values if width <= len(form) < wider]
        heads = b"".join(form[:width].ljust(16, b"\0") for form in mine)
        words = np.frombuffer(heads, "<u8").reshape(-1, 2)
        for key, form in zip(self._mixed(words[:, 0], words[:, 1]).tolist(), mine, strict=True):
            self.forms.setdefault(key, []).append(form)
        self.keys = np.array(sorted(self.forms), dtype=np.uint64)
        self.table = np.zeros(1 << TABLE_BITS, dtype=bool)
        self.table[self.keys >> np.uint64(64 - TABLE_BITS)] = True

    def _mixed(self, words: Any, following: Any) -> Any:
        if self.width == 16:
            words = words * np.uint64(MIX[0]) ^ following * np.uint64(MIX[1])
            words ^= words >> np.uint64(29)
        elif self.width < 8:
            words = words & np.uint64((1 << 8 * self.width) - 1)
        return words * np.uint64(MIX[0])

    def _keys(self, data: bytes) -> list[Any]:
        padded = data + bytes(24)
        keys = []
        for offset in range(8):
            count = (len(data) - offset + 7) // 8
            words = np.frombuffer(padded, "<u8", count, offset)
            following = np.frombuffer(padded, "<u8", count, offset + 8)
            keys.append(self._mixed(words, following))
        return keys

    def find(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        if not len(self.keys) or len(data) < self.width:
            return
        for offset, keys in enumerate(self._keys(data)):
            maybe = np.flatnonzero(self.table[keys >> np.uint64(64 - TABLE_BITS)])
            at = np.searchsorted(self.keys, keys[maybe])
            at[at == len(self.keys)] = 0
            for index in maybe[self.keys[at] == keys[maybe]].tolist():
                start = offset + 8 * index
                for form in self.forms[int(keys[index])]:
                    if data.startswith(form, start):
                        yield start, form


def _by_chance(data: bytes, offset: int, form: bytes) -> bool:
    """Whether a few digits only lie inside a longer number or a hash."""
    if len(form) > LONE_DIGITS or not DIGITS.issuperset(form):
        return False
    end = offset + len(form)
    if data[offset - 1 : offset].isdigit() or data[end : end + 1].isdigit():
        return True
    while offset and data[offset - 1] in HEX and end - offset < HASH_SIGNS:
        offset -= 1
    while end < len(data) and data[end] in HEX and end - offset < HASH_SIGNS:
        end += 1
    return end - offset >= HASH_SIGNS


def leaks(targets: Iterable[Path], truth: Truth, *, allow: Collection[bytes] = ()) -> list[Leak]:
    """Return every planted value of six or more characters found in the targets.

    `targets` are files, or folders with all that lies below. File names are searched too, then
    raw bytes, what gzip, bzip2, xz and zip hold, and every cell of SQLite databases. `allow`
    holds forms that may stand (bytes). Raises OSError for what cannot be read: nothing is skipped.
    """
    searcher = Searcher(truth.values())
    return list(search(targets, searcher, allow))


def search(
    targets: Iterable[Path], searcher: Searcher, allow: Collection[bytes] = ()
) -> Iterator[Leak]:
    """Yield leaks as `leaks` does, with a searcher that is built already."""
    for file in _files(targets):
        for place, offset, form in _hits(file, searcher):
            if form not in allow:
                kind, value = searcher.values[form]
                yield Leak(file, place, offset, kind, value, form)


def names_seen(targets: Iterable[Path], truth: Truth) -> Mapping[str, int]:
    """Return how often people's names stand in each file: counted, for a name is no failure."""
    searcher = Searcher({("PERSON", name) for name in truth.names}, digests=False)
    return Counter(str(file) for file in _files(targets) for _ in _hits(file, searcher))


def _files(targets: Iterable[Path]) -> Iterator[Path]:
    for target in targets:
        if target.is_dir():
            yield from sorted(path for path in target.rglob("*") if path.is_file())
        else:
            yield target


def _hits(file: Path, searcher: Searcher) -> Iterator[tuple[str, int, bytes]]:
    for offset, form in searcher.find(str(file.name).encode("utf-8", "surrogateescape")):
        yield "file name", offset, form
    with file.open("rb") as stream:
        head = stream.read(16)
        stream.seek(0)
        for offset, form in searcher.stream(stream):
            yield "", offset, form
    for place, data in _unpacked(file, head):
        for offset, form in searcher.stream(data):
            yield place, offset, form
    if head.startswith(b"SQLite format 3\0"):
        yield from _in_cells(file, searcher)


def _in_cells(file: Path, searcher: Searcher) -> Iterator[tuple[str, int, bytes]]:
    # Cells of a column are searched together: one at a time is a hundred times slower.
    columns: dict[str, bytearray] = defaultdict(bytearray)
    for place, cell in _cells(file):
        if isinstance(cell, int | float):
            if cell in searcher.numbers:
                yield place, -1, searcher.numbers[int(cell)]
        elif isinstance(cell, bytes):
            columns[place] += cell + b"\0\xff\0"
            if len(columns[place]) > CHUNK_BYTES:
                yield from _in_column(place, columns.pop(place), searcher)
    for place, cells in columns.items():
        yield from _in_column(place, cells, searcher)


def _in_column(
    place: str, cells: bytearray, searcher: Searcher
) -> Iterator[tuple[str, int, bytes]]:
    for offset, form in searcher.find(bytes(cells)):
        yield place, offset, form


def _unpacked(file: Path, head: bytes) -> Iterator[tuple[str, BinaryIO]]:
    for magic, name, opener in PACKED:
        if head.startswith(magic):
            with opener(file) as stream:
                yield name, stream
    if head.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(file) as archive:
            for info in archive.infolist():
                with archive.open(info) as member:
                    yield info.filename, cast(BinaryIO, member)


def _cells(file: Path) -> Iterator[tuple[str, object]]:
    # A value may lie across two pages of the file; a copy is opened with its journal.
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, "copy.db")
        for ending in ("", "-wal", "-journal"):
            if (source := file.with_name(file.name + ending)).exists():
                shutil.copyfile(source, copy.with_name(copy.name + ending))
        connection = sqlite3.connect(copy)
        connection.text_factory = bytes
        try:
            tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            for (raw,) in tables.fetchall():
                name = raw.decode()
                quoted = name.replace('"', '""')
                rows = connection.execute(f'SELECT * FROM "{quoted}"')
                columns = [column[0] for column in rows.description]
                for row in rows:
                    for column, cell in zip(columns, row, strict=True):
                        yield f"{name}.{column}", cell
        finally:
            connection.close()


def main(arguments: list[str]) -> int:
    """Search PATH … for the values of the truth file; print places and kinds. 1 when any is."""
    truth, *targets = map(Path, arguments)
    planted = Truth.load(truth)
    found = leaks(targets, planted)
    for leak in found[:50]:
        print(leak)
    searched = list(_files(targets))
    size = sum(path.stat().st_size for path in searched)
    names = sum(names_seen(targets, planted).values())
    print(f"{len(planted.values())} values, {len(searched)} files, {size} bytes searched: ", end="")
    print(f"{len(found)} leaks; people's names stand {names} times")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

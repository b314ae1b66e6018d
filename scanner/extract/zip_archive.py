"""Read zip files: every member becomes a Part. Writes nothing, and trusts no size it is told."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import replace

from scanner.extract import Event, Source
from scanner.extract.archive_names import decode_name
from scanner.extract.budget import Budget, Trouble
from scanner.extract.layout import Fixed
from scanner.extract.unpack import Unpacked, Window
from scanner.extract.zip_members import SELF_ENDING, STORED, open_member
from scanner.extract.zip_records import (
    CENTRAL,
    DESCRIPTOR,
    ENCRYPTED,
    END,
    LOCAL,
    Directory,
    Member,
    central_members,
    data_start,
    find_directory,
    find_signature,
    local_member,
)
from scanner.model import Part, Problem, Segment

DEFLATE_RATIO = 1032
"""The most that deflate can grow (zlib's technical details); a claim beyond it is a lie."""
COUNT_WRAPS = 65536
"""Writers without zip64 let the number of members start again at 0."""
MEMORY_SHARE = 4
"""A decompressor may take this part of a worker's memory."""


def read(source: Source, budget: Budget) -> Iterator[Event]:
    """Yield a Part per member, the comments as text, and a Problem for what is not read.

    Without a central directory (a cut or split archive) the members are found by their own headers.
    """
    directory = find_directory(source.stream, source.size)
    spans = _Spans()
    if directory is None:
        yield Problem((), "truncated")
        yield from _walk(source, budget, spans)
        return
    yield from _comment(directory.comment, ("comment",))
    damaged = False
    try:
        yield from _listed(source, budget, directory, spans)
    except Trouble as trouble:
        if trouble.reason != "corrupt":
            raise
        damaged = True
        yield trouble.problem()
    if damaged:
        yield from _walk(source, budget, spans)


def _listed(source: Source, budget: Budget, directory: Directory, spans: _Spans) -> Iterator[Event]:
    count = 0
    for member in central_members(source.stream, directory):
        count += 1
        yield from _comment(member.comment, (member.name, "comment"))
        if member.is_folder and not member.unpacked:
            continue
        try:
            start = data_start(source.stream, member.offset)
            if not spans.claim(member.offset, start + member.packed):
                raise Trouble("limit", "overlap")
        except Trouble as trouble:
            yield from _refused(budget, member, trouble)
            continue
        end = min(start + member.packed, source.size)
        yield from _part(source, budget, replace(member, data=start), end)
    if (count - directory.count) % COUNT_WRAPS:
        raise Trouble("corrupt")


def _walk(source: Source, budget: Budget, spans: _Spans) -> Iterator[Event]:
    stream, at, met = source.stream, 0, bool(spans.starts)
    while (at := find_signature(stream, at, (LOCAL,))) >= 0:
        if (known := spans.end_of(at)) is not None:
            at = known
            continue
        member = local_member(stream, at)
        if member is None:
            at += len(LOCAL)
            continue
        met = True
        if member.is_folder and member.packed <= 0:
            at = member.data
            continue
        ends = [member.data]
        yield from _part(source, budget, member, _end(source, member), ends)
        at = max(ends[-1], member.data)
    if not met:
        yield Problem((), "corrupt")


def _end(source: Source, member: Member) -> int:
    """Return where the data of a member found by its own header end at the latest."""
    if member.packed >= 0:
        return min(member.data + member.packed, source.size)
    if member.method in SELF_ENDING and not member.flags & ENCRYPTED:
        return source.size
    at = member.data
    while (at := find_signature(source.stream, at, (DESCRIPTOR, LOCAL, CENTRAL, END))) >= 0:
        source.stream.seek(at)
        record = source.stream.read(12)
        is_own = int.from_bytes(record[8:12], "little") == at - member.data
        if record[:4] != DESCRIPTOR or is_own:
            return at
        at += len(DESCRIPTOR)
    return source.size


def _part(
    source: Source, budget: Budget, member: Member, end: int, ends: list[int] | None = None
) -> Iterator[Event]:
    if ends is not None:
        ends.append(end)
    try:
        if member.unpacked > budget.room and member.packed * DEFLATE_RATIO > budget.room:
            budget.check_room(member.unpacked)
        pieces, window, decoder = open_member(
            lambda: Window(source.stream, member.data, end),
            member,
            budget.passwords,
            budget.limits.memory_bytes // MEMORY_SHARE,
        )
    except Trouble as trouble:
        yield from _refused(budget, member, trouble)
        return
    stream = Unpacked(pieces)
    yield Part(member.name, stream.as_part_stream(), member.unpacked)
    if member.method == STORED:
        budget.refund(stream.given)
    if ends is not None and member.packed < 0 and member.method in SELF_ENDING:
        stream.drain(budget.spend)
        if decoder is not None and decoder.eof:
            ends.append(window.position - len(decoder.unused_data))
        else:
            ends.append(member.data)
    if stream.trouble is not None:
        yield Problem((member.name,), stream.trouble.reason, stream.trouble.detail)


def _refused(budget: Budget, member: Member, trouble: Trouble) -> Iterator[Event]:
    budget.enter_part()  # what becomes no Part counts all the same: there may be millions
    yield Problem((member.name,), trouble.reason, trouble.detail)


def _comment(raw: bytes, place: tuple[str, ...]) -> Iterator[Event]:
    if raw.strip(b"\x00 \r\n\t"):
        yield Segment(decode_name(raw), Fixed(place))


class _Spans:
    """The stretches of the file that members claimed: no two may overlap (Fifield, 2019)."""

    def __init__(self) -> None:
        self.starts: list[int] = []
        self._ends: list[int] = []

    def claim(self, start: int, end: int) -> bool:
        at = bisect_left(self.starts, start)
        overlaps = (at > 0 and self._ends[at - 1] > start) or (
            at < len(self.starts) and self.starts[at] < end
        )
        if not overlaps:
            self.starts.insert(at, start)
            self._ends.insert(at, end)
        return not overlaps

    def end_of(self, start: int) -> int | None:
        at = bisect_left(self.starts, start)
        if at < len(self.starts) and self.starts[at] == start:
            return max(self._ends[at], start + 1)
        return None

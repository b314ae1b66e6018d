"""Cut long text into segments that overlap, so that no value on a cut is lost or found twice."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from scanner.model import Layout, Segment

OWN_CHARACTERS = 200_000
BEFORE = 256
"""Context in front of what a segment owns: label words stand within 100 characters."""
AFTER = 512
"""Context behind it: longer than the longest value a detector knows (an e-mail address, 320)."""
INNER_BREAK = "\v"
"""A line end inside a table's cell: the next line of the document, but not the next row."""


def cut(
    blocks: Iterable[str],
    make_layout: Callable[[int], Layout],
    *,
    rows: bool = False,
    first_line: int = 1,
) -> Iterator[Segment]:
    """Yield segments whose own ranges partition the joined `blocks`, cut at line ends if possible.

    `make_layout(line)` makes the layout of a segment whose text starts in that line; the first
    one's is `first_line`. A segment's context starts at a line's start where one is near.
    `rows`: each line is a table row: own rows are counted, INNER_BREAK is a line but no row, and
    a text starts at a row's start unless the row is longer than the context.
    Holds one segment in memory; blocks should be well below OWN_CHARACTERS, and may be tiny.
    """
    waiting: list[str] = []
    length, own, line = 0, 0, first_line
    for block in blocks:
        waiting.append(block)
        length += len(block)
        if length - own < OWN_CHARACTERS + AFTER:
            continue
        buffer = "".join(waiting)
        while len(buffer) - own >= OWN_CHARACTERS + AFTER:
            newline = buffer.rfind("\n", own + OWN_CHARACTERS // 2, own + OWN_CHARACTERS)
            end = newline + 1 if newline >= 0 else own + OWN_CHARACTERS
            count = buffer.count("\n", own, end) if rows else 0
            yield Segment(buffer[: end + AFTER], make_layout(line), own, end, count)
            keep = max(0, end - BEFORE)
            newline = buffer.find("\n", keep, end)
            keep = newline + 1 if newline >= 0 else keep
            line += buffer.count("\n", 0, keep)
            if rows:
                line += buffer.count(INNER_BREAK, 0, keep)
            buffer, own = buffer[keep:], end - keep
        waiting, length = [buffer], len(buffer)
    if length > own:
        buffer = "".join(waiting)
        count = buffer.count("\n", own) + (not buffer.endswith("\n")) if rows else 0
        yield Segment(buffer, make_layout(line), own, length, count)


def pieces(text: str, size: int = 100_000) -> Iterator[str]:
    """Yield a long string in blocks fit for `cut`."""
    for start in range(0, len(text), size):
        yield text[start : start + size]

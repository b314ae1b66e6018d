"""Find the leaves of a damaged file's trees by looking at every page of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from connectors.pst.form import BLOCKS_PAGE, NODES_PAGE, Form, checksum, read_at

SALVAGE_BYTES = 2 * 1024**3
"""A larger damaged file is read by its trees alone: each process would look through all of it."""
CHUNK_BYTES = 1024**2
Entries = dict[int, tuple[int, ...]]


def salvaged(stream: BinaryIO, size: int, form: Form) -> tuple[Entries, Entries]:
    """Return the entries of all whole leaf pages, of nodes and of blocks, by id.

    Pages that the file no longer uses may lie there as well: of two entries with one id, the one
    in the newer page counts.
    """
    newest: dict[int, dict[int, int]] = {NODES_PAGE: {}, BLOCKS_PAGE: {}}
    found: dict[int, Entries] = {NODES_PAGE: {}, BLOCKS_PAGE: {}}
    if size > SALVAGE_BYTES:
        return {}, {}
    for page in _pages(stream, size, form):
        kind, again, *rest = form.page_trailer.unpack_from(page, form.trailer_at)
        stored, page_id = rest[1:3] if form.checksum_first else rest[2:0:-1]
        count, _, width, level = form.counts.unpack_from(page, form.counts_at)
        entry = form.node if kind == NODES_PAGE else form.block
        if level or kind != again or width != entry.size or count * width > form.counts_at:
            continue
        if stored != checksum(page[: form.trailer_at]):
            continue
        for values in entry.iter_unpack(page[: count * width]):
            key = values[0] & 0xFFFFFFFF if kind == NODES_PAGE else values[0]
            if page_id >= newest[kind].get(key, 0):
                newest[kind][key] = page_id
                found[kind][key] = values
    return found[NODES_PAGE], found[BLOCKS_PAGE]


def _pages(stream: BinaryIO, size: int, form: Form) -> Iterator[bytes]:
    """Yield what may be a page of a tree: its type stands in it twice."""
    step, at = form.page_bytes, form.trailer_at
    for start in range(0, size, CHUNK_BYTES):
        chunk = read_at(stream, start, CHUNK_BYTES)
        kinds = chunk[at::step]
        for number, kind in enumerate(kinds):
            if kind in (NODES_PAGE, BLOCKS_PAGE):
                page = chunk[number * step : (number + 1) * step]
                if len(page) == step:
                    yield page

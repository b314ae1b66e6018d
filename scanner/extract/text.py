"""Read plain text, logs, Markdown and source code as it stands, by lines."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.extract import Event, Source
from scanner.extract.budget import Budget
from scanner.extract.cut import cut
from scanner.extract.encoding import decode_blocks
from scanner.extract.layout import Lines


def read(source: Source, budget: Budget) -> Iterator[Event]:
    """Yield the text in segments with places ("line 20",). Memory does not grow with the size."""
    source.stream.seek(0)
    yield from cut(decode_blocks(source.stream), Lines)

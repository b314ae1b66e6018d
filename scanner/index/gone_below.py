"""Find what the index holds where watch mode saw something happen: what is not there is gone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

from connectors.maildir import CUR, NEW, unique_name
from scanner.index.rows import OpenRow, Rows
from scanner.touched import Touched

if TYPE_CHECKING:
    from scanner.tools import Tools

_MAIL = (CUR, NEW)


def gone_below(rows: Rows, tools: Tools, place: int, touched: Touched) -> Iterator[OpenRow]:
    """Yield every open document at the touched paths, and below those that were walked whole.

    The caller knows which of them the walk met.
    """
    files: set[bytes] = set()
    for path in touched.paths:
        held = rows.open_at(tools.seal.path_key(path))
        if any(not row.folder for row in held):
            files.add(path)
        yield from held
        folder, name = os.path.split(path)
        if os.fsdecode(os.path.basename(folder)) in _MAIL:
            item = unique_name(os.fsdecode(name))
            mailbox = rows.open_at(tools.seal.path_key(os.path.dirname(folder)))
            yield from (row for row in mailbox if row.item == item)
    for folder in touched.whole:
        if folder not in files:
            yield from rows.open_below(place, tools.names.path(folder))

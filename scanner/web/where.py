"""Say where the pages' files beside an index lie. Imports nothing of the extra web."""

from __future__ import annotations

from pathlib import Path


def web_path(index: Path) -> Path:
    """Return where the accounts and sessions of the index at `index` lie: beside it."""
    return index.with_name(f"{index.stem}-web.db")


def kept_path(index: Path) -> Path:
    """Return where the figures of the index at `index` are kept: beside it."""
    return index.with_name(f"{index.stem}-kept.db")

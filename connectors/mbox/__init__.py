"""Mbox files as mail archives, as any mail program wrote them, read from any seekable stream.

connectors.mbox.lines finds where messages begin, heads what names one, state what is listed.
"""

from __future__ import annotations

from connectors.mbox.archive import MboxArchive

__all__ = ["MboxArchive"]

"""Outlook's PST and OST files as mail archives, read from any seekable stream.

Reads the file's own structures ([MS-PST]) without a library: connectors.pst.form and store find
blocks, heap, properties and table make values of them, folders and listing tell what there is,
and connectors.pst.letter writes one item as MIME.
"""

from __future__ import annotations

from connectors.pst.archive import PstArchive

__all__ = ["PstArchive"]

"""Find anew what the names of documents give away, from the index alone. Opens no document."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from typing import TYPE_CHECKING

from scanner.index.contents import Contents
from scanner.model import Finding
from scanner.names import unsealed_path

if TYPE_CHECKING:
    from scanner.tools import Tools


def rename(
    connection: sqlite3.Connection, tools: Tools, contents: Contents, documents: Sequence[int]
) -> None:
    """Replace the findings in the names of some documents; values known before stay so.

    Runs inside a transaction of the caller.
    """
    for number in documents:
        path, item, folder = connection.execute(
            "SELECT path, item, mail_folder FROM document WHERE id=?", (number,)
        ).fetchone()
        found = named(tools, path, item, folder)
        seen = {
            (kind, fingerprint): first
            for kind, fingerprint, first in connection.execute(
                "SELECT kind, fingerprint, first_run FROM name_finding WHERE document=?", (number,)
            )
        }
        if seen:
            connection.execute("DELETE FROM name_finding WHERE document=?", (number,))
        contents.findings("name_finding", "document", number, found, seen)


def named(tools: Tools, stored: bytes, item: str, folder: str | None) -> list[Finding]:
    """Return what the names of a document give away, from its row."""
    if not item:
        return tools.names.findings(unsealed_path(stored, tools.seal))
    names = json.loads(folder or "[]")
    opened = (tools.seal.unseal_name(n).decode("utf-8", "surrogateescape") for n in names)
    return tools.names.in_folders(opened)

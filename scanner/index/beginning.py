"""Begin a run of a place: its row, its number, and what the last whole run met."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from connectors.shares import share_of
from scanner.index.store import Index, now
from scanner.names import display

if TYPE_CHECKING:
    from scanner.tools import Tools


def place_of(index: Index, tools: Tools, device: str, name: str, root: bytes) -> int:
    """Return the id of a place, stored now if it is new; it says on which share it lies."""
    share = share_of(root)
    with index.transaction() as connection:
        row = connection.execute(
            "SELECT id FROM place WHERE device=? AND name=?", (device, name)
        ).fetchone()
        stored = tools.names.path(root)
        told = display(tools.names.path(os.fsencode(share))) if share else None
        if row:
            connection.execute(
                "UPDATE place SET root=?, display=?, share=? WHERE id=?",
                (stored, display(stored), told, row[0]),
            )
            return int(row[0])
        done = connection.execute(
            "INSERT INTO place(device, name, root, display, share) VALUES (?,?,?,?,?)",
            (device, name, stored, display(stored), told),
        )
        return int(done.lastrowid or 0)


def begin(index: Index, place: int, tools: Tools, below: bytes | None) -> tuple[int, int, int]:
    """Store a new run; return its number, its id, and what the last whole run like it met."""
    from scanner import __version__

    kinds = sorted({kind for each in tools.detectors for kind in each.kinds})
    versions = {
        "fodspor": __version__,
        "detectors": tools.freshness.detectors,
        "kinds": kinds,
    }
    coverage = {"below": display(tools.names.path(below))} if below else {}
    with index.transaction() as connection:
        connection.execute(
            "UPDATE run SET status='killed', ended=? WHERE place=? AND ended IS NULL",
            (now(), place),
        )
        number = connection.execute(
            "SELECT coalesce(max(number), 0) + 1 FROM run WHERE place=?", (place,)
        ).fetchone()[0]
        done = connection.execute(
            "INSERT INTO run(place, number, started, status, coverage, versions)"
            " VALUES (?,?,?,?,?,?)",
            (place, number, now(), "running", json.dumps(coverage), json.dumps(versions)),
        )
        last = connection.execute(
            "SELECT counts FROM run WHERE place=? AND status='done' AND coverage=?"
            " ORDER BY number DESC LIMIT 1",
            (place, json.dumps(coverage)),
        ).fetchone()
    expected = int(json.loads(last[0] or "{}").get("met", 0)) if last else 0
    return int(number), int(done.lastrowid or 0), expected

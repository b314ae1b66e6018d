"""Begin a run of a place: its row, its number, and what the last whole run met.

Runs of watch mode have numbers below 0: they are no turn of a place, and end nobody else's run.
"""

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


def begin(
    index: Index, place: int, tools: Tools, below: bytes | None, *, watch: bool = False
) -> tuple[int, int, int]:
    """Store a new run; return its turn, its id, and what the last whole run like it met.

    The turn is the run's number, of watch mode that of the last scan.
    """
    from scanner import __version__

    kinds = sorted({kind for each in tools.detectors for kind in each.kinds})
    versions: dict[str, object] = (
        {}
        if watch
        else {
            "fodspor": __version__,
            "detectors": tools.freshness.detectors,
            "kinds": kinds,
        }
    )
    coverage: dict[str, object] = {"below": display(tools.names.path(below))} if below else {}
    if watch:
        coverage["watch"] = True
    mine = "number<0" if watch else "number>0"
    with index.transaction() as connection:
        connection.execute(
            f"UPDATE run SET status='killed', ended=? WHERE place=? AND ended IS NULL AND {mine}",
            (now(), place),
        )
        lowest, highest = (
            int(found or 0)
            for found in connection.execute(
                "SELECT min(0, min(number)), max(0, max(number)) FROM run WHERE place=?", (place,)
            ).fetchone()
        )
        number, turn = (lowest - 1, highest) if watch else (highest + 1, highest + 1)
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
    return turn, int(done.lastrowid or 0), expected

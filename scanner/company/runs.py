"""Merge a device's places and runs: each finds its own row again, or gets one.

Part of the transaction of `scanner.company.merge`. `handed` is the device's index, `main` the
central one; a temporary table says which of our rows stands for each of theirs.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from scanner.company.tables import columns, of

_SET_ASIDE = "\x00"
_OUT_OF_THE_WAY = 10**12


def merge_places(connection: sqlite3.Connection, device: str, moment: str) -> None:
    """Fill temp.of_place. A place is the one of its root, else the one of its name.

    A place that the device's index no longer knows stays, and says since when.
    """
    execute = connection.execute
    execute("CREATE TEMP TABLE of_place(theirs INTEGER PRIMARY KEY, ours INTEGER)")
    held = execute("SELECT id, name, root FROM main.place WHERE device=?", (device,)).fetchall()
    theirs = execute("SELECT id, name, root FROM handed.place ORDER BY id").fetchall()
    ours = _matched(theirs, held)
    for number, name, _ in theirs:
        if number not in ours:
            ours[number] = int(
                execute(
                    "INSERT INTO main.place(device, name) VALUES (?,?)",
                    (device, f"{_SET_ASIDE}{_SET_ASIDE}{name}"),
                ).lastrowid
                or 0
            )
    connection.executemany("INSERT INTO temp.of_place VALUES (?,?)", ours.items())
    known = set(ours.values())
    left = {name: number for number, name, _ in held if number not in known}
    execute(
        "UPDATE main.place SET name=? || id || name WHERE id IN (SELECT ours FROM temp.of_place)",
        (_SET_ASIDE,),
    )
    for _, name, _ in theirs:
        if name in left:
            put_aside = _free(name, moment[:10], {*left, *(each[1] for each in theirs)})
            execute("UPDATE main.place SET name=? WHERE id=?", (put_aside, left.pop(name)))
            left[put_aside] = 0
    names = columns(connection, "place", ("id", "device", "unknown_since"))
    execute(
        f"UPDATE main.place SET ({', '.join(names)}, unknown_since) = ({of('t', names)}, NULL)"
        " FROM temp.of_place p JOIN handed.place t ON t.id=p.theirs WHERE place.id=p.ours"
    )
    execute(
        "UPDATE main.place SET unknown_since=coalesce(unknown_since, ?) WHERE device=?"
        " AND id NOT IN (SELECT ours FROM temp.of_place)",
        (moment, device),
    )


def _matched(
    theirs: Iterable[tuple[int, str, bytes]], held: Iterable[tuple[int, str, bytes]]
) -> dict[int, int]:
    """Return which of our places each of theirs is, as far as root or name tell; each once."""
    found: dict[int, int] = {}
    taken: set[int] = set()
    for key in (2, 1):
        by_key = {each[key]: each[0] for each in held if each[0] not in taken}
        for each in theirs:
            if each[0] not in found and (ours := by_key.pop(each[key], None)) is not None:
                found[each[0]] = ours
                taken.add(ours)
    return found


def _free(name: str, day: str, taken: set[str]) -> str:
    wanted, number = f"{name} ({day})", 1
    while wanted in taken:
        number += 1
        wanted = f"{name} ({day}, {number})"
    return wanted


def merge_runs(connection: sqlite3.Connection, device: str) -> int:
    """Fill temp.of_run and temp.whole_run; return our id of the device's newest run.

    A run is known by when it started, and by its order among those of the same second: its
    number changes when places become one, or an index is made anew. Numbers here follow time.
    """
    execute = connection.execute
    execute("CREATE TEMP TABLE of_run(theirs INTEGER PRIMARY KEY, ours INTEGER, fresh INTEGER)")
    ranked = (
        "SELECT id, started, row_number() OVER (PARTITION BY started ORDER BY id) AS rank FROM {}"
    )
    execute(
        f"WITH t AS ({ranked.format('handed.run')}),"
        f" o AS ({ranked.format('main.run WHERE device=?')})"
        " INSERT INTO temp.of_run SELECT t.id, o.id, o.id IS NULL"
        " FROM t LEFT JOIN o USING (started, rank)",
        (device,),
    )
    number_fresh(connection, "run")
    execute(
        "INSERT INTO main.run(id, device, started, place, number)"
        " SELECT r.ours, ?, t.started, 0, r.ours FROM temp.of_run r"
        " JOIN handed.run t ON t.id=r.theirs WHERE r.fresh",
        (device,),
    )
    names = columns(connection, "run", ("id", "device", "place", "number"))
    execute("UPDATE main.run SET number=-id-? WHERE device=?", (_OUT_OF_THE_WAY, device))
    execute(
        f"UPDATE main.run SET ({', '.join(names)}, place) = ({of('t', names)},"
        " coalesce((SELECT ours FROM temp.of_place WHERE theirs=t.place), 0))"
        " FROM temp.of_run r JOIN handed.run t ON t.id=r.theirs WHERE run.id=r.ours"
    )
    execute(
        "UPDATE main.run SET number=n.number FROM (SELECT id, CASE WHEN place=0 THEN id ELSE"
        " CASE WHEN watch THEN -1 ELSE 1 END * row_number() OVER"
        " (PARTITION BY place, watch ORDER BY started, id) END AS number FROM (SELECT *,"
        " coalesce(json_extract(coverage, '$.watch'), 0) AS watch FROM main.run)"
        " WHERE device=?) n WHERE n.id=run.id",
        (device,),
    )
    execute("CREATE TEMP TABLE whole_run(place INTEGER PRIMARY KEY, run INTEGER)")
    execute(
        "INSERT INTO temp.whole_run SELECT p.ours, (SELECT r.ours FROM handed.run t"
        " JOIN temp.of_run r ON r.theirs=t.id WHERE t.place=p.theirs AND t.status='done'"
        " AND t.number>0"
        " AND json_extract(t.coverage, '$.below') IS NULL ORDER BY t.number DESC LIMIT 1)"
        " FROM temp.of_place p"
    )
    newest = execute(
        "SELECT r.ours FROM handed.run t JOIN temp.of_run r ON r.theirs=t.id"
        " ORDER BY t.started DESC, t.id DESC LIMIT 1"
    ).fetchone()
    return int(newest[0])


def our_run(column: str) -> str:
    """Return the SQL of our run for one of theirs; a run that is gone is taken for the newest."""
    return (
        f"CASE WHEN {column} IS NOT NULL THEN coalesce((SELECT ours FROM temp.of_run"
        f" WHERE theirs={column}), :newest) END"
    )


def number_fresh(connection: sqlite3.Connection, table: str) -> None:
    """Give numbers of our own, behind all that are there, to what temp.of_TABLE has none for."""
    (last,) = connection.execute(f"SELECT coalesce(max(id), 0) FROM main.{table}").fetchone()
    connection.execute(
        f"UPDATE temp.of_{table} SET ours=?+n.number FROM (SELECT theirs,"
        f" row_number() OVER (ORDER BY theirs) AS number FROM temp.of_{table}"
        f" WHERE ours IS NULL) n WHERE n.theirs=of_{table}.theirs",
        (last,),
    )

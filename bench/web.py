"""How long each of the officers' pages and actions takes over an index of ten million findings.

Every page is asked four times over: as the first thing after the server began over an index that
changed, with nothing kept from before ("never counted"); the same with what an earlier server
kept ("restarted"); after what a running server counts by itself ("counted"); and again, the median
("then"). Seconds are from the request to the last byte, within the process, without a network.
"""

from __future__ import annotations

import argparse
import asyncio
import math
import re
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.web_index import DOCUMENTS, FURNISHED, furnished, made
from bench.web_pages import ACCOUNTS, STEPS, Step
from scanner.config import load_config
from scanner.index.store import Index
from scanner.web.site import Site

ASKED = 5
TRIES = 3
"""Of a page that took too long: other programs run on a machine. The least counts."""
MOST_MS = 300
PASSWORD = "a long enough password"


_READER: list[Any] = []


@dataclass
class Row:
    """What was measured of one step; milliseconds."""

    step: Step
    status: dict[str, int] = field(default_factory=dict)
    took: dict[str, float] = field(default_factory=dict)
    size: int = 0


def _same(reader: Any) -> Callable[[], Any]:
    return lambda: reader


@contextmanager
def site_over(folder: Path) -> Iterator[tuple[Site, Any]]:
    """Yield a site as a server begins it, and its application."""
    from scanner.web.host import datasette_of
    from scanner.web.pages import PAGES as OURS
    from scanner.web.running import weighed

    config = load_config(folder / "fodspor.toml")
    path = config.index_path
    site = Site(config, path, OURS, weighed=weighed(config, path))
    try:
        for reader in _READER:  # a second each time, which is not measured
            site.lookups.reader(_same(reader))
        site.ready()
        _READER[:] = [site.lookups.reader(site.make_reader)]
        with datasette_of(site) as held:
            yield site, held.app()
    finally:
        site.close()


def accounts(site: Site) -> None:
    for each in site.accounts.all():
        site.accounts.remove(each.name)
    for account in ACCOUNTS:
        site.accounts.add(account, PASSWORD)


def change(folder: Path) -> None:
    """Change the index as a scan does, so that whatever is kept of it is out of date."""
    with Index(folder / "index.db") as index:
        index.set_meta(FURNISHED, str(time.time()))


async def ask(site: Site, app: Any, step: Step, known: dict[str, str]) -> tuple[float, Any]:
    """Ask one step as its account; what it needs of other pages is asked before, not measured."""
    import httpx

    account = next(each for each in ACCOUNTS if each.name == step.who)
    token = site.sessions.begin(account)
    session = site.sessions.get(token)
    assert session is not None
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app),
        base_url="http://127.0.0.1:8011",
        cookies={"fodspor": token},
    ) as client:

        async def send(method: str, path: str, form: dict[str, Any]) -> Any:
            if method == "GET":
                return await client.get(path)
            return await client.post(path, data={"csrf": session.csrf, **form})

        for method, path, form in step.before(known):
            if method == "FOUND":
                method, path = "GET", known["at"]
            told = await send(method, path, form)
            for _ in range(100):  # a page that says that it is being counted is asked again
                if 'http-equiv="refresh"' not in told.text:
                    break
                await asyncio.sleep(0.2)
                told = await send(method, path, form)
            if "location" in told.headers:
                known["found"] = told.headers["location"]
                known["at"] = known["found"].partition("?")[0]
            if found := re.search(r'name="place" value="([0-9a-f]+)"', told.text):
                known["place"] = found[1]
        method, path, form = step.request(known)
        began = time.perf_counter()
        told = await send(method, path, form)
        return time.perf_counter() - began, told


def known_of(folder: Path) -> dict[str, str]:
    """Return numbers of documents, contents, verdicts and cases that the steps name."""
    import sqlite3

    held: dict[str, str] = {}
    queries = {
        "index": {
            "document": "SELECT id FROM document WHERE gone_run IS NULL AND risk > 0"
            " ORDER BY risk DESC, id LIMIT 1 OFFSET 3",
            "plain": "SELECT max(id) FROM document WHERE status='read' AND risk > 0",
            "part": "SELECT place FROM document WHERE owner='person3' AND risk > 0 LIMIT 1",
            "small": "SELECT place FROM document WHERE owner='few' AND risk > 0 LIMIT 1",
            "own": "SELECT min(id) FROM document WHERE owner='person3' AND risk > 0",
            "content": "SELECT content FROM occurrence GROUP BY content HAVING count(*) > 40"
            " LIMIT 1",
            "device": "SELECT id FROM device ORDER BY label DESC LIMIT 1",
            "server": "SELECT id FROM device WHERE label='fil01'",
        },
        "index-decisions": {
            "other": "SELECT min(id) FROM case_file WHERE closed IS NULL AND type='access'",
            "case": "SELECT max(id) FROM case_file WHERE closed IS NULL AND type='access'",
            "verdict": "SELECT max(id) FROM verdict WHERE undone IS NULL AND decision='waits'",
            "task": "SELECT max(id) FROM verdict WHERE undone IS NULL AND decision='move'",
            "proposal": "SELECT max(id) FROM proposal WHERE answer IS NULL",
        },
    }
    for name, wanted in queries.items():
        connection = sqlite3.connect(folder / f"{name}.db")
        for key, query in wanted.items():
            held[key] = str((connection.execute(query).fetchone() or ("0",))[0])
        connection.close()
    return held


def forget(folder: Path) -> None:
    """Take away what servers kept of this index."""
    for path in folder.glob("index-kept*"):
        path.unlink()


def measured(folder: Path, rows: list[Row], say: Callable[[str], None]) -> None:
    """Ask every step at every stage."""
    from scanner.web.warming import Warmer

    with site_over(folder) as (site, _):
        accounts(site)
    known = known_of(folder)

    def one(stage: str, site: Site, app: Any, row: Row) -> None:
        took, told = asyncio.run(ask(site, app, row.step, dict(known)))
        row.took[stage] = min(took * 1000, row.took.get(stage, math.inf))
        row.status.setdefault(stage, told.status_code)
        row.size = max(row.size, len(told.content))

    def cold(stage: str, row: Row, prepare: Callable[[Path], None]) -> None:
        for _ in range(TRIES):
            prepare(folder)
            change(folder)
            with site_over(folder) as (site, app):
                one(stage, site, app, row)
            if row.took[stage] <= MOST_MS or row.step.changes:
                return

    for row in rows:
        cold("never counted", row, forget)
    say("never counted: done")
    with site_over(folder) as (site, app):
        for account in ACCOUNTS:
            site.sessions.begin(account)
        before, began = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
        pages = Warmer(site).warm()
        after = resource.getrusage(resource.RUSAGE_SELF)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        say(f"counting: {pages} pages, {time.perf_counter() - began:.1f} s, {cpu:.1f} s processor")
        for row in rows:
            if not row.step.changes:
                one("counted", site, app, row)
        for row in rows:
            if not row.step.changes:
                took = []
                for _ in range(ASKED):
                    row.took.pop("then", None)
                    one("then", site, app, row)
                    took.append(row.took["then"])
                row.took["then"] = statistics.median(took)
    for row in rows:
        cold("restarted", row, lambda _: None)


STAGES = ("never counted", "restarted", "counted", "then")


def table(rows: list[Row]) -> Iterator[str]:
    """Yield the lines of the table, and of those that take too long."""
    yield "| who | page | status | " + " | ".join(f"{stage}, ms" for stage in STAGES) + " | kB |"
    yield "|---" * (4 + len(STAGES)) + "|"
    slow = []
    for row in rows:
        times = [f"{row.took[stage]:.0f}" if stage in row.took else "" for stage in STAGES]
        status = "/".join(dict.fromkeys(str(each) for each in row.status.values()))
        cells = (row.step.who, row.step.name, status, *times, f"{row.size / 1000:.1f}")
        yield f"| {' | '.join(cells)} |"
        if max(row.took.values()) > MOST_MS:
            slow.append(f"{row.step.who} {row.step.name}: {max(row.took.values()):.0f} ms")
    yield ""
    yield f"over {MOST_MS} ms: {len(slow)}"
    yield from slow


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=DOCUMENTS)
    parser.add_argument("--folder", type=Path, help="Keep the index here, and use it again.")
    parser.add_argument("--only", default="", help="Pages whose name has one of these in it.")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / "index.db").exists():
            made(folder, given.documents)
        furnished(folder)
        with Index(folder / "index.db") as index:
            (findings,) = index.connection.execute("SELECT count(*) FROM finding").fetchone()
            (documents,) = index.connection.execute("SELECT count(*) FROM document").fetchone()
        print(f"{documents} documents, {findings} findings", flush=True)
        rows = [
            Row(step)
            for step in STEPS
            if any(part in f"{step.who} {step.name}" for part in given.only.split(","))
        ]
        measured(folder, rows, lambda said: print(said, flush=True))
        for line in table(rows):
            print(line, flush=True)


if __name__ == "__main__":
    main()

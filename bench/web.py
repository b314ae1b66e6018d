"""How long the officers' pages take over an index of ten million findings.

The index is generated (bench.scale), with readers and employees; then each page is asked several
times: the first answer after the index changed, and the median of those that follow. Seconds are
those from the request to the last byte, within the process, without a network.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
import time
import uuid
from pathlib import Path

from bench.scale import device_index
from scanner.config import load_config
from scanner.index.store import Index
from scanner.platform import write_private
from scanner.privacy import Seal
from scanner.web.accounts import Account

DOCUMENTS = 1_320_000
FINDINGS = 10_000_000
PEOPLE = 300
ASKED = 5
PASSWORD = "a long enough password"
PAGES = (
    *("/overview", "/numbers", "/numbers?by=department", "/numbers?by=place", "/numbers?by=device"),
    "/account",
)


def made(folder: Path, documents: int) -> None:
    """Generate the index, its key and configuration in a folder."""
    key = "5a" * 32
    write_private(folder / "fodspor.key", key + "\n")
    (folder / "fodspor.toml").write_text(
        f'[device]\nid = "{uuid.UUID(int=1)}"\nlanguage = "da"\n[index]\npath = "index.db"\n'
        '[key]\nfile = "fodspor.key"\n',
        "utf-8",
    )
    device_index(folder / "index.db", 1, documents, Seal(bytes.fromhex(key)), "0101900000")


def peopled(path: Path, documents: int) -> None:
    """Give documents owners and readers, of whom some have left; fill up the findings."""
    with Index(path) as index, index.transaction() as connection:
        connection.execute(
            "UPDATE document SET owner='person'||(id % ?),"
            " readable_by=CASE WHEN id % 50 = 0 THEN 'everyone' END",
            (PEOPLE,),
        )
        (held,) = connection.execute("SELECT count(*) FROM finding").fetchone()
        connection.execute(
            "INSERT INTO finding(content, kind, fingerprint, masked, confidence, evidence, count,"
            " places, first_run) SELECT content, kind, randomblob(16), masked, confidence,"
            " evidence, count, places, first_run FROM finding LIMIT ?",
            (max(0, round(FINDINGS * documents / DOCUMENTS) - held),),
        )
        connection.executemany(
            "INSERT OR REPLACE INTO employee(account, name, department, left_on) VALUES (?,?,?,?)",
            [
                (f"person{n}", f"Person {n}", f"Department {n % 12}", "2026-01-31" * (n % 60 == 0))
                for n in range(PEOPLE)
            ],
        )


def asked(folder: Path, *, warm: bool) -> None:
    """Ask every page, and print a table; `warm`: after what a running server does by itself."""
    import httpx

    from scanner.web.host import datasette_of
    from scanner.web.pages import PAGES as OURS
    from scanner.web.running import weighed
    from scanner.web.site import Site
    from scanner.web.warming import Warmer

    config = load_config(folder / "fodspor.toml")
    path = config.index_path
    site = Site(config, path, OURS, weighed=weighed(config, path))
    for each in site.accounts.all():
        site.accounts.remove(each.name)
    site.accounts.add(Account("anna", "compliance"), PASSWORD)
    site.accounts.add(Account("leder", "manager", ("Department 3",)), PASSWORD)
    for name in ("anna", "leder"):
        site.sessions.begin(Account(name, "compliance"))
    with datasette_of(site) as held:
        app = held.app()

        if warm:
            began = time.perf_counter()
            pages = Warmer(site).warm()
            print(f"warming: {pages} pages in {time.perf_counter() - began:.1f} s")

        async def go() -> None:
            for name in ("anna", "leder"):
                token = site.sessions.begin(Account(name, "compliance"))
                client = httpx.AsyncClient(
                    transport=httpx.ASGITransport(app),
                    base_url="http://127.0.0.1:8011",
                    cookies={"fodspor": token},
                )
                for page in PAGES:
                    took = []
                    size = status = 0
                    for _ in range(ASKED):
                        began = time.perf_counter()
                        told = await client.get(page)
                        took.append(time.perf_counter() - began)
                        size, status = len(told.content), told.status_code
                    first, rest = took[0], statistics.median(took[1:])
                    print(
                        f"| {name} | {page} | {status} | {first * 1000:.0f} | {rest * 1000:.0f}"
                        f" | {size / 1000:.1f} |",
                        flush=True,
                    )
                await client.aclose()

        print("| who | page | status | first, ms | then, ms | kB |\n|---|---|---|---|---|---|")
        asyncio.run(go())
    site.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=DOCUMENTS)
    parser.add_argument("--folder", type=Path, help="Keep the index here, and use it again.")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / "index.db").exists():
            made(folder, given.documents)
            peopled(folder / "index.db", given.documents)
        with Index(folder / "index.db") as index:
            (findings,) = index.connection.execute("SELECT count(*) FROM finding").fetchone()
            (documents,) = index.connection.execute("SELECT count(*) FROM document").fetchone()
        print(f"{documents} documents, {findings} findings")
        for warm in (False, True):
            asked(folder, warm=warm)


if __name__ == "__main__":
    main()

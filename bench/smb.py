"""Measure a share: a scan over SMB against the same files locally, and against a plain copy.

The server is a real Samba on loopback (needs root, samba and smbclient). All is measured in one
run: opening and reading alone (a disk, a share, a share one file at a time), `smbclient`'s copy of
the whole folder (`mget`), scans of both places in two workers, and what a scan that finds nothing
new asks the server. Ratios are what counts: server and client share the processors.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from bench.corpus import make
from bench.mailboxes import Place
from connectors import Document
from connectors.disk import DiskConnector
from connectors.smb.session import Session
from scanner.executor import BATCH_DOCUMENTS
from tests.connectors.relay import relayed
from tests.connectors.samba import ANNA, PASSWORD, Samba, account_at, connector_at, missing, running

MEGABYTES = 20.0
WORKERS = 2
LARGE_BYTES = 400_000_000


def read_locally(folder: Path) -> tuple[int, float]:
    """Return files read and seconds."""
    began = time.monotonic()
    found = [
        each for each in DiskConnector("d", "p", bytes(folder)).walk() if isinstance(each, Document)
    ]
    for document in found:
        with document.open() as stream:
            stream.read()
    return len(found), time.monotonic() - began


def read_over_smb(server: Samba, *, together: bool, encrypt: bool) -> tuple[int, float]:
    """Return files read over one session, and seconds; the walk is in."""
    began = time.monotonic()
    connector = connector_at(server, account=account_at(server, encrypt=encrypt))
    found = [each for each in connector.walk() if isinstance(each, Document)]
    session = Session(connector)
    try:
        for batch in _batches(found):
            if together:
                session.expect(batch)
            for document in batch:
                with session.open(document) as stream:
                    stream.read()
    finally:
        session.close()
    return len(found), time.monotonic() - began


def _batches(found: Sequence[Document]) -> list[Sequence[Document]]:
    return [found[at : at + BATCH_DOCUMENTS] for at in range(0, len(found), BATCH_DOCUMENTS)]


def copied(server: Samba, into: Path, *, encrypt: bool) -> float:
    """Return the seconds that smbclient takes to copy the whole share."""
    into.mkdir()
    began = time.monotonic()
    protection = "encrypt" if encrypt else "sign"
    server.client(
        "data",
        f'lcd "{into}"; prompt OFF; recurse ON; mget *',
        options=("--client-protection", protection),
    )
    return time.monotonic() - began


def scanned(folder: Path, server: Samba, port: int) -> dict[str, dict[str, object]]:
    """Return what scans of the share took: the first, and one of nothing new."""
    place = Place(folder)
    home = folder / "home"
    (home / "login").write_text(PASSWORD + "\n", "utf-8")
    (home / "login").chmod(0o600)
    with (home / "fodspor.toml").open("a", encoding="utf-8") as file:
        file.write(
            f'\n[[place]]\nname = "share"\npath = "smb://127.0.0.1:{port}/data"\n'
            f'[place.smb]\nuser = "{ANNA}"\npassword = {{file = "login"}}\n'
            f"connections = {WORKERS}\n"
        )
    return {step: place.scan(WORKERS, "share") for step in ("first", "nothing new")}


def large(server: Samba, folder: Path) -> None:
    """Print the speed of one large file, against smbclient's."""
    path = server.share("other") / "stor.bin"
    path.write_bytes(bytes(1_000_000) * (LARGE_BYTES // 1_000_000))
    for encrypt in (False, True):
        account = account_at(server, encrypt=encrypt)
        (document,) = connector_at(server, "other", account=account).walk()
        assert isinstance(document, Document)
        began = time.monotonic()
        with document.open() as stream:
            while stream.read(1024 * 1024):
                pass
        ours = LARGE_BYTES / 1e6 / (time.monotonic() - began)
        began = time.monotonic()
        server.client(
            "other",
            f"get stor.bin {folder}/stor.bin",
            options=("--client-protection", "encrypt" if encrypt else "sign"),
        )
        theirs = LARGE_BYTES / 1e6 / (time.monotonic() - began)
        kind = "encrypted" if encrypt else "signed"
        print(f"large file, {kind:9}  {ours:6.0f} MB/s   smbclient {theirs:6.0f} MB/s")


def main() -> None:
    """Print all measurements."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=float, default=MEGABYTES)
    given = parser.parse_args()
    if why := missing():
        sys.exit(why)
    with tempfile.TemporaryDirectory() as temporary, running() as server:
        folder, share = Path(temporary), server.share()
        make(share, given.megabytes)
        server.own(ANNA, *share.rglob("*"))
        count, locally = read_locally(share)
        print(f"{count} files")
        print(f"read locally             {count / locally:8.0f} files/s")
        for encrypt in (False, True):
            kind = "encrypted" if encrypt else "signed"
            copy = copied(server, folder / kind, encrypt=encrypt)
            print(f"smbclient's copy, {kind:9}{count / copy:6.0f} files/s")
            for together in (True, False):
                met, over = read_over_smb(server, together=together, encrypt=encrypt)
                assert met == count
                how = "together" if together else "one by one"
                print(
                    f"read, {kind:9} {how:10}{met / over:6.0f} files/s   "
                    f"{over / copy:.1f} times the copy"
                )
        local = Place(folder / "local")
        make(local.files, given.megabytes)
        here = local.scan(WORKERS)
        print(f"scan locally      {_told(here)}")
        with relayed(server.port) as line:
            there = scanned(folder / "share", server, line.port)
        for step, figures in there.items():
            print(f"scan, {step:11} {_told(figures)}")
        took = float(str(there["first"]["seconds"])) / float(str(here["seconds"]))
        print(f"a scan over SMB takes {took:.2f} times the local one")
        large(server, folder)


def _told(figures: dict[str, object]) -> str:
    seconds = float(str(figures["seconds"]))
    rate = int(str(figures["met"])) / seconds
    return f"{rate:6.0f} documents/s  " + "  ".join(f"{k} {v}" for k, v in figures.items())


if __name__ == "__main__":
    main()

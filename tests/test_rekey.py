"""A rotated key: an index brought under it is the one that a scan under it would have made."""

from __future__ import annotations

import base64
import re
import sqlite3
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from scanner.company_key import as_text, company_seal
from scanner.demo import fake
from scanner.index.store import Decisions, Index, decisions_path
from scanner.links import chain
from scanner.names import unsealed_path
from scanner.privacy import MARK, Seal
from scanner.register.store import register_path
from scanner.rekey import ROTATED, rekey, rekey_decisions, rekey_register, scrub
from scanner.tools import tools_of
from tests.conftest import Installation
from tests.here import scan_here
from tests.letters import letter
from tests.test_mailboxes import maildir, mbox
from tests.test_pst_scan import mail, pst

TIMES = {"started", "ended", "read_at", "seconds", "last_seen"}
NEXT = (bytes(range(32)), bytes(range(32, 64)))
"""Two links: one may hide a mistake that a second one shows."""
REGISTER = "kundenr;cpr;email;formål;samtykke\n"


def give(installation: Installation, seal: Seal) -> None:
    """Give an installation another chain of keys."""
    key = installation.config.with_name("fodspor.key")
    key.write_text(as_text(seal.keys), "utf-8")
    tools_of.cache_clear()


@pytest.fixture(autouse=True)
def no_tools_of_another_key() -> Iterator[None]:
    yield
    tools_of.cache_clear()


@dataclass
class World:
    """Files in which all that is keyed or sealed occurs, with the values planted in them."""

    installation: Installation
    old: Seal
    new: Seal
    asked: str

    def tell(self) -> Path:
        """Scan, move a file with a sealed name, and scan; return the index."""
        before, after = (self.installation.files / name for name in self.names)
        if after.exists():
            after.rename(before)
        self.installation.run("scan", self.by_hand, code=0)
        scan_here(self.installation)
        before.rename(after)
        scan_here(self.installation)
        return self.installation.index_path

    names: tuple[str, str] = ("", "")
    by_hand: Path = Path()


@pytest.fixture
def world(installation: Installation) -> World:
    numbers = [fake.cpr(hyphen=True) for _ in range(12)]
    files = installation.files
    by_hand = installation.folder / f"Sag {numbers[0]}"
    by_hand.mkdir()
    (by_hand / "brev.txt").write_text(f"CPR {numbers[1]} Anna Marie Holm")
    installation.write(f"flyt {numbers[2]}.txt", f"cpr-nr. {numbers[3]}")
    with zipfile.ZipFile(files / "pakke.zip", "w") as packed:
        packed.writestr(f"mappe/kunde {numbers[4]}.txt", f"cpr-nr. {numbers[5]}")
        packed.writestr("tal.csv", f"navn;cpr\nBo Bech;{numbers[6]}\n")
    mbox(
        files / "arkiv.mbox",
        letter(1, f"CPR {numbers[7]}"),
        letter(1, "CPR den samme nøgle to gange"),
        letter(2, "Hej"),
    )
    box = maildir(files / "Maildir")
    box.add_folder(f"Kunde {numbers[8].replace('-', '')}").add(letter(3, "Hej"))
    pst(files / "o.pst", (f"Sag {numbers[9]}", mail("a", f"CPR {numbers[10]}")))
    installation.write("laast.pdf", _locked())
    old = company_seal(installation.setup().config.key_source)
    return World(
        installation,
        old,
        old.linked(NEXT[0]).linked(NEXT[1]),
        numbers[7],
        (f"flyt {numbers[2]}.txt", f"flyttet {numbers[2]}.txt"),
        by_hand,
    )


def _locked() -> bytes:
    import io

    from pypdf import PdfWriter

    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    writer.encrypt(user_password="en hemmelighed", algorithm="AES-256")
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def contents(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Return all rows of all tables, without times."""
    connection = sqlite3.connect(path)
    held = {}
    for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type='table'"):
        columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
        names = [f'"{each}"' for each in columns if each not in TIMES]
        order = ", ".join(str(n + 1) for n in range(len(names)))
        wanted = ", ".join(names)
        if table == "document":  # a file that is moved to and fro has another time of change
            wanted = wanted.replace('"token"', "CASE WHEN item='' THEN x'' ELSE token END")
        held[table] = connection.execute(
            f"SELECT {wanted} FROM {table} ORDER BY {order}"
        ).fetchall()
    connection.close()
    return held


def copied(path: Path, to: Path) -> None:
    with Index(path) as index, Index(to) as other:
        index.connection.backup(other.connection)


def brought(path: Path, old: Seal, new: Seal) -> int:
    with Index(path) as index:
        left = rekey(index.connection, old, new)
        scrub(index.connection)
    return left


def secrets_in(path: Path) -> set[bytes]:
    """Return everything in a file that was made with its key: hashes, and sealed names."""
    found: set[bytes] = set()
    for table, rows in contents(path).items():
        for row in rows:
            for cell in row:
                if isinstance(cell, bytes) and len(cell) in (16, 32) and table != "moved":
                    found.add(cell)
                text = cell.encode() if isinstance(cell, str) else cell
                if isinstance(text, bytes):
                    found.update(re.findall(rb"(?:\x00|\\u0000)([A-Za-z0-9_=-]{20,})", text))
                    found.update(re.findall(rb"\b[0-9a-f]{32}\b", text))
    return found


def test_an_index_brought_under_a_key_is_the_one_that_a_scan_under_it_makes(world: World) -> None:
    kept = world.installation.folder / "kept.db"
    copied(world.tell(), kept)
    before = secrets_in(kept)
    assert len(before) > 40
    assert brought(kept, world.old, world.new) == 0
    world.installation.index_path.unlink()
    give(world.installation, world.new)
    meant, told = contents(world.tell()), contents(kept)
    for table, rows in meant.items():
        assert told[table] == rows, table
    plain = {each for each in secrets_in(kept) if each in before}  # tokens and ids of no key
    assert not plain & {row[0] for row in told["finding"]}
    bytes_now = kept.read_bytes()
    assert not [each for each in before - plain if each in bytes_now]
    assert not kept.with_name(kept.name + "-wal").exists()


def test_it_covers_every_column_that_is_keyed_or_sealed(world: World) -> None:
    """What the test above compares is only worth something where it occurs."""
    path = world.tell()
    rows = world.installation.rows
    assert rows("SELECT count(*) FROM finding WHERE name_fingerprint IS NOT NULL")[0][0]
    for table, column in (
        ("document", "path"),
        ("document", "mail_folder"),
        ("place", "root"),
        ("moved", "path"),
        ("part", "name"),
        ("occurrence", "inner"),
    ):
        query = f"SELECT {column} FROM {table} WHERE {column} IS NOT NULL"
        sealed = [value for (value,) in rows(query) if b"\x00" in _bytes(value)]
        assert sealed, (table, column)
    assert rows("SELECT count(*) FROM document WHERE length(listing)>40")[0][0]
    assert rows("SELECT count(*) FROM document WHERE item LIKE '%-1'")[0][0]
    assert rows("SELECT count(*) FROM document WHERE mend LIKE 'encrypted=%'")[0][0]
    assert rows("SELECT count(*) FROM letter WHERE identity IS NOT NULL")[0][0]
    assert rows("SELECT count(*) FROM place WHERE name LIKE '% #______'")[0][0]
    assert rows("SELECT count(*) FROM name_finding")[0][0]
    assert path.exists()


def _bytes(value: str | bytes) -> bytes:
    text = value.encode() if isinstance(value, str) else value
    return text.replace(b"\\u0000", b"\x00")


def test_the_next_scan_reads_nothing_and_answers_are_the_same(world: World) -> None:
    world.tell()
    installation = world.installation
    before = _answers(world)
    brought(installation.index_path, world.old, world.new)
    give(installation, world.new)
    run = scan_here(installation)
    assert (run.read, run.counts.unchanged) == ([], run.counts.met)
    assert _answers(world) == before
    mbox(installation.files / "arkiv.mbox", letter(9, "ny"))
    assert len(scan_here(installation).read) == 1
    stored = installation.rows("SELECT path FROM document WHERE instr(path, x'00')")
    assert stored
    for (path,) in stored:
        assert b"\x00" not in unsealed_path(path, world.new)


KEYED = ("id", "message", "place")
"""What of an answer's line has digits of a keyed hash in it, to tell two of one mask apart."""


def _answers(world: World) -> list[Any]:
    run = world.installation.run
    lines = run("findings", "--json", "--maybe").lines
    found = run("person", "--json", stdin=world.asked).lines
    assert len(found) > 1
    told = [
        {k: v for k, v in line.items() if k not in KEYED} for line in (*lines[:-1], *found[:-1])
    ]
    return sorted(told, key=str)


def test_what_does_not_open_is_left_and_counted(world: World) -> None:
    path = world.tell()
    other = Seal(bytes(32)).seal_name(b"kunde", "••")
    hostile = [f"{MARK}ikke forseglet", f"{MARK}%{MARK}x", MARK, other]
    with Index(path) as index:
        for name in hostile:
            index.connection.execute(
                "INSERT INTO part(parent, name, child) VALUES (0,?,0)", (name,)
            )
        index.connection.execute(
            "INSERT INTO place(device, name, root) VALUES ('x', 'mappe #0123ab', ?)",
            (f"/srv/{other}".encode(),),
        )
        index.connection.execute("INSERT INTO problem(inner) VALUES ('[\\u0000')")
    assert brought(path, world.old, world.new) == 4
    names = [row[0] for row in world.installation.rows("SELECT name FROM part WHERE parent=0")]
    assert names == hostile


@pytest.mark.parametrize("statement", ["UPDATE letter", "CREATE INDEX", "INSERT OR REPLACE"])
def test_stopped_in_the_middle_nothing_is_done(world: World, statement: str) -> None:
    path = world.tell()
    before = contents(path)

    class Killed(Exception):
        pass

    class Dying(sqlite3.Connection):
        def execute(self, sql: str, *more: Any) -> sqlite3.Cursor:
            if sql.startswith(statement):
                raise Killed
            return super().execute(sql, *more)

        executemany = execute

    connection = sqlite3.connect(path, isolation_level=None, factory=Dying)
    with pytest.raises(Killed):
        rekey(connection, world.old, world.new)
    connection.close()
    assert contents(path) == before
    brought(path, world.old, world.new)
    assert brought(path, world.old, world.new) == 0
    assert contents(path) != before


def test_a_chain_that_does_not_begin_with_the_old_one_is_refused(world: World) -> None:
    path = world.tell()
    for old, new in (
        (world.old, Seal(bytes(32))),
        (world.old, Seal(bytes(32)).linked(NEXT[0])),
        (Seal(bytes(32)), Seal(bytes(32)).linked(NEXT[0])),
    ):
        with Index(path) as index, pytest.raises(ValueError):
            rekey(index.connection, old, new)


def test_decisions_and_register_follow_and_the_audit_stays_a_chain(world: World) -> None:
    world.tell()
    installation, old, new = world.installation, world.old, world.new
    number = fake.cpr()
    customers = f"{REGISTER}K-1;{number};;nyhedsbrev;ja\nK-2;;bo@kunde.example;noget;nej\n"
    export = installation.folder / "kunder.csv"
    export.write_text(customers)
    installation.run("register", "import", export, code=0)
    installation.run("ignore", "add", "--kind", "DK_CPR", stdin=number, code=0)
    installation.run("person", stdin=world.asked)
    index = installation.index_path
    decided, registered = decisions_path(index), register_path(index)
    told = {path: secrets_in(path) for path in (decided, registered)}
    told[decided] -= {row[-1] for row in contents(decided)["audit"]}  # hashes of its rows
    with Decisions(decided) as decisions:
        end = decisions.connection.execute("SELECT max(id), hash FROM audit").fetchone()
        for _ in range(2):  # each is its own link; the register knows its key itself
            rekey_decisions(decisions.connection, old, old.linked(NEXT[0]), "ida", "2026-01-01")
            old = old.linked(NEXT[0])
            break
        rekey_decisions(decisions.connection, old, new, "ida", "2026-01-02")
        scrub(decisions.connection)
        assert decisions.verify() is None
        assert [row[0] for row in decisions.ignored()] == [new.fingerprint("DK_CPR", number)]
        audit = decisions.connection.execute("SELECT action, subject, detail FROM audit").fetchall()
    subjects = {row[:2] for row in audit}
    value = world.asked.replace("-", "")
    assert ("person", new.fingerprint("DK_CPR", value).hex()) in subjects
    assert ("ignore add", new.fingerprint("DK_CPR", number).hex()) in subjects
    assert (ROTATED, new.key_id) in subjects
    assert any(action == ROTATED and end[1].hex() in detail for action, _, detail in audit)
    connection = sqlite3.connect(registered, isolation_level=None)
    assert rekey_register(connection, world.old, new) == 0
    assert rekey_register(connection, world.old, new) == 0
    scrub(connection)
    connection.close()
    for path, before in told.items():
        assert not [each for each in before if each in path.read_bytes()], path.name
    brought(index, world.old, new)
    give(installation, new)
    again = contents(registered)
    installation.run("register", "import", export, code=0)
    assert {t: rows for t, rows in contents(registered).items() if t != "meta"} == {
        t: rows for t, rows in again.items() if t != "meta"
    }


def test_an_audit_that_was_changed_by_hand_stays_one_that_was(tmp_path: Path) -> None:
    old = Seal(bytes(32))
    with Decisions(tmp_path / "d.db") as decisions:
        for n in range(4):
            decisions.log("person", old.fingerprint("DK_CPR", str(n)).hex(), "DK_CPR")
        decisions.connection.execute("UPDATE audit SET who='nobody' WHERE id=3")
        assert decisions.verify() == 3
        rekey_decisions(decisions.connection, old, old.linked(NEXT[0]), "ida", "2026-01-01")
        assert decisions.verify() == 3


def test_a_chain_of_keys_is_written_a_line_each(tmp_path: Path) -> None:
    keys = (bytes(32), *NEXT)
    text = as_text(keys)
    assert text.split() == [key.hex() for key in keys]
    assert chain(keys).keys == keys
    assert base64.b64encode(keys[0]).decode() not in repr(chain(keys))

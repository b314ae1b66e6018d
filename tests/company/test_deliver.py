"""A device hands its index over: whole, private, and only when something changed."""

from __future__ import annotations

import os
import sqlite3
import stat
from pathlib import Path

from tests.answers.shelf import Doc, cprs
from tests.company.office import Office

VALUES = cprs(2)


def test_the_copy_is_whole_and_private_and_holds_no_decisions(office: Office) -> None:
    anna = office.device("anna")
    anna.scan(Doc("/srv/share/a.txt", VALUES))
    anna.ignore(VALUES[0])
    path = anna.deliver(office.drop)
    assert [each.name for each in office.drop.iterdir()] == [f"{anna.device}.db"]
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    connection = sqlite3.connect(path)
    tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
    assert not tables & {"verdict", "ignored", "audit", "known"}
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert connection.execute("SELECT count(*) FROM finding").fetchone() == (2,)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    connection.close()


def test_nothing_is_written_while_nothing_changed(office: Office) -> None:
    anna = office.device("anna")
    anna.scan(Doc("/srv/share/a.txt", VALUES))
    path = anna.deliver(office.drop)
    before = path.stat()
    assert "nothing changed" in anna.ask("deliver", str(office.drop)).out
    assert anna.ask("deliver", str(office.drop), "--quiet").out == ""
    assert path.stat().st_mtime_ns == before.st_mtime_ns
    assert path.stat().st_ino == before.st_ino
    anna.deliver(office.folder / "another")
    assert (office.folder / "another" / path.name).exists()
    path.unlink()
    anna.deliver(office.drop)
    assert path.exists()
    anna.scan(Doc("/srv/share/a.txt", VALUES), Doc("/srv/share/b.txt", VALUES))
    anna.deliver(office.drop)
    assert path.stat().st_ino != before.st_ino or path.stat().st_mtime_ns != before.st_mtime_ns


def test_what_a_killed_delivery_left_is_removed(office: Office) -> None:
    anna = office.device("anna")
    anna.scan(Doc("/srv/share/a.txt", VALUES))
    (office.drop / f"{anna.device}.00ff00ff.part").write_bytes(b"half")
    anna.deliver(office.drop)
    assert [each.name for each in office.drop.iterdir()] == [f"{anna.device}.db"]


def test_a_folder_that_cannot_be_written_to_is_told(office: Office, tmp_path: Path) -> None:
    anna = office.device("anna")
    anna.scan(Doc("/srv/share/a.txt", VALUES))
    (tmp_path / "file").write_text("x")
    said = anna.ask_failing("deliver", str(tmp_path / "file" / "below"))
    assert "cannot be written to" in said

"""The index in bad company: full disks, read-only files, newer versions, retries, history."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from connectors import Reason
from scanner.demo import fake
from scanner.index.schema import MIGRATIONS
from scanner.index.store import Decisions, Index, IndexTrouble, decisions_path
from tests.conftest import Installation
from tests.index_files import document, failed, read, run


def stale(installation: Installation, reason: Reason, runs: int, detail: str = "") -> list[int]:
    """Return in which runs a document that always fails so is tried."""
    tried = []
    for number in range(1, runs + 1):
        with run(installation) as place:
            for each in place.stale([document("a"), document("b")]):
                name = each.path.decode()[-1]
                if name == "a":
                    tried.append(number)
                place.record(failed(each, reason, detail) if name == "a" else read(each))
    return tried


@pytest.mark.parametrize(
    ("reason", "tried"),
    [
        pytest.param("timeout", [1, 2, 4, 8], id="three more, with doubling gaps"),
        pytest.param("crash", [1, 2, 4, 8], id="a crash likewise"),
        pytest.param("memory", [1, 2, 4, 8], id="memory likewise"),
        pytest.param("no_access", list(range(1, 13)), id="no access in every run"),
        pytest.param("locked", list(range(1, 13)), id="locked in every run"),
        pytest.param("offline", list(range(1, 13)), id="offline in every run"),
        pytest.param("encrypted", [1], id="encrypted until a password comes"),
        pytest.param("corrupt", [1], id="corrupt until the file changes"),
        pytest.param("unsupported", [1], id="unsupported until a reader comes"),
    ],
)
def test_what_is_tried_again(installation: Installation, reason: Reason, tried: list[int]) -> None:
    assert stale(installation, reason, 12) == tried


def test_a_changed_document_is_tried_at_once(installation: Installation) -> None:
    stale(installation, "timeout", 8)
    with run(installation) as place:
        assert [d.version for d in place.stale([document("a", b"2"), document("b")])] == [b"2"]


def test_a_full_disk_is_one_sentence_and_loses_nothing(installation: Installation) -> None:
    with run(installation) as place:
        place.record(read(document("a")))
    with Index(installation.index_path) as index:
        pages = index.connection.execute("PRAGMA page_count").fetchone()[0]
        index.connection.execute(f"PRAGMA max_page_count={pages + 2}")
        with (
            pytest.raises(IndexTrouble, match="is full"),
            index.transaction() as connection,
        ):
            connection.execute("CREATE TABLE big AS SELECT zeroblob(10000000) AS b")
        assert index.check() == []
    assert installation.rows("SELECT count(*) FROM document") == [(1,)]


@pytest.mark.skipif(sys.platform == "win32", reason="file size limits are POSIX")
def test_a_scan_on_a_full_disk_says_so_and_goes_on_later(installation: Installation) -> None:
    for number in range(300):
        rows = "\n".join(f"cpr {fake.cpr()}" for _ in range(60))
        installation.write(f"{number}.txt", rows)
    limited = (
        "import resource,runpy,signal,sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE,(700000,)*2); sys.argv=['fodspor',*sys.argv[1:]];"
        "runpy.run_module('scanner.cli', run_name='__main__')"
    )
    command = installation.command("scan", installation.files)
    done = subprocess.run(
        [command[0], "-c", limited, *command[3:]],
        env=installation.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, (done.stdout, done.stderr)
    assert "Traceback" not in done.stderr
    assert str(installation.index_path) in done.stderr
    assert installation.run("index", "check", code=0)
    installation.run("scan", installation.files, code=0)
    assert installation.rows("SELECT count(*) FROM document WHERE status='read'") == [(300,)]


def test_an_index_of_a_newer_version_is_refused(installation: Installation) -> None:
    connection = sqlite3.connect(installation.index_path)
    connection.execute(f"PRAGMA user_version={len(MIGRATIONS) + 1}")
    connection.close()
    installation.write("a.txt", "a")
    assert "newer Fodspor" in installation.run("scan", installation.files, code=1).err
    assert installation.run("findings", code=1).err.startswith("fodspor: ")


@pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX")
def test_an_index_that_cannot_be_written_is_refused_and_still_answers(
    installation: Installation,
) -> None:
    code = (
        "import os, sys, sqlite_utils, connectors.opening, scanner.private_files\n"
        "from pathlib import Path\n"
        "from scanner.index.store import Index, IndexTrouble\n"
        "os.setuid(65534) if os.geteuid() == 0 else None\n"
        "print(Index(Path(sys.argv[1]), readonly=True).check())\n"
        "try:\n    Index(Path(sys.argv[1]))\n"
        "except IndexTrouble as error:\n    print(error)\n"
    )
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        path = home / "fodspor.db"
        installation.run("index", "export", path, code=0)
        path.chmod(0o444)
        home.chmod(0o555)
        done = subprocess.run(
            [sys.executable, "-c", code, path],
            env=installation.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        home.chmod(0o755)
    assert done.stdout.startswith("[]"), done.stderr
    assert "cannot be opened for writing" in done.stdout


def test_another_key_is_refused(installation: Installation) -> None:
    key = installation.folder / "home" / "fodspor.key"
    installation.write("a.txt", "a")
    installation.run("scan", installation.files, code=0)
    key.write_text("00" * 32)
    assert "another company key" in installation.run("scan", installation.files, code=1).err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("not hexadecimal", "no key of hexadecimal digits", id="not a key"),
        pytest.param("00" * 8, "64 digits", id="too short"),
    ],
)
def test_a_wrong_key_is_named_and_not_shown(
    installation: Installation, text: str, said: str
) -> None:
    (installation.folder / "home" / "fodspor.key").write_text(text)
    installation.write("a.txt", "a")
    ran = installation.run("scan", installation.files, code=2)
    assert said in ran.err
    assert text not in ran.err


def test_a_damaged_index_is_named(installation: Installation) -> None:
    installation.index_path.write_bytes(b"this is no database, but long enough" * 100)
    ran = installation.run("findings", code=1)
    assert "damaged" in ran.err


def test_history_ends_after_its_term_and_not_before(installation: Installation) -> None:
    with run(installation) as place:
        place.record(read(document("a")))
        place.record(read(document("b")))
    with run(installation) as place:
        assert list(place.stale([document("b")])) == []
    now = datetime.now(UTC)
    with Index(installation.index_path) as index:
        assert index.compact(400, now)["document"] == 0
        assert index.compact(400, now + timedelta(days=399))["document"] == 0
        gone = index.compact(400, now + timedelta(days=401))
    assert (gone["document"], gone["occurrence"], gone["content"]) == (1, 1, 1)
    assert installation.run("index", "check", code=0)


def test_an_export_answers_like_the_index(installation: Installation, tmp_path: Path) -> None:
    installation.write("a.txt", f"cpr {fake.cpr()}")
    installation.run("scan", installation.files, code=0)
    installation.run("index", "export", tmp_path / "copy.db", code=0)
    assert (tmp_path / "copy.db").stat().st_mode & 0o077 == 0
    connection = sqlite3.connect(tmp_path / "copy.db")
    assert connection.execute("SELECT count(*) FROM finding").fetchone() == (1,)
    installation.run("index", "export", tmp_path / "copy.db", code=1)


def test_the_audit_chain_tells_of_a_changed_row(installation: Installation) -> None:
    path = decisions_path(installation.index_path)
    with Decisions(path) as decisions:
        for number in range(5):
            decisions.log("person", f"{number:032x}")
        assert decisions.verify() is None
        decisions.connection.execute("UPDATE audit SET subject='x' WHERE id=3")
        assert decisions.verify() == 3
    assert "audit chain" in installation.run("index", "check", code=1).out


def test_an_ignored_value_is_hidden_and_counted(installation: Installation) -> None:
    number = fake.cpr(hyphen=True)
    installation.write("a.txt", f"cpr {number}")
    installation.run("scan", installation.files, code=0)
    installation.run("ignore", "add", "--kind", "DK_CPR", stdin=f"{number}\n", code=0)
    lines = installation.run("findings", "--json", code=0).lines
    assert len(lines) == 1
    listed = installation.run("ignore", "list", code=0).out
    assert number not in listed
    installation.run("ignore", "remove", listed.split()[0], code=0)
    assert len(installation.run("findings", "--json", code=0).lines) == 2


def test_a_new_password_opens_what_was_locked(installation: Installation) -> None:
    pyzipper = pytest.importorskip("pyzipper")
    number = fake.cpr()
    path = installation.files / "a.zip"
    with pyzipper.AESZipFile(path, "w", encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(b"sommer2024")
        archive.writestr("a.txt", f"cpr {number}")
    first = installation.run("scan", installation.files, "--json", code=3).lines[0]
    assert first["reasons"] == {"encrypted": 1}
    config = installation.config.read_text().replace(
        "passwords = []", 'passwords = [{env = "DOC_PASSWORDS"}]'
    )
    installation.config.write_text(config)
    os.environ["DOC_PASSWORDS"] = "vinter\nsommer2024"
    try:
        second = installation.run("scan", installation.files, "--json", code=0).lines[0]
    finally:
        del os.environ["DOC_PASSWORDS"]
    assert second["statuses"] == {"read": 1}
    assert len(installation.run("findings", "--json", code=0).lines) == 2


@pytest.mark.long
def test_memory_stays_flat_over_a_million_documents(installation: Installation) -> None:
    import resource

    with run(installation) as place:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for each in place.stale(document(f"{n // 1000}/{n}") for n in range(1_000_000)):
            place.record(read(each, b"same"))
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 200_000  # kilobytes: SQLite's cache is 64 MB of it
    with run(installation) as place:
        documents = (document(f"{n // 1000}/{n}") for n in range(1_000_000))
        assert sum(1 for _ in place.stale(documents)) == 0


def test_doctor_and_check_tell_of_a_wrong_key_and_a_damaged_index(
    installation: Installation,
) -> None:
    for number in range(50):
        installation.write(f"{number}.txt", "\n".join(f"cpr {fake.cpr()}" for _ in range(50)))
    installation.run("scan", installation.files, code=0)
    key = installation.folder / "home" / "fodspor.key"
    held = key.read_text()
    key.write_text("00" * 32)
    assert "another company key" in installation.run("doctor", code=1).out
    key.write_text(held)
    installation.run("index", "compact", code=0)
    damaged = bytearray(installation.index_path.read_bytes())
    for page in range(3, len(damaged) // 4096):
        damaged[page * 4096 + 8 : page * 4096 + 300] = b"\xff" * 292
    installation.index_path.write_bytes(damaged)
    ran = installation.run("index", "check", code=1)
    assert "unexpected" not in ran.err
    assert "unexpected" not in installation.run("doctor", code=1).err
    assert "unexpected" not in installation.run("scan", installation.files, "--full", code=1).err

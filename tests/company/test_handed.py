"""What is handed over is outside data: checked before a row of it is merged, or refused."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scanner.index.schema import MIGRATIONS
from tests.answers.shelf import Doc, cprs
from tests.company.office import Office

VALUES = cprs(2)


@pytest.fixture
def handed(office: Office) -> Path:
    """A sound delivery of one device, not collected yet."""
    anna = office.device("anna")
    anna.scan(Doc("/srv/share/a.txt", VALUES), Doc("/srv/share/b.txt", status="unread"))
    return anna.deliver(office.drop)


def changed(*statements: str) -> Callable[[Path], None]:
    def change(path: Path) -> None:
        connection = sqlite3.connect(path)
        with connection:
            for statement in statements:
                connection.execute(statement)
        connection.close()

    return change


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-5000])


def torn(path: Path) -> None:
    whole = bytearray(path.read_bytes())
    page = int.from_bytes(whole[16:18], "big")
    whole[3 * page : 5 * page] = bytes(2 * page)
    path.write_bytes(whole)


def bad_text(path: Path) -> None:
    changed("UPDATE document SET display=CAST(x'2f73ff2e' AS TEXT)")(path)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        pytest.param(cut, "truncated", id="cut off"),
        pytest.param(torn, "damaged", id="pages without their bytes"),
        pytest.param(lambda path: path.write_bytes(b""), "no index", id="empty"),
        pytest.param(lambda path: path.write_text("hello " * 99), "no index", id="some text"),
        pytest.param(changed("DROP TABLE moved"), "no index", id="a table is missing"),
        pytest.param(
            changed("CREATE TRIGGER t AFTER UPDATE ON document BEGIN DELETE FROM finding; END"),
            "no index",
            id="a trigger that would run when names are sealed anew",
        ),
        pytest.param(
            changed("DROP TABLE moved", "CREATE VIEW moved AS SELECT 1 AS id, 1 AS document"),
            "no index",
            id="a view in a table's place",
        ),
        pytest.param(
            changed("ALTER TABLE finding ADD COLUMN more AS (hex(zeroblob(900000000)))"),
            "no index",
            id="a column that is computed",
        ),
        pytest.param(
            changed(f"PRAGMA user_version={len(MIGRATIONS) + 1}"), "newer", id="a newer version"
        ),
        pytest.param(changed("PRAGMA user_version=0"), "no index", id="no version"),
        pytest.param(
            changed("UPDATE meta SET value='0123456789abcdef' WHERE key='key_id'"),
            "foreign",
            id="another company's key",
        ),
        pytest.param(changed("DELETE FROM meta"), "foreign", id="no key named"),
        pytest.param(
            changed("INSERT INTO meta VALUES ('collected', 'x')"), "centre", id="a centre's own"
        ),
        pytest.param(
            changed("INSERT INTO device(id) VALUES ('a9b0a0a4-0000-4000-8000-000000000000')"),
            "devices",
            id="two devices",
        ),
        pytest.param(changed("DELETE FROM device"), "devices", id="no device"),
        pytest.param(changed("DELETE FROM run"), "no run", id="never scanned"),
        pytest.param(
            changed("UPDATE document SET device='a9b0a0a4-0000-4000-8000-000000000000'"),
            "unsound",
            id="documents of another device",
        ),
        pytest.param(
            changed("UPDATE place SET device='a9b0a0a4-0000-4000-8000-000000000000'"),
            "unsound",
            id="places of another device",
        ),
        pytest.param(changed("UPDATE device SET id='anna'"), "unsound", id="an id that is none"),
        pytest.param(
            changed("UPDATE content SET hash=CAST(hash || 'another device' AS BLOB)"),
            "unsound",
            id="a hash that names another device",
        ),
        pytest.param(
            changed("UPDATE finding SET fingerprint=x'00' WHERE id=1"),
            "unsound",
            id="a short print",
        ),
        pytest.param(
            changed("UPDATE finding SET confidence='sure'"), "unsound", id="a word for a number"
        ),
        pytest.param(
            changed(f"UPDATE finding SET count={2**62}"), "unsound", id="counts beyond any sum"
        ),
        pytest.param(
            changed(f"UPDATE document SET size={2**50}"), "unsound", id="sizes beyond any sum"
        ),
        pytest.param(
            changed("UPDATE finding SET places='x'"), "unsound", id="places that are none"
        ),
        pytest.param(
            changed("UPDATE occurrence SET inner='[\"a\"'"), "unsound", id="names of parts cut off"
        ),
        pytest.param(
            changed("UPDATE run SET counts='[1]'"), "unsound", id="counts that are a list"
        ),
        pytest.param(
            changed("UPDATE document SET status='clean'"), "unsound", id="a status of its own"
        ),
        pytest.param(
            changed("UPDATE document SET readable_by='the thief'"),
            "unsound",
            id="readers of its own",
        ),
        pytest.param(
            changed("UPDATE device SET encryption='surely'"),
            "unsound",
            id="a disk that is neither encrypted nor not",
        ),
        pytest.param(
            changed("UPDATE finding SET kind='DROP TABLE'"), "unsound", id="a kind that is none"
        ),
        pytest.param(bad_text, "unsound", id="text that is none"),
        pytest.param(
            changed("UPDATE run SET started='yesterday'"), "unsound", id="a time that is none"
        ),
        pytest.param(
            changed("UPDATE run SET ended='zzzz'"), "unsound", id="a time that would be the last"
        ),
        pytest.param(
            changed(f"UPDATE finding SET id={2**60} WHERE id=1"), "unsound", id="endless numbers"
        ),
    ],
)
def test_what_is_no_sound_index_is_refused_and_the_others_go_on(
    office: Office, handed: Path, change: Callable[[Path], Any], reason: str
) -> None:
    bo = office.device("bo")
    bo.scan(Doc("/srv/share/b.txt", VALUES))
    bo.deliver(office.drop)
    change(handed)
    lines = {line["file"]: line for line in office.collect(code=3)}
    assert (lines[str(handed)]["what"], lines[str(handed)]["reason"]) == ("refused", reason)
    assert [line["what"] for path, line in lines.items() if path != str(handed)] == ["merged"]
    assert office.sql("SELECT label FROM device") == [("bo",)]
    assert {line["device"] for line in office.centre.ask("findings", "--json").lines} == {"bo"}
    for language in ("en", "da"):
        said = office.centre.ask("collect", str(handed), language=language, code=3).out
        assert said.count("\n") == 1
        assert str(handed) in said
        assert "collect refused" not in said


def test_a_folder_or_a_missing_file_is_told(office: Office, tmp_path: Path) -> None:
    (line,) = office.collect(tmp_path / "missing.db", code=3)
    assert line["reason"] == "unreadable"
    (folder := tmp_path / "empty").mkdir()
    assert office.collect(folder) == []


def test_a_delivery_under_way_is_not_taken(office: Office, handed: Path) -> None:
    shutil.copy(handed, handed.with_name(handed.stem + ".0123.part"))
    assert len(office.collect()) == 1


def test_an_index_of_an_earlier_version_is_brought_up_to_date(office: Office, handed: Path) -> None:
    """As the tables were before anything was collected; the file itself is left as it is."""
    figures = ("document_owner", "document_open", "content_risk", "document_riskiest")
    later = ("document_worst", "name_finding_name")
    changed(
        *(f"DROP TRIGGER document_{name}" for name in ("met", "left", "came", "deleted")),
        "DROP TABLE document_count",
        *(f"DROP INDEX {name}" for name in (*figures, *later)),
        "DROP TABLE delivery",
        "DROP TABLE shared_place",
        "DROP INDEX content_of_one_device",
        "DROP INDEX moved_of_document",
        "ALTER TABLE run DROP COLUMN device",
        "ALTER TABLE place DROP COLUMN unknown_since",
        f"PRAGMA user_version={[each.__name__ for each in MIGRATIONS].index('collected')}",
    )(handed)
    before = handed.read_bytes()
    assert [line["what"] for line in office.collect()] == ["merged"]
    assert handed.read_bytes() == before


def test_a_copy_with_its_journal_is_whole(office: Office) -> None:
    """Somebody copied the index itself, while it was in use."""
    anna = office.device("anna")
    anna.scan(Doc("/srv/share/a.txt", VALUES))
    with anna.opened_for_writing() as index:
        index.connection.execute("PRAGMA wal_autocheckpoint=0")
        index.connection.execute("UPDATE device SET label='in the journal'")
        for ending in ("", "-wal"):
            shutil.copy(anna.path.with_name(anna.path.name + ending), office.drop / f"a.db{ending}")
    assert [line["label"] for line in office.collect()] == ["in the journal"]


def test_the_company_index_is_nobodys_to_scan_into_or_hand_over(
    office: Office, handed: Path
) -> None:
    office.collect()
    text = office.centre.config.read_text("utf-8")
    office.centre.config.write_text(text.replace('"index.db"', '"company.db"'), "utf-8")
    said = office.centre.ask_failing("scan", str(office.drop))
    assert "is collected from many devices and not scanned into" in said
    assert "is a collected index" in office.centre.ask_failing("deliver", str(office.drop))

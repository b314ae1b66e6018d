from __future__ import annotations

import io
import os
import random
import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
import sqlite_utils
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.extract.budget import MEMORY_SPOOL_BYTES, Trouble
from scanner.model import Limits, Place
from tests.extract.parts import Contents, contents
from tests.hostile.drain import drain

SQLITE = "application/vnd.sqlite3"


def database(path: Path, *statements: str | tuple[str, Iterable[Any]]) -> bytes:
    connection = sqlite3.connect(path)
    for statement in statements:
        if isinstance(statement, str):
            connection.execute(statement)
        else:
            connection.executemany(*statement)
    connection.commit()
    connection.close()
    return path.read_bytes()


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., bytes]:
    return lambda *statements: database(tmp_path / "made.sqlite", *statements)


def read_sqlite(raw: bytes, limits: Limits | None = None, folder: str | None = None) -> Contents:
    return contents(raw, SQLITE, limits=limits, folder=folder)


def places(read: Contents, word: str) -> list[tuple[Place, str]]:
    """Where a word stands: the place, and the head of its column."""
    found = []
    for segment in read.segments:
        at = segment.text.find(word)
        while at >= 0:
            key = segment.layout.column(segment.text, at)
            head = segment.layout.header(key) if key is not None else ""
            found.append((segment.layout.place(segment.text, at), head))
            at = segment.text.find(word, at + 1)
    return found


def test_a_value_has_its_table_column_and_row(make: Callable[..., bytes]) -> None:
    raw = make(
        "CREATE TABLE kunder (navn TEXT, cpr TEXT, alder INTEGER, saldo REAL)",
        (
            "INSERT INTO kunder VALUES (?, ?, ?, ?)",
            [("Bo", "x", 1, 1.5), ("Anna\tHolm", "y", 2, 0)],
        ),
        "DELETE FROM kunder WHERE navn = 'Bo'",
    )
    read = read_sqlite(raw)
    assert read.texts == ["Anna Holm\ty\t2\t0.0"]
    assert [segment.rows for segment in read.segments] == [1]
    assert places(read, "y") == [(("table kunder", "column cpr", "row 2"), "cpr")]
    assert not read.problems


def test_tables_written_by_a_library_are_read(tmp_path: Path) -> None:
    made = sqlite_utils.Database(tmp_path / "made.sqlite")
    made["people"].insert_all({"id": n, "name": f"Anna {n}"} for n in range(3))  # type: ignore[union-attr]
    made["people"].enable_fts(["name"])  # type: ignore[union-attr]
    made.close()
    read = read_sqlite((tmp_path / "made.sqlite").read_bytes())
    place = ("table people", "column name", "row 3")
    assert (place, "name") in places(read, "Anna 2")
    assert not read.problems


@pytest.mark.parametrize(
    ("declaration", "place"),
    [
        pytest.param("(k TEXT PRIMARY KEY, v)", ("column v", "row 1"), id="row numbers hidden"),
        pytest.param("(k TEXT PRIMARY KEY, v) WITHOUT ROWID", ("column v", "row 1"), id="none"),
        pytest.param("(rowid TEXT, v)", ("column v", "row 1"), id="a column called rowid"),
        pytest.param("(k INTEGER PRIMARY KEY, v)", ("column v", "row 7"), id="a key is the row"),
    ],
)
def test_row_numbers(make: Callable[..., bytes], declaration: str, place: Place) -> None:
    raw = make(f"CREATE TABLE t {declaration}", "INSERT INTO t VALUES (7, 'Anna')")
    read = read_sqlite(raw)
    assert [found for found, _ in places(read, "Anna")] == [("table t", *place)]


@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16le", "UTF-16be"])
def test_text_in_any_encoding(make: Callable[..., bytes], encoding: str) -> None:
    raw = make(
        f"PRAGMA encoding = '{encoding}'",
        'CREATE TABLE "kunder ""æ" ("navn ø")',
        'INSERT INTO "kunder ""æ" VALUES (\'Åse Ødegård\')',
    )
    read = read_sqlite(raw)
    assert places(read, "Åse Ødegård") == [
        (('table kunder "æ', "column navn ø", "row 1"), "navn ø")
    ]


def test_text_that_is_not_what_the_database_says(make: Callable[..., bytes]) -> None:
    raw = make(
        "CREATE TABLE t (v)",
        ("INSERT INTO t VALUES (CAST(? AS TEXT))", [("Søren Åge".encode("cp1252"),)]),
    )
    assert read_sqlite(raw).texts == ["Søren Åge"]


def test_blobs(make: Callable[..., bytes]) -> None:
    import zipfile

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.txt", "Anna Holm")
    noise = random.Random(1).randbytes(40)
    raw = make(
        "CREATE TABLE t (v)",
        (
            "INSERT INTO t VALUES (?)",
            [
                (b"Anna i en blob",),
                ("Åse i en blob".encode("utf-16-le"),),
                (b"\x01\x02\x00" + noise + b"\x00Birgit Holm\x00\x01\x02" + noise,),
                (buffer.getvalue(),),
                (b"%PDF-1.4 and so on",),
            ],
        ),
    )
    read = read_sqlite(raw)
    assert [place for place, _ in places(read, "Anna i en blob")] == [
        ("table t", "column v", "row 1")
    ]
    assert places(read, "Åse i en blob")
    assert places(read, "Birgit Holm")
    assert read.parts == [
        ("table t column v row 4", buffer.getvalue()),
        ("table t column v row 5", b"%PDF-1.4 and so on"),
    ]


def test_more_blobs_than_parts_are_told_once_and_text_goes_on(make: Callable[..., bytes]) -> None:
    rows = [(b"%PDF-1.4", f"Anna {n}") for n in range(20)]
    raw = make("CREATE TABLE t (b, v)", ("INSERT INTO t VALUES (?, ?)", rows))
    read = read_sqlite(raw, Limits(max_parts=5))
    assert len(read.parts) == 5
    assert [(p.reason, p.detail) for p in read.problems] == [("limit", "max_parts")]
    assert places(read, "Anna 19")


def test_long_cells_and_many_rows_come_in_bounded_segments(make: Callable[..., bytes]) -> None:
    rows = [(n, "x" * 1_000_000 + "Anna" if n == 500 else f"navn {n}") for n in range(40_000)]
    raw = make("CREATE TABLE t (n, v)", ("INSERT INTO t VALUES (?, ?)", rows))
    read = read_sqlite(raw)
    assert max(map(len, read.texts)) < 256 * 1024
    assert sum(segment.rows for segment in read.segments) == 40_000
    assert {place for place, _ in places(read, "Anna")} == {("table t", "column v", "row 501")}
    assert places(read, "39999\tnavn")[0][0] == ("table t", "column n", "row 40000")


def test_a_wide_row_keeps_its_columns(make: Callable[..., bytes]) -> None:
    columns = ", ".join(f"c{n}" for n in range(1990))
    values = ", ".join(["'" + "y" * 400 + "'"] * 1989 + ["'Anna'"])
    raw = make(f"CREATE TABLE t ({columns})", f"INSERT INTO t VALUES ({values})")
    read = read_sqlite(raw)
    assert [place for place, _ in places(read, "Anna")] == [("table t", "column c1989", "row 1")]
    assert max(map(len, read.texts)) < 512 * 1024


def test_large_databases_are_read_from_a_copy_that_goes_away(
    make: Callable[..., bytes], tmp_path: Path
) -> None:
    rows = [(n, os.urandom(700).hex()) for n in range(14_000)]
    raw = make("CREATE TABLE t (n, v)", ("INSERT INTO t VALUES (?, ?)", rows))
    assert len(raw) > MEMORY_SPOOL_BYTES
    folder = tmp_path / "private æ#?%"
    folder.mkdir()
    read = read_sqlite(raw, folder=str(folder))
    assert "\n".join(read.texts).split("\n")[-1] == f"13999\t{rows[-1][1]}"
    assert not list(folder.iterdir())
    assert not read.problems


def test_a_database_in_wal_mode_is_read(tmp_path: Path) -> None:
    raw = database(
        tmp_path / "w.sqlite",
        "PRAGMA journal_mode = WAL",
        "CREATE TABLE t (v)",
        "INSERT INTO t VALUES ('Anna')",
    )
    assert raw[18:20] == b"\x02\x02"
    assert read_sqlite(raw).texts == ["Anna"]


def test_nothing_of_the_database_is_run(make: Callable[..., bytes]) -> None:
    raw = make(
        "CREATE TABLE t (v, loud AS (zeroblob(900000000)), kept AS (v || '!') STORED)",
        "INSERT INTO t VALUES ('Anna')",
        "CREATE VIEW endless AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n)"
        " SELECT x FROM n",
        "CREATE TRIGGER tr AFTER INSERT ON t BEGIN DELETE FROM t; END",
        "CREATE INDEX i ON t (abs(v))",
        "CREATE VIRTUAL TABLE f USING fts5(x)",
        "INSERT INTO f VALUES ('Birgit')",
    )
    read = read_sqlite(raw)
    assert "Anna\tAnna!" in read.texts
    assert places(read, "Birgit")[0][0][0] == "table f_content"
    assert {place[0] for place, _ in places(read, "")} <= {
        "table t", "table f_content", "table f_data", "table f_idx", "table f_docsize",
        "table f_config",
    }  # fmt: skip


def test_a_table_whose_schema_cannot_be_parsed_leaves_the_others(
    make: Callable[..., bytes],
) -> None:
    raw = make(
        "CREATE TABLE t (v)",
        "CREATE TABLE u (v)",
        "INSERT INTO t VALUES ('Anna')",
        "INSERT INTO u VALUES ('Birgit')",
    )
    read = read_sqlite(raw.replace(b"CREATE TABLE t", b"CREATE TABEL t"))
    assert read.texts == ["Birgit"]
    assert {reason for _, reason in read.told} == {"corrupt"}


def test_around_a_damaged_page_rows_are_read_from_both_ends(make: Callable[..., bytes]) -> None:
    rows = [(f"Anna {n}", "x" * 300) for n in range(3000)]
    raw = bytearray(make("CREATE TABLE t (v, w)", ("INSERT INTO t VALUES (?, ?)", rows)))
    at = raw.find(b"Anna 1500") // 4096 * 4096
    raw[at : at + 4096] = b"\xff" * 4096
    read = read_sqlite(bytes(raw))
    text = "\n".join(read.texts)
    assert "Anna 0\t" in text
    assert "Anna 2999\t" in text
    assert text.count("Anna") > 2950
    assert {reason for _, reason in read.told} == {"corrupt"}
    assert places(read, "Anna 2999")[0][0] == ("table t", "column v", "row 3000")


def test_a_cut_database_is_truncated_and_gives_what_is_there(make: Callable[..., bytes]) -> None:
    rows = [(f"Anna {n}", "x" * 300) for n in range(3000)]
    raw = make("CREATE TABLE t (v, w)", ("INSERT INTO t VALUES (?, ?)", rows))
    read = read_sqlite(raw[: len(raw) // 2])
    assert "Anna 0\t" in "\n".join(read.texts)
    assert {reason for _, reason in read.told} == {"truncated"}


def test_a_cell_too_large_for_memory_is_told_and_passed(make: Callable[..., bytes]) -> None:
    raw = make(
        "CREATE TABLE t (v)",
        ("INSERT INTO t VALUES (?)", [("Anna",), ("x" * 3_000_000,), ("Birgit",)]),
    )
    read = read_sqlite(raw, Limits(memory_bytes=8_000_000))
    assert read.texts == ["Anna", "Birgit"]
    assert [(p.reason, p.detail) for p in read.problems] == [("limit", "memory_bytes")]


def test_a_default_that_fills_every_row_counts_as_unpacked(make: Callable[..., bytes]) -> None:
    raw = make(
        "CREATE TABLE t (v)",
        ("INSERT INTO t VALUES (?)", [("",)] * 20_000),
        f"ALTER TABLE t ADD COLUMN w DEFAULT '{'x' * 10_000}'",
    )
    with pytest.raises(Trouble, match=r"^limit"):
        read_sqlite(raw, Limits(max_unpacked_bytes=20_000_000))


def test_a_database_in_an_archive_is_read(make: Callable[..., bytes]) -> None:
    import gzip

    raw = make("CREATE TABLE t (v)", "INSERT INTO t VALUES ('Anna Holm')")
    seen = drain(gzip.compress(raw), "data.sqlite.gz", wanted=["Anna Holm"])
    assert seen.found == {"Anna Holm": 1}
    assert seen.places["Anna Holm"] == ("table t", "column v", "row 1")


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_flipped_bytes_end_in_rows_or_trouble(data: st.DataObject) -> None:
    raw = bytearray(SMALL)
    for _ in range(data.draw(st.integers(1, 6))):
        raw[data.draw(st.integers(16, len(raw) - 1))] = data.draw(st.integers(0, 255))
    try:
        read_sqlite(bytes(raw), Limits(max_unpacked_bytes=50_000_000))
    except Trouble as trouble:
        assert trouble.reason in ("corrupt", "truncated", "limit")


def _small() -> bytes:
    with sqlite3.connect(":memory:") as connection:
        connection.execute("PRAGMA page_size = 512")
        connection.execute("CREATE TABLE t (v, w)")
        connection.executemany("INSERT INTO t VALUES (?, ?)", [("Anna", n) for n in range(200)])
        connection.commit()
        return connection.serialize()


SMALL = _small()

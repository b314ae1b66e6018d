"""What `fodspor findings` answers: the lines, the filters, and what it hides."""

from __future__ import annotations

import csv
import io
import json
import random
import re
import tracemalloc
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scanner.answers.filters import Filters
from scanner.answers.findings import COLUMNS, Search
from scanner.answers.moments import age
from scanner.demo import fake
from scanner.index.store import Index
from scanner.messages import words
from tests.answers.shelf import DEVICE, Doc, Shelf, Value, cprs

RNG = random.Random(11)
CPR, OTHER, FAINT = cprs(3, seed=5)
MAIL = Value("EMAIL_ADDRESS", fake.email(RNG), 0.85, ("address",), ("header", "From"))
PHONE = Value("PHONE_NUMBER", f"+45{fake.phone(random.Random(12))}", 0.45, ("number",))
OLD = datetime(2019, 3, 1, tzinfo=UTC)

DOCS = (
    Doc("/srv/share/salg/kunder.xlsx", (CPR, MAIL, PHONE), owner="anna"),
    Doc("/srv/share/salg/gammel.txt", (OTHER,), owner="bo", modified=OLD),
    Doc("/srv/share/hr/pakke.zip", parts={("løn.csv",): cprs(40, seed=9)}, owner=None),
    Doc("/srv/share/hr/delvis.pdf", (MAIL,), status="partial", reason="truncated", owner="anna"),
    Doc("/srv/share/tom.txt"),
)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    made = Shelf(tmp_path_factory.mktemp("findings"), places=("share", "mail"))
    made.run(DOCS)
    made.run([Doc("/srv/mail/brev.eml", (OTHER,), owner="anna")], place="mail", device="device-2")
    made.sql("UPDATE run SET started='2026-02-01T00:00:00+00:00' WHERE place=1")
    return made


def names(shelf: Shelf, *arguments: str) -> set[tuple[str, str]]:
    """Return the file name and kind of each line."""
    lines = shelf.ask("findings", "--json", *arguments).lines
    return {(line["path"].rpartition("/")[2], line["kind"]) for line in lines}


def test_a_json_line_is_the_contract(shelf: Shelf) -> None:
    told = shelf.ask("findings", "--json", "--kind", "DK_CPR", "--place", "mail")
    (line,) = told.lines
    assert tuple(line) == COLUMNS
    seen = {key: value for key, value in line.items() if key not in ("id", "first_seen", "read_at")}
    assert seen == {
        "kind": "DK_CPR",
        "masked": f"{OTHER.value[:4]}••-••••",
        "confidence": 0.95,
        "why": "its word stands near it",
        "risk": "medium",
        "count": 1,
        "device": "device-2",
        "place": "mail",
        "owner": "anna",
        "department": None,
        "path": "/srv/mail/brev.eml",
        "inner_path": "",
        "where": ["line 1"],
        "status": "read",
        "modified": "2026-01-01T00:00:00+00:00",
        "verdict": None,
        "manager": None,
        "readable_by": None,
    }
    assert told.coverage["documents"] == 1


KUNDER_CPR, KUNDER_MAIL = ("kunder.xlsx", "DK_CPR"), ("kunder.xlsx", "EMAIL_ADDRESS")
GAMMEL, BREV = ("gammel.txt", "DK_CPR"), ("brev.eml", "DK_CPR")
PAKKE, DELVIS = ("pakke.zip", "DK_CPR"), ("delvis.pdf", "EMAIL_ADDRESS")
PHONE_LINE = ("kunder.xlsx", "PHONE_NUMBER")
ALL = {KUNDER_CPR, KUNDER_MAIL, GAMMEL, BREV, PAKKE, DELVIS}


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        pytest.param("", ALL, id="everything likely"),
        pytest.param("--maybe", ALL | {("kunder.xlsx", "PHONE_NUMBER")}, id="what is possible too"),
        pytest.param(
            "--confidence 0.9", {KUNDER_CPR, GAMMEL, BREV, PAKKE}, id="a border of one's own"
        ),
        pytest.param("--kind EMAIL_ADDRESS", {KUNDER_MAIL, DELVIS}, id="kind by its name"),
        pytest.param("--kind e-mail", {KUNDER_MAIL, DELVIS}, id="kind as people say it"),
        pytest.param("--kind cpr --kind mail", ALL, id="several kinds"),
        pytest.param("--owner bo", {GAMMEL}, id="owner"),
        pytest.param("--owner BO", {GAMMEL}, id="owner in capitals"),
        pytest.param("--owner none", {PAKKE}, id="no owner"),
        pytest.param("--owner nobody", {PAKKE}, id="no owner as English tables say it"),
        pytest.param("--owner uden*ansvarlig", {PAKKE}, id="no owner as Danish tables say it"),
        pytest.param("--owner No*Owner", {PAKKE}, id="no owner as paragraphs say it"),
        pytest.param("--owner none --owner bo", {PAKKE, GAMMEL}, id="none or one"),
        pytest.param("--kind E-mails", {KUNDER_MAIL, DELVIS}, id="kind in the plural"),
        pytest.param("--kind CPR-nummer", ALL - {KUNDER_MAIL, DELVIS}, id="kind in Danish"),
        pytest.param("--kind cpr*numbers", ALL - {KUNDER_MAIL, DELVIS}, id="kind in English"),
        pytest.param("--kind dk-cpr", ALL - {KUNDER_MAIL, DELVIS}, id="code with a hyphen"),
        pytest.param("--kind Telefonnummer --maybe", {PHONE_LINE}, id="telephone in Danish"),
        pytest.param("--kind tlf. --maybe", {PHONE_LINE}, id="telephone, short"),
        pytest.param("--place mail", {BREV}, id="place"),
        pytest.param("--device LAPTOP-7", ALL - {BREV}, id="device by label"),
        pytest.param("--device device-2", {BREV}, id="device by id"),
        pytest.param("--path *.xlsx", {KUNDER_CPR, KUNDER_MAIL}, id="a name"),
        pytest.param("--path salg", {KUNDER_CPR, KUNDER_MAIL, GAMMEL}, id="a folder's name"),
        pytest.param("--path salg/*.txt", {GAMMEL}, id="a folder and a name"),
        pytest.param("--path share/**", ALL - {BREV}, id="all below a folder"),
        pytest.param("--path /srv/mail/**", {BREV}, id="an absolute path"),
        pytest.param("--path alg", set(), id="a piece of a name is none"),
        pytest.param("--risk high", {PAKKE}, id="high risk and above"),
        pytest.param("--risk medium", ALL - {DELVIS}, id="medium risk and above"),
        pytest.param("--status partial", {DELVIS}, id="status"),
        pytest.param("--age 2y", {GAMMEL}, id="a bare span is older"),
        pytest.param("--age >2y", {GAMMEL}, id="older"),
        pytest.param("--age <2y", ALL - {GAMMEL}, id="younger"),
        pytest.param("--since 2026-03-01", {BREV}, id="first seen since a date"),
        pytest.param("--since 01-01-2026", ALL, id="a date as Danes write it"),
        pytest.param("--kind cpr --owner anna --place share", {KUNDER_CPR}, id="all together"),
    ],
)
def test_filters(shelf: Shelf, arguments: str, expected: set[tuple[str, str]]) -> None:
    assert names(shelf, *split(arguments)) == expected


def split(arguments: str) -> list[str]:
    """Return the arguments of a row; a star between letters is a blank inside one."""
    return [re.sub(r"(?<=[a-zA-Z])\*(?=[a-zA-Z])", " ", word) for word in arguments.split()]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        pytest.param("--kind cprr", "near it: DK_CPR (cpr)", id="near kind"),
        pytest.param("--kind telefonnumer", "PHONE_NUMBER (tel)", id="near kind in Danish"),
        pytest.param("--kind xyzzy", "CREDIT_CARD (card)", id="no kind at all"),
        pytest.param("--owner ana", "near it: anna; ", id="near owner"),
        pytest.param("--owner xyzzy", "'fodspor report overview' lists them", id="no owner near"),
        pytest.param("--place nowhere", "known: mail, share", id="known places"),
        pytest.param("--device x", "LAPTOP-7", id="known devices"),
        pytest.param("--age soon", "no span", id="age"),
        pytest.param("--since 2026-02-30", "calendar", id="since"),
        pytest.param("--path /", "names nothing", id="empty glob"),
        pytest.param("--json --csv", "exclude each other", id="two formats"),
        pytest.param("--maybe --confidence 0.5", "exclude each other", id="two borders"),
    ],
)
def test_a_wrong_filter_says_what_to_do(shelf: Shelf, arguments: str, says: str) -> None:
    assert says in shelf.ask("findings", *arguments.split(), code=2).err


@pytest.mark.parametrize("option", ["--kind", "--owner"])
def test_what_was_typed_is_not_repeated(shelf: Shelf, option: str) -> None:
    typed = f"{OTHER.value[:6]}-{OTHER.value[6:]}"
    told = shelf.ask("findings", option, typed, code=2)
    assert typed not in told.err + told.out


def test_an_owner_is_found_in_any_case_and_a_real_name_wins(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.run(
        [
            Doc("/srv/share/a.txt", (CPR,), owner="ØRSTED Å"),
            Doc("/srv/share/b.txt", (CPR,), owner="Ingen"),
            Doc("/srv/share/c.txt", (CPR,)),
        ]
    )
    assert names(shelf, "--owner", "ørsted  å") == {("a.txt", "DK_CPR")}
    assert names(shelf, "--owner", "ingen") == {("b.txt", "DK_CPR")}
    assert names(shelf, "--owner", "none") == {("c.txt", "DK_CPR")}


def ids(opened: Any, **asked: Any) -> Counter[str]:
    search = Search(opened, Filters(**asked))
    return Counter(line["id"] for line in search.lines(words("en")))


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    days=st.integers(0, 4000),
    other=st.fixed_dictionaries(
        {},
        optional={
            "kinds": st.sampled_from([(), ("DK_CPR",), ("EMAIL_ADDRESS",)]),
            "confidence": st.sampled_from([0.4, 0.6, 0.9]),
            "owners": st.sampled_from([(), ("anna",), ("none",)]),
            "risk": st.sampled_from(["low", "medium"]),
            "places": st.sampled_from([(), (1,), (2,)]),
        },
    ),
)
def test_filters_partition(shelf: Shelf, days: int, other: dict[str, Any]) -> None:
    """Whatever else is asked: each finding is on one side of each border, and on no other."""
    moment = datetime(2026, 6, 1, tzinfo=UTC)
    span = f"{days}d"
    with shelf.opened() as opened:
        whole = ids(opened, **other)
        sides: list[list[dict[str, Any]]] = [
            [{"age": age(f">{span}", moment)}, {"age": age(f"<{span}", moment)}],
            [{"statuses": (status,)} for status in ("read", "partial", "unread", "no_text")],
            [{"devices": (DEVICE,)}, {"devices": ("device-2",)}],
        ]
        if "owners" not in other:
            sides.append([{"owners": (owner,)} for owner in ("anna", "bo", "none")])
        if "kinds" not in other:
            sides.append([{"kinds": (k,)} for k in ("DK_CPR", "EMAIL_ADDRESS", "PHONE_NUMBER")])
        for parts in sides:
            counted: Counter[str] = Counter()
            for part in parts:
                counted += ids(opened, **{**other, **part})
            assert counted == whole
        stricter = ids(opened, **{**other, "risk": "high"})
        assert stricter <= whole


def test_riskiest_documents_come_first_and_each_once(shelf: Shelf) -> None:
    out = shelf.ask("findings").out
    rows = [line for line in out.split("\n\n")[0].splitlines()[1:] if line]
    assert "pakke.zip" in rows[0]
    assert len(rows) == 5
    assert "CPR number 40" in rows[0]


def test_a_table_says_how_many_more_there_are(shelf: Shelf) -> None:
    out = shelf.ask("findings", "--limit", "2").out
    assert "The first 2 of 5 documents" in out
    assert "The first" not in shelf.ask("findings", "--limit", "0").out


def test_each_finding_has_a_paragraph_in_words(shelf: Shelf) -> None:
    out = shelf.ask("findings", "--each", "--owner", "bo", language="da").out
    assert "share: salg/gammel.txt" in out
    assert "share: i /srv (LAPTOP-7)" in shelf.ask("findings", "--each", language="da").out
    assert "CPR-nummer" in out
    assert "sikker 0,95" in out
    assert "linje 1" in out
    assert "ændret 01-03-2019" in out


def test_an_ignored_value_is_hidden_everywhere_and_counted(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.run([Doc("/srv/share/a.txt", (CPR, OTHER)), Doc("/srv/share/b.txt", (CPR,))])
    shelf.ignore(CPR)
    told = shelf.ask("findings", "--json")
    assert [line["masked"][:4] for line in told.lines] == [OTHER.value[:4]]
    assert told.coverage["ignored"] == {"values": 1, "findings": 2}
    assert "b.txt" not in shelf.ask("findings").out
    (kind,) = [line for line in shelf.ask("report", "overview", "--json").lines if "kind" in line]
    assert (kind["values"], kind["documents"]) == (1, 1)


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        pytest.param({}, "false alarm", id="holds everywhere"),
        pytest.param({"document": 1}, "false alarm", id="holds for the document"),
        pytest.param({"document": 2}, None, id="another document"),
        pytest.param({"until": "2020-01-01"}, None, id="its term is over"),
        pytest.param({"until": "2999-01-01"}, "false alarm", id="its term is not over"),
        pytest.param({"undone": "2026-01-02T00:00:00+00:00"}, None, id="undone"),
    ],
)
def test_a_verdict_is_told_while_it_holds(
    tmp_path: Path, columns: dict[str, Any], expected: str | None
) -> None:
    shelf = Shelf(tmp_path)
    shelf.run([Doc("/srv/share/a.txt", (CPR,))])
    shelf.decide(CPR, "false alarm", **columns)
    assert [line["verdict"] for line in shelf.ask("findings", "--json").lines] == [expected]


def test_a_value_in_a_name_is_a_finding_and_stands_nowhere(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    written = f"{CPR.value[:6]}-{CPR.value[6:]}"
    shelf.run([Doc(f"/srv/share/{written}/brev {written}.txt")])
    told = shelf.ask("findings", "--json")
    assert {tuple(line["where"]) for line in told.lines} == {("name",)}
    assert f"brev {CPR.value[:4]}••-••••.txt" in told.lines[0]["path"]
    assert written not in told.out


def test_a_path_filter_opens_sealed_names_while_the_key_is_at_hand(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    written = f"{CPR.value[:6]}-{CPR.value[6:]}"
    shelf.run([Doc(f"/srv/share/brev {written}.txt", (OTHER,))])
    assert shelf.ask("findings", "--json", "--path", f"*{written}*").lines
    (shelf.folder / "fodspor.key").unlink()
    assert not shelf.ask("findings", "--json", "--path", f"*{written}*").lines
    assert shelf.ask("findings", "--json", "--path", f"brev {CPR.value[:4]}*").lines


def test_what_is_gone_is_told_only_when_asked_for(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.run([Doc("/srv/share/a.txt", (CPR,)), Doc("/srv/share/b.txt", (OTHER,))])
    shelf.run([Doc("/srv/share/b.txt", (OTHER,))])
    assert names(shelf) == {("b.txt", "DK_CPR")}
    assert names(shelf, "--status", "gone") == {("a.txt", "DK_CPR")}


def test_a_copy_is_first_seen_when_it_came(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    first = Doc("/srv/share/a.txt", (CPR,), content="list")
    shelf.run([first])
    shelf.sql("UPDATE run SET started='2026-01-05T00:00:00+00:00'")
    shelf.run([first, Doc("/srv/share/copy.txt", (CPR,), content="list")])
    assert names(shelf, "--since", "2026-02-01") == {("copy.txt", "DK_CPR")}


def test_csv_has_the_same_columns_and_no_formula(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.run(
        [
            Doc("=cmd|' /C calc'!A1", (CPR,), owner="+bo"),
            Doc('/srv/share/a,"b".txt', parts={("@SUM(A1).csv",): (MAIL,)}, owner="-2"),
            Doc("/srv/share/c.txt", (replace_where(CPR, ("=1+1", "B2")),), owner="\t=1"),
        ]
    )
    told = shelf.ask("findings", "--csv")
    rows = list(csv.DictReader(io.StringIO(told.out)))
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == 3
    for row in rows:
        for value in row.values():
            assert not value.lstrip().startswith(("=", "+", "-", "@"))
    assert "'=cmd|' /C calc'!A1" in {row["path"] for row in rows}
    assert "documents" in told.err


def replace_where(value: Value, where: tuple[str, ...]) -> Value:
    return Value(value.kind, value.value, value.confidence, value.evidence, where)


def test_a_kind_nobody_looked_for_is_no_complete_answer(shelf: Shelf) -> None:
    told = shelf.ask("findings", "--kind", "health")
    assert "Asked for, but not looked for: possible health data." in told.out
    assert "The answer is not complete." in told.out
    coverage = shelf.ask("findings", "--kind", "health", "--json").coverage
    assert coverage["asked_but_not_looked_for"] == ["HEALTH"]


def test_lines_come_one_at_a_time(tmp_path: Path) -> None:
    """A million findings are never held: memory does not grow with their number."""
    shelf = Shelf(tmp_path)
    shelf.run([Doc("/srv/share/a.csv", (CPR,))])
    with Index(shelf.path) as index:
        index.connection.execute(
            "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM n WHERE x<30000)"
            " INSERT INTO finding(content, kind, fingerprint, masked, confidence, evidence, count,"
            " places, first_run) SELECT content, kind, randomblob(16), masked, confidence,"
            " evidence, count, places, first_run FROM finding, n"
        )
    with shelf.opened() as opened:
        lines = Search(opened, Filters()).lines(words("en"))
        next(lines)
        tracemalloc.start()
        number = sum(1 for _ in lines)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert number == 30_000
    assert peak < 500_000


def test_json_ends_with_its_coverage_even_when_there_is_nothing(shelf: Shelf) -> None:
    out = shelf.ask("findings", "--json", "--age", ">90y").out
    assert list(json.loads(out)) == ["coverage"]


def test_answers_change_nothing_in_the_index(shelf: Shelf) -> None:
    before = shelf.path.read_bytes()
    for command in ("findings", "report overview", "report copies", "report risk"):
        shelf.ask(*command.split())
    assert shelf.path.read_bytes() == before


def test_modified_borders_meet_without_a_gap() -> None:
    moment = datetime(2026, 6, 1, tzinfo=UTC)
    older, younger = age(">30d", moment), age("<30d", moment)
    assert older.border == younger.border == (moment - timedelta(days=30)).isoformat()

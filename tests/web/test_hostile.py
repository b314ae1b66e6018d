"""Names that attack who looks at them: in our pages, in Datasette's, and in what is exported."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import pytest

from scanner.index.store import Decisions, decisions_path
from scanner.web.page import DATA
from scanner.web.reply import Form, Refused
from scanner.web.safe_csv import SafeCsv
from tests.answers.shelf import Doc, Shelf, cprs
from tests.web.served import Served, serving

NAMES = (
    "<img src=x onerror=alert(1)>.xlsx",
    '"><script>alert(1)</script>.xlsx',
    "{{ 7 * 7 }}{% raw %}.xlsx",
    "javascript:alert(1).xlsx",
    "line\nbreak\r\nSet-Cookie: a=b.xlsx",
    "\u202excod.exe\u2066\u200f.xlsx",
    "=cmd|'/c calc'!A1.xlsx",
    "'; DROP TABLE document; --.xlsx",
    "..\u2215..\u2215etc\u2215passwd",
)


@pytest.fixture
def attacked(tmp_path: Path) -> Iterator[Served]:
    shelf = Shelf(tmp_path / "home")
    shelf.run(
        Doc(f"/srv/share/{name}", cprs(30, seed=at), owner=name, content=f"{at // 2}")
        for at, name in enumerate(NAMES)
    )
    shelf.sql("UPDATE document SET readable_by='everyone'")
    shelf.sql("UPDATE place SET name=?", "<b>share</b>\u202e")
    shelf.sql("UPDATE device SET label=?", "<i>PC</i>\n")
    for name in NAMES:
        shelf.sql(
            "INSERT INTO employee(account, name, department, left_on) VALUES (?,?,?,'yes')",
            *(name, f"{name} name", f"{name} department"),
        )
    with serving(shelf.config, shelf.path) as site:
        yield site


PAGES = (
    *("/overview", "/overview/list", "/overview/open", "/overview/leavers", "/overview/copies"),
    *(f"/numbers?by={by}" for by in ("kind", "place", "device", "department")),
)


@pytest.mark.parametrize("language", ["da", "en"])
def test_a_name_is_only_text_on_our_pages(attacked: Served, language: str) -> None:
    officer = attacked.as_("compliance", language=language)
    met = ""
    for path in PAGES:
        page = officer.get(path)
        assert page.status_code == 200, path
        met += page.text
        assert not re.search(r"<(script|img|b|i)\b", page.text), path
        assert not re.search(r"[\u202a-\u202e\u2066-\u2069\u200e\u200f]", page.text), path
        assert "49" not in re.findall(r"\S+\.xlsx", page.text), path
        assert 'href="javascript' not in page.text
    assert "&lt;img src=x onerror=alert(1)&gt;" in met
    assert "&lt;b&gt;share" in met


@pytest.mark.parametrize(
    "path",
    [
        "/overview/../../etc/passwd",
        "/static/../templates/base.html",
        "/static/..%2f..%2frights.py",
        "/static/fodspor.css",
        "/overview/list%0d%0aset-cookie:a=b",
        "/overview/list\\..\\..",
        "//evil.example/overview",
        "/%2e%2e/overview",
        "/overview;x=1",
        "/OVERVIEW",
        "/data",
        "/data/..%2foverview",
        "/-/fodspor/overview",
        "/data/-/fodspor/overview",
        "/data/../overview",
        "/data//evil.example/",
        "/data/\\evil.example/",
        "/data/index%2f/",
        "/data/index/",
        "/æ",
    ],
)
def test_a_path_that_is_none_leads_nowhere(served: Served, path: str) -> None:
    officer = served.as_("compliance", grants=("sql",))
    told = officer.get(path)
    assert told.status_code in (404, 302) or told.url.path == "/overview", path
    assert "root:" not in told.text
    assert "set-cookie" not in told.headers
    assert told.headers.get("location", DATA).startswith(DATA)


@pytest.mark.parametrize(
    "query",
    [
        "by=' OR 1=1 --",
        "by=kind' UNION SELECT hash FROM account --",
        "by=%00",
        "by=" + "a" * 5000,
        "&".join(f"a{n}=1" for n in range(1000)),
    ],
)
def test_a_query_is_no_sql(served: Served, query: str) -> None:
    told = served.as_("compliance").get(f"/numbers?{query}")
    assert told.status_code in (400, 404)


def test_a_large_body_is_refused(served: Served) -> None:
    told = served.as_("compliance").send(
        "POST",
        "/language",
        content=b"csrf=x&" + b"a" * 1_000_001,
        headers={"content-type": "application/x-www-form-urlencoded"},
    )
    assert told.status_code == 413


def test_datasettes_pages_work_under_their_own_path(attacked: Served) -> None:
    officer = attacked.as_("compliance", grants=("sql",))
    met = 0
    for page in ("/data/", "/data/index", "/data/index/document", "/data/index?sql=select+1"):
        told = officer.get(page)
        assert "<img src=x" not in told.text and "<script>alert" not in told.text
        for link in set(re.findall(r'(?:href|src|action)="([^"#]+)"', told.text)):
            address = urljoin(f"http://127.0.0.1:8011{page}", link.replace("&amp;", "&"))
            if address.startswith("http://127.0.0.1:8011"):
                met += 1
                assert officer.get(address).status_code == 200, address
    assert met > 30


def test_sql_cannot_write_nor_reach_other_files(attacked: Served) -> None:
    officer = attacked.as_("compliance", grants=("sql",))
    for sql in (
        "delete from document",
        "attach 'x' as y",
        "pragma writable_schema=1",
        "select * from account",
        "select load_extension('x')",
        "select writefile('x','y')",
    ):
        told = officer.get(f"{DATA}index.json", params={"sql": sql})
        assert told.status_code == 400, sql
    for path in ("index.db", "_internal", "index-web", "-/threads.json", "-/auth-token"):
        assert officer.get(f"{DATA}{path}").status_code in (403, 404), path


def test_sql_is_logged_as_typed_with_its_numbers_masked(attacked: Served) -> None:
    officer = attacked.as_("compliance", name="anna", grants=("sql",))
    officer.get(f"{DATA}index.json", params={"sql": "select '010190-0000', 'anna@firma.dk'"})
    officer.get(f"{DATA}index/document?display__contains=010190-0000")
    with Decisions(decisions_path(attacked.site.index)) as decisions:
        lines = [line for line in decisions.lines(10) if line.who == "anna"][1:]
    assert [line.action for line in lines] == ["sql", "table"]
    assert lines[0].detail == "select '••••••-••••', '••@••'"
    assert "010190" not in "".join(line.detail for line in lines)


def test_no_exported_cell_is_a_formula(attacked: Served) -> None:
    officer = attacked.as_("compliance", grants=("sql",))
    for path in (
        "index/document.csv?_stream=1",
        "index/document.csv?_dl=1",
        "index.csv?sql=select+display,owner,%27-1%2b1%27,-5+from+document",
    ):
        told = officer.get(f"{DATA}{path}")
        assert told.status_code == 200, path
        rows = list(csv.reader(io.StringIO(told.text, newline="")))
        assert len(rows) == len(NAMES) + 1, path
        cells = [each for row in rows for each in row]
        assert [c for c in cells if c.startswith(("=", "@", "+"))] == []
        assert any(c.startswith("'=cmd") for c in cells)
    assert "-5" in cells and "'-1+1" in cells


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_csv_in_pieces(size: int) -> None:
    text = 'a,b\r\n"=1,\n2",-5\r\n"x ""=y""",æ'.encode()
    safe = SafeCsv()
    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    done = b"".join([*(safe.feed(each) for each in pieces), safe.feed(b"", last=True)])
    rows = list(csv.reader(io.StringIO(done.decode(), newline="")))
    assert rows == [["a", "b"], ["'=1, 2", "-5"], ['x "=y"', "æ"]]


def test_a_form_hides_what_is_in_it() -> None:
    form = Form("cpr=0101900000&n=12&m=1&m=&m=2")
    assert repr(form) == "Form(3 fields)"
    assert (form.one("cpr"), form.number("n"), form.many("m")) == ("0101900000", 12, ("1", "2"))
    for bad in ("n=-1", "n=1e9", "n=٣", "n=" + "9" * 20):
        with pytest.raises(Refused):
            Form(bad).number("n")

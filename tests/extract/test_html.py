"""HTML gives all its text, broken or not; data tables keep their columns."""

from __future__ import annotations

import io
import random
import time
from html import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.demo import fake
from scanner.extract import html as html_reader
from scanner.extract.html import page
from scanner.extract.html_strip import strip_tags, stripped
from tests.extract.soffice import converted
from tests.extract.told import Told, told

RNG = random.Random(14)


def read(text: str, codec: str = "utf-8") -> Told:
    return told("html", text.encode(codec), "a.html", "text/html")


def streamed(text: str) -> str:
    return "".join(stripped([text]))


@pytest.mark.parametrize(
    ("source", "text"),
    [
        pytest.param("<p>A<p>B", "A\nB\n", id="paragraphs"),
        pytest.param("a<br>b<div>c</div>d", "a\nb\nc\nd\n", id="lines"),
        pytest.param("<b>01</b><i>02</i>-3", "0102-3\n", id="digits split over elements"),
        pytest.param("S&oslash;ren &#198;r&#xf8;&nbsp;x", "Søren Ærø\xa0x\n", id="entities"),
        pytest.param("a\n  b\n c", "a b c\n", id="blanks are one"),
        pytest.param("<pre>a\nb</pre>", "a\nb\n", id="but not in pre"),
        pytest.param("<table><tr><td>Navn:<td>Anna</table>", "Navn:\tAnna\n", id="cells in a line"),
        pytest.param("<td>Anna<td>Holm", "AnnaHolm\n", id="cells without a table are no cells"),
        pytest.param(
            "<table><tr><td>a<table><tr><td>b<td>c</table>d</table>",
            "a\nb\tc\nd\n",
            id="nested tables",
        ),
    ],
)
def test_text_by_lines(source: str, text: str) -> None:
    assert read(source).text == text


VALUE = "VALUE-1"


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("<p>x<td>{}", id="cell outside a table"),
        pytest.param("<table><tr><td>a<p><b>{}", id="nothing is closed"),
        pytest.param("<table>{}<tr><td>a</table>", id="text between rows"),
        pytest.param("<table><caption>{}</caption><tr><td>a</table>", id="caption"),
        pytest.param("</div></p>{}</html> x", id="closing what is not open"),
        pytest.param("<html></html>{}", id="behind the end"),
        pytest.param("<head><title>{}</title></head>", id="title"),
        pytest.param("<!-- {} -->", id="comment"),
        pytest.param("<!-- {}", id="comment that never ends"),
        pytest.param("<!--[if mso]><p>{}</p><![endif]-->", id="conditional comment"),
        pytest.param("<script>var kunde = '{}';</script>", id="script"),
        pytest.param("<style>/* {} */</style>", id="style"),
        pytest.param("<p style='display:none'>{}</p>", id="hidden"),
        pytest.param("<template><p>{}</p></template>", id="template"),
        pytest.param("<noscript><p>{}</p></noscript>", id="noscript"),
        pytest.param("<textarea>{}</textarea>", id="form text"),
        pytest.param("<select><option>{}</select>", id="option"),
        pytest.param("<svg><text>{}</text></svg>", id="drawing"),
        pytest.param("<svg><![CDATA[{}]]></svg>", id="cdata"),
        pytest.param("<iframe><p>{}</p></iframe>", id="inside a frame"),
        pytest.param("<frameset><p>{}</p></frameset>", id="frameset"),
        pytest.param("<a href='mailto:{}?subject=x'>skriv</a>", id="mail link"),
        pytest.param("<a href='tel:{}'>ring</a>", id="telephone link"),
        pytest.param("<a href='https://x.example/?cpr={}&b=1'>se</a>", id="question of a link"),
        pytest.param("<img alt='{}'>", id="alternative text"),
        pytest.param('<p title="{}">x</p>', id="title of a paragraph"),
        pytest.param("<input type=hidden name=cpr value='{}'>", id="hidden form value"),
        pytest.param("<meta name=author content='{}'>", id="meta"),
        pytest.param("<div data-kunde='{}'>x</div>", id="data of scripts"),
        pytest.param("<button onclick=\"vis('{}')\">x</button>", id="argument of a click"),
        pytest.param("<p>x</p><a title={}", id="a tag that the file's end cuts off"),
        pytest.param("<tr><td>{}</tr>", id="row without a table"),
        pytest.param("<p>" * 3000 + "{}", id="three thousand open paragraphs"),
        pytest.param("<div>" * 3000 + "{}", id="three thousand open divisions"),
        pytest.param("\0<p>{}\0", id="null bytes"),
        pytest.param("1 < 2 og {} > 3", id="signs that are no tags"),
        pytest.param("<æ>{}</æ>", id="tags that are none"),
    ],
)
def test_nothing_is_lost(source: str) -> None:
    text = source.replace("{}", VALUE)
    assert VALUE in read(text).text
    assert VALUE in streamed(text)


def test_a_link_that_its_text_repeats_counts_once() -> None:
    address = fake.email(RNG)
    seen = read(f"<a href='mailto:{address}'>{address}</a>")
    assert seen.text.count(address) == 1


def rows(count: int) -> list[tuple[str, str]]:
    return [(fake.name(RNG), fake.cpr(RNG, hyphen=True)) for _ in range(count)]


def test_a_data_table_keeps_its_heads_and_rows() -> None:
    people = rows(600)
    body = "".join(f"<tr><td>{escape(n)}<td><b>{c[:6]}</b>{c[6:]}</tr>" for n, c in people)
    seen = read(f"<p>Liste</p><table><tr><th>Navn<th>CPR</tr>{body}</table><p>Slut</p>")
    for number, (_, cpr) in enumerate(people, start=2):
        assert seen.places(cpr) == [("table 1", f"row {number}")]
        assert seen.headers(cpr) == ["CPR"]
    assert seen.places("Slut") == [("line 603",)]


def test_a_layout_table_is_text() -> None:
    people = rows(5)
    inner = "".join(f"<tr><td>{n}<td>{c}</tr>" for n, c in people)
    outer = "<tr><td>a<td>b</tr>" * 5
    seen = read(f"<table>{outer}<tr><td><table>{inner}</table></td></tr></table>")
    for _, cpr in people:
        assert seen.places(cpr)[0][0] in ("table 1", "line 8", "line 9")
    assert seen.text.count("a\tb") == 5


@pytest.mark.parametrize(
    ("source", "codec"),
    [
        pytest.param("<p>Søren Ærø", "utf-8", id="undeclared UTF-8"),
        pytest.param("<p>Søren Ærø", "cp1252", id="undeclared Windows"),
        pytest.param("<meta charset=iso-8859-1><p>Søren Ærø", "utf-8", id="a lie"),
        pytest.param("<meta charset='iso-8859-2'><p>Łódź", "iso-8859-2", id="Polish, declared"),
        pytest.param("<p>Søren Ærø", "utf-16", id="UTF-16"),
    ],
)
def test_charsets(source: str, codec: str) -> None:
    assert source.rpartition(">")[2] in read(source, codec).text


words = st.text("abæ1 ", min_size=1, max_size=8)
TAGS = (
    "<p> </p> <b> </b> <div> </div> <table> </table> <tr> </tr> <td> </td> <br> <ul> <li> <select>"
    " <option> <a> </a> <pre> </pre> <form> <svg> </svg> <math> <template> </template>"
)
tags = st.sampled_from(TAGS.split())


@given(st.lists(st.tuples(tags, words), max_size=30))
@settings(max_examples=100, deadline=None)
def test_no_letter_of_a_tag_soup_is_lost(soup: list[tuple[str, str]]) -> None:
    source = "".join(tag + word for tag, word in soup)
    letters = sorted("".join(word for _, word in soup).replace(" ", ""))
    told_text = "".join(segment.text for segment in page(source))
    found = sorted(told_text.replace("template", "").translate(dict.fromkeys(b" \t\n")))
    if "<template>" in source:  # what a template holds is given by its markup, once more or less
        assert set(letters) <= set(found)
    else:
        assert found == letters
    assert sorted(strip_tags(source).translate(dict.fromkeys(b" \t\n"))) == letters


@given(st.text("<>!-/ab\"'= &;", max_size=80), st.integers(1, 20))
@settings(max_examples=100)
def test_streaming_does_not_depend_on_blocks(text: str, step: int) -> None:
    blocks = [text[start : start + step] for start in range(0, len(text), step)]
    assert "".join("".join(stripped(blocks)).split()) == "".join(streamed(text).split())


def test_a_large_page_is_read_without_a_tree(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html_reader, "TREE_BYTES", 100_000)
    people = rows(20_000)
    body = "".join(f"<tr><td>{n}</td><td>{c}</td></tr>\n" for n, c in people)
    source = f"<html><table>{body}</table></html>"
    started = time.process_time()
    seen = read(source)
    assert time.process_time() - started < 5
    for name, cpr in people[:: len(people) // 50]:
        assert f"{name}\t" in seen.text
        assert len(seen.places(cpr)) >= 1


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("<div>" * 200_000, id="deep"),
        pytest.param("<div>" * 100_000 + "</div>" * 100_000, id="deep and closed"),
        pytest.param("<table><tr><td>" * 50_000, id="tables in tables"),
        pytest.param("<b>" * 100_000 + "<p>" * 1000, id="formatting to be repeated"),
        pytest.param("<a title='" + "x" * 1_000_000, id="an attribute that never ends"),
        pytest.param("<!--" * 200_000, id="comments in comments"),
        pytest.param("<" * 1_000_000, id="brackets"),
        pytest.param("<a " * 300_000, id="tags that do not end"),
        pytest.param("&" * 1_000_000, id="ampersands"),
        pytest.param("<p a=" + '"' * 500_000, id="quotes"),
        pytest.param("<template>" * 3_000, id="templates in templates"),
    ],
)
def test_hostile_pages_end_in_time(source: str) -> None:
    started = time.process_time()
    read(source)
    streamed(source)
    assert time.process_time() - started < 5


def test_what_libreoffice_writes() -> None:
    from openpyxl import Workbook

    people = rows(12)
    book = Workbook()
    for row in [("Navn", "CPR"), *people]:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    seen = told("html", converted(out.getvalue(), "xlsx", "html"), "a.xls")
    for name, cpr in people:
        assert name in seen.text
        assert seen.headers(cpr) == ["CPR"]
        assert seen.places(cpr)[0][0] == "table 1"

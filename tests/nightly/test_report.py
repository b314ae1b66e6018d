"""The report of a night: what is new, in text and HTML, by file and mail; no value in it."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest

from scanner.config import ConfigError
from scanner.config.loading import load_config
from scanner.demo import fake
from scanner.index.store import Index
from scanner.kontrolfil import NAME
from scanner.nightly.handing import KEPT, mail_of, put
from scanner.nightly.nights import Night, keep
from scanner.nightly.papers import COLUMNS, HtmlPaper, TextPaper, printable
from scanner.nightly.window import moment_of, time_of
from tests.alert.mail_server import MailBox, mail_server
from tests.conftest import Installation
from tests.leak import Searcher, search

HOSTILE = (
    "<img src=x onerror=alert(1)>&\"' \u202egnp.exe.txt" if sys.platform != "win32" else "&'.txt"
)
BEFORE = "2026-11-29T22:00:00+00:00"


@dataclass
class World:
    """Two nights: in the second a list is new, another has grown, and the kontrolfil is gone."""

    installation: Installation
    values: set[tuple[str, str]]
    mails: MailBox
    text: str = ""
    """What `report night` says."""


def option(installation: Installation, old: str, new: str) -> None:
    text = installation.config.read_text("utf-8")
    assert text.count(old) == 1, old
    installation.config.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    installation = Installation(tmp_path_factory.mktemp("nights"))
    installation.files.mkdir()
    installation.run("init", code=0)
    installation.configure(
        f'[[place]]\nname = "fil01"\npath = "{installation.files}"\nkontrolfil = "{NAME}"'
    )
    installation.run("kontrolfil", "plant", "fil01", code=0)
    values: set[tuple[str, str]] = set()

    def listed(number: int) -> str:
        rows = []
        for _ in range(number):
            cpr, email = fake.cpr(hyphen=True), fake.email()
            values.update({("DK_CPR", cpr.replace("-", "")), ("EMAIL_ADDRESS", email)})
            rows.append(f"{fake.name()};{cpr};{email}")
        return "navn;cpr;e-mail\n" + "\n".join(rows)

    installation.write("gammel.csv", listed(12))
    grown = installation.write("vokser.csv", listed(3))
    number = fake.cpr(hyphen=True)
    values.add(("DK_CPR", number.replace("-", "")))
    installation.write(f"sager/{number} brev.txt", f"CPR-nr. {number}")
    installation.run("scan", "--nightly", "--quiet", code=0)
    with Index(installation.index_path) as index:  # it was a day ago
        index.connection.execute("UPDATE run SET started=?, ended=?", (BEFORE, BEFORE))
    (installation.index_path.parent / "fodspor.db.nights.json").unlink()
    keep(installation.index_path, Night(BEFORE, BEFORE, "done", 0, {"fil01": "done"}))

    grown.write_text(grown.read_text() + "\n" + listed(2).partition("\n")[2])
    installation.write(HOSTILE, listed(4))
    installation.write("låst.pdf", b"%PDF-1.7\n" + b"\x00" * 3000)
    (installation.files / NAME).unlink()
    box = MailBox()
    folder = installation.folder / "rapporter"
    with mail_server(installation.folder, box, security="none", login=False) as port:
        option(installation, 'report = ""', f'report = "{folder}"')
        option(installation, "mail = []", 'mail = ["gdpr@firma.dk", "it@firma.dk"]')
        option(installation, 'language = "en"', 'language = "da"')
        installation.configure(
            f'[alert.mail]\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\n'
            'sender = "fodspor@firma.dk"\nto = ["gdpr@firma.dk"]'
        )
        installation.run("scan", "--nightly", "--quiet", code=3)
    text = installation.run("report", "night", code=0).out
    return World(installation, values, box, text)


def new_part(text: str) -> str:
    return text.partition("Nyt siden natten før")[2].partition("Mapper med højest risiko")[0]


def test_what_is_new(world: World) -> None:
    new = new_part(world.text)
    assert "vokser.csv" in new
    assert "kendt i forvejen, med noget nyt i" in new
    assert "onerror" in new
    assert "gammel.csv" not in new  # it was there the night before
    assert "brev.txt" not in new
    told = world.installation.run("report", "night", "--json", code=0).lines[0]
    assert told["new_documents"] == 2
    assert [each["changed"] for each in told["new"]].count(True) == 1


@pytest.mark.parametrize(
    "said",
    [
        pytest.param("noget mangler", id="the heading says that something is amiss"),
        pytest.param("Kontrolfilen mangler", id="the kontrolfil is red"),
        pytest.param("Mapper med højest risiko", id="worst places"),
        pytest.param("Afkortet", id="why it is unread"),
        pytest.param("→", id="and what to do"),
        pytest.param("Hele natten:", id="how long it took"),
        pytest.param("Svaret er ikke fuldstændigt", id="coverage"),
    ],
)
def test_what_the_report_tells(world: World, said: str) -> None:
    assert said in world.text
    (mail,) = world.mails.mails
    body = mail.get_body(("plain",))
    assert body is not None
    assert said in body.get_content()


def test_lines_are_short_enough_for_mail(world: World) -> None:
    text = world.text
    assert max(map(len, text.splitlines())) <= COLUMNS


TAGS = {
    *("html", "head", "meta", "title", "style", "body", "h1", "h2", "p"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}


class Page(HTMLParser):
    """What a page is made of."""

    VOID = ("meta", "br")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data


def is_harmless(text: str) -> Page:
    page = Page(text)
    assert page.open == []
    assert page.tags <= TAGS
    assert page.attributes <= {"lang", "charset", "http-equiv", "content", "name", "class"}
    assert "url(" not in text and "@import" not in text
    return page


def test_the_page_runs_and_fetches_nothing(world: World, tmp_path: Path) -> None:
    file = tmp_path / "nat.html"
    world.installation.run("report", "night", "--html", file, code=0)
    page = is_harmless(file.read_text("utf-8"))
    assert "<img src=x onerror=alert(1)>&\"'" in page.words  # as a name, to be read
    assert "\u202e" not in page.words
    assert file.stat().st_mode & 0o077 == 0


def test_it_lies_in_the_folder(world: World) -> None:
    held = sorted((world.installation.folder / "rapporter").iterdir())
    assert [re.sub(r"\d{4}-\d\d-\d\d", "D", each.name) for each in held] == [
        "fodspor-D.html",
        "fodspor-D.txt",
    ]
    assert all(each.stat().st_mode & 0o077 == 0 for each in held)
    is_harmless(held[0].read_text("utf-8"))


def test_reports_are_not_scanned(installation: Installation) -> None:
    folder = installation.files / "rapporter"
    folder.mkdir()
    (folder / "fodspor-2026-11-29.html").write_text("<p>x</p>")
    (folder / "andet.txt").write_text("y")
    option(installation, 'report = ""', f'report = "{folder}"')
    ran = installation.run("scan", installation.files, "--json", code=0).lines[0]
    assert (ran["met"], sum(ran["excluded"].values())) == (1, 1)


def test_it_is_mailed(world: World) -> None:
    (mail,) = world.mails.mails
    assert world.mails.recipients == [["gdpr@firma.dk", "it@firma.dk"]]
    assert str(mail["Subject"]).startswith("Fodspor på ")
    assert mail["Auto-Submitted"] == "auto-generated"
    page = mail.get_body(("html",))
    assert page is not None
    is_harmless(page.get_content())


def test_no_value_stands_anywhere(world: World) -> None:
    out = world.installation.folder / "out"
    out.mkdir(exist_ok=True)
    for name, arguments in (
        ("text", ("report", "night")),
        ("json", ("report", "night", "--json")),
        ("status", ("status",)),
        ("status.json", ("status", "--json")),
        ("english", ("--language", "en", "report", "night")),
    ):
        ran = world.installation.run(*arguments)
        (out / name).write_text(ran.out + ran.err, encoding="utf-8")
    (out / "mail").write_text(
        "".join(str(part.get_content()) for part in world.mails.mails[0].iter_parts()),
        encoding="utf-8",
    )
    searched = [
        out,
        world.installation.folder / "rapporter",
        world.installation.folder / "state" / "logs",
        world.installation.index_path.parent / "fodspor.db.nights.json",
    ]
    assert list(search(searched, Searcher(world.values))) == []


def test_a_report_that_cannot_be_handed_over_is_told(installation: Installation) -> None:
    installation.write("a.txt", "x")
    (installation.folder / "fil").write_text("a file")
    installation.configure(
        f'[[place]]\nname = "a"\npath = "{installation.files}"\n'
        '[alert.mail]\nhost = "127.0.0.1"\nport = 9\nsecurity = "none"\n'
        'sender = "fodspor@firma.dk"\nto = ["gdpr@firma.dk"]'
    )
    option(installation, 'report = ""', f'report = "{installation.folder / "fil" / "x"}"')
    option(installation, "mail = []", 'mail = ["gdpr@firma.dk"]')
    ran = installation.run("scan", "--nightly", "--quiet", code=3)
    assert "could not be written" in ran.err
    assert "could not be mailed" in ran.err
    log = (installation.folder / "state" / "logs" / "fodspor.log").read_text("utf-8")
    assert "report not written" in log and "report not mailed" in log


@pytest.mark.parametrize(
    ("line", "said"),
    [
        pytest.param('mail = ["it@firma.dk"]', "alert.mail", id="nobody to hand it to"),
        pytest.param('mail = ["Anna <it@firma.dk>"]', "bare addresses", id="no bare address"),
        pytest.param('window = "22-06"', "is no window", id="no window"),
        pytest.param('start = "2 am"', "no time of the day", id="no time"),
    ],
)
def test_mistakes_in_the_configuration(tmp_path: Path, line: str, said: str) -> None:
    config = tmp_path / "fodspor.toml"
    config.write_text(f"[schedule]\n{line}\n")
    with pytest.raises(ConfigError, match=said):
        load_config(config)


def test_old_reports_go_and_other_files_stay(tmp_path: Path) -> None:
    (tmp_path / "fodspor-notes.txt").write_text("mine")
    for day in range(1, KEPT + 6):
        moment = moment_of(date.fromordinal(740_000 + day), time_of("12:00"))
        put(tmp_path, moment, "text", "page")
    held = [each.name for each in tmp_path.iterdir()]
    assert len(held) == 2 * KEPT + 1
    assert "fodspor-notes.txt" in held


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("x" * 300, id="one long word"),
        pytest.param("    " + "ord " * 60, id="indented"),
        pytest.param(" " * 200 + "langt inde", id="indented beyond the page"),
        pytest.param("/srv/" + "mappe med mellemrum/" * 20, id="a path"),
        pytest.param("", id="nothing"),
    ],
)
def test_text_is_wrapped(text: str) -> None:
    paper = TextPaper()
    paper.say(text)
    paper.title(text)
    paper.table(["a", "b"], [[text, "1"]], right=(1,))
    assert max(map(len, paper.text().splitlines()), default=0) <= COLUMNS
    assert re.sub(r"\s", "", text) in re.sub(r"\s", "", paper.text())


def test_signs_that_turn_text_around_are_shown() -> None:
    assert printable("a\u202eb\x1b[31m\n1\u00a0990") == "a\ufffdb\ufffd[31m\ufffd1\u00a0990"
    page = HtmlPaper("</title><script>", "da")
    page.say("</p><script>alert(1)</script>", "bold")
    page.table(["<b>"], [["</td><script>"]])
    is_harmless(page.page())


def test_a_mail_says_what_it_is() -> None:
    mail = mail_of(
        "Fodspor på æ", "tekst æøå", "<p>æ</p>", "a@firma.dk", ("b@firma.dk",),
        moment_of(date(2026, 11, 30), time_of("06:00")),
    )  # fmt: skip
    assert json.dumps(mail.as_string()).isascii()
    assert mail["Message-ID"].endswith("@firma.dk>")

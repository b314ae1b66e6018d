"""Every answer says what it rests on, and never more."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from platformdirs import PlatformDirs

from connectors import Excluded
from scanner import config
from scanner.cli import cli
from scanner.index.store import Index
from tests.answers.shelf import Doc, Shelf, cprs

READ = Doc("/srv/share/a.txt")
UNREAD = Doc("/srv/share/b.pdf", status="unread", reason="encrypted", size=2000)
PARTLY = Doc("/srv/share/c.zip", status="partial", reason="corrupt")
CLOUD = Doc("/srv/share/d.docx", status="placeholder")
PICTURE = Doc("/srv/share/e.mp3", status="no_text")


def scanned(*docs: Doc, **how: object) -> Callable[[Shelf], None]:
    return lambda shelf: shelf.run(docs, **how)  # type: ignore[arg-type]


def twice(**second: object) -> Callable[[Shelf], None]:
    def scan(shelf: Shelf) -> None:
        shelf.run([READ])
        shelf.sql("UPDATE run SET ended='2026-03-01T09:00:00+00:00'")
        shelf.run([READ], **second)  # type: ignore[arg-type]

    return scan


def limited(shelf: Shelf) -> None:
    twice()(shelf)
    shelf.sql("""UPDATE run SET coverage='{"below": "/srv/share/salg"}' WHERE number=2""")


@pytest.mark.parametrize(
    ("happened", "complete", "english", "danish"),
    [
        pytest.param(
            scanned(READ),
            True,
            "No findings. Everything read (1 document, last ",
            "Ingen fund. Alt læst (1 dokument, senest ",
            id="all read",
        ),
        pytest.param(
            scanned(READ, PICTURE),
            True,
            "1 document is of a type that has no text.",
            "1 dokument er af en type uden tekst.",
            id="a type without text is no gap",
        ),
        pytest.param(
            scanned(READ, UNREAD),
            False,
            "No findings, but 1 document is unread. The answer is not complete.",
            "Ingen fund, men 1 dokument er ulæst. Svaret er ikke fuldstændigt.",
            id="unread",
        ),
        pytest.param(
            scanned(UNREAD, PARTLY, CLOUD),
            False,
            "No findings, but 1 document is unread, 1 is partly read and 1 lies only in the cloud.",
            "Ingen fund, men 1 dokument er ulæst, 1 er delvist læst og 1 ligger kun i skyen.",
            id="all sorts of gaps",
        ),
        pytest.param(
            scanned(UNREAD),
            False,
            "Why: Password-protected (1). See 'fodspor report unread'.",
            "Hvorfor: Adgangskodebeskyttet (1). Se 'fodspor report unread'.",
            id="the reason",
        ),
        pytest.param(
            scanned(READ, folders=["/srv/share/closed"]),
            False,
            "1 folder could not be listed",
            "1 mappe kunne ikke åbnes",
            id="a folder that cannot be listed",
        ),
        pytest.param(
            scanned(READ, status="interrupted"),
            False,
            "LAPTOP-7: share: never scanned to the end",
            "LAPTOP-7: share: aldrig gennemgået til ende",
            id="never ended",
        ),
        pytest.param(
            twice(status="offline"),
            False,
            "ended as: the place was out of reach. Last whole run: 2026-03-01",
            "endte som: stedet var uden for rækkevidde. Seneste hele gennemgang: 01-03-2026",
            id="the last run did not end",
        ),
        pytest.param(
            twice(finish=False),
            False,
            "ended as: still running, or broken off",
            "endte som: kører endnu, eller brudt af",
            id="killed or under way",
        ),
        pytest.param(
            limited,
            True,
            "was limited to /srv/share/salg. Last whole run: 2026-03-01",
            "gjaldt kun /srv/share/salg. Seneste hele gennemgang: 01-03-2026",
            id="a run below one folder is no whole run",
        ),
        pytest.param(
            scanned(READ, excluded=[Excluded("private", 3, 5000), Excluded("exclude:*.bak", 2, 9)]),
            True,
            "Left out by rule, never opened: private folders 3 (5.0\u00a0kB), own rule (*.bak) 2 (",
            "aldrig åbnet: private mapper 3 (5,0\u00a0kB), egen regel (*.bak) 2 (",
            id="left out by rule",
        ),
        pytest.param(
            scanned(READ, excluded=[Excluded("cache:at_least", 200_000, 10)]),
            True,
            "caches at least 200\u00a0000",
            "mellemlagre mindst 200.000",
            id="a rule that counted no further",
        ),
        pytest.param(
            lambda shelf: None,
            False,
            "Nothing was scanned yet",
            "Intet er gennemgået endnu",
            id="an empty index",
        ),
    ],
)
def test_coverage_in_words(
    tmp_path: Path,
    happened: Callable[[Shelf], None],
    complete: bool,
    english: str,
    danish: str,
) -> None:
    shelf = Shelf(tmp_path)
    happened(shelf)
    assert english in shelf.ask("findings").out
    assert danish in shelf.ask("findings", language="da").out
    assert shelf.ask("findings", "--json").coverage["complete"] is complete


def test_findings_without_gaps_are_told_as_such(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.run([Doc("/srv/share/a.txt", cprs(1)), UNREAD])
    out = shelf.ask("findings").out
    assert "Of 2 documents, 1 is unread. The answer is not complete." in out
    assert "No findings" not in out


def test_the_numbers_add_up(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.run([READ, UNREAD, PARTLY, CLOUD, PICTURE], folders=["/srv/share/closed"])
    told = shelf.ask("findings", "--json").coverage
    each = ("read", "partial", "unread", "no_text", "placeholder")
    assert told["documents"] == 5 == sum(told[status] for status in each)
    assert (told["folders_not_listed"], told["bytes_not_read"]) == (1, 4000)
    assert told["reasons"] == {"corrupt": 1, "encrypted": 1}


def test_a_configured_place_that_was_never_scanned_is_named(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, places=("share", "mail"))
    shelf.run([READ])
    told = shelf.ask("findings", "--json")
    assert told.coverage["never_scanned"] == ["mail"]
    assert not told.coverage["complete"]
    assert "Configured but never scanned: mail." in shelf.ask("findings").out


def test_an_answer_about_one_place_rests_on_that_place(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, places=("share", "mail"))
    shelf.run([READ])
    shelf.run([UNREAD], place="mail", device="device-2")
    assert shelf.ask("findings", "--place", "share", "--json").coverage["complete"]
    assert not shelf.ask("findings", "--device", "device-2", "--json").coverage["complete"]


def test_kinds_that_are_switched_off_are_named(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, extra='[detect]\nkinds = ["DK_CPR"]\n')
    shelf.run([READ])
    told = shelf.ask("findings", "--json").coverage["not_looked_for"]
    assert {"EMAIL_ADDRESS", "PERSON", "HEALTH"} <= set(told)
    assert "DK_CPR" not in told


@pytest.mark.parametrize("language", ["en", "da"])
def test_no_answer_says_clean(tmp_path: Path, language: str) -> None:
    shelf = Shelf(tmp_path)
    shelf.run([READ, UNREAD, CLOUD], excluded=[Excluded("private", 1, 1)])
    for command in ("findings", "report overview", "report copies", "report risk", "report unread"):
        out = shelf.ask(*command.split(), language=language).out.lower()
        assert not re.search(r"\b(clean|ren|rent|rene|safe|sikkert)\b", out)


@pytest.mark.parametrize(
    "command", ["findings", "report overview", "report copies", "report risk", "report unread"]
)
def test_without_an_index_there_is_a_sentence(tmp_path: Path, command: str) -> None:
    shelf = Shelf(tmp_path)
    shelf.path.unlink()
    with pytest.raises(Exception, match="run 'fodspor scan' or 'fodspor scan FOLDER' first"):
        shelf.ask(*command.split())


@pytest.mark.parametrize("command", ["findings", "person", "report overview", "report unread"])
def test_before_init_the_next_step_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    folders = PlatformDirs("fodspor-that-is-nowhere", appauthor=False)
    monkeypatch.setattr(config, "FOLDERS", folders)
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(cli, command.split(), input="x")
    assert isinstance(done.exception, config.ConfigError)
    assert "run 'fodspor init', then 'fodspor scan FOLDER'" in str(done.exception)


def test_an_answer_is_one_state_of_the_index_while_a_scan_writes(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.run([Doc("/srv/share/a.txt", cprs(1))])
    with shelf.opened() as opened:
        before = opened.connection.execute("SELECT count(*) FROM document").fetchone()
        with Index(shelf.path) as writer:
            writer.connection.execute("DELETE FROM document")
        assert opened.connection.execute("SELECT count(*) FROM document").fetchone() == before

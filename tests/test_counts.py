"""What a run says it met adds up, and a run that reads everything again does so."""

from __future__ import annotations

import json
import os
import sys
from typing import Any

import pytest

from connectors import Document, Excluded, Unreadable
from scanner.demo import fake
from scanner.index.counts import Counts
from scanner.index.store import Index
from scanner.messages import words
from scanner.pipeline import Summary
from scanner.summary import summary_lines
from tests import index_files
from tests.conftest import Installation

Event = Document | Unreadable | Excluded


def scanned(installation: Installation, *options: str) -> dict[str, Any]:
    return installation.run("scan", installation.files, "--json", *options).lines[0]


def adds_up(line: dict[str, Any]) -> bool:
    """Whether every document that was met has one outcome, and short ones have a reason."""
    short = line["statuses"].get("unread", 0) + line["statuses"].get("partial", 0)
    outcomes: int = sum(line["statuses"].values())
    return (
        bool(line["met"] == outcomes + line["unfinished"])
        and sum(line["reasons"].values()) >= short
    )


def mixed(installation: Installation) -> None:
    """Documents of several outcomes, copies, a hard link and a private folder."""
    text = f"cpr {fake.cpr()}"
    path = installation.write("a.txt", text)
    os.link(path, installation.files / "link.txt")
    installation.write("copy/a.txt", text)
    installation.write("kapot.pdf", b"%PDF-1.4\n\x00\x01\x02 not a pdf")
    installation.write("prog.exe", b"MZ" + bytes(200))
    installation.write("tom.txt", "")
    installation.write("Privat/x.txt", "x")


def test_every_document_met_has_one_outcome_in_every_run(installation: Installation) -> None:
    mixed(installation)
    lines = [scanned(installation), scanned(installation), scanned(installation, "--full")]
    (installation.files / "copy" / "a.txt").unlink()
    lines.append(scanned(installation))
    assert [line["met"] for line in lines] == [6, 6, 6, 5]
    assert [line["unchanged"] for line in lines] == [0, 6, 0, 5]
    assert [adds_up(line) for line in lines] == [True] * 4
    assert [line["with_findings"] for line in lines] == [3, 3, 3, 2]
    for line in lines[:3]:
        assert (line["statuses"], line["reasons"]) == (
            lines[0]["statuses"],
            lines[0]["reasons"],
        )


def test_a_folder_that_cannot_be_listed_is_no_document(installation: Installation) -> None:
    events: list[Event] = [
        index_files.document("a.txt"),
        Unreadable(b"/place/locked", "no_access", folder=True),
        Unreadable(b"/place/gone.txt", "vanished"),
    ]
    with index_files.run(installation) as run:
        for each in run.stale(iter(events)):
            run.record(index_files.read(each))
    line = json.loads(json.dumps(run.counts.as_dict()))
    assert (line["met"], line["statuses"]) == (2, {"read": 1, "unread": 1})
    assert (line["folders"], line["reasons"]) == ({"no_access": 1}, {"vanished": 1})
    assert adds_up(line)
    assert not Summary("place", "done", Counts(folders=run.counts.folders), 1).complete


def test_a_folder_that_can_be_listed_again_is_no_document_that_is_gone(
    installation: Installation,
) -> None:
    locked = Unreadable(b"/place/locked", "no_access", folder=True)
    kept = index_files.document("a.txt")
    runs: list[list[Event]] = [[kept, locked], [kept]]
    for events in runs:
        with index_files.run(installation) as run:
            for each in run.stale(iter(events)):
                run.record(index_files.read(each))
        assert (run.counts.met, run.counts.gone) == (1, 0)


@pytest.mark.skipif(sys.platform == "win32", reason="permissions are made with POSIX modes")
@pytest.mark.skipif(getattr(os, "geteuid", lambda: 1)() == 0, reason="root lists every folder")
def test_a_locked_folder_is_told_apart_and_ends_with_3(installation: Installation) -> None:
    installation.write("a.txt", "x")
    locked = installation.write("locked/b.txt", "x").parent
    locked.chmod(0)
    try:
        ran = installation.run("scan", installation.files, "--quiet", code=3)
    finally:
        locked.chmod(0o700)
    assert "done · 1 document (" in ran.out
    assert "Folders that could not be listed: No access for the service account (1)." in ran.out


def test_every_reason_of_a_document_is_told_in_later_runs_too(installation: Installation) -> None:
    from email.message import EmailMessage

    from tests.extract import office_files
    from tests.extract.test_encrypted import locked

    mail = EmailMessage()
    mail["Subject"] = "to bilag"
    mail.set_content("se bilag")
    secret = locked(office_files.xlsx_with("x"), "hemmelig")
    for data, name in ((secret, "a.xlsx"), (b"%PDF-1.4\n\x00 not a pdf", "b.pdf")):
        mail.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    installation.write("a.eml", mail.as_bytes())
    first, second = scanned(installation), scanned(installation)
    assert len(first["reasons"]) == 2
    assert "encrypted" in first["reasons"]
    assert (second["unchanged"], second["reasons"]) == (1, first["reasons"])
    text = "\n".join(summary_lines(_summary(second), words("en")))
    assert "(some documents for several reasons)" in text


def _summary(line: dict[str, Any]) -> Summary:
    counts = Counts(met=line["met"], unchanged=line["unchanged"])
    counts.statuses.update(line["statuses"])
    counts.reasons.update(line["reasons"])
    return Summary(line["place"], line["status"], counts, line["run"])


def test_full_brings_back_what_was_changed_in_the_index(installation: Installation) -> None:
    name = fake.cpr(hyphen=True)
    text = f"cpr-nr. {fake.cpr(hyphen=True)}"
    installation.write("a.txt", text)
    installation.write(f"copy {name}.txt", text)
    scanned(installation)
    asked = "SELECT masked, count, confidence FROM finding"
    named = "SELECT masked, count FROM name_finding"
    right, right_name = installation.rows(asked), installation.rows(named)
    assert (len(right), len(right_name)) == (1, 1)
    with Index(installation.index_path) as index, index.transaction() as connection:
        connection.execute("UPDATE finding SET masked='falsk', count=99, confidence=0.5")
        connection.execute("UPDATE name_finding SET masked='falsk', count=99")
        connection.execute("UPDATE content SET read_at='2001-01-01T00:00:00+00:00'")
    scanned(installation)
    assert installation.rows(asked) == [("falsk", 99, 0.5)]
    assert scanned(installation, "--full")["with_findings"] == 2
    assert (installation.rows(asked), installation.rows(named)) == (right, right_name)
    assert installation.rows("SELECT count(*) FROM content") == [(1,)]
    assert installation.run("index", "check", code=0)


@pytest.mark.parametrize(
    "read_at",
    [
        pytest.param("2001-01-01T00:00:00+00:00", id="long ago"),
        pytest.param("2101-01-01T00:00:00+00:00", id="by a clock that was ahead"),
    ],
)
def test_full_reads_what_lies_in_archives_again(installation: Installation, read_at: str) -> None:
    import io
    import zipfile

    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("kunder.txt", f"cpr-nr. {fake.cpr()}")
    installation.write("a.zip", packed.getvalue())
    scanned(installation)
    right = installation.rows("SELECT masked FROM finding")
    with Index(installation.index_path) as index, index.transaction() as connection:
        connection.execute("UPDATE finding SET masked='falsk'")
        connection.execute("UPDATE content SET read_at=?", (read_at,))
    scanned(installation, "--full")
    assert installation.rows("SELECT masked FROM finding") == right
    assert installation.rows("SELECT count(*) FROM occurrence WHERE gone_run IS NULL") == [(2,)]


def test_the_text_of_a_run_that_was_interrupted_names_what_was_not_begun() -> None:
    counts = Counts(met=5, statuses=Counts().statuses.__class__(read=3))
    lines = list(summary_lines(Summary("place", "interrupted", counts, 1), words("en")))
    assert "goes on from here" in lines[0]
    assert "3 read · 2 not begun" in lines[0]


def test_a_run_with_nothing_to_do_says_so_and_is_quiet_when_asked(
    installation: Installation,
) -> None:
    installation.write("a.txt", "x")
    installation.run("scan", installation.files, code=0)
    quiet = installation.run("scan", installation.files, "--quiet", code=0)
    assert (quiet.out, quiet.err) == ("", "")
    loud = installation.run("scan", installation.files, code=0)
    assert "0 with findings · 0 looked into · 1 unchanged" in loud.out
    assert loud.err == ""


def test_places_before_one_that_fails_are_told(installation: Installation) -> None:
    from scanner.platform import FileLock

    for name in ("first", "second"):
        installation.write(f"{name}/a.txt", "x")
        installation.configure(f'[[place]]\nname = "{name}"\npath = "{installation.files / name}"')
    installation.run("scan", code=0)
    ((place,),) = installation.rows("SELECT id FROM place WHERE name='second'")
    with FileLock(installation.index_path.with_name(f"fodspor.db.place-{place}.lock")):
        ran = installation.run("scan", "--quiet", code=1)
    assert "first: done" in ran.out
    assert "another scan" in ran.err
    log = (installation.folder / "state" / "logs" / "fodspor.log").read_text("utf-8")
    assert log.splitlines()[-1].startswith("ERROR")
    assert "failed: another scan" in log.splitlines()[-1]

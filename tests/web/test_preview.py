"""A document with its values: who sees it, what is there now, what is said, and where it is not."""

from __future__ import annotations

import io
import logging
import os
import random
import re
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from scanner.config import load_config
from scanner.demo import fake
from scanner.demo.content import Content
from scanner.demo.packing import office_locked, zipped
from scanner.index.store import Decisions, Index, decisions_path
from scanner.live.asking import apart
from scanner.live.reading import Wish, read_live
from scanner.live.told import Live, Passage, Piece
from scanner.web.readings import Readings
from tests.conftest import Installation
from tests.connectors.dovecot import missing as no_dovecot
from tests.connectors.samba import missing as no_samba
from tests.here import scan_here
from tests.leak import Searcher, search
from tests.test_imap_scan import Post, cpr_mail, post  # noqa: F401
from tests.test_pst_scan import mail, pst
from tests.test_smb_scan import Shared, shared  # noqa: F401
from tests.web.live import looked_at, marks, number_of, shown, text_of
from tests.web.served import serving
from tests.web.test_person import found as looked_up
from tests.web.test_person import keys

RNG = random.Random(41)
SCRIPT = "<script>alert(1)</script>"
MAY: dict[str, Any] = {"grants": ("preview",)}


@pytest.fixture(autouse=True)
def state(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FODSPOR_STATE", str(installation.folder / "state"))


def workbook(*rows: tuple[str, ...], name: str = "Kunder") -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = name
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def hyphened(cpr: str) -> str:
    return f"{cpr[:6]}-{cpr[6:]}"


def letter(cpr: str) -> bytes:
    message = EmailMessage()
    message["From"] = "bo@firma.example"
    message["Subject"] = f'Sag {hyphened(cpr)} "><img src=x onerror=alert(1)>'
    message.set_content(f"CPR: {hyphened(cpr)}\x1b[31m\u202e {SCRIPT}")
    return message.as_bytes()


def test_values_stand_marked_with_the_text_around_them_and_nothing_of_it_runs(
    installation: Installation,
) -> None:
    cpr, other = fake.cpr(RNG), fake.cpr(RNG)
    installation.write(
        "Kunder.xlsx",
        workbook(("Navn", "CPR", "Note"), (SCRIPT, cpr, "=1+1"), ("b", other, "c"), name="<b>Ark"),
    )
    installation.write("brev.eml", letter(cpr))
    scan_here(installation)
    with looked_at(installation) as served:
        officer = served.as_(**MAY, language="da")
        for name in ("Kunder.xlsx", "brev.eml"):
            number = number_of(installation, name)
            page = shown(officer, number)
            assert page.status_code == 200
            assert page.headers["cache-control"] == "no-store"
            assert "script-src 'self'" in page.headers["content-security-policy"]
            assert not re.search(r"<(script|img)\b|<b>Ark|\x1b|\u202e", page.text)
            said = text_of(page.text)
            assert SCRIPT in said
            assert "CPR-nummer" in said
            assert {re.sub(r"\W", "", mark) for mark in marks(page.text)} >= {cpr}
        sheet = shown(officer, number_of(installation, "Kunder.xlsx")).text
        assert marks(sheet) == [cpr, other]
        assert re.findall(r"<dt>(.*)</dt>", sheet) == ["&lt;b&gt;Ark, B2", "&lt;b&gt;Ark, B3"]


@pytest.mark.parametrize(
    ("role", "more", "status"),
    [
        pytest.param("compliance", {}, 403, id="officer who was not given it"),
        pytest.param("it", {}, 403, id="IT operations"),
        pytest.param("auditor", {}, 403, id="auditor"),
        pytest.param("employee", {"employee": "anna"}, 403, id="employee"),
        pytest.param("compliance", {**MAY, "departments": ("Salg",)}, 404, id="another department"),
        pytest.param("deputy", MAY, 200, id="deputy who was given it"),
    ],
)
def test_who_sees_it(
    installation: Installation, role: str, more: dict[str, Any], status: int
) -> None:
    installation.write("a.txt", f"CPR: {fake.cpr(RNG)}")
    scan_here(installation)
    with looked_at(installation) as served:
        somebody = served.as_(role, **more)  # type: ignore[arg-type]
        number = number_of(installation, "a.txt")
        assert somebody.get(f"/document/{number}/preview").status_code == status
        link = somebody.get(f"/document/{number}").text
        assert (f"/document/{number}/preview" in link) is (status == 200)


def test_it_is_logged_with_its_purpose_before_it_is_read(installation: Installation) -> None:
    cpr = fake.cpr(RNG)
    path = installation.write("a.txt", f"CPR: {cpr}")
    scan_here(installation)
    number = number_of(installation, "a.txt")
    with looked_at(installation) as served:
        officer = served.as_(**MAY, name="ida")
        assert shown(officer, number, purpose="curiosity").status_code == 400
        log = decisions_path(installation.index_path)
        with Decisions(log) as decisions:
            before = decisions.head()[0]
        held: list[int] = []

        def late(wishes: Sequence[Wish], seconds: float) -> list[Live]:
            with Decisions(log) as decisions:
                held.append(decisions.head()[0])
            return [Live("gone")]

        served.site.apart = late
        shown(officer, number, reference=f"sag 7 om {cpr}")
        assert held == [before + 1]
        with Decisions(log) as decisions:
            line = decisions.lines(1)[0]
        assert (line.who, line.action, line.subject) == ("ida", "preview", f"document {number}")
        assert line.detail.startswith("access sag 7")
        assert cpr not in line.detail
    assert path.exists()


def test_the_values_are_in_the_answer_and_nowhere_else(
    installation: Installation, caplog: pytest.LogCaptureFixture
) -> None:
    """Read apart as for officers: index, decisions, accounts, logs and temporary files."""
    cprs, mails = [fake.cpr(RNG) for _ in range(40)], [fake.email(RNG) for _ in range(40)]
    rows = list(zip(cprs, mails, strict=True))
    inner = workbook(("CPR", "E-mail"), *rows)
    installation.write("pakke.zip", zipped([("liste.xlsx", Content(inner, "xlsx"))]).data)
    broken = installation.write("halv.xlsx", inner[: len(inner) // 2])
    scan_here(installation)
    times = os.stat(broken).st_atime_ns
    with caplog.at_level(logging.DEBUG), looked_at(installation, apart=True) as served:
        officer = served.as_(**MAY)
        page = shown(officer, number_of(installation, "pakke.zip")).text
        assert set(marks(page)) >= {*cprs, *mails}
        assert "liste.xlsx" in text_of(page)
        assert shown(officer, number_of(installation, "halv.xlsx")).status_code == 200
        again = officer.get("/log").text + officer.get("/person").text + officer.get("/").text
    assert os.stat(broken).st_atime_ns == times
    values = {("DK_CPR", each) for each in cprs} | {("EMAIL_ADDRESS", each) for each in mails}
    said = installation.folder / "said"
    said.write_text(caplog.text + again, "utf-8")
    kept = [installation.folder / "home", installation.folder / "state", said]
    assert list(search(kept, Searcher(values))) == []
    assert not list((installation.folder / "state" / "temp").glob("work-*"))


GONE = "ligger der ikke længere"


def link_to_elsewhere(path: Path) -> None:
    path.unlink()
    path.symlink_to("/etc/hostname")


def folder_instead(path: Path) -> None:
    path.unlink()
    path.mkdir()


def moved(path: Path) -> None:
    path.parent.rename(path.parents[1] / "x")


NOT_READ: tuple[tuple[str, Callable[[Path], None], str], ...] = (
    ("deleted", Path.unlink, GONE),
    ("a link now", link_to_elsewhere, "regel"),
    ("a folder now", folder_instead, GONE),
    ("its folder has another name", moved, GONE),
)


@pytest.mark.parametrize(
    ("change", "said"), [pytest.param(c, s, id=name) for name, c, s in NOT_READ]
)
def test_what_is_not_there_any_more_is_said(
    installation: Installation, change: Callable[[Path], None], said: str
) -> None:
    cpr = fake.cpr(RNG)
    path = installation.write("mappe/a.txt", f"CPR: {cpr}")
    scan_here(installation)
    change(path)
    with looked_at(installation) as served:
        page = shown(served.as_(**MAY, language="da"), number_of(installation, "a.txt")).text
        assert said in text_of(page)
        assert marks(page) == []


def test_a_changed_document_is_shown_as_it_is_now_and_says_so(installation: Installation) -> None:
    old, new = fake.cpr(RNG), fake.cpr(RNG)
    path = installation.write("a.txt", f"CPR: {old}")
    scan_here(installation)
    with looked_at(installation) as served:
        officer = served.as_(**MAY, language="da")
        number = number_of(installation, "a.txt")
        assert "er ændret, siden" not in text_of(shown(officer, number).text)
        path.write_text(f"Nu er det CPR: {new}")
        page = shown(officer, number).text
        assert "er ændret, siden" in text_of(page)
        assert marks(page) == [new]


def test_a_private_folder_stays_closed(installation: Installation) -> None:
    path = installation.write("Mine ting/a.txt", f"CPR: {fake.cpr(RNG)}")
    scan_here(installation)
    path.parent.rename(installation.files / "Privat")
    with looked_at(installation) as served:
        officer = served.as_(**MAY, language="da")
        number = number_of(installation, "a.txt")
        assert GONE in text_of(shown(officer, number).text)
    config = installation.config.read_text("utf-8")
    installation.config.write_text(
        re.sub(r"(?m)^private_folders.*$", 'private_folders = ["Egne"]', config)
    )
    scan_here(installation)  # the rule is lifted, and then it is back
    installation.config.write_text(config)
    with looked_at(installation) as served:
        officer = served.as_(**MAY, language="da", name="ida")
        ((number,),) = installation.rows("SELECT id FROM document WHERE gone_run IS NULL")
        assert "privat mappe" in text_of(shown(officer, number).text)


def locked() -> bytes:
    return office_locked(Content(workbook(("CPR",), (fake.cpr(RNG),)), "xlsx"), "hemmeligt").data


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        pytest.param("a.xlsx", locked(), "Adgangskodebeskyttet. ", id="password"),
        pytest.param(
            "a.docx", b"PK\x03\x04 no zip at all", "Dokumentet kunne ikke læses", id="damage"
        ),
        pytest.param("a.mp3", b"ID3\x04" + bytes(2000), "en type uden tekst", id="no text"),
    ],
)
def test_what_cannot_be_read_is_told(
    installation: Installation, name: str, content: bytes, said: str
) -> None:
    installation.write(name, content)
    scan_here(installation)
    with looked_at(installation) as served:
        page = shown(served.as_(**MAY, language="da"), number_of(installation, name)).text
        assert said in text_of(page)
        assert "ingen værdier" not in text_of(page)


def test_a_document_of_another_device_and_one_in_the_cloud_are_told(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    from connectors.disk import DiskConnector

    installation.write("a.txt", f"CPR: {fake.cpr(RNG)}")
    scan_here(installation)
    number = number_of(installation, "a.txt")
    with looked_at(installation) as served:
        officer = served.as_(**MAY, language="da")
        whole = DiskConnector.meet

        def away(self: DiskConnector, path: bytes) -> object:
            return replace(whole(self, path), placeholder=True)  # type: ignore[type-var]

        with monkeypatch.context() as patched:
            patched.setattr(DiskConnector, "meet", away)
            assert "henter aldrig" in text_of(shown(officer, number).text)
        with Index(installation.index_path) as index:
            index.connection.execute("UPDATE document SET device='another'")
        assert "anden enhed" in text_of(shown(officer, number).text)


def test_a_mail_in_an_archive_is_read_alone(installation: Installation) -> None:
    cprs = [fake.cpr(RNG) for _ in range(3)]
    pst(
        installation.files / "arkiv.pst",
        *(("Indbakke", mail(f"Sag {n} {SCRIPT}", f"CPR {each}")) for n, each in enumerate(cprs)),
    )
    scan_here(installation)
    rows = installation.rows("SELECT id FROM document WHERE item<>'' ORDER BY id")
    with looked_at(installation) as served:
        officer = served.as_(**MAY)
        met = []
        for (number,) in rows:
            page = shown(officer, number).text
            assert SCRIPT not in page
            met += [mark for mark in marks(page) if mark in cprs]
        assert sorted(met) == sorted(cprs)


@pytest.mark.skipif(bool(no_samba()), reason=no_samba())
def test_a_document_on_a_share_is_read_over_the_network(shared: Shared) -> None:  # noqa: F811
    cpr = fake.cpr(RNG)
    shared.put("mappe/a.txt", f"CPR: {cpr}")
    shared.scan()
    with looked_at(shared.installation) as served:
        officer = served.as_(**MAY, language="da")
        number = number_of(shared.installation, "a.txt")
        assert marks(shown(officer, number).text) == [cpr]
        (shared.folder / "mappe" / "a.txt").unlink()
        assert GONE in text_of(shown(officer, number).text)


@pytest.mark.skipif(bool(no_dovecot()), reason=no_dovecot())
def test_a_mail_on_a_server_is_read_alone(post: Post) -> None:  # noqa: F811
    post.lay(mails=[cpr_mail(n) for n in range(3)])
    post.scan()
    rows = post.installation.rows("SELECT id FROM document WHERE item<>''")
    with looked_at(post.installation) as served:
        officer = served.as_(**MAY)
        found = [mark for (number,) in rows for mark in marks(shown(officer, number).text)]
        assert len({mark for mark in found if re.fullmatch(r"\d{6}-\d{4}", mark)}) == 3


def test_what_takes_too_long_is_ended_with_its_process(installation: Installation) -> None:
    installation.write("a.txt", f"CPR: {fake.cpr(RNG)}")
    scan_here(installation)
    with looked_at(installation) as served:
        served.site.apart = lambda wishes, seconds: apart(wishes, -9.99)
        page = shown(served.as_(**MAY, language="da"), number_of(installation, "a.txt")).text
        assert "Tog for lang tid" in text_of(page)


def test_a_long_reading_is_waited_for_and_shown_once_to_who_began_it_alone(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    cpr = fake.cpr(RNG)
    installation.write("a.txt", f"CPR: {cpr}")
    scan_here(installation)
    free = threading.Event()

    def slow(wishes: Sequence[Wish], _: float) -> list[Live]:
        assert free.wait(60)
        return list(map(read_live, wishes))

    monkeypatch.setattr("scanner.web.background.PATIENCE_SECONDS", 0.0)
    monkeypatch.setattr("scanner.web.readings.MOST", 2)
    with looked_at(installation) as served:
        served.site.apart = slow
        number = number_of(installation, "a.txt")
        officer, other = (served.as_(**MAY, language="da") for _ in range(2))
        path = f"/document/{number}/preview"
        waits, forgotten = (
            str(officer.post(path, purpose="access").headers["location"]) for _ in range(2)
        )
        try:
            page = officer.get(waits).text
            assert "Dokumentet læses nu" in page and 'http-equiv="refresh"' in page
            assert officer.post(path, purpose="access").status_code == 503  # enough at a time
            assert "vises én gang" in other.get(waits).text
        finally:
            free.set()
        assert other.get(waits).status_code == 400
        assert marks(officer.settled(waits).text) == [cpr]
        again = officer.get(waits)
        assert again.status_code == 400 and cpr not in again.text
        officer.post("/logout", "/person")
        assert served.site.readings.full is False
        assert officer.get(forgotten).status_code == 303


def test_what_nobody_fetches_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scanner.web.readings.KEPT_SECONDS", 0.0)
    readings, reading = Readings(), Future[Live]()
    mark = readings.add("token", 1, reading)
    assert readings.take("token", 1, mark) == (reading, False)
    reading.set_result(Live("gone"))
    for timer in [each for each in threading.enumerate() if isinstance(each, threading.Timer)]:
        timer.join()
    assert readings.take("token", 1, mark) == (None, False)


def test_what_is_more_than_can_be_shown_is_said(installation: Installation) -> None:
    rows = [(fake.cpr(RNG),) for _ in range(230)]
    installation.write("lang.xlsx", workbook(("CPR",), *rows))
    scan_here(installation)
    with looked_at(installation) as served:
        page = shown(served.as_(**MAY, language="da"), number_of(installation, "lang.xlsx")).text
        assert len(marks(page)) == 200
        assert "Der blev fundet mindst 230 værdier" in text_of(page)
        assert "de første 200 steder" in text_of(page)


def test_more_values_than_are_held_at_a_time_are_still_marked(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scanner.collect.SPILL_AT", 20)
    cprs = [fake.cpr(RNG) for _ in range(90)]
    installation.write("lang.txt", "\n".join(f"CPR: {each}" for each in cprs))
    scan_here(installation)
    with looked_at(installation) as served:
        page = shown(served.as_(**MAY, language="da"), number_of(installation, "lang.txt")).text
        assert marks(page) == cprs
        assert "mindst" in text_of(page)


def test_nothing_of_it_prints_a_value() -> None:
    piece = Piece("0101010101", "value", "DK_CPR")
    held = Live("read", (Passage(("a",), ("page 1",), (piece,)),))
    assert "0101" not in repr(held) + repr(held.passages) + repr(piece)


def _without_places(installation: Installation, text: str) -> Path:
    """Another device says that it lies here: it is not for that device to say what is read."""
    installation.config.write_text(text, "utf-8")
    return installation.config


def test_of_a_collected_index_this_device_reads_its_own_alone(installation: Installation) -> None:
    """Under the centre's key: the path is sealed, and fingerprints have a link more."""
    own, other = fake.cpr(RNG), fake.cpr(RNG)
    drop = installation.folder / "drop"
    text = installation.config.read_text("utf-8")
    text = text.replace('deliver = ""', f'deliver = "{drop}"')
    place = f'\n[[place]]\nname = "salg"\npath = "{installation.files}"\n'
    installation.config.write_text(text + place, "utf-8")
    installation.write(f"sag {hyphened(own)}/a.txt", f"CPR {own} og CPR {other}")
    installation.run("scan", code=0)
    installation.run("collect", drop, code=0)
    company = installation.setup().config.collected_path
    assert company.exists()
    with serving(installation.config, company) as served:
        served.site.apart = lambda wishes, seconds: list(map(read_live, wishes))
        officer = served.as_(**MAY, language="da")
        page = shown(officer, 1).text
        assert {own, other} <= set(marks(page))
        address, found = looked_up(officer, own)
        officer.post(address, place=keys(found), decision="confirm")
        told = officer.post(f"{address}/dossier", form="html", extracts="1", document="1").text
        assert own in told and other not in told
        served.site.config = load_config(_without_places(installation, text))
        assert "Intet sted i konfigurationen" in text_of(shown(officer, 1).text)
        with Index(company) as index:
            index.connection.execute("UPDATE document SET device='another'")
        assert "anden enhed" in text_of(shown(officer, 1).text)


@pytest.mark.parametrize("configured", [True, False], ids=["in a place", "scanned by hand"])
def test_an_index_leads_nowhere_outside_its_place(
    installation: Installation, configured: bool
) -> None:
    """Whoever writes an index cannot have another file shown."""
    cpr = fake.cpr(RNG)
    (installation.folder / "hemmelig.txt").write_text(f"CPR: {cpr}", "utf-8")
    if configured:
        installation.configure(f'[[place]]\nname = "salg"\npath = "{installation.files}"\n')
    installation.write("a.txt", "intet")
    scan_here(installation)
    for path in (
        os.fsencode(installation.files / ".." / "hemmelig.txt"),
        os.fsencode(installation.folder / "hemmelig.txt"),
        b"../hemmelig.txt",
    ):
        with Index(installation.index_path) as index:
            index.connection.execute("UPDATE document SET path=?", (path,))
        with looked_at(installation) as served:
            officer = served.as_(**MAY, name=f"ida{len(path)}")
            page = shown(officer, 1)
            assert page.status_code == 200
            assert cpr not in page.text

"""Devices and runs: silent ones, what the last run did and left, and a key that is out."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path

import pytest

from connectors import Excluded
from scanner.answers.fleet import fleet, runs
from scanner.answers.opened import opened
from scanner.compromised import COMPROMISED, Device, mark, marked
from scanner.index.store import COLLECTED, Decisions, Index, decisions_path
from tests.answers.shelf import DEVICE, Doc, Shelf, cprs
from tests.web.served import Browser, Served, serving

OTHER = "1c6f0b52-5a59-4a0e-9c55-3f8f3b9f6a02"
LOCKED = [Doc(f"/srv/share/l{n}", status="unread", reason="encrypted") for n in range(3)]


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    """Two devices, of which one last reported twenty days ago."""
    made = Shelf(tmp_path / "home", places=("share", "pc"))
    made.run(
        [Doc("/srv/share/a.txt", cprs(2)), *LOCKED],
        excluded=[Excluded("private", 3, 50)],
        folders=["/srv/share/closed"],
    )
    made.run([Doc("/srv/pc/b.txt", cprs(1))], place="pc", device=OTHER)
    made.run([Doc("/srv/pc/b.txt", cprs(1))], place="pc", device=OTHER, status="interrupted")
    long_ago = (datetime.now(UTC) - timedelta(days=20)).isoformat(timespec="seconds")
    today = datetime.now(UTC).isoformat(timespec="seconds")
    made.sql("INSERT INTO device(id, label, encryption) VALUES (?, 'PC-2', 'off')", OTHER)
    for device, at in ((DEVICE, today), (OTHER, long_ago)):
        made.sql("INSERT INTO delivery(device, reported, collected) VALUES (?,?,?)", device, at, at)
    with Index(made.path) as index:
        index.set_meta(COLLECTED, "yes")
    return made


def text_of(browser: Browser, path: str) -> str:
    told = browser.get(path)
    assert told.status_code == 200, told.text
    return " ".join(re.sub(r"<[^>]+>", " ", unescape(told.text)).split())


def test_which_are_silent_and_since_when(served: Served, shelf: Shelf) -> None:
    told = text_of(served.as_("it", language="da"), "/devices")
    since = (datetime.now(UTC) - timedelta(days=20)).astimezone().strftime("%d-%m-%Y")
    assert f"PC-2 tavs siden {since}" in told and "1 enhed er tavs." in told
    assert told.index("PC-2") < told.index("LAPTOP-7")
    assert "ikke krypteret" in told and "afbrudt" in told
    with opened(shelf.path) as held:
        first, second = fleet(held, 7, {})
    assert (first.id, first.silent, second.silent) == (OTHER, True, False)
    assert (second.documents, second.not_read) == (4, 3)


def test_an_index_of_one_device_is_silent_when_no_run_ended(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "home")
    shelf.run([Doc("/srv/share/a.txt")])
    with opened(shelf.path) as held:
        assert [each.silent for each in fleet(held, 7, {})] == [False]
    shelf.sql("UPDATE run SET ended='2026-01-01T00:00:00+00:00'")
    with opened(shelf.path) as held:
        (only,) = fleet(held, 7, {})
        assert only.silent and only.reported.startswith("2026-01-01")
    with serving(shelf.config, shelf.path) as site:
        assert "is that of one device alone" in text_of(site.as_("it", language="en"), "/devices")


def test_what_a_run_did_and_left(served: Served, shelf: Shelf) -> None:
    shelf.sql(
        "UPDATE run SET counts=json_set(counts, '$.kontrolfil', 'missing', '$.met', 4,"
        " '$.statuses', json('{\"read\": 1}')), started='2026-11-01T22:00:00+00:00',"
        " ended='2026-11-02T00:05:00+00:00' WHERE status='interrupted'"
    )
    told = text_of(served.as_("it", language="da"), f"/runs?device={OTHER}")
    assert "2 t. 5 min." in told and "mangler" in told
    with opened(shelf.path) as held:
        (whole, cut), (share,) = runs(held, device=OTHER), runs(held, device=DEVICE)
    assert (cut.met, cut.left, cut.status) == (4, 3, "interrupted") and cut.kontrolfil_red
    assert whole.left == 0
    assert share.statuses == {"read": 1, "unread": 3}
    assert (share.reasons["encrypted"], share.folders, share.excluded) == (3, 1, 3)
    assert "adgangskode" in text_of(served.as_("it", language="da"), "/runs").lower()


def test_it_operations_see_no_findings(served: Served) -> None:
    somebody = served.as_("it", language="da")
    for path in ("/devices", f"/devices/{DEVICE}", "/runs"):
        told = somebody.get(path).text
        assert "CPR" not in told and "a.txt" not in told and "/breach" not in told


def test_what_is_unread_is_asked_by_device(served: Served) -> None:
    somebody = served.as_("it")
    mine = somebody.get(f"/unread?device={DEVICE}").text
    lead = re.search(r'href="(/unread/list\?reason=encrypted[^"]*)"', mine)
    assert lead is not None and f"device={DEVICE}" in lead[1]
    assert "l1" in somebody.get(unescape(lead[1])).text
    other = somebody.get(f"/unread?device={OTHER}").text
    assert "/unread/list" not in other and "PC-2" in other
    assert somebody.get("/unread?device=nobody").status_code == 404


def test_a_stolen_laptop_is_marked_and_says_what_to_do(served: Served, shelf: Shelf) -> None:
    officer = served.as_("compliance", name="anna", language="da")
    path = f"/devices/{OTHER}"
    assert 'method="post" action="/devices' not in officer.get(path).text
    done = officer.post(f"{path}/stolen", f"{path}?stolen=1")
    assert done.headers["location"] == path
    told = text_of(officer, path)
    assert "noteret som stjålet" in told and "Nøglen er IKKE skiftet" in told
    assert "fodspor key rotate" in told and "LAPTOP-7" in told
    assert "stjålet, nøglen kompromitteret" in text_of(officer, "/devices")
    officer.post(f"{path}/stolen", f"{path.replace(OTHER, DEVICE)}?stolen=1")
    with Decisions(decisions_path(shelf.path)) as decisions:
        rows = decisions.connection.execute(
            "SELECT who, subject FROM audit WHERE action=?", (COMPROMISED,)
        ).fetchall()
    assert rows == [("anna", OTHER)]  # once and for all
    assert "nøglen noteret som kompromitteret" in officer.get("/log").text


def test_a_rotation_behind_it_is_told(served: Served, shelf: Shelf) -> None:
    mark(shelf.path, Device(OTHER, "PC-2", ""), (), unknown=False, own=DEVICE)
    with Decisions(decisions_path(shelf.path)) as decisions:
        decisions.log("key rotated", "new key")
    assert marked(shelf.path)[OTHER].rotated
    told = text_of(served.as_("it", language="da"), f"/devices/{OTHER}")
    assert "Nøglen blev skiftet" in told and "IKKE skiftet" not in told


@pytest.mark.parametrize(
    ("role", "more"),
    [
        ("manager", {"departments": ("HR",)}),
        ("employee", {"employee": "bo"}),
        ("service", {}),
        ("auditor", {}),
        ("compliance", {"departments": ("HR",)}),
    ],
)
def test_refused(served: Served, role: str, more: dict[str, object]) -> None:
    somebody = served.as_(role, **more)  # type: ignore[arg-type]
    for path in ("/devices", f"/devices/{OTHER}", "/runs"):
        assert somebody.get(path).status_code == 403
    assert marked(served.site.index) == {}


def test_no_such_device(served: Served) -> None:
    officer = served.as_("compliance")
    assert officer.get("/devices/nobody").status_code == 404
    assert officer.get("/runs?device=nobody").status_code == 404

"""What status says of nights, places and schedulers, and what monitoring makes of it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from scanner.demo import fake
from scanner.index.store import Index
from scanner.kontrolfil import NAME
from scanner.messages import words
from scanner.nightly.nights import How, Night, keep, night_lock, nights_path, stored
from scanner.nightly.status import Status, Trouble, status_of, watch_lock
from scanner.nightly.told_status import trouble_in_words
from tests.conftest import Installation
from tests.here import scan_here

NOW = datetime(2026, 11, 30, 8, 0).astimezone(UTC)
EVENINGS = [NOW - timedelta(days=days, hours=9) for days in range(10)]
"""The evenings before, at 23:00, the last one first."""


def option(installation: Installation, old: str, new: str) -> None:
    text = installation.config.read_text("utf-8")
    assert text.count(old) == 1, old
    installation.config.write_text(text.replace(old, new), encoding="utf-8")


def scanned_once(installation: Installation) -> Installation:
    installation.write("a.txt", "x")
    installation.configure(f'[[place]]\nname = "fil01"\npath = "{installation.files}"')
    option(installation, 'window = ""', 'window = "22:00-06:00"')
    scan_here(installation)
    return installation


@pytest.fixture
def scanned(installation: Installation) -> Installation:
    return scanned_once(installation)


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """An index that no test changes; each writes nights of its own."""
    made = Installation(tmp_path_factory.mktemp("status"))
    made.files.mkdir()
    made.run("init", code=0)
    return scanned_once(made)


def night(days: int, how: How = "done", **more: object) -> Night:
    began = EVENINGS[days]
    return Night(stored(began), stored(began + timedelta(hours=1)), how, **more)  # type: ignore[arg-type]


def asked(installation: Installation, now: datetime = NOW) -> Status:
    with Index(installation.index_path, readonly=True) as index:
        return status_of(installation.setup(), index, now)


@pytest.mark.parametrize(
    ("nights", "troubles"),
    [
        pytest.param([], (), id="by hand only"),
        pytest.param([night(0)], (), id="done"),
        pytest.param([night(0, "window")], ("window",), id="the window ended"),
        pytest.param(
            [night(0, "window", unreached=["b"])], ("window", "unreached"), id="places left"
        ),
        pytest.param([night(0, left_out=["b"])], ("left_out",), id="metered"),
        pytest.param([night(1), night(0, "battery")], ("battery",), id="battery, once"),
        pytest.param(
            [night(days, "battery") for days in (2, 1, 0)],
            ("put_off", "battery"),
            id="battery, three nights",
        ),
        pytest.param(
            [night(2, "battery"), night(1, "outside"), night(0, "battery")],
            ("put_off", "battery"),
            id="put off for several reasons",
        ),
        pytest.param(
            [Night(stored(NOW - timedelta(minutes=n)), "", "outside") for n in (3, 2, 1)],
            ("outside",),
            id="three times on one day",
        ),
        pytest.param(
            [night(2, "battery"), night(1), night(0, "battery")], ("battery",), id="not in a row"
        ),
        pytest.param(
            [night(0, "battery", places={"a": "done"})], ("battery",), id="something was read"
        ),
        pytest.param([night(0, "failed")], ("failed",), id="failed"),
        pytest.param([night(0, "running")], ("killed",), id="killed: nobody holds its lock"),
        pytest.param([night(0, "interrupted")], ("interrupted",), id="interrupted"),
        pytest.param([night(2)], (), id="two nights without any"),
        pytest.param([night(3)], ("missed",), id="three nights without any"),
    ],
)
def test_what_nights_mean(
    quiet: Installation, nights: list[Night], troubles: tuple[Trouble, ...]
) -> None:
    nights_path(quiet.index_path).unlink(missing_ok=True)
    for each in nights:
        keep(quiet.index_path, each)
    found = asked(quiet)
    assert tuple(found.troubles) == troubles
    assert found.faulty is bool({"put_off", "missed", "failed", "killed"} & {*troubles})


def test_nights_without_a_window_are_missed_by_the_hour(scanned: Installation) -> None:
    option(scanned, 'window = "22:00-06:00"', 'window = ""')
    keep(scanned.index_path, night(0))
    began = EVENINGS[0]
    assert asked(scanned, began + timedelta(days=3, minutes=20)).missed == 2  # jitter may come
    assert asked(scanned, began + timedelta(days=3, hours=2)).missed == 3


def test_a_night_under_way_is_told(scanned: Installation) -> None:
    keep(scanned.index_path, Night(stored(NOW)))
    with night_lock(scanned.index_path) as lock:
        ran = scanned.run("status", code=0)
        assert f"(process {lock.holder()})" in ran.out


def test_places_and_what_is_left(scanned: Installation) -> None:
    with Index(scanned.index_path) as index, index.transaction() as connection:
        counts = json.dumps({"met": 5, "statuses": {"read": 3}, "kontrolfil": "missing"})
        connection.execute(
            "INSERT INTO run(place, number, started, ended, status, counts, coverage)"
            " VALUES (1, 2, ?, ?, 'interrupted', ?, '{}')",
            (stored(NOW), stored(NOW), counts),
        )
        connection.execute(
            "UPDATE run SET counts=? WHERE number=1", (json.dumps({"met": 9, "statuses": {}}),)
        )
        connection.execute("UPDATE document SET status='unread', reason='locked'")
    (place,) = asked(scanned).places
    assert (place.met, place.done, place.expected, place.left) == (5, 3, 9, 6)
    assert (place.unread, place.waiting, place.kontrolfil) == (1, 1, "missing")
    ran = scanned.run("--language", "da", "status", code=3)
    assert "fil01: afbrudt" in ran.out
    assert "mindst 6 dokumenter mangler" in ran.out
    assert "En kontrolfil blev ikke fundet" in ran.out


def test_a_place_that_was_never_scanned_is_told(scanned: Installation) -> None:
    scanned.configure('[[place]]\nname = "nyt"\npath = "/srv/nyt"')
    found = asked(scanned)
    assert [(each.place, each.status) for each in found.places][1] == ("nyt", "never")
    assert tuple(found.troubles) == ("never_scanned",)


def test_a_place_by_hand_is_shown_and_not_judged(scanned: Installation) -> None:
    other = scanned.folder / "andet"
    other.mkdir()
    scanned.run("scan", other, "--quiet", code=0)
    other.rmdir()
    assert {each.configured for each in asked(scanned).places} == {True, False}
    assert tuple(asked(scanned).troubles) == ()


def test_watch_mode_is_seen_by_its_lock(scanned: Installation) -> None:
    assert not asked(scanned).watches
    with watch_lock(scanned.index_path):
        assert scanned.run("status", "--json", code=0).lines[0]["watches"] is True
    assert not asked(scanned).watches


def test_the_scheduler_is_seen(scanned: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(scanned.folder / "config"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(scanned.folder / "no-manager"))
    assert "systemd" not in asked(scanned).schedulers
    scanned.run("schedule", "install", "--as", "systemd", code=0)
    found = asked(scanned)
    assert "systemd" in found.schedulers
    assert tuple(found.troubles) == ("no_night",)
    assert found.next_start == stored(datetime(2026, 11, 30, 22, 0).astimezone(UTC))


def test_exit_codes_for_monitoring(installation: Installation) -> None:
    assert installation.run("status", "--json", code=0).lines[0]["state"] == "ok"
    installation.configure('[[place]]\nname = "a"\npath = "/srv/a"')
    assert installation.run("status", "--json", code=3).lines[0]["state"] == "left"
    keep(installation.index_path, Night(stored(NOW), stored(NOW), "failed", 1))
    assert installation.run("status", "--json", code=1).lines[0]["state"] == "fault"
    installation.index_path.write_bytes(b"not a database" * 1000)
    broken = installation.run("status", code=1)
    assert "damaged" in broken.err


def test_status_tells_no_findings_and_no_paths(installation: Installation) -> None:
    number = fake.cpr(hyphen=True)
    installation.write(f"{number}/kunde.txt", f"CPR-nr. {number}")
    installation.configure(
        f'[[place]]\nname = "{number}"\npath = "{installation.files / number}"\n'
        f'kontrolfil = "{NAME}"'
    )
    installation.run("scan", "--nightly", "--quiet", code=3)
    for arguments in (("status",), ("status", "--json"), ("--language", "da", "status")):
        ran = installation.run(*arguments, code=3)
        assert number not in ran.out + ran.err
        assert "CPR" not in ran.out
        assert "kunde.txt" not in ran.out
    nights = (installation.index_path.parent / "fodspor.db.nights.json").read_text("utf-8")
    assert number not in nights


@pytest.mark.parametrize("language", ["en", "da"])
def test_every_fault_is_a_sentence(quiet: Installation, language: str) -> None:
    found = asked(quiet)
    for trouble in ("put_off", "missed"):
        assert trouble_in_words(trouble, found, words(language)).endswith(".")

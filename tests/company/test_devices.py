"""Each answer says when each device last reported, which have not, and what counts twice."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from tests.answers.shelf import Doc, cprs
from tests.company.office import Office

VALUES = cprs(2)
FOUND = Doc("/srv/share/a.txt", VALUES)


@pytest.fixture
def silent(office: Office) -> Office:
    """Two devices, one of which last reported ten days ago."""
    for name in ("anna", "bo"):
        device = office.device(name)
        device.scan(FOUND)
        device.deliver(office.drop)
    office.collect()
    past = (datetime.now(UTC) - timedelta(days=10)).isoformat(timespec="seconds")
    office.sql(
        "UPDATE delivery SET reported=? WHERE device=(SELECT id FROM device WHERE label='bo')", past
    )
    return office


def test_an_answer_with_a_silent_device_is_not_complete(silent: Office) -> None:
    coverage = silent.centre.ask("findings", "--json").coverage
    assert not coverage["complete"]
    assert [(each["device"], each["silent"]) for each in coverage["devices"]] == [
        ("anna", False),
        ("bo", True),
    ]
    about_anna = silent.centre.ask("findings", "--device", "anna", "--json").coverage
    assert about_anna["complete"]
    assert [each["device"] for each in about_anna["devices"]] == ["anna"]
    more = silent.centre.config
    more.write_text(more.read_text("utf-8") + "[collect]\nsilent_days = 30\n", "utf-8")
    assert silent.centre.ask("findings", "--json").coverage["complete"]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        pytest.param("en", ("1 device is silent", "Silent: bo, last reported"), id="English"),
        pytest.param("da", ("1 enhed er tavs", "Tavs: bo, senest meldt"), id="Danish"),
    ],
)
def test_silent_devices_are_told_in_words(
    silent: Office, language: str, said: tuple[str, ...]
) -> None:
    for command in (("findings",), ("report", "overview"), ("report", "devices")):
        out = silent.centre.ask(*command, language=language).out
        assert all(each in out for each in said), out
    gone = cprs(1, 99)[0].value
    out = silent.centre.ask("person", stdin=gone, language=language).out
    assert said[0] in out


def test_the_report_of_devices_has_a_line_for_each(silent: Office) -> None:
    lines = silent.centre.ask("report", "devices", "--json").lines
    told = [(each["device"], each["silent"], each["documents"], each["not_read"]) for each in lines]
    assert told == [("bo", True, 1, 0), ("anna", False, 1, 0)]
    assert all(each["last_run"] for each in lines)


def test_a_device_tells_whether_its_disk_is_encrypted(silent: Office) -> None:
    silent.sql("UPDATE device SET encryption='on' WHERE label='bo'")
    lines = silent.centre.ask("report", "devices", "--json").lines
    assert [each["encryption"] for each in lines] == ["on", None]
    assert "krypteret" in silent.centre.ask("report", "devices", language="da").out


def test_a_device_by_itself_has_no_report_of_devices(office: Office) -> None:
    anna = office.device("anna")
    anna.scan(FOUND)
    assert "devices" not in anna.ask("findings", "--json").coverage
    said = anna.ask_usage("report", "devices")
    assert "fodspor collect" in said


def test_a_clock_that_is_ahead_does_not_hide_silence(office: Office) -> None:
    anna = office.device("anna")
    anna.scan(FOUND)
    anna.started("2099-01-01T00:00:00+00:00")
    anna.deliver(office.drop)
    office.collect()
    past = (datetime.now(UTC) - timedelta(days=10)).isoformat(timespec="seconds")
    office.sql("UPDATE delivery SET collected=?", past)
    assert [e["silent"] for e in office.centre.ask("report", "devices", "--json").lines] == [True]
    anna.scan(FOUND, Doc("/srv/share/b.txt", VALUES))
    anna.sql("UPDATE run SET started='2026-01-01T00:00:00+00:00', ended=started WHERE id=1")
    anna.deliver(office.drop)
    assert [line["what"] for line in office.collect()] == ["merged"]


def share(device: str, *, root: bytes, names: range) -> list[Doc]:
    return [Doc(f"/{device}/{name}.txt", content=f"share {name}") for name in names]


@pytest.mark.parametrize(
    ("roots", "names", "told"),
    [
        pytest.param((b"smb://fil01/salg",) * 2, (range(3), range(3, 6)), 1, id="one address"),
        pytest.param((b"\\\\fil01\\salg",) * 2, (range(3), range(3, 6)), 1, id="one UNC path"),
        pytest.param((b"/mnt/a", b"/mnt/b"), (range(20), range(22)), 1, id="the same contents"),
        pytest.param(
            (b"/home", b"/home"), (range(20), range(20, 40)), 0, id="the same folder name"
        ),
        pytest.param((b"/mnt/a", b"/mnt/b"), (range(20), range(15, 40)), 0, id="a few copies"),
        pytest.param(
            (b"smb://fil01/a", b"smb://fil01/b"), (range(3), range(3)), 0, id="two shares"
        ),
    ],
)
def test_a_share_that_two_devices_scanned_is_told(
    office: Office, roots: tuple[bytes, bytes], names: tuple[range, range], told: int
) -> None:
    for name, root, held in zip(("anna", "bo"), roots, names, strict=True):
        device = office.device(name)
        device.scan(*share(name, root=root, names=held))
        device.sql("UPDATE place SET root=?, display=?", root, root.decode())
        device.deliver(office.drop)
    out = office.centre.ask("collect", str(office.drop)).out
    assert ("anna: share" in out and "bo: share" in out) == bool(told)
    lines = office.centre.ask("report", "devices", "--json").lines
    assert len([line for line in lines if "shared" in line]) == told
    assert ("documents count twice" in office.centre.ask("report", "devices").out) == bool(told)


def test_a_stolen_device_is_known_where_it_was_collected(silent: Office) -> None:
    told = json.loads(silent.centre.ask("key", "compromised", "bo", "--json").out)
    assert (told["device"]["label"], told["unknown"]) == ("bo", False)
    assert [each["label"] for each in told["waiting"]] == ["anna"]

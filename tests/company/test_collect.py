"""One index from many devices: what was handed over is merged once, wholly, and kept."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

import pytest

from scanner.company.tables import LEFT, MERGED
from scanner.index.store import Index
from tests.answers.shelf import Doc, cprs
from tests.company.office import Device, Office, kept

ONE, TWO, THREE = (cprs(1, seed) for seed in (1, 2, 3))

LATER = "2099-01-01T00:00:00+00:00"


def told(device: Device, *more: str, own: bool = True) -> list[dict[str, Any]]:
    """Return what `findings` says, without the numbers of rows."""
    lines = device.ask(*(["--own"] if own else []), "findings", "--json", *more).lines
    return sorted(({**line, "id": line["id"].split("-")[0:0]} for line in lines), key=repr)


def test_a_person_is_found_on_every_device(office: Office) -> None:
    anna, bo = office.device("anna"), office.device("bo")
    anna.scan(Doc("/srv/share/a.txt", ONE), Doc("/srv/share/list.txt", TWO, content="list"))
    bo.scan(Doc("/srv/share/b.txt", THREE), Doc("/srv/share/copy.txt", TWO, content="list"))
    for device in (anna, bo):
        device.deliver(office.drop)
    assert [line["what"] for line in office.collect()] == ["merged", "merged"]
    found = office.centre.ask("person", "--json", stdin=TWO[0].value)
    assert {(line["device"], line["path"]) for line in found.lines} == {
        ("anna", "/srv/share/list.txt"),
        ("bo", "/srv/share/copy.txt"),
    }
    assert len({line["content"] for line in found.lines}) == 1
    copies = office.centre.ask("report", "copies", "--json").lines
    assert [{place["device"] for place in each["places"]} for each in copies] == [{"anna", "bo"}]
    with Index(office.path) as index:
        assert index.check() == []


def test_owners_that_devices_know_by_account_are_the_centres_employees(office: Office) -> None:
    config = office.centre.config
    text = config.read_text("utf-8")
    config.write_text(f'{text}\n[owners]\nfile = "owners.csv"\n', "utf-8")
    (config.parent / "owners.csv").write_text("konto;navn;afdeling\nanna;Anna Holm;Salg\n", "utf-8")
    for name in ("anna", "bo"):
        device = office.device(name)
        device.scan(Doc(f"/home/{name}/a.txt", ONE, owner=f"FIRMA\\{name}"))
        device.deliver(office.drop)
        office.collect()
    found = office.centre.ask("findings", "--json").lines
    assert {(line["owner"], line["department"]) for line in found} == {
        ("Anna Holm", "Salg"),
        ("FIRMA\\bo", None),
    }


def test_two_devices_of_one_label_are_told_apart(office: Office) -> None:
    anna, bo = office.device("anna"), office.device("bo")
    for device, text in ((anna, ONE), (bo, TWO)):
        device.sql("UPDATE device SET label='pc'")
        device.scan(Doc("/srv/share/a.txt", text))
        device.deliver(office.drop)
    office.collect()
    found = office.centre.ask("findings", "--json").lines
    assert {line["device"] for line in found} == {
        f"pc ({device.device[:8]})" for device in (anna, bo)
    }


def test_the_same_file_twice_changes_nothing(office: Office) -> None:
    anna = office.device("anna")
    anna.scan(Doc("/srv/share/a.txt", ONE), Doc("/srv/share/b.txt", status="unread"))
    again = kept(anna.deliver(office.drop), "again.db")
    office.collect()
    before = office.state()
    assert [line["what"] for line in office.collect()] == ["known", "known"]
    assert [line["what"] for line in office.collect(again)] == ["known"]
    assert office.state() == before


def test_an_older_file_is_told_and_skipped(office: Office) -> None:
    anna = office.device("anna")
    anna.scan(Doc("/srv/share/a.txt", ONE))
    anna.started("2026-01-01T00:00:00+00:00")
    old = kept(anna.deliver(office.folder / "early"), "old.db")
    anna.scan(Doc("/srv/share/a.txt", TWO, content="newer"))
    anna.deliver(office.drop)
    old.write_bytes(old.read_bytes())
    set_delivered(old, "2026-01-01T00:00:00+00:00")
    office.collect()
    before = office.state()
    assert [line["what"] for line in office.collect(old)] == ["older"]
    assert office.state() == before


def set_delivered(path: Any, moment: str) -> None:
    import sqlite3

    connection = sqlite3.connect(path)
    with connection:
        connection.execute("UPDATE meta SET value=? WHERE key='delivered'", (moment,))
        connection.execute("UPDATE device SET last_seen=''")
    connection.close()


def test_a_lost_index_loses_no_history(office: Office) -> None:
    anna = office.device("anna")
    anna.scan(Doc("/srv/share/stays.txt", ONE), Doc("/srv/share/went.txt", TWO))
    anna.started("2026-01-01T00:00:00+00:00")
    anna.deliver(office.drop)
    office.collect()
    anna.lose()
    anna.scan(Doc("/srv/share/stays.txt", ONE))
    anna.deliver(office.drop)
    (line,) = office.collect()
    assert (line["what"], line["new"], line["closed"]) == ("merged", 0, 1)
    gone = office.centre.ask("person", "--gone", "--json", stdin=TWO[0].value).lines
    assert [(each["path"], each["status"]) for each in gone] == [("/srv/share/went.txt", "gone")]
    assert office.centre.ask("person", "--json", stdin=TWO[0].value).coverage["gone"] == 1
    (stays,) = told(office.centre, own=False)
    assert stays["first_seen"] == "2026-01-01T00:00:00+00:00"
    assert office.sql("SELECT number FROM run ORDER BY started") == [(1,), (2,)]
    with Index(office.path) as index:
        assert index.check() == []


def test_a_walk_that_was_not_whole_closes_nothing(office: Office) -> None:
    anna = office.device("anna")
    anna.scan(Doc("/srv/share/a.txt", ONE), Doc("/srv/share/b.txt", TWO))
    anna.deliver(office.drop)
    office.collect()
    anna.lose()
    anna.scan(Doc("/srv/share/a.txt", ONE), status="interrupted")
    anna.deliver(office.drop)
    (line,) = office.collect()
    assert line["closed"] == 0
    assert len(told(office.centre, own=False)) == 2
    assert not office.centre.ask("findings", "--json").coverage["complete"]


def test_a_place_that_its_device_forgot_stays_and_is_told(office: Office) -> None:
    anna = office.device("anna")
    anna.scan(Doc("/srv/share/a.txt", ONE))
    anna.scan(Doc("/srv/other/b.txt", TWO), place="other")
    anna.deliver(office.drop)
    office.collect()
    anna.ask("index", "forget", "other", "--yes")
    anna.deliver(office.drop)
    office.collect()
    answer = office.centre.ask("findings", "--json")
    assert len(answer.lines) == 2
    assert not answer.coverage["complete"]
    assert [bool(p.get("unknown_since")) for p in answer.coverage["places"]] == [True, False]
    assert "anna: other: the newest index" in office.centre.ask("findings").out
    office.centre.ask("index", "forget", "other", "--device", "anna", "--yes")
    assert len(told(office.centre, own=False)) == 1


def test_what_a_rotten_device_says_of_a_common_content_is_its_own(office: Office) -> None:
    anna, bo = office.device("anna"), office.device("bo")
    for device, values in ((anna, (*ONE, *TWO)), (bo, ())):
        device.scan(Doc(f"/srv/share/{device.name}.txt", values, content="list"))
    bo.sql("UPDATE content SET read_at=?", LATER)
    for device in (anna, bo):
        device.deliver(office.drop)
    office.collect()
    assert [line["device"] for line in told(office.centre, own=False)] == ["anna", "anna"]
    (copies,) = office.centre.ask("report", "copies", "--json").lines
    assert {place["device"] for place in copies["places"]} == {"anna", "bo"}
    bo.lose()
    bo.scan(Doc("/srv/share/bo.txt", (*ONE, *TWO), content="list"))
    for device in (bo, anna):
        device.scan(finish=False)
        device.deliver(office.drop)
        office.collect()
    assert len(told(office.centre, own=False)) == 4
    hashes = office.sql(
        "SELECT length(hash) FROM content c WHERE EXISTS"
        " (SELECT 1 FROM occurrence WHERE content=c.id AND gone_run IS NULL)"
    )
    assert hashes == [(32,)]


def test_a_moved_document_keeps_its_row(office: Office) -> None:
    anna = office.device("anna")
    anna.scan(Doc("/srv/share/old.txt", ONE))
    anna.deliver(office.drop)
    office.collect()
    (number,) = office.sql("SELECT id FROM document")
    path = b"/srv/share/new.txt"
    with anna.opened_for_writing() as index:
        index.connection.execute(
            "INSERT INTO moved(document, run, path) SELECT id, 1, path FROM document"
        )
        index.connection.execute(
            "UPDATE document SET path=?, display=?, path_key=?",
            (path, path.decode(), anna.seal.path_key(path)),
        )
    anna.deliver(office.drop)
    office.collect()
    assert office.sql("SELECT id, display FROM document") == [(*number, path.decode())]
    assert office.sql("SELECT count(*) FROM moved") == [(1,)]


@pytest.mark.parametrize(
    "seed", [0, 1, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(2, 6))]
)
def test_the_centre_answers_as_each_device_does(
    office: Office, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever happened on the devices and whenever it was handed over.

    Bytes that are read otherwise are read in another second: what was read in one is one reading.
    """

    began = datetime.now(UTC)

    class Ticking(datetime):
        seconds = 0

        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return began + timedelta(seconds=cls.seconds)

    monkeypatch.setattr("scanner.index.store.datetime", Ticking)
    chance = random.Random(seed)
    devices = [office.device(name) for name in ("anna", "bo", "carl")]
    values = cprs(6, seed + 10)
    names = [f"{number}" for number in range(8)]
    for _ in range(7):
        Ticking.seconds += 1
        device = chance.choice(devices)
        if chance.random() < 0.15:
            device.lose()
        held = [
            Doc(
                f"/srv/share/{name}.txt",
                tuple(chance.sample(values, chance.randrange(3))),
                {("in.txt",): (chance.choice(values),)} if chance.random() < 0.3 else {},
                content=chance.choice(["", "common", "list"]),
                status=chance.choice(["read", "read", "read", "unread"]),
                size=chance.choice([1000, 2000]),
            )
            for name in chance.sample(names, 5)
        ]
        device.scan(*held)
        if chance.random() < 0.6:
            device.deliver(office.drop)
            office.collect()
    for device in devices:
        if not device.sql("SELECT 1 FROM run"):
            device.scan()
        device.deliver(office.drop)
    office.collect()
    for device in devices:
        mine = told(device)
        theirs = told(office.centre, "--device", device.name, own=False)
        for line in (*mine, *theirs):
            line.pop("first_seen"), line.pop("id")
        assert theirs == mine
    with Index(office.path) as index:
        assert index.check() == []


def test_every_table_is_merged_or_left_on_purpose(office: Office) -> None:
    """A new table must be told what collecting does with it: scanner/company/tables.py."""
    tables = office.device("anna").sql("SELECT name FROM sqlite_master WHERE type='table'")
    assert {name for (name,) in tables} == MERGED | LEFT

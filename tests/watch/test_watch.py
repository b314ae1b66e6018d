"""What is saved in a watched folder is read, recorded and told; what goes is gone."""

from __future__ import annotations

import errno
import json
import mailbox
import os
import random
import re
import shutil
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scanner.demo import fake
from scanner.index.store import Index
from scanner.watch.observing import Native
from tests.conftest import Installation
from tests.letters import letter
from tests.watch.watching import Watch, watching

OPEN = "SELECT display FROM document WHERE gone_run IS NULL AND item='' ORDER BY 1"
RUNS = "SELECT number, status FROM run ORDER BY id"


@pytest.fixture
def office(installation: Installation) -> Installation:
    installation.configure(f"[[place]]\nname = 'office'\npath = '{installation.files}'")
    return installation


def setting(office: Installation, key: str, value: str) -> None:
    """Write an option of [watch]."""
    text = office.config.read_text("utf-8")
    text, count = re.subn(rf"(?m)^{key} = .*$", lambda _: f"{key} = {value}", text)
    assert count == 1
    office.config.write_text(text, "utf-8")


def customers(number: int = 2, seed: int = 1) -> str:
    chance = random.Random(seed)
    rows = [f"{fake.name(chance)};{fake.cpr(chance)}" for _ in range(number)]
    return "Navn;CPR-nr.\n" + "\n".join(rows) + "\n"


def test_a_saved_file_is_told(office: Installation) -> None:
    with watching(office) as watch:
        office.write("liste.csv", customers(12))
        watch.until(lambda: bool(watch.teller.told))
    (told,) = watch.teller.told
    held = {each.kind: each for each in told.kinds}
    assert held["DK_CPR"].values == 12 and told.level == "high"
    assert held["DK_CPR"].where and told.place == "office" and told.mark
    assert watch.teller.closed


def _beside(folder: Path, text: str) -> str:
    """Most editors: write beside, then rename."""
    new = folder / ".liste.csv.x1Y2z3"
    new.write_text(text, "utf-8")
    new.rename(folder / "liste.csv")
    return "liste.csv"


def _office(folder: Path, text: str) -> str:
    """Excel and Word: an owner file, the new file under digits, two renames."""
    (folder / "~$liste.csv").write_text("Bo", "utf-8")
    new, path, old = folder / "4D3A1F00", folder / "liste.csv", folder / "liste.tmp"
    path.write_text("old", "utf-8")
    new.write_text(text, "utf-8")
    path.rename(old)
    new.rename(path)
    old.unlink()
    (folder / "~$liste.csv").unlink()
    return "liste.csv"


def _libreoffice(folder: Path, text: str) -> str:
    lock, new = folder / ".~lock.liste.csv#", folder / "lu4711ab.tmp"
    lock.write_text("Bo", "utf-8")
    new.write_text(text, "utf-8")
    new.rename(folder / "liste.csv")
    lock.unlink()
    return "liste.csv"


def _download(folder: Path, text: str) -> str:
    (folder / "liste.csv").touch()  # Firefox holds the name with an empty file
    part = folder / "liste.csv.part"
    part.write_text(text, "utf-8")
    part.rename(folder / "liste.csv")
    return "liste.csv"


def _pieces(folder: Path, text: str) -> str:
    with (folder / "liste.csv").open("w", encoding="utf-8") as file:
        for start in range(0, len(text), 10):
            file.write(text[start : start + 10])
            file.flush()
    return "liste.csv"


def _moved_in(folder: Path, text: str) -> str:
    outside = folder.parent / "outside"
    outside.mkdir()
    (outside / "liste.csv").write_text(text, "utf-8")
    outside.rename(folder / "kunder")
    return "liste.csv"


def _vim(folder: Path, text: str) -> str:
    """Vim: asks whether it may write, keeps the old one, writes anew."""
    path = folder / "liste.csv"
    path.write_text("old", "utf-8")
    (folder / "4913").touch()
    (folder / "4913").unlink()
    path.rename(folder / "liste.csv~")
    path.write_text(text, "utf-8")
    (folder / "liste.csv~").unlink()
    return "liste.csv"


def _deep(folder: Path, text: str) -> str:
    """A folder in a folder, made and filled at once."""
    below = folder / "a" / "b" / "c"
    below.mkdir(parents=True)
    (below / "liste.csv").write_text(text, "utf-8")
    return "liste.csv"


def _old_copy(folder: Path, text: str) -> str:
    outside = folder.parent / "old.csv"
    outside.write_text(text, "utf-8")
    os.utime(outside, (1_500_000_000, 1_500_000_000))
    shutil.copy2(outside, folder / "liste.csv")
    return "liste.csv"


def _zip(folder: Path, text: str) -> str:
    import zipfile

    with zipfile.ZipFile(folder / "liste.zip", "w") as archive:
        archive.writestr("kunder/liste.csv", text)
    return "liste.zip"


@pytest.mark.parametrize(
    "save",
    [
        pytest.param(each, id=each.__name__.strip("_"))
        for each in (
            *(_beside, _office, _libreoffice, _download, _pieces),
            *(_moved_in, _vim, _deep, _old_copy, _zip),
        )
    ],
)
def test_each_way_of_saving_is_told_once(
    office: Installation, save: Callable[[Path, str], str]
) -> None:
    with watching(office) as watch:
        name = save(office.files, customers())
        watch.until(lambda: name in watch.teller.names)
        watch.quiet()
        assert watch.teller.names == [name]
    assert [Path(path).name for (path,) in office.rows(OPEN)] == [name]


def test_deleted_and_moved_files_update_the_index(office: Installation) -> None:
    office.write("old/one.csv", customers(2, 1))
    office.write("old/deep/two.csv", customers(2, 2))
    office.write("three.csv", customers(2, 3))
    office.write("dir/four.csv", customers(2, 4))
    office.run("scan", "--quiet", code=0)
    before = dict(office.rows("SELECT display, id FROM document"))
    with watching(office) as watch:
        (office.files / "old").rename(office.files / "new")
        (office.files / "three.csv").unlink()
        shutil.rmtree(office.files / "dir")
        watch.until(lambda: len(office.rows(OPEN)) == 2)
    after = dict(office.rows("SELECT display, id FROM document WHERE gone_run IS NULL"))
    assert {path.replace("/new/", "/old/"): number for path, number in after.items()} == {
        path: number for path, number in before.items() if "/old/" in path
    }
    assert [status for _, status in office.rows(RUNS)].count("done") == len(office.rows(RUNS))


def test_a_folder_that_goes_takes_what_lay_in_it(office: Installation) -> None:
    office.write("kunder/a.csv", customers(2, 1))
    office.write("kunder-2/b.csv", customers(2, 2))  # begins with the same letters
    office.run("scan", "--quiet", code=0)
    with watching(office) as watch:
        (office.files / "kunder").rename(office.folder / "away")
        watch.until(lambda: len(office.rows(OPEN)) == 1)
        watch.quiet()
    assert [Path(path).name for (path,) in office.rows(OPEN)] == ["b.csv"]


def test_a_run_of_the_watch_is_no_turn_of_the_place(office: Installation) -> None:
    office.write("a.csv", customers(2, 1))
    office.run("scan", "--quiet", code=0)
    with watching(office) as watch:
        office.write("b.csv", customers(2, 2))
        watch.until(lambda: "b.csv" in watch.teller.names)
        os.utime(office.files / "a.csv")  # touched, and what it holds did not change
        watch.until(lambda: watch.places[0].gatherer.soon(time.monotonic()))
        watch.quiet()
    assert [number > 0 for number, _ in office.rows(RUNS)].count(True) == 1
    office.run("scan", "--quiet", code=0)
    office.run("scan", "--quiet", code=0)
    assert [number for number, _ in office.rows(RUNS) if number > 0] == [1, 2, 3]
    (place,) = office.run("findings", "--json").lines[-1]["coverage"]["places"]
    assert place["last_status"] == "done"


def test_old_runs_of_a_watch_go_when_nothing_was_learnt_by_them(office: Installation) -> None:
    with watching(office) as watch:
        for number in range(1, 4):
            office.write("a.csv", customers(2, number))
            watch.until(lambda number=number: len(watch.teller.told) == number)  # type: ignore[misc]
    with Index(office.index_path) as index:
        before = index.connection.execute(RUNS).fetchall()
        held = index.connection.execute(OPEN).fetchall()
        in_two_years = datetime.now(UTC) + timedelta(days=800)
        index.compact(400, in_two_years)
        after = index.connection.execute(RUNS).fetchall()
        assert index.connection.execute(OPEN).fetchall() == held
        known = index.connection.execute(
            "SELECT count(*) FROM occurrence o JOIN run r ON r.id=o.first_run"
        ).fetchone()
    assert len(before) == 3 and len(after) == 2  # which met it first, and which read it last
    assert known == (1,)


def test_what_a_watch_records_during_a_scan_is_not_gone_at_its_end(office: Installation) -> None:
    from scanner.index.run import PlaceRun

    office.write("b.csv", customers(2, 2))
    office.run("scan", "--quiet", code=0)
    target = office.setup().targets([])[0]
    with watching(office) as watch, Index(office.index_path) as index:
        tools = office.tools()
        run = PlaceRun(index, tools, device=target.device, place=target.place, root=target.root)
        met = list(target.connector.walk())  # the scan has been here already
        office.write("a.csv", customers(2, 1))
        (office.files / "b.csv").rename(office.files / "c.csv")
        watch.until(lambda: len(watch.teller.told) == 2)
        list(run.stale(iter(met)))
        run.finish("done")
    assert [Path(path).name for (path,) in office.rows(OPEN)] == ["a.csv", "c.csv"]


def test_mail_that_arrives_is_told_by_message(office: Installation) -> None:
    chance = random.Random(3)
    box = mailbox.Maildir(office.files / "Maildir")
    old = mailbox.mbox(office.files / "Inbox.mbox")
    for each in (box, old):
        each.add(letter(1, f"CPR-nr. {fake.cpr(chance)}"))
    old.flush()
    office.run("scan", "--quiet")
    count = "SELECT count(*) FROM document WHERE gone_run IS NULL AND item<>''"
    assert office.rows(count) == [(2,)]
    with watching(office) as watch:
        box.add(letter(2, f"CPR-nr. {fake.cpr(chance)}"))
        watch.until(lambda: len(watch.teller.told) == 1)
        old.add(letter(3, f"CPR-nr. {fake.cpr(chance)}"))
        old.flush()
        watch.until(lambda: len(watch.teller.told) == 2)
        watch.quiet()
        first, second = watch.teller.told
        assert first.display.endswith("Maildir") and second.display.endswith("Inbox.mbox")
        old.close()
        box.clear()
        watch.until(lambda: office.rows(count) == [(2,)])
    assert len(watch.teller.told) == 2


def test_what_rules_leave_out_is_not_looked_at(office: Installation) -> None:
    with watching(office) as watch:
        office.write("Privat/liste.csv", customers(2, 1))
        office.write("node_modules/x/liste.csv", customers(2, 2))
        office.write("synlig.csv", customers(2, 3))
        watch.until(lambda: "synlig.csv" in watch.teller.names)
        watch.quiet()
    assert watch.teller.names == ["synlig.csv"]
    assert len(office.rows(OPEN)) == 1


def test_rules_say_what_is_told_where(office: Installation) -> None:
    rules = [f"allow DK_CPR in {office.files}/HR", "forbid ordinary in Downloads"]
    setting(office, "rules", json.dumps(rules))
    with watching(office) as watch:
        office.write("HR/a.csv", customers(2, 1))
        office.write("Downloads/b.csv", "Kontakt: anna.holm@firma.dk\n")
        office.write("c.csv", customers(2, 2))
        watch.until(lambda: {"b.csv", "c.csv"} <= set(watch.teller.names))
        watch.quiet()
    told = {Path(each.display).name: each for each in watch.teller.told}
    assert "DK_CPR" not in [each.kind for each in told["a.csv"].kinds]
    assert told["b.csv"].forbidden and told["b.csv"].rule == "forbid ordinary in Downloads"
    assert not told["c.csv"].forbidden and told["c.csv"].rule == ""


# What happens while nobody watched


def _between(office: Installation) -> None:
    office.write("between.csv", customers(2, 5))
    (office.files / "goes.csv").unlink()


def test_what_happened_in_between_is_found_after_a_restart(office: Installation) -> None:
    office.write("before.csv", customers(2, 4))
    office.write("goes.csv", customers(2, 6))
    office.run("scan", "--quiet", code=0)
    with watching(office) as watch:
        watch.quiet()
    time.sleep(0.01)
    _between(office)
    with watching(office) as watch:
        watch.until(lambda: "between.csv" in watch.teller.names)
        watch.quiet()
    assert [Path(path).name for (path,) in office.rows(OPEN)] == ["before.csv", "between.csv"]
    told = [name for name in watch.teller.names if name != "between.csv"]
    assert not told or told == ["before.csv"]  # saved within the slack of the two clocks


def test_an_old_file_that_is_new_to_the_index_is_told_when_looked_through(
    office: Installation,
) -> None:
    office.write("known.csv", customers(2, 1))
    office.run("scan", "--quiet", code=0)
    with watching(office) as watch:
        (place,) = watch.places
        office.write("old.csv", customers(2, 2))
        place.gatherer.found()
        place.since_ns = time.time_ns() + 10**11  # as if it had been changed long before
        place.gatherer.lose()
        watch.quiet()
    assert watch.teller.names == ["old.csv"]


def test_the_first_reading_of_a_place_is_left_to_the_scan(office: Installation) -> None:
    office.write("before.csv", customers(2, 4))
    os.utime(office.files / "before.csv", (1_700_000_000, 1_700_000_000))
    with watching(office) as watch:
        watch.session.places[0].since_ns = time.time_ns() + 10**10
        watch.session.places[0].gatherer.lose()
        watch.quiet()
    assert watch.teller.told == [] and office.rows("SELECT count(*) FROM document") == [(0,)]


# What the system does


def test_a_queue_that_ran_over_is_made_good(office: Installation) -> None:
    with watching(office) as watch:
        assert watch.session._observer is not None
        watch.session._observer.lose()
        office.write("a.csv", customers())
        watch.until(lambda: "a.csv" in watch.teller.names)


def _gone(watch: Watch) -> bool:
    return "away" in watch.codes


def test_a_place_that_goes_and_comes_back(office: Installation) -> None:
    office.write("a.csv", customers(2, 1))
    office.run("scan", "--quiet", code=0)
    with watching(office) as watch:
        office.files.rename(office.folder / "elsewhere")
        watch.until(lambda: _gone(watch))
        assert len(office.rows(OPEN)) == 1  # a disk that is away is not emptied
        office.files.mkdir()
        (office.folder / "elsewhere" / "a.csv").rename(office.files / "a.csv")
        office.write("b.csv", customers(2, 2))
        watch.until(lambda: "b.csv" in watch.teller.names)
        office.write("c.csv", customers(2, 3))
        watch.until(lambda: "c.csv" in watch.teller.names)
    assert watch.codes.count("away") == watch.codes.count("back") == 1


def test_a_disk_that_is_not_mounted_looks_empty_and_nothing_is_gone(office: Installation) -> None:
    office.write("a.csv", customers(2, 1))
    office.run("scan", "--quiet", code=0)
    with watching(office) as watch:
        office.files.rename(office.folder / "elsewhere")
        office.files.mkdir()  # the folder that it was mounted on
        watch.until(lambda: bool({"changed", "back"} & set(watch.codes)))
        watch.quiet()
        assert len(office.rows(OPEN)) == 1
        office.files.rmdir()
        (office.folder / "elsewhere").rename(office.files)
        office.write("b.csv", customers(2, 2))
        watch.until(lambda: "b.csv" in watch.teller.names)
    assert len(office.rows(OPEN)) == 2


def test_a_machine_that_slept_looks_through_its_places(office: Installation) -> None:
    from datetime import UTC, datetime, timedelta

    ahead = timedelta()
    with watching(office, wall=lambda: datetime.now(UTC) + ahead) as watch:
        watch.quiet()
        watch.session.step()
        ahead = timedelta(hours=8)
        watch.until(lambda: "slept" in watch.codes)
        watch.quiet()


def test_a_wait_that_took_too_long_counts_as_sleep(office: Installation) -> None:
    ahead = 0.0
    with watching(office, clock=lambda: time.monotonic() + ahead) as watch:
        watch.quiet()
        real = watch.session._woken.wait

        def asleep(seconds: float | None = None) -> bool:
            nonlocal ahead
            ahead += 3600
            return real(0)

        watch.session._woken.wait = asleep  # type: ignore[method-assign, assignment]
        watch.session.rest()
        watch.session._woken.wait = real  # type: ignore[method-assign]
        watch.session.step()
    assert "slept" in watch.codes


def test_a_share_that_refuses_the_login_is_not_asked_again(office: Installation) -> None:
    from dataclasses import replace

    from connectors import Unreadable
    from connectors.disk import DiskConnector

    class Refusing:
        asked = 0
        device = "d"

        def walk(self) -> object:
            self.asked += 1
            raise Unreadable(b"", "no_access", folder=True, lost="login")

    refusing = Refusing()
    with watching(office) as watch:
        (place,) = watch.places
        assert isinstance(place.target.connector, DiskConnector)
        place.target = replace(place.target, connector=refusing)  # type: ignore[arg-type]
        place.how, place.sweep_at = "poll", 0.0
        watch.until(lambda: "refused" in watch.codes)
        for _ in range(3):
            place.gatherer.lose()
            watch.session.step()
    assert refusing.asked == 1


def test_an_observer_that_died_is_begun_again(office: Installation) -> None:
    with watching(office) as watch:
        assert watch.session._observer is not None
        watch.session._observer.close()
        watch.until(lambda: "observer" in watch.codes)
        office.write("a.csv", customers())
        watch.until(lambda: "a.csv" in watch.teller.names)


def test_used_up_watches_are_said_and_the_place_is_polled(
    office: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    from watchdog.observers.inotify_c import InotifyFD

    def add(self: object, path: bytes, *given: object) -> int:
        if path.endswith(b"/full"):
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(self, path, *given)  # type: ignore[arg-type]

    real = InotifyFD.add_callback
    monkeypatch.setattr(InotifyFD, "add_callback", add)
    setting(office, "poll_seconds", "1.0")
    with watching(office) as watch:
        (office.files / "full").mkdir()
        watch.until(lambda: "polled limit" in watch.codes)
        office.write("full/a.csv", customers(2, 1))
        watch.until(lambda: "a.csv" in watch.teller.names)


def test_an_index_that_cannot_be_used_loses_nothing(office: Installation) -> None:
    office.run("scan", "--quiet", code=0)
    whole = office.index_path.read_bytes()
    for end in ("-wal", "-shm"):
        office.index_path.with_name(office.index_path.name + end).unlink(missing_ok=True)
    with watching(office) as watch:
        office.index_path.write_bytes(b"no database at all" * 100)
        office.write("a.csv", customers())
        watch.until(lambda: "trouble" in watch.codes)
        assert watch.teller.told == []
        office.index_path.write_bytes(whole)
        watch.places[0].retry_at = 0.0
        watch.until(lambda: "a.csv" in watch.teller.names)
    assert watch.codes.count("trouble") == watch.codes.count("usable") == 1


@pytest.mark.parametrize(
    "looks_through",
    [
        pytest.param(False, id="saved while it watches"),
        pytest.param(True, id="looked through"),
    ],
)
def test_what_was_read_and_could_not_be_told_is_told_later(
    office: Installation, monkeypatch: pytest.MonkeyPatch, looks_through: bool
) -> None:
    from scanner.answers.opened import opened
    from scanner.index.store import IndexTrouble
    from scanner.watch import session

    def away(*given: object) -> object:
        raise IndexTrouble("there is no index")

    office.run("scan", "--quiet", code=0)
    with watching(office) as watch:
        monkeypatch.setattr(session, "opened", away)
        if looks_through:
            watch.places[0].gatherer.lose()
        office.write("a.csv", customers())
        watch.until(lambda: "trouble" in watch.codes)
        monkeypatch.setattr(session, "opened", opened)
        watch.places[0].retry_at = 0.0
        watch.until(lambda: "a.csv" in watch.teller.names)
    assert "usable" in watch.codes


def test_without_any_observer_places_are_polled(office: Installation) -> None:
    def native() -> Native:
        raise OSError(errno.EMFILE, "inotify instance limit reached")

    setting(office, "poll_seconds", "1.0")
    with watching(office, native=native) as watch:
        assert "polled limit" in watch.codes
        office.write("a.csv", customers())
        watch.until(lambda: "a.csv" in watch.teller.names)


def test_a_full_disk_loses_nothing(office: Installation) -> None:
    from contextlib import contextmanager

    from scanner.index.store import IndexTrouble

    full = True

    @contextmanager
    def guard(index: Path):  # type: ignore[no-untyped-def]
        if full:
            raise IndexTrouble(f"the disk of {index} is full; free some space and run again")
        yield lambda: False

    with watching(office, guard=guard) as watch:
        office.write("a.csv", customers())
        watch.until(lambda: "trouble" in watch.codes)
        full = False
        watch.places[0].retry_at = 0.0
        watch.until(lambda: "a.csv" in watch.teller.names)


def test_who_keeps_everyone_out_is_waited_for(office: Installation) -> None:
    from scanner.cli.settling import alone

    office.run("scan", "--quiet", code=0)
    with watching(office) as watch:
        with alone(office.index_path):
            office.write("a.csv", customers())
            watch.until(lambda: watch.places[0].retry_at > 0)
            assert watch.teller.told == []
        watch.until(lambda: "a.csv" in watch.teller.names)
    assert "trouble" not in watch.codes

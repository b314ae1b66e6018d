"""What the operating system tells, on real inotify; and what it could not tell."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from scanner.watch.gathering import Gatherer
from scanner.watch.observing import Native, Observed

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="tells of inotify")
QUEUE = Path("/proc/sys/fs/inotify/max_queued_events")


@contextmanager
def observed(root: Path) -> Iterator[tuple[Native, Gatherer]]:
    import watchdog.observers.inotify_c  # noqa: F401  # starts a thread of its own, for good

    before = threading.enumerate()
    native, gatherer = Native(), Gatherer(quiet=0.1, settled=0.1)
    try:
        native.add(Observed(bytes(root), gatherer, lambda: None, time.monotonic))
        yield native, gatherer
    finally:
        native.close()
    assert [each for each in threading.enumerate() if each not in before] == []


def seen(gatherer: Gatherer, paths: set[bytes], seconds: float = 60.0) -> set[bytes]:
    """Return which of the paths were seen, waiting until all were."""
    deadline, found = time.monotonic() + seconds, set[bytes]()
    while not paths <= found and time.monotonic() < deadline and not gatherer.lost:
        found |= {path for path, _ in gatherer.take(time.monotonic(), 10**6)}
        time.sleep(0.02)
    return paths & found


def test_500_files_saved_slowly_in_10_000_folders_are_seen(tmp_path: Path) -> None:
    folders = [tmp_path / str(n % 100) / str(n) for n in range(10_000 - 100)]
    for folder in folders:
        folder.mkdir(parents=True)
    with observed(tmp_path) as (_, gatherer):
        saved = set()
        for number in range(500):
            path = folders[number * 19] / "gemt.txt"
            path.write_text("x", "utf-8")
            saved.add(bytes(path))
            time.sleep(0.005)
        assert len(seen(gatherer, saved)) == 500 and not gatherer.lost


def test_a_queue_that_runs_over_is_noticed(tmp_path: Path) -> None:
    limit = int(QUEUE.read_text("ascii"))
    if limit > 100_000:
        pytest.skip("the queue of this machine is too long to fill")
    with observed(tmp_path) as (native, gatherer):
        (descriptor,) = native._threads
        with descriptor._lock:  # its thread stands still, the kernel's queue fills
            for number in range(limit // 2 + 1000):
                (tmp_path / f"{number}").touch()
        deadline = time.monotonic() + 60
        while not gatherer.lost and time.monotonic() < deadline:
            time.sleep(0.02)
        assert gatherer.lost


def broken(event: object) -> None:
    raise KeyError("a folder that came and went")


def test_an_error_in_its_own_thread_is_told_and_does_not_end_it(tmp_path: Path) -> None:
    with observed(tmp_path) as (native, gatherer):
        (descriptor,) = native._threads
        watch = next(iter(descriptor._watch_for_wd.values()))
        (group,) = watch.callbacks.values()
        real = group.on_event
        group.on_event = broken
        (tmp_path / "a").touch()
        deadline = time.monotonic() + 10
        while not gatherer.lost and time.monotonic() < deadline:
            time.sleep(0.02)
        assert gatherer.lost and native.alive
        group.on_event = real
        gatherer.found()
        (tmp_path / "b").touch()
        assert seen(gatherer, {bytes(tmp_path / "b")}, 10)


def test_a_place_reached_through_a_link_has_the_paths_of_its_documents(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    with observed(tmp_path / "link") as (_, gatherer):
        (tmp_path / "real" / "a.txt").touch()
        assert seen(gatherer, {bytes(tmp_path / "link" / "a.txt")}, 10)


@pytest.mark.parametrize(
    "from_where",
    [
        pytest.param("outside", id="from a folder that nobody watches"),
        pytest.param("place/before", id="from elsewhere in the place"),
    ],
)
def test_a_folder_that_was_moved_here_is_watched_to_its_depth(
    tmp_path: Path, from_where: str
) -> None:
    place, moved = tmp_path / "place", tmp_path / "place" / "moved"
    place.mkdir()
    (tmp_path / from_where / "a" / "b").mkdir(parents=True)
    (tmp_path / from_where / "a" / "b" / "old.txt").touch()
    with observed(place) as (_, gatherer):
        (tmp_path / from_where).rename(moved)
        if from_where == "outside":
            assert seen(gatherer, {bytes(moved / "a" / "b" / "old.txt")}, 10)
        else:
            assert seen(gatherer, {bytes(moved)}, 10)
        saved = {bytes(moved / each / "new.txt") for each in (".", "a", "a/b")}
        for path in saved:
            with open(path, "wb"):
                pass
        assert seen(gatherer, saved, 10) == saved and not gatherer.lost


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("æøå.txt".encode(), id="Danish letters"),
        pytest.param(b"\xe6\xf8.txt", id="no UTF-8"),
        pytest.param(b"line\nbreak", id="a line break"),
    ],
)
def test_names_are_bytes(tmp_path: Path, name: bytes) -> None:
    with observed(tmp_path) as (_, gatherer):
        path = bytes(tmp_path) + b"/" + name
        with open(path, "wb"):
            pass
        assert seen(gatherer, {path}, 10)


def test_looking_is_no_event(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b.txt").write_text("x", "utf-8")
    with observed(tmp_path) as (_, gatherer):
        (tmp_path / "a" / "b.txt").read_bytes()
        list((tmp_path / "a").iterdir())
        (tmp_path / "c.txt").touch()
        assert seen(gatherer, {bytes(tmp_path / "c.txt")}, 10)
        assert len(gatherer) == 0

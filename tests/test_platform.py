"""What the process does to itself: priority, memory, locks, private files, silence, interrupts."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from scanner import platform, private_files
from scanner.platform import FileLock, Interrupts, LockedError, private_temp

posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX modes and signals")
linux = pytest.mark.skipif(sys.platform != "linux", reason="Linux only")

REPOSITORY = Path(__file__).parents[1]
HOLD = """
    import sys
    from pathlib import Path
    from scanner.platform import FileLock
    lock = FileLock(Path(sys.argv[1]))
    lock.acquire()
    print("held", flush=True)
    sys.stdin.read()
"""


def start(program: str, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program), *map(str, arguments)],
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(program: str, *arguments: object) -> str:
    with start(program, *arguments) as process:
        out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    return out


# -- manners


def test_processes_are_never_forked_from_one_with_threads() -> None:
    assert platform.spawn_method() == ("forkserver" if sys.platform == "linux" else "spawn")


@posix
def test_priority_is_lowered_once() -> None:
    shown = run(
        """
        import os
        from scanner.platform import lower_priority
        before = os.getpriority(os.PRIO_PROCESS, 0)
        print(lower_priority(), lower_priority(), os.getpriority(os.PRIO_PROCESS, 0) - before)
        """
    )
    already = max(0, os.getpriority(os.PRIO_PROCESS, 0))
    assert shown.split() == ["True", "True", str(max(0, 10 - already))]


@linux
def test_memory_runs_out_for_the_process_that_takes_too_much() -> None:
    shown = run(
        """
        from scanner.platform import limit_memory, memory_limit_enforced
        print(limit_memory(200_000_000), memory_limit_enforced())
        held = bytearray(100_000_000)
        try:
            more = bytearray(200_000_000)
        except MemoryError:
            print("no more")
        """
    )
    assert shown.splitlines() == ["address space True", "no more"]


@pytest.mark.skipif(sys.platform != "darwin", reason="macOS only")
def test_what_is_not_enforced_is_said() -> None:
    assert platform.limit_memory(10**9) == "not enforced"
    assert not platform.memory_limit_enforced()


@linux
def test_a_worker_ends_with_its_parent() -> None:
    parent = start(
        """
        import subprocess, sys
        worker = subprocess.Popen(
            [sys.executable, "-c",
             "from scanner.platform import end_with_parent as e; print(e(), flush=True); input()"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        print(worker.stdout.readline().strip(), worker.pid, flush=True)
        sys.stdin.read()
        """
    )
    assert parent.stdout is not None
    done, pid = parent.stdout.readline().split()
    assert done == "True"
    watched = os.pidfd_open(int(pid))
    parent.kill()
    parent.communicate()
    import select

    assert select.select([watched], [], [], 30)[0]
    os.close(watched)


# -- locks


def test_a_lock_names_its_holder_and_goes_with_it(tmp_path: Path) -> None:
    path = tmp_path / "place.lock"
    with start(HOLD, path) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(LockedError, match=f"process {holder.pid}") as trouble:
            FileLock(path).acquire()
        assert trouble.value.holder == holder.pid
        holder.kill()
        holder.wait()
        with FileLock(path) as lock:
            assert lock.holder() == os.getpid()


def test_a_lock_excludes_within_a_process(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with FileLock(path) as lock:
        with pytest.raises(LockedError):
            FileLock(path).acquire()
        with pytest.raises(LockedError):
            lock.acquire()
    FileLock(path).acquire()


def test_a_lock_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with start(HOLD, path) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        assert holder.stdin is not None
        holder.stdin.close()  # it ends, and lets go some time later
        lock = FileLock(path)
        lock.acquire(wait_seconds=30)
        lock.release()


@posix
def test_a_lock_on_a_removed_file_is_no_lock(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with FileLock(path):
        path.unlink()
        with FileLock(path) as second:
            assert second.holder() == os.getpid()
            with pytest.raises(LockedError):
                FileLock(path).acquire()


@posix
def test_a_file_removed_while_it_is_being_locked_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, really, calls = tmp_path / "lock", private_files._lock, []

    def removed_first(descriptor: int) -> bool:
        calls.append(descriptor)
        if len(calls) == 1:
            path.unlink()
            path.write_bytes(b"")  # another process has made it again
        return really(descriptor)

    monkeypatch.setattr(private_files, "_lock", removed_first)
    with FileLock(path), pytest.raises(LockedError):
        FileLock(path).acquire()
    assert len(calls) == 3


@posix
def test_a_lock_does_not_follow_a_link(tmp_path: Path) -> None:
    (tmp_path / "lock").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="symbolic links"):
        FileLock(tmp_path / "lock").acquire()
    assert not (tmp_path / "elsewhere").exists()


def test_a_locked_error_says_what_to_do() -> None:
    error = LockedError(Path("x.lock"), None)
    assert "another process" in str(error)
    assert "wait" in str(error)


# -- private files


@posix
def test_private_files_and_folders_are_for_one_account(tmp_path: Path) -> None:
    old_mask = os.umask(0)
    try:
        folder = platform.private_folder(tmp_path / "a" / "b")
        platform.write_private(folder / "key", "hemmeligt")
        platform.make_private_file(folder / "index")
    finally:
        os.umask(old_mask)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "key").stat().st_mode) == 0o600
    assert stat.S_IMODE((folder / "index").stat().st_mode) == 0o600
    assert (folder / "key").read_text("utf-8") == "hemmeligt"
    for each in (folder, folder / "key"):
        assert platform.privacy_of(each) == "private"
        platform.check_private(each)


def test_a_private_file_is_never_overwritten(tmp_path: Path) -> None:
    platform.write_private(tmp_path / "key", "en")
    with pytest.raises(FileExistsError):
        platform.write_private(tmp_path / "key", "to")
    platform.make_private_file(tmp_path / "key")
    assert (tmp_path / "key").read_text("utf-8") == "en"


@posix
def test_what_others_can_read_is_refused_or_closed(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text("x")
    path.chmod(0o640)
    assert platform.privacy_of(path) == "open"
    with pytest.raises(PermissionError, match="others can read"):
        platform.check_private(path)
    platform.make_private_file(path)
    platform.check_private(path)
    (tmp_path / "open").mkdir(mode=0o755)
    platform.private_folder(tmp_path / "open")
    platform.check_private(tmp_path / "open")


@posix
def test_a_link_is_no_private_folder(tmp_path: Path) -> None:
    (tmp_path / "target").mkdir()
    (tmp_path / "link").symlink_to("target")
    with pytest.raises(PermissionError, match="not a folder of this account"):
        platform.private_folder(tmp_path / "link")


def test_temporary_files_go_at_the_end(tmp_path: Path) -> None:
    with private_temp(tmp_path) as folder:
        (folder / "spool").write_bytes(b"x")
        assert os.name == "nt" or stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert not folder.exists()
    assert [each.name for each in (tmp_path / "temp").iterdir()] == ["start.lock"]


def test_what_a_killed_process_left_goes_at_the_next_start_and_no_more(tmp_path: Path) -> None:
    program = """
        import sys
        from pathlib import Path
        from scanner.platform import private_temp
        with private_temp(Path(sys.argv[1])) as folder:
            (folder / "spool").write_bytes(b"x")
            print(folder, flush=True)
            sys.stdin.read()
    """
    with start(program, tmp_path) as killed, start(program, tmp_path) as living:
        assert killed.stdout is not None
        assert living.stdout is not None
        left = Path(killed.stdout.readline().strip())
        used = Path(living.stdout.readline().strip())
        killed.kill()
        killed.wait()
        assert (left / "spool").exists()
        with private_temp(tmp_path):
            assert not left.exists()
            assert (used / "spool").exists()
        living.communicate()
    assert not used.exists()


# -- silence


@posix
def test_what_a_worker_prints_goes_nowhere_and_is_counted() -> None:
    shown = run(
        """
        import ctypes, os, subprocess, sys
        from scanner.platform import SilencedOutput
        print("before", flush=True)
        with SilencedOutput() as silence:
            os.write(2, b"0101001234 from C")
            os.write(1, b"more")
            print("from Python")
            print("on stderr", file=sys.stderr)
            subprocess.run([sys.executable, "-c", "print('from a child')"])
            first, second = silence.take(), silence.take()
        print("after", first > 30, second)
        """
    )
    expected = "True" if sys.platform == "linux" else "False"
    assert shown.splitlines() == ["before", f"after {expected} 0"]


@linux
def test_endless_output_takes_no_memory_and_stalls_nobody() -> None:
    shown = run(
        """
        import os
        from scanner.platform import OUTPUT_BYTES, SilencedOutput
        with SilencedOutput() as silence:
            for _ in range(100):
                try:
                    os.write(2, b"x" * 10_000)
                except OSError:
                    pass
                print("y" * 10_000)
            taken = silence.take()
        print(OUTPUT_BYTES <= taken - 100 * 10_001 <= OUTPUT_BYTES)
        """
    )
    assert shown == "True\n"


# -- interrupts


@posix
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_the_first_signal_asks_and_the_second_insists(name: str) -> None:
    number = getattr(signal, name)
    before = signal.getsignal(number)
    with Interrupts() as interrupts:
        assert not interrupts.asked
        signal.raise_signal(number)
        assert interrupts.asked
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(number)
    assert signal.getsignal(number) is before


def test_workers_leave_ctrl_c_to_the_coordinator() -> None:
    shown = run(
        """
        import signal
        from scanner.platform import ignore_interrupts
        ignore_interrupts()
        signal.raise_signal(signal.SIGINT)
        print("still here")
        """
    )
    assert shown == "still here\n"

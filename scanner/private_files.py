"""Files that only this account and one process at a time may use: locks, private folders.

Reads no document. Used through scanner.platform.
"""

from __future__ import annotations

import errno
import logging
import os
import secrets
import shutil
import stat
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Literal

Privacy = Literal["private", "open", "unknown"]

LOCK_OFFSET = 2**30
"""Windows locks bytes for reading too: lock one that nobody reads, so the pid stays readable."""
LOCK_POLL_SECONDS = 0.05
LOCK_TRIES = 100
START_WAIT_SECONDS = 30.0
_WORK = "work-"

logger = logging.getLogger(__name__)


class LockedError(RuntimeError):
    """Another process holds the lock; `holder` is its pid where that is known."""

    def __init__(self, path: Path, holder: int | None) -> None:
        who = f"process {holder}" if holder else "another process"
        super().__init__(f"{path} is in use by {who}; wait until it has ended, or end it")
        self.path = path
        self.holder = holder


class FileLock:
    """A lock that the system lets go when its holder dies. The file stays, and holds the pid.

    As a context manager it does not wait. Two objects exclude each other within a process too.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor: int | None = None

    def acquire(self, *, wait_seconds: float = 0.0) -> None:
        """Take the lock, trying for `wait_seconds`. Raises LockedError, or OSError for the file."""
        if self._descriptor is not None:
            raise LockedError(self.path, os.getpid())
        deadline = time.monotonic() + wait_seconds
        while (descriptor := self._try()) is None:
            if time.monotonic() >= deadline:
                raise LockedError(self.path, self.holder())
            time.sleep(LOCK_POLL_SECONDS)
        self._descriptor = descriptor
        os.lseek(descriptor, 0, os.SEEK_SET)
        os.truncate(descriptor, 0)
        os.write(descriptor, b"%d\n" % os.getpid())

    def release(self) -> None:
        """Let the lock go; nothing happens when it is not held."""
        if self._descriptor is not None:
            descriptor, self._descriptor = self._descriptor, None
            if sys.platform == "win32":
                import msvcrt

                os.lseek(descriptor, LOCK_OFFSET, os.SEEK_SET)
                msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)
            os.close(descriptor)

    def holder(self) -> int | None:
        """Return the pid that the file names, or None."""
        try:
            with self.path.open("rb") as stream:
                text = stream.read(20).strip()
        except OSError:
            return None
        return int(text) if text.isdigit() else None

    def __enter__(self) -> FileLock:
        self.acquire()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()

    def _try(self) -> int | None:
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0)
        for _ in range(LOCK_TRIES):
            descriptor = os.open(self.path, flags, 0o600)
            try:
                if not _lock(descriptor):
                    os.close(descriptor)
                    return None
                if os.path.samestat(os.fstat(descriptor), os.stat(self.path)):
                    return descriptor
            except FileNotFoundError:
                pass  # removed between our opening and locking it: a lock on nothing; again
            except BaseException:
                os.close(descriptor)
                raise
            os.close(descriptor)
        return None


def _lock(descriptor: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            os.lseek(descriptor, LOCK_OFFSET, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True


def private_folder(path: Path) -> Path:
    """Make `path`, and what is missing above it, for this account only; return it.

    An existing folder of ours is closed to others. Raises PermissionError when it is not ours
    or is a link. Windows: the access list of Python's own `mkdir(mode=0o700)`.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        path.mkdir(mode=0o700)
    except FileExistsError:
        if sys.platform != "win32":
            info = path.lstat()
            if not stat.S_ISDIR(info.st_mode) or info.st_uid != os.geteuid():
                raise PermissionError(
                    f"{path} is not a folder of this account; remove it or choose another"
                ) from None
            if info.st_mode & 0o077:
                path.chmod(0o700)
        elif not path.is_dir():
            raise
    return path


def write_private(path: Path, text: str) -> None:
    """Write a new file that only this account reads and writes. Raises FileExistsError.

    Windows: it has the access list of its folder; see `private_folder`.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0)
    with os.fdopen(os.open(path, flags, 0o600), "w", encoding="utf-8", newline="") as stream:
        stream.write(text)


def sync_folder(folder: Path) -> None:
    """Make a renamed file's name last through a power failure. Windows does so by itself."""
    if sys.platform != "win32":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def make_private_file(path: Path) -> None:
    """Make `path` an empty private file; one that exists keeps its bytes and is closed to others.

    Raises PermissionError when it belongs to another account.
    """
    try:
        write_private(path, "")
    except FileExistsError:
        if sys.platform != "win32" and stat.S_IMODE(path.stat().st_mode) & 0o077:
            path.chmod(0o600)


def privacy_of(path: Path) -> Privacy:
    """Say whether others than this account (and the administrator) can read `path`."""
    info = path.stat()
    if sys.platform == "win32":
        from scanner.platform_windows import readable_by_others

        open_to_others = readable_by_others(str(path))
        if open_to_others is None:
            return "unknown"
        return "open" if open_to_others else "private"
    ours = info.st_uid in (os.geteuid(), 0)
    return "private" if ours and not info.st_mode & 0o077 else "open"


def check_private(path: Path) -> None:
    """Raise PermissionError when others can read `path`; "unknown" passes, `doctor` shows it."""
    if privacy_of(path) == "open":
        raise PermissionError(errno.EPERM, "others can read or change it", str(path))


@contextmanager
def private_temp(state_folder: Path) -> Iterator[Path]:
    """Yield a new folder for temporary files of this process and its workers; empty it after.

    First removes what processes that were killed left behind: a folder's owner holds a lock
    for as long as it lives, so a pid used again misleads nobody.
    """
    base = private_folder(state_folder / "temp")
    start = FileLock(base / "start.lock")
    start.acquire(wait_seconds=START_WAIT_SECONDS)
    try:
        _remove_leftovers(base)
        folder = base / f"{_WORK}{os.getpid()}-{secrets.token_hex(4)}"
        alive = FileLock(folder.with_suffix(".lock"))
        alive.acquire()
        folder.mkdir(mode=0o700)
    finally:
        start.release()
    try:
        yield folder
    finally:
        _remove(folder)
        alive.release()
        alive.path.unlink(missing_ok=True)


def _remove_leftovers(base: Path) -> None:
    for folder in sorted(base.glob(f"{_WORK}*")):
        if folder.suffix == ".lock":
            continue
        lock = FileLock(folder.with_suffix(".lock"))
        try:
            lock.acquire()
        except LockedError:
            continue  # its process lives
        _remove(folder)
        lock.release()
        lock.path.unlink(missing_ok=True)


def _remove(folder: Path) -> None:
    failed = 0

    def count(*_: object) -> None:
        nonlocal failed
        failed += 1

    shutil.rmtree(folder, onerror=count)
    if failed and folder.exists():
        logger.warning("%d temporary files could not be removed; the next start tries", failed)

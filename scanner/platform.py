"""What differs between platforms for the process that runs: priority, limits, locks, privacy.

Reads no document. What a platform cannot do is said in a result, never passed over.
"""

from __future__ import annotations

import io
import os
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Any, Literal

from connectors.opening import native as long_path
from scanner.private_files import (
    FileLock,
    LockedError,
    Privacy,
    check_private,
    make_private_file,
    privacy_of,
    private_folder,
    private_temp,
    write_private,
)

__all__ = [
    "FileLock",
    "Interrupts",
    "LockedError",
    "MemoryLimit",
    "Privacy",
    "SilencedOutput",
    "check_private",
    "end_with_parent",
    "ignore_interrupts",
    "limit_memory",
    "long_path",
    "lower_priority",
    "make_private_file",
    "memory_limit_enforced",
    "privacy_of",
    "private_folder",
    "private_temp",
    "quiet_tracker",
    "show_in_folder",
    "silence_stderr",
    "spawn_method",
    "write_private",
]

MemoryLimit = Literal["address space", "job object", "not enforced"]

NICE = 10
"""Linux also derives the disk priority from it (ioprio_get(2)), so no ionice is needed."""
OUTPUT_BYTES = 64 * 1024


def spawn_method() -> Literal["forkserver", "spawn"]:
    """Return how worker processes are made: never by forking a process that has threads."""
    return "forkserver" if sys.platform == "linux" else "spawn"


def quiet_tracker() -> None:
    """Start Python's tracker of semaphores so that it says nothing when this process is killed.

    It is a process of its own that outlives us, and would write a warning to our terminal about
    semaphores that it then removes. To be called before workers are made; Windows has no such
    process. It takes the filter from the environment, which is as before after the call.
    """
    if sys.platform == "win32":
        return
    from multiprocessing import resource_tracker

    before = os.environ.get("PYTHONWARNINGS")
    quiet = "ignore::UserWarning:multiprocessing.resource_tracker"
    os.environ["PYTHONWARNINGS"] = f"{before},{quiet}" if before else quiet
    try:
        resource_tracker.ensure_running()
    finally:
        if before is None:
            del os.environ["PYTHONWARNINGS"]
        else:
            os.environ["PYTHONWARNINGS"] = before


def lower_priority() -> bool:
    """Let every other program go first, for this process and those it starts; whether it worked.

    Repeating it changes nothing more.
    """
    if sys.platform == "win32":
        from scanner.platform_windows import lower_priority as lower

        return lower()
    try:
        if os.getpriority(os.PRIO_PROCESS, 0) < NICE:
            os.setpriority(os.PRIO_PROCESS, 0, NICE)
    except OSError:
        return False
    return True


def limit_memory(max_bytes: int) -> MemoryLimit:
    """Let this process take `max_bytes` more than it holds now; beyond, memory runs out for it.

    Linux: address space (RLIMIT_AS), allocations fail with MemoryError. Windows: a job
    object on all committed memory. macOS keeps no such limit: "not enforced", which `doctor` shows.
    """
    if sys.platform == "win32":
        from scanner.platform_windows import limit_memory as limit

        return "job object" if limit(max_bytes) else "not enforced"
    if sys.platform != "linux":
        return "not enforced"
    import resource

    pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    wanted = pages * resource.getpagesize() + max_bytes
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_AS, (wanted, hard))
    return "address space"


def memory_limit_enforced() -> bool:
    """Whether `limit_memory` does anything on this platform."""
    return sys.platform in ("linux", "win32")


def end_with_parent() -> bool:
    """End this worker when its parent is killed; whether the platform can.

    Linux, for workers of a forkserver: the parent is then one thread that lives as long as the
    coordinator. Elsewhere a worker ends when it next reads from its closed pipe.
    """
    if sys.platform != "linux":
        return False
    import ctypes

    set_parent_death_signal = 1  # PR_SET_PDEATHSIG, prctl(2)
    done: int = ctypes.CDLL(None).prctl(set_parent_death_signal, int(signal.SIGKILL), 0, 0, 0)
    return done == 0


class SilencedOutput:
    """Swallow what native libraries and others print in a worker; only its size is kept.

    Covers the descriptors 1 and 2 and `sys.stdout`, `sys.stderr`. What they print may quote a
    document, so it is never passed on. Made for the life of a worker; as a context manager it
    puts everything back.
    """

    def __init__(self) -> None:
        self._sink = _bounded_sink()
        self._text = _Discard()
        self._saved: tuple[int, int] | None = None
        self._streams = (sys.stdout, sys.stderr)

    def start(self) -> SilencedOutput:
        for stream in self._streams:
            if stream is not None:  # pythonw has none
                stream.flush()
        self._saved = (os.dup(1), os.dup(2))
        os.dup2(self._sink, 1)
        os.dup2(self._sink, 2)
        sys.stdout = sys.stderr = self._text
        return self

    def take(self) -> int:
        """Return how many bytes were swallowed since the last call.

        Of native output only the first 64 KB count, and on platforms without memfd none.
        """
        count = self._text.count + os.lseek(self._sink, 0, os.SEEK_CUR)
        self._text.count = 0
        os.lseek(self._sink, 0, os.SEEK_SET)
        return count

    def stop(self) -> None:
        if self._saved is not None:
            sys.stdout, sys.stderr = self._streams
            for number, saved in zip((1, 2), self._saved, strict=True):
                os.dup2(saved, number)
                os.close(saved)
            self._saved = None
        os.close(self._sink)

    def __enter__(self) -> SilencedOutput:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()


def silence_stderr() -> SilencedOutput:
    """Swallow this worker's output from now on; return where its size can be asked."""
    return SilencedOutput().start()


class _Discard(io.TextIOBase):
    def __init__(self) -> None:
        self.count = 0

    def writable(self) -> bool:
        return True

    def write(self, text: str, /) -> int:
        self.count += len(text)
        return len(text)


def _bounded_sink() -> int:
    """Memory of a fixed size that drops what comes beyond; a pipe could stall its writer."""
    if sys.platform != "linux":
        return os.open(os.devnull, os.O_WRONLY)
    import fcntl

    sink = os.memfd_create("output", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    os.truncate(sink, OUTPUT_BYTES)
    fcntl.fcntl(sink, fcntl.F_ADD_SEALS, fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK)
    return sink


class Interrupts:
    """Turns the first Ctrl-C (or SIGTERM, SIGHUP, Ctrl-Break) into `asked`, to finish in order.

    The second raises KeyboardInterrupt. A context manager for the main thread; it puts the
    handlers back that were there before.
    """

    def __init__(self) -> None:
        self.asked = False
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Interrupts:
        for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"):
            number = getattr(signal, name, None)
            if number is not None:
                self._before[number] = signal.signal(number, self._handle)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler if handler is not None else signal.SIG_DFL)
        self._before.clear()

    def _handle(self, number: int, frame: FrameType | None) -> None:
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True


def show_in_folder(path: str) -> list[str]:
    """Return the command that shows a file's folder to whoever sits there. It opens no document."""
    if sys.platform == "win32":
        return ["explorer", os.path.dirname(path)]
    if sys.platform == "darwin":
        return ["open", "-R", path]  # a folder by itself may be an application, and would be run
    return ["xdg-open", os.path.dirname(path)]


def ignore_interrupts() -> None:
    """Leave Ctrl-C, which a terminal sends to workers too, to the coordinator. For workers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "win32":
        signal.signal(signal.SIGBREAK, signal.SIG_IGN)

"""Watchdog's inotify that says when it lost something. Linux alone.

Watchdog 7.0 passes over three things in silence: that the kernel's queue was full, that a folder
could not be watched, and an error of its own, which ends its thread. Each is told here. And it
does not watch a folder that is moved in from where it does not watch: that is made good.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from watchdog.observers.inotify import InotifyEmitter as Emitter
from watchdog.observers.inotify import InotifyWatchGroup
from watchdog.observers.inotify_c import InotifyConstants, InotifyEvent, InotifyFD

__all__ = ["Descriptor", "Emitter"]


class Descriptor(InotifyFD):
    """An inotify instance. `lost` and `failed` are called in its thread or the adding one."""

    def __init__(self, lost: Callable[[], None], failed: Callable[[bytes, OSError], None]) -> None:
        self._lost = lost
        self._failed = failed
        super().__init__()

    def read_events(self, **given: Any) -> list[InotifyEvent]:
        buffer = self._read_event_buffer(given.get("event_buffer_size", READ_BYTES))
        found = []
        for wd, mask, cookie, name in self._parse_event_buffer(buffer):
            if mask & InotifyConstants.IN_Q_OVERFLOW:
                self._lost()
            elif wd != -1:
                found.append(InotifyEvent(wd, mask, cookie, name))
        return found

    def handle_event(self, event: InotifyEvent) -> None:
        try:
            if event.is_moved_to and event.is_directory:
                self._watch_moved_in(event)  # first, so that nothing saved in it meanwhile is lost
            super().handle_event(event)
        except Exception:  # a folder that came and went while its watches were set
            self._lost()

    def _watch_moved_in(self, event: InotifyEvent) -> None:
        with self._lock:
            watch = self._watch_for_wd.get(event.wd)
            groups = list(watch.callbacks.values()) if watch is not None else []
        for group in groups:
            assert isinstance(group, InotifyWatchGroup)
            with group._lock:
                path = group._build_event_source_path(event)
                known = group._source_for_move(event.cookie)  # then its watches move with it
                if path is not None and group.is_active and known is None:
                    group._add_all_callbacks(path)

    def add_callback(self, path: bytes, *given: Any) -> Any:
        try:
            return super().add_callback(path, *given)
        except OSError as error:
            self._failed(path, error)
            raise


READ_BYTES = 256 * 1024

"""Remember until when places were watched, over restarts. Holds no name and no value."""

from __future__ import annotations

import json
from pathlib import Path

from scanner.platform import make_private_file

MAX_BYTES = 1_000_000


class Memory:
    """A small file beside the index. One that cannot be read counts as empty."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._until: dict[str, int] = {}
        try:
            if path.stat().st_size <= MAX_BYTES:
                held = json.loads(path.read_text("ascii"))["until"]
                self._until = {str(key): int(value) for key, value in held.items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            pass

    def until(self, place: bytes) -> int | None:
        """Return until when a place was watched (nanoseconds since 1970); None: never.

        `place` names it by a keyed hash.
        """
        return self._until.get(place.hex())

    def watched(self, place: bytes, until_ns: int) -> None:
        self._until[place.hex()] = until_ns

    def keep(self) -> None:
        """Write it down. Raises OSError."""
        beside = self._path.with_name(self._path.name + ".new")
        make_private_file(beside)
        beside.write_text(json.dumps({"until": self._until}), "ascii")
        beside.replace(self._path)


def memory_path(index: Path) -> Path:
    """Return where the memory of the watch of an index lies."""
    return index.with_name(f"{index.stem}-watched.json")

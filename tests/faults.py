"""Documents that lie, hang, crash or eat memory: connectors as tiny faults, picklable."""

from __future__ import annotations

import io
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, cast

from connectors import Document, Unreadable

HANG_SECONDS = 3600


@dataclass(frozen=True)
class Faulty:
    """A place of named documents; what a document's name begins with is what opening it does."""

    names: tuple[str, ...]
    device: str = "device"

    def walk(self) -> Iterator[Document]:
        for number, name in enumerate(self.names):
            yield Document(self, name.encode(), "", None, 100, 0, str(number).encode())

    def exists(self, path: bytes) -> bool:
        return path.decode() in self.names

    def seconds(self, documents: int, size: int) -> float:
        return 0.0

    def is_private(self, name: str) -> bool:
        return False

    def open(self, document: Document) -> BinaryIO:
        match document.path.decode().partition("-")[0]:
            case "hang":
                time.sleep(HANG_SECONDS)
            case "busy":
                while True:
                    pass
            case "kill":
                os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
            case "exit":
                os._exit(3)
            case "eat":
                held = []
                while True:
                    held.append(bytearray(64 * 1024**2))
            case "denied":
                raise Unreadable(document.path, "no_access")
            case "panic":
                raise Panic("a native reader's panic")
            case "endless":
                return cast(BinaryIO, Endless())
        return io.BytesIO(b"cpr-nr. 0101101234 hos " + document.path)


class Panic(BaseException):
    """As pyo3's PanicException: no Exception."""


class Endless(io.RawIOBase):
    """A stream that never ends."""

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        return 0

    def read(self, size: int = -1) -> bytes:
        return b"x" * (size if size > 0 else 65536)

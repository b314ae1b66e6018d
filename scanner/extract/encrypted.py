"""Open Office documents that are encrypted as a whole, with the passwords of the configuration."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from typing import BinaryIO, cast

from scanner.extract import Event, Source
from scanner.extract.budget import MEMORY_SPOOL_BYTES, Budget, Trouble
from scanner.model import Part

DEFAULT_PASSWORD = "VelvetSweatshop"
"""Excel encrypts write-protected workbooks with it and opens them without asking."""


def read(source: Source, budget: Budget) -> Iterator[Event]:
    """Yield the decrypted document as one Part. Raises Trouble("encrypted") if no password fits."""
    with decrypt(source.stream, budget) as stream:
        size = stream.seek(0, 2)
        stream.seek(0)
        yield Part(source.name, stream, size)


def decrypt(stream: BinaryIO, budget: Budget) -> BinaryIO:
    """Return the decrypted bytes as a file the caller closes. Raises Trouble.

    For encrypted Office Open XML, and for Excel 97-2003.
    """
    import msoffcrypto

    for password in (DEFAULT_PASSWORD, *budget.passwords):
        stream.seek(0)
        opened = tempfile.SpooledTemporaryFile(  # noqa: SIM115 - the caller closes it
            MEMORY_SPOOL_BYTES, dir=budget.folder
        )
        try:
            office = msoffcrypto.OfficeFile(stream)
            office.load_key(password=password)
            office.decrypt(opened)
        except MemoryError:
            opened.close()
            raise
        except Exception:  # the library's own errors, and whatever a wrong key makes of the bytes
            opened.close()
            continue
        if opened.tell() > 0:
            opened.seek(0)
            return cast(BinaryIO, opened)
        opened.close()
    raise Trouble("encrypted")

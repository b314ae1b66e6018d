"""Tell what type a content is by its bytes; the name's ending only chooses among what they allow.

It reads a few kilobytes, unpacks next to nothing and never raises for what the bytes hold.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import BinaryIO

from scanner.extract.encoding import is_text
from scanner.extract.kind_binary import EMPTY, UNKNOWN, by_signature, packed_type
from scanner.extract.kind_text import text_type

HEAD_BYTES = 8 * 1024
MAGIC_BYTES = 64 * 1024
"""What libmagic is shown: an 8 KB buffer names most types, a few look further."""

Identify = Callable[[bytes], str]
"""From the beginning of bytes that are no text to a MIME type; UNKNOWN where there is none."""

_RENAMED = {
    "application/x-dosexec": "application/vnd.microsoft.portable-executable",
    "application/x-ms-dos-executable": "application/vnd.microsoft.portable-executable",
    "application/x-rar": "application/vnd.rar",
    "audio/x-wav": "audio/vnd.wave",
    "image/x-ms-bmp": "image/bmp",
    "image/x-icon": "image/vnd.microsoft.icon",
    "image/x-tga": UNKNOWN,  # two bytes decide it: every tenth unknown file is one
}
"""Names that libmagic changed between versions, brought to one."""


def type_of(stream: BinaryIO, name: str, size: int, *, identify: Identify | None = None) -> str:
    """Return the MIME type of a seekable stream's bytes; the stream is left at its start.

    Text is text/plain unless its form says more; source code is text/plain too. Packages
    (docx, odt …) are named from inside; what nothing knows is application/octet-stream and
    nothing at all application/x-empty. `size` -1: unknown. `identify` replaces libmagic.
    """
    stream.seek(0)
    head = stream.read(HEAD_BYTES)
    try:
        if not head:
            return EMPTY
        if known := packed_type(head, stream, name):
            return known
        if is_text(head):
            return text_type(head, name, 0 <= size <= len(head))
        if known := by_signature(head):
            return known
        stream.seek(0)
        return (identify or engine())(stream.read(MAGIC_BYTES))
    finally:
        stream.seek(0)


@lru_cache(maxsize=1)
def engine() -> Identify:
    """Return libmagic's word through python-magic, or the own signatures where it cannot load."""
    try:
        import pylibmagic  # noqa: F401  (puts its libmagic where python-magic looks)
    except ImportError:
        pass  # no wheel for this platform: the system's libmagic may be there
    try:
        import magic
    except (ImportError, OSError):
        return by_own_signatures
    try:
        named = magic.Magic(mime=True)
    except magic.MagicException:  # a library without its database
        return by_own_signatures

    def by_libmagic(beginning: bytes) -> str:
        try:
            found = named.from_buffer(beginning)
        except (magic.MagicException, UnicodeDecodeError):
            return by_own_signatures(beginning)
        if not found or found.startswith("text/") or "/" not in found:
            return UNKNOWN  # encoding.is_text has judged that it cannot be read as text
        return _RENAMED.get(found, found)

    return by_libmagic


def by_own_signatures(beginning: bytes) -> str:
    """Return what the built-in signatures know of a beginning, else UNKNOWN."""
    return by_signature(beginning) or UNKNOWN

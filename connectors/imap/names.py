"""Names of mail folders as servers write them: modified UTF-7 (RFC 3501, 5.1.3), or UTF-8."""

from __future__ import annotations

import binascii

from connectors.maildir import decoded as from_utf7


def encoded(name: str) -> str:
    """Return a folder's name in modified UTF-7."""
    done: list[str] = []
    waiting = ""
    for character in name:
        if " " <= character <= "~":
            done.append(_shifted(waiting) + ("&-" if character == "&" else character))
            waiting = ""
        else:
            waiting += character
    return "".join(done) + _shifted(waiting)


def _shifted(text: str) -> str:
    if not text:
        return ""
    packed = binascii.b2a_base64(text.encode("utf-16-be"), newline=False).rstrip(b"=")
    return f"&{packed.decode('ascii').replace('/', ',')}-"


def decoded(name: bytes) -> str:
    """Return a folder's name for people; bytes beyond ASCII are UTF-8, or kept as surrogates."""
    if name.isascii():
        return from_utf7(name.decode("ascii"))
    return name.decode("utf-8", "surrogateescape")

"""Take the HTML out of the RTF that Outlook has wrapped it in ([MS-OXRTFEX]). Runs nothing."""

from __future__ import annotations

import re

from scanner.extract.rtf_tokens import Tokens

HEAD_BYTES = 4096
MAX_BYTES = 64 * 1024**2
_WRAPPED = re.compile(rb"\\fromhtml1?\b")


def html_of(rtf: bytes) -> str | None:
    """Return the HTML in `rtf` as far as it goes, or None for RTF that is none."""
    if not _WRAPPED.search(rtf[:HEAD_BYTES]):
        return None
    tokens = Tokens(rtf[:MAX_BYTES].decode("latin-1"), as_html=True)
    text = "".join(piece.text for piece in tokens.pieces() if piece.route in ("body", "html"))
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")

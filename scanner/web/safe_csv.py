"""Let no cell of a CSV that streams by be a formula: names come from files anybody may name."""

from __future__ import annotations

import codecs
import csv
import io
import re

from scanner.render import cell

MOST_HELD = 5_000_000
"""Characters of one row at most; a longer one ends the answer."""
_NUMBER = re.compile(r"[-+]?[0-9.]+(?:e[-+]?[0-9]+)?", re.ASCII | re.IGNORECASE)


class SafeCsv:
    """Rewrites CSV piece by piece; the pieces may end anywhere."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._held = ""

    def feed(self, piece: bytes, *, last: bool = False) -> bytes:
        """Return the rows that are whole now. Raises ValueError for a row without an end."""
        self._held += self._decoder.decode(piece, last)
        end = len(self._held) if last else self._whole()
        rows, self._held = self._held[:end], self._held[end:]
        if len(self._held) > MOST_HELD:
            raise ValueError("a row of the CSV is too long")
        written = io.StringIO()
        writer = csv.writer(written, lineterminator="\r\n")
        for row in csv.reader(io.StringIO(rows, newline="")):
            writer.writerow([text if _NUMBER.fullmatch(text) else cell(text) for text in row])
        return written.getvalue().encode("utf-8", "replace")

    def _whole(self) -> int:
        """Return where the last whole row ends: at a line's end outside quotes."""
        inside = False
        end = 0
        for at, sign in enumerate(self._held):
            if sign == '"':
                inside = not inside
            elif sign == "\n" and not inside:
                end = at + 1
        return end

"""Write answers: tables on a terminal, plain text in a pipe, JSON lines, CSV."""

from __future__ import annotations

import csv
import json
import re
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import IO, Any

Row = Mapping[str, Any]

FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
"""What makes a spreadsheet take a cell for a formula (OWASP, CSV Injection), full width too."""
CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")
"""Becomes a blank: some readers of CSV begin a new line or cell there, and so a formula."""
MAX_PLAIN_WIDTH = 100
"""Characters that a column of plain text is padded to; a longer cell pushes the next ones on."""


class Paper:
    """Where an answer is written for eyes: styled on a terminal, plain text otherwise."""

    def __init__(self, stream: IO[str] | None = None, *, terminal: bool | None = None) -> None:
        self._stream = sys.stdout if stream is None else stream
        self.terminal = self._stream.isatty() if terminal is None else terminal
        self._console: Any = None

    def say(self, text: str = "", style: str = "") -> None:
        """Write one paragraph; `style` (bold, dim, red …) shows on a terminal only."""
        if not self.terminal or not text:
            self._stream.write(text + "\n")
            return
        from rich.text import Text

        self._rich().print(Text(text, style=style))

    def title(self, text: str) -> None:
        self.say(text, "bold")

    def table(
        self, heads: Sequence[str], rows: Iterable[Sequence[str]], *, right: Sequence[int] = ()
    ) -> None:
        """Write rows under heads; columns named in `right` are set to the right."""
        held = [[str(cell) for cell in row] for row in rows]
        if not held:
            return
        if self.terminal:
            self._rich_table(heads, held, right)
        else:
            self._plain_table(heads, held, right)

    def _plain_table(
        self, heads: Sequence[str], rows: list[list[str]], right: Sequence[int]
    ) -> None:
        lines = [list(heads), *rows]
        widths = [
            min(max(len(line[column]) for line in lines), MAX_PLAIN_WIDTH)
            for column in range(len(heads))
        ]
        for line in lines:
            cells = [
                cell.rjust(width) if column in right else cell.ljust(width)
                for column, (cell, width) in enumerate(zip(line, widths, strict=True))
            ]
            self._stream.write("  ".join(cells).rstrip() + "\n")

    def _rich_table(
        self, heads: Sequence[str], rows: list[list[str]], right: Sequence[int]
    ) -> None:
        from rich import box
        from rich.table import Table
        from rich.text import Text

        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
        for column, head in enumerate(heads):
            table.add_column(
                Text(head),
                justify="right" if column in right else "left",
                overflow="fold",
                no_wrap=column in right,
            )
        for row in rows:
            table.add_row(*map(Text, row))
        self._rich().print(table)

    def _rich(self) -> Any:
        if self._console is None:
            from rich.console import Console

            width = max(shutil.get_terminal_size((100, 24)).columns, 60)
            self._console = Console(
                file=self._stream,
                force_terminal=self.terminal,
                width=width,
                highlight=False,
                markup=False,
                emoji=False,
            )
        return self._console


def write_json(rows: Iterable[Row], stream: IO[str] | None = None) -> None:
    """Write one JSON object a line, as it comes; readable where the stream can hold every sign."""
    target = sys.stdout if stream is None else stream
    encoding = (getattr(target, "encoding", None) or "ascii").lower().replace("-", "")
    encode = json.JSONEncoder(ensure_ascii=not encoding.startswith("utf")).encode
    for row in rows:
        target.write(encode(dict(row)) + "\n")


def write_csv(columns: Sequence[str], rows: Iterable[Row], stream: IO[str] | None = None) -> None:
    """Write rows as CSV (comma, quotes where needed, a header line), no cell of it a formula."""
    writer = csv.writer(sys.stdout if stream is None else stream, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([cell(row.get(column)) for column in columns])


def cell(value: Any) -> str:
    """Return a value as a CSV cell; text that a spreadsheet would calculate gets an apostrophe."""
    if value is None:
        return ""
    if isinstance(value, bool | int | float):
        return str(value)
    text = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    text = CONTROL.sub(" ", text)
    return f"'{text}" if text.lstrip(" \u00a0").startswith(FORMULA) else text

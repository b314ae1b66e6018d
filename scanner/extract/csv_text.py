"""Read delimited text (CSV, TSV …) as a grid of rows, whatever its delimiter and header are.

All of the text is examined, header and lines above it included; quotes stay where they are.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import chain

from scanner.extract import Event, Source
from scanner.extract.budget import Budget
from scanner.extract.cut import INNER_BREAK, cut
from scanner.extract.encoding import decode_blocks
from scanner.extract.layout import Grid

DELIMITERS = ("\t", ";", "|", ",")
"""In this order where several fit: a comma is also a decimal mark, a tab nothing else."""
NO_DELIMITER = "\x1f"
"""Stands for the delimiter of a file with one column."""
SNIFFED_LINES = 60
HEADER_CHARACTERS = 80
CELL_LINES = 200
CELL_CHARACTERS = 32_768
"""A quoted cell longer than Excel's limit of one was never closed: its quote is a letter."""

_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?\s*\Z', re.IGNORECASE)
_VALUE = re.compile(r"[\d\s.,:/+()%€$£kr-]*\d[\d\s.,:/+()%€$£kr-]*\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Form:
    """How a delimited text is laid out. `table_line` (from 1) is its header or first row."""

    delimiter: str
    headers: tuple[str, ...] = field(default=(), repr=False)
    table_line: int = 1


def read(source: Source, budget: Budget) -> Iterator[Event]:
    """Yield the rows with places ("line 20", "column 3"). Memory does not grow with the size."""
    source.stream.seek(0)
    blocks = decode_blocks(source.stream)
    first = next(blocks, "")
    form = form_of(first)

    def layout(line: int) -> Grid:
        return Grid(
            first_row=line,
            delimiter=form.delimiter,
            quoted=True,
            headers=form.headers,
            table_row=form.table_line,
        )

    above = form.table_line - 1 + bool(form.headers)
    rows = joined_rows(chain((first,), blocks), form.delimiter)
    for segment in cut(rows, layout, rows=True):
        skipped = min(above, segment.rows)
        above -= skipped
        yield replace(segment, rows=segment.rows - skipped) if skipped else segment


def form_of(sample: str) -> Form:
    """Return the form of a delimited text by its beginning."""
    lines = sample.split("\n", SNIFFED_LINES)[:SNIFFED_LINES]
    said = _SEPARATOR_LINE.match(lines[0])
    delimiter = said[1] if said else _delimiter([line for line in lines if line.strip()])
    rows = _rows(lines, delimiter)
    width = _width([cells for _, cells in rows])
    for line, cells in rows:
        if said and line == 1:
            continue
        filled = [cell for cell in cells if cell.strip()]
        if not filled or len(filled) * 2 < width or (width > 1 and len(filled) < 2):
            continue  # a title or a date above the table
        headers = tuple(cell.strip() for cell in cells) if all(map(_is_head, filled)) else ()
        return Form(delimiter, headers, line)
    return Form(delimiter)


def joined_rows(blocks: Iterable[str], delimiter: str) -> Iterator[str]:
    """Yield the text with INNER_BREAK for the line ends inside quoted cells, in blocks."""
    rest = ""
    open_lines: list[str] = []
    for block in blocks:
        text = rest + block.replace(INNER_BREAK, " ")
        if '"' not in text and not open_lines:
            rest = ""
            yield text
            continue
        *lines, rest = text.split("\n")
        if len(rest) > CELL_CHARACTERS:  # no line end in sight
            lines, rest = [*lines, rest], ""
            yield from _joined(lines, open_lines, delimiter, ended=False)
        else:
            yield from _joined(lines, open_lines, delimiter, ended=True)
    yield from _joined([rest] if rest else [], open_lines, delimiter, ended=False)
    if open_lines:
        yield "\n".join(open_lines)


def _joined(
    lines: list[str], open_lines: list[str], delimiter: str, *, ended: bool
) -> Iterator[str]:
    done: list[str] = []
    for line in lines:
        odd = '"' in line and line.count('"') % 2 == 1
        if open_lines:
            open_lines.append(line)
            if odd and _closes(line, delimiter):
                done.append(INNER_BREAK.join(open_lines))
                open_lines.clear()
            elif len(open_lines) > CELL_LINES or sum(map(len, open_lines)) > CELL_CHARACTERS:
                done.extend(open_lines)
                open_lines.clear()
        elif odd and _opens(line, delimiter):
            open_lines.append(line)
        else:
            done.append(line)
    if done:
        yield "\n".join(done) + ("\n" if ended or open_lines else "")


def _opens(line: str, delimiter: str) -> bool:
    rest = re.sub(r'"(?:[^"]++|"")*+"', "", line)
    return rest.startswith('"') or delimiter + '"' in rest


def _closes(line: str, delimiter: str) -> bool:
    return line.rstrip().endswith('"') or '"' + delimiter in line


def _delimiter(lines: list[str]) -> str:
    best, best_share = NO_DELIMITER, 0.0
    bare = [re.sub(r'"[^"]*"', "", line) if '"' in line else line for line in lines]
    for delimiter in DELIMITERS:
        counts = [count for line in bare if (count := line.count(delimiter))]
        if not counts:
            continue
        usual = max(set(counts), key=counts.count)
        share = counts.count(usual) / len(lines)
        if share >= 0.8:
            return delimiter
        if share > best_share:
            best, best_share = delimiter, share
    return best


def _rows(lines: list[str], delimiter: str) -> list[tuple[int, list[str]]]:
    rows: list[tuple[int, list[str]]] = []
    reader = csv.reader((line + "\n" for line in lines), delimiter=delimiter)
    line = 1
    try:
        for cells in reader:
            rows.append((line, cells))
            line = reader.line_num + 1
    except csv.Error:  # a cell beyond the module's limit: what came before it is enough
        pass
    return rows


def _width(rows: list[list[str]]) -> int:
    widths = [len(cells) for cells in rows if len(cells) > 1]
    return max(set(widths), key=widths.count) if widths else 1


def _is_head(cell: str) -> bool:
    if len(cell) > HEADER_CHARACTERS or "@" in cell or _VALUE.match(cell.strip()):
        return False
    return sum(char.isdigit() for char in cell) * 2 < len(cell.strip())

"""What a document to be saved is made of, whatever its format: headings, paragraphs, tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from scanner.messages import SPACE
from scanner.privacy import shown


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table with its heads; columns named in `right` hold numbers.

    `widths`: of the columns, as shares of a page's width; docx has them by what they hold.
    """

    heads: Sequence[str]
    rows: Sequence[Sequence[str]] = field(repr=False)
    right: Sequence[int] = ()
    widths: Sequence[float] = ()


Block = str | Sheet
"""A paragraph, whose lines stay lines, or a table."""
Section = tuple[str, Sequence[Block]]
"""A heading with what stands below it."""


def printable(text: str) -> str:
    """Return a line without signs that an eye or a file format could misread."""
    return SPACE.join(map(shown, text.split(SPACE)))

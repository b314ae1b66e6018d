"""Read sentences with marked names from files of one token a line (IOB2), for training."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

LABELS = {"PER": "PERSON", "LOC": "LOCATION", "ORG": "ORGANIZATION"}


@dataclass(frozen=True, slots=True)
class Example:
    """A text with its spans (start, end, label), half-open code points, in order and apart."""

    text: str
    spans: tuple[tuple[int, int, str], ...]
    language: str = "da"

    def of(self, label: str) -> set[tuple[int, int]]:
        """Return the spans of one label."""
        return {(start, end) for start, end, named in self.spans if named == label}


def read(path: Path, language: str) -> list[Example]:
    """Return the sentences of a file: `# text = ` and then token, tab, tag; a blank line after.

    Raises ValueError for a token that does not stand in its text.
    """
    found = []
    for block in path.read_text("utf-8").split("\n\n"):
        text, rows = "", []
        for line in block.splitlines():
            if line.startswith("# text = "):
                text = line.removeprefix("# text = ")
            elif "\t" in line and not line.startswith("# "):
                token, _, tag = line.partition("\t")
                rows.append((token, tag.strip()))
        if rows:
            found.append(Example(text, tuple(_spans(text, rows)), language))
    return found


def _spans(text: str, rows: Iterable[tuple[str, str]]) -> Iterator[tuple[int, int, str]]:
    at, begun, end, label = 0, -1, 0, ""
    for token, tag in rows:
        start = text.find(token, at)
        if start < 0:
            raise ValueError("a token does not stand in its text")
        at = start + len(token)
        if tag.startswith("I-") and begun >= 0:
            end = at
            continue
        if begun >= 0:
            yield begun, end, label
            begun = -1
        if tag != "O":
            begun, end, label = start, at, LABELS[tag[2:]]
    if begun >= 0:
        yield begun, end, label


def joined(examples: Iterable[Example], glue: str) -> Example:
    """Return examples as one text with `glue` between them."""
    text, spans, language = "", [], "da"
    for number, each in enumerate(examples):
        if number:
            text += glue
        offset = len(text)
        text += each.text
        spans += [(start + offset, end + offset, label) for start, end, label in each.spans]
        language = each.language
    return Example(text, tuple(spans), language)


WORD = re.compile(r"[^\W\d_]+")


def lower_words(examples: Iterable[Example], least: int = 3) -> set[str]:
    """Return the words that stand in lower case, outside of names, at least so many times."""
    counts: dict[str, int] = {}
    for each in examples:
        names = [(start, end) for start, end, _ in each.spans]
        for word in WORD.finditer(each.text):
            if word[0].islower() and not any(s <= word.start() < e for s, e in names):
                counts[word[0]] = counts.get(word[0], 0) + 1
    return {word for word, count in counts.items() if count >= least}

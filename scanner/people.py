"""Choose the texts in which names of persons are looked for, and weigh names by what is beside.

The hook of `scanner.collect` for PERSON. Sees texts and values; keeps none.
"""

from __future__ import annotations

import csv
import re
from bisect import bisect_left, bisect_right
from collections.abc import Generator, Iterator, Sequence
from functools import cached_property, lru_cache
from itertools import islice

from detectors import FINDING, MAYBE, Match
from detectors.beside_people import TOUCH
from detectors.names.person import KIND, Person, confidence
from detectors.names.words import is_name, meaning
from detectors.special import wants_person
from scanner.asking import Asking, Model, Question, answer_all
from scanner.extract.layout import Grid
from scanner.extract.table import TableRows
from scanner.model import Layout
from scanner.recipe import Look

BEFORE, BEHIND = 100, 60
"""So many characters in front of another finding, or behind it, a name stands beside it."""
SNAP = 300
"""So far a window is stretched to the ends of its lines; else to a blank."""
LABELLED = 80
"""A label speaks for the names so far behind it on its line."""
LOWER, WORDS = 40, 3
"""So many characters, and words, behind a label may show that small letters are a name."""
ROWS_TRIED = 200
"""Rows of a table without a column of names that are shown to the model; the others follow only
where these held a name."""
SAMPLE, LEAST_ROWS = 20, 5
"""First rows of a table in which nothing else was found that are shown to the model."""
KEY, KEY_ROW = 40, 200
"""Characters of a key in the first cell of a row, and of such a row."""
LIKELY_ROW = 0.3
"""Confidence of a CPR number in a row of a table for the row to be looked at: nine digits without a
word, whose column has yet to tell."""
NO_NEIGHBOURS = frozenset((KIND, "IP_ADDRESS"))
"""Kinds that say nothing about a person beside them."""
_VALUE = re.compile(r"[^\n\t;|(<>,\"{}\[\]]{2,70}?(?=\s*(?:[\n\t;|(<>,\"{}\[\]]|  |$))")
_TWO_CAPITALS = re.compile(r"[A-ZÆØÅ][\w'’-]+,? [A-ZÆØÅ]")
_TURNED = re.compile(
    r"[^\W\d_][^\W\d_'’-]+, [^\W\d_][^\n\t;|(<>,\"{}\[\]]{1,40}?(?=\s*(?:[\n\t;|(<>]|$))"
)

_WORD = re.compile(r"[^\W\d_]+")

Window = tuple[int, int]


class People:
    """Finds the names of one segment after another; one per process, with the model in it."""

    def __init__(self, person: Person, look: Look) -> None:
        self._person = person
        self._everywhere = look == "everywhere"
        self._roles = lru_cache(maxsize=256)(_roles)
        self._keyed = lru_cache(maxsize=256)(self._is_keyed)
        self._meaning = lru_cache(maxsize=4096)(meaning)

    @property
    def model(self) -> Model:
        """What `question` asks."""
        return self._person.matches

    def question(self, text: str, layout: Layout, own: Window, found: list[Match]) -> Question:
        """Return what is to be asked to have the names in text[own] among the matches `found`.

        What `found` holds of PERSON are marks of labels. Most texts ask nothing, or once.
        """
        return Question(self._among(text, layout, own, found))

    def among(self, text: str, layout: Layout, own: Window, found: list[Match]) -> list[Match]:
        """Return the answer of `question`, asked at once."""
        question = self.question(text, layout, own, found)
        answer_all([question], self.model)
        return question.found

    def _among(self, text: str, layout: Layout, own: Window, found: list[Match]) -> Asking:
        names = yield from self._names(text, layout, own, found)
        if not names and all(match[0] != KIND for match in found):
            return found
        return [*(match for match in found if match[0] != KIND), *names]

    def beside(self, found: list[Match], near: Sequence[Match]) -> list[Match]:
        """Return `found`, the names raised right beside which `near` was found."""
        starts = sorted(match.start for match in near if match.confidence >= FINDING)
        if not starts:
            return found
        return [
            self._person.raised(match, "beside")
            if match[0] == KIND and match[4] < FINDING and _followed(match, starts)
            else match
            for match in found
        ]

    def _names(self, text: str, layout: Layout, own: Window, found: Sequence[Match]) -> Asking:
        marks = [match[1] for match in found if match[0] == KIND and self._written(text, match[1])]
        table = isinstance(layout, Grid | TableRows)
        anchors = sorted(
            (match[1], match[2])
            for match in found
            if (match[4] >= MAYBE and match[0] not in NO_NEIGHBOURS)
            or wants_person(match)
            or (table and match[4] >= LIKELY_ROW and match[0] == "DK_CPR")
        )
        if isinstance(layout, Grid | TableRows):
            roles = self._roles(layout.headers)
            if roles and not self._keyed(layout.headers):
                return self._columns(text, layout, own, roles, anchors)
            delimiter = getattr(layout, "delimiter", "\t")
            keyed = list(self._behind_keys(text, own, delimiter))
            taken = {match.start for match in keyed}
            rows = yield from self._rows(text, own, anchors)
            return [*(match for match in rows if match.start not in taken), *keyed]
        if not (marks or anchors or self._everywhere):
            return []
        return (yield from self._prose(text, own, marks, anchors))

    @cached_property
    def _gate(self) -> object:
        from detectors.names import tagger
        from detectors.names.gate import NameGate

        return NameGate(tagger().lists)

    def _sentences(self, text: str) -> list[Window]:
        from detectors.names.gate import NameGate

        gate = self._gate
        assert isinstance(gate, NameGate)
        return gate.wanted(text)

    def _prose(
        self, text: str, own: Window, marks: Sequence[int], anchors: Sequence[Window]
    ) -> Asking:
        windows = [_lines_around(text, start - BEFORE, end + BEHIND) for start, end in anchors]
        windows += [_lines_around(text, mark - BEHIND, mark + LABELLED) for mark in marks]
        if self._everywhere:
            windows += self._sentences(text)
        names = yield from self._asked(text, _merged(windows))
        marks = sorted(marks)
        out = []
        for name in names:
            if _labelled(text, name, marks):
                name = self._person.raised(name, "label")
            if _beside(text, name, anchors):
                name = self._person.raised(name, "beside")
            out.append(name)
        missed = list(self._missed(text, marks, out))
        return [*(name for name in out if not _covered(name, missed)), *missed]

    def _written(self, text: str, mark: int) -> bool:
        """Whether a name may stand behind a label: written with a capital, or one that lists know.

        In source code and settings nearly all that stands behind "name" is neither.
        """
        if not text[mark].islower():
            return True
        lists = self._person.finds.lists
        if lists is None:
            return True
        words = _WORD.findall(text, mark, mark + LOWER)[:WORDS]
        classes = [lists.classes.get(word.lower(), "") for word in words]
        return any("F" in each or "L" in each for each in classes)

    @staticmethod
    def _asked(text: str, windows: Sequence[Window]) -> Asking:
        if not windows:
            return []
        found = yield [text[low:high] for low, high in windows]
        return [
            match._replace(start=match.start + low, end=match.end + low)
            for (low, _), matches in zip(windows, found, strict=True)
            for match in matches
        ]

    def _missed(self, text: str, marks: Sequence[int], names: Sequence[Match]) -> Iterator[Match]:
        """Yield what stands behind a label, is a listed name, and was none for the model."""
        starts = sorted(name.start for name in names)
        for mark in marks:
            value = _TURNED.match(text, mark)
            if value is None:
                at = bisect_left(starts, mark)
                if at < len(starts) and starts[at] <= mark + 4:
                    continue
                value = _VALUE.match(text, mark)
            elif any(name.start == mark and name.end >= value.end() for name in names):
                continue
            if value is None or not is_name(value[0]):
                continue
            match = self._person.match(text, mark, value.end())
            if match is not None and {"full-name", "listed"} <= set(match.evidence):
                yield self._person.raised(match, "label")

    def _rows(self, text: str, own: Window, anchors: Sequence[Window]) -> Asking:
        """Ask the model about rows with another finding; all of a table only where it has names."""
        rows = []
        at = 0
        for start, end in _line_spans(text, own):
            while at < len(anchors) and anchors[at][0] < start:
                at += 1
            if self._everywhere or (at < len(anchors) and anchors[at][0] < end):
                rows.append((start, end))
        if not rows:
            rows = yield from self._of_names(text, own)
        names = yield from self._asked(text, rows[:ROWS_TRIED])
        if names and len(rows) > ROWS_TRIED:
            names += yield from self._asked(text, rows[ROWS_TRIED:])
        return [
            self._person.raised(name, "beside") if _in_row(text, name, anchors) else name
            for name in names
        ]

    def _of_names(
        self, text: str, own: Window
    ) -> Generator[list[str], list[list[Match]], list[Window]]:
        """Return all rows of a table without any other finding, if half of the first hold names."""
        first = [*islice(_line_spans(text, own), SAMPLE)]
        if len(first) < LEAST_ROWS or not all(map(_TWO_CAPITALS.search, _texts(text, first[:5]))):
            return []
        names = yield from self._asked(text, first)
        held = {bisect_right(first, (name.start, len(text))) for name in names if _is_sure(name)}
        return [*_line_spans(text, own)] if 2 * len(held) >= len(first) else []

    def _is_keyed(self, heads: tuple[str, ...]) -> bool:
        """Whether what reads as column heads is a key and a name: a form of two columns."""
        if len(heads) != 2 or not meaning(heads[0]) or not is_name(heads[1]):
            return False
        return {"full-name", "listed"} <= set(self._person.form(self._person.canonical(heads[1])))

    def _behind_keys(self, text: str, own: Window, delimiter: str) -> Iterator[Match]:
        """Yield the names in the second cell of rows whose first cell is a label of names."""
        for start, end in _line_spans(text, own):
            key, mark, rest = text[start : min(end, start + KEY_ROW)].partition(delimiter)
            if not mark or len(key) > KEY or not key[:1].isalpha() or not self._meaning(key):
                continue
            cell = rest.partition(delimiter)[0]
            written = cell.strip(' "')
            if not is_name(written):
                continue
            begin = start + len(key) + len(mark) + len(cell) - len(cell.lstrip(' "'))
            match = self._person.match(text, begin, begin + len(written))
            if match is not None and "listed" in match.evidence:
                yield self._person.raised(match, "label")

    def _columns(
        self,
        text: str,
        layout: Grid | TableRows,
        own: Window,
        roles: dict[int, str],
        anchors: Sequence[Window],
    ) -> list[Match]:
        """Believe the cells below heads of names; the model is not asked."""
        first = next((index for index, role in roles.items() if role == "first"), -1)
        last = next((index for index, role in roles.items() if role == "last"), -1)
        turned = {index for index, role in roles.items() if role == "turned"}
        delimiter = getattr(layout, "delimiter", "\t")
        quoted = bool(getattr(layout, "quoted", False))
        heads = layout.headers
        out: list[Match] = []
        at = 0
        for start, end in _line_spans(text, own):
            cells = _cells(text[start:end], delimiter, quoted)
            held = {index: cells[index] for index in roles if index < len(cells)}
            if all(cell.strip() == heads[index] for index, (_, cell) in held.items()):
                continue
            while at < len(anchors) and anchors[at][0] < start:
                at += 1
            beside = at < len(anchors) and anchors[at][0] < end
            for index, (offset, cell) in held.items():
                written = cell.strip()
                begin = start + offset + len(cell) - len(cell.lstrip())
                if not written or (index == last and first in held and held[first][1].strip()):
                    continue
                if index == first and last in held and held[last][1].strip():
                    written = f"{written} {held[last][1].strip()}"
                elif index in turned and "," not in written:
                    surname, _, given = written.partition(" ")
                    written = f"{given} {surname}" if given else surname
                end = begin + len(cell.strip())
                out.append(self._cell(written, begin, end, roles[index], beside))
        return out

    def _cell(self, written: str, begin: int, end: int, role: str, beside: bool) -> Match:
        value = self._person.canonical(written) if is_name(written) else ""
        if not value:
            return Match(KIND, begin, end, "", 0.0)
        codes = [*self._person.form(value), "header"]
        if role == "name" and "listed" not in codes:
            codes.append("unlisted")
        if beside:
            codes.append("beside")
        return Match(KIND, begin, end, value, confidence(codes), tuple(codes))


def _followed(match: Match, starts: Sequence[int]) -> bool:
    at = bisect_left(starts, match.end)
    return at < len(starts) and starts[at] <= match.end + TOUCH


def _texts(text: str, windows: Sequence[Window]) -> Iterator[str]:
    return (text[low:high] for low, high in windows)


def _is_sure(name: Match) -> bool:
    return {"full-name", "listed"} <= set(name.evidence)


def _roles(headers: tuple[str, ...]) -> dict[int, str]:
    roles = {index: meaning(head) for index, head in enumerate(headers)}
    for index, head in enumerate(headers):
        low = head.lower()
        if 0 <= low.find("efternavn") < low.find("fornavn") or "efternavn først" in low:
            roles[index] = "turned"
    return {index: role for index, role in roles.items() if role}


def _cells(row: str, delimiter: str, quoted: bool) -> list[tuple[int, str]]:
    """Return (offset, text) of the cells of a row; quotes of CSV are taken off."""
    if not quoted or '"' not in row:
        out, at = [], 0
        for cell in row.split(delimiter):
            out.append((at, cell))
            at += len(cell) + 1
        return out
    out, at = [], 0
    for cell in _quoted(row, delimiter):
        found = row.find(cell, at)
        at = max(found, at)
        out.append((at, cell))
        at += len(cell)
    return out


def _quoted(row: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([row], delimiter=delimiter), [])
    except csv.Error:  # a cell of 131 072 characters and more holds no name
        return row.split(delimiter)


def _line_spans(text: str, own: Window) -> Iterator[Window]:
    start, stop = own
    while start < stop:
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        if end > start:
            yield start, end
        start = end + 1


def _lines_around(text: str, low: int, high: int) -> Window:
    """Return a window stretched to the ends of its lines where they are near, else to a blank."""
    low, high = max(0, low), min(len(text), high)
    start = text.rfind("\n", max(0, low - SNAP), low) + 1
    if not start and low > SNAP:
        start = text.rfind(" ", max(0, low - SNAP), low) + 1 or low
    end = text.find("\n", high, high + SNAP)
    if end < 0 and high + SNAP < len(text):
        blank = text.find(" ", high, high + SNAP)
        end = high if blank < 0 else blank
    return start, len(text) if end < 0 else end


def _merged(windows: list[Window]) -> list[Window]:
    out: list[Window] = []
    for low, high in sorted(windows):
        if out and low <= out[-1][1]:
            out[-1] = (out[-1][0], max(high, out[-1][1]))
        else:
            out.append((low, high))
    return out


def _covered(name: Match, others: Sequence[Match]) -> bool:
    return any(each.start <= name.start and name.end <= each.end for each in others)


def _labelled(text: str, name: Match, marks: Sequence[int]) -> bool:
    at = bisect_left(marks, name.start + 3) - 1
    if at < 0 or name.start - marks[at] > LABELLED:
        return False
    return "\n" not in text[marks[at] : name.start]


def _beside(text: str, name: Match, anchors: Sequence[Window]) -> bool:
    """Whether another finding stands near a name, or on its line where that is no paragraph."""
    at = bisect_left(anchors, (name.start - BEHIND, 0))
    if at < len(anchors) and anchors[at][0] <= name.end + BEFORE:
        return True
    if at and anchors[at - 1][1] >= name.start - BEHIND:
        return True
    return _in_row(text, name, anchors)


def _in_row(text: str, name: Match, anchors: Sequence[Window]) -> bool:
    start = text.rfind("\n", max(0, name.start - SNAP), name.start) + 1
    end = text.find("\n", name.end, name.end + SNAP)
    if (not start and name.start > SNAP) or (end < 0 and name.end + SNAP < len(text)):
        return False
    at = bisect_left(anchors, (start, 0))
    return at < len(anchors) and anchors[at][0] < (len(text) if end < 0 else end)

"""A linear-chain model in plain arrays: the likeliest names of texts, with their probability.

It holds weights and the strings they belong to; texts pass through and are not kept, but for
single words whose weights are remembered for a while.
"""

from __future__ import annotations

import lzma
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectors.names import WEIGHTS_FILE
from detectors.names.chain import Block, Floats, Ints, blocks, stretches
from detectors.names.features import (
    BREAK,
    EDGE,
    JOINED,
    NAMESPACES,
    REACH,
    SINGLES,
    attributes,
    case_of,
    without_digits,
)
from detectors.names.lists import Lists
from detectors.names.tokens import Spans, lines

REMEMBERED = 60_000
"""Distinct words whose summed weights are kept; then all are forgotten at once."""
PERSON = "PERSON"
SURE, RAISED = 0.8, np.float32(3.0)
"""A name of this probability raises the scores of its words elsewhere in the text by so much."""
DENSE = 1_000_000
"""Joined attributes with no more combinations are looked up directly."""
FORGET = BREAK, EDGE


class Name(NamedTuple):
    """One span of a text, half-open code points, and the probability of just that span."""

    start: int
    end: int
    label: str
    probability: float


class Weights(NamedTuple):
    """What training found: for each attribute the values that count, and their weights.

    `singles[namespace]`: values and an array (value, offset, label). `joined[number]`: tuples of
    values and an array (value, label). `moves`: array (label before, label).
    """

    labels: tuple[str, ...]
    singles: Mapping[str, tuple[Sequence[str], Floats]]
    joined: Sequence[tuple[Sequence[tuple[str, ...]], Floats]]
    moves: Floats


class Parts(NamedTuple):
    """The same, as it is kept and used: no string is looked at twice.

    `numbers[namespace]` are the values that joined attributes have; a value's number is its place
    from 1. `joined`: sorted keys made of the numbers, and an array (key, label).
    """

    labels: tuple[str, ...]
    moves: Floats
    singles: Mapping[str, tuple[Sequence[str], Floats]]
    numbers: Mapping[str, Sequence[str]]
    joined: Sequence[tuple[Ints, Floats]]


_JOINED_NAMES = sorted({name for parts in JOINED for name, _ in parts})


def compiled(weights: Weights) -> Parts:
    """Return what training found as it is kept."""
    numbers: dict[str, dict[str, int]] = {name: {} for name in _JOINED_NAMES}
    for parts, (values, _) in zip(JOINED, weights.joined, strict=True):
        for each in values:
            for (name, _), value in zip(parts, each, strict=True):
                numbers[name].setdefault(value, len(numbers[name]) + 1)
    joined = []
    for parts, (values, table) in zip(JOINED, weights.joined, strict=True):
        keys = np.zeros(len(values), np.int64)
        for place, (name, _) in enumerate(parts):
            column = np.array([numbers[name][each[place]] for each in values], np.int64)
            keys = keys * (len(numbers[name]) + 1) + column
        order = np.argsort(keys)
        joined.append((keys[order], table[order]))
    return Parts(
        weights.labels,
        weights.moves,
        weights.singles,
        {name: list(values) for name, values in numbers.items()},
        joined,
    )


class Tagger:
    """Finds names in texts. Not thread-safe; the same texts give the same names in any batch."""

    def __init__(self, parts: Parts, lists: Lists) -> None:
        self.lists = lists
        self.parts = parts
        self.labels = parts.labels
        self._singles = {
            name: dict(zip(values, range(len(values)), strict=True))
            for name, (values, _) in parts.singles.items()
        }
        self._column = {name: column for column, name in enumerate(_JOINED_NAMES)}
        self._numbers = {
            name: dict(zip(values, range(1, len(values) + 1), strict=True))
            for name, values in parts.numbers.items()
        }
        self._joined = []
        for looked_at, (keys, table) in zip(JOINED, parts.joined, strict=True):
            sizes = [len(self._numbers[name]) + 1 for name, _ in looked_at]
            columns = [self._column[name] for name, _ in looked_at]
            offsets = [offset for _, offset in looked_at]
            self._joined.append(_Joint(columns, offsets, (sizes, keys), table))
        self._persons = np.array(
            [number for number, label in enumerate(self.labels) if label.endswith(f"-{PERSON}")]
        )
        self._inside = [self._follows(label) for label in self.labels]
        self._forget()

    def _follows(self, label: str) -> int:
        """Return the number of the label that goes on with a span of `label`, else -1."""
        inside = f"I-{label[2:]}"
        return self.labels.index(inside) if inside in self.labels else -1

    def _forget(self) -> None:
        self._known: dict[str, dict[str, int]] = {}
        self._capital: set[int] = set()
        self._count = 0
        labels = len(self.labels)
        self._sums = np.zeros((4096, 2 * REACH + 1, labels), np.float32)
        self._ids = np.zeros((4096, len(self._column)), np.int64)
        for token in FORGET:
            self._add(token, "")

    def _add(self, token: str, case: str) -> int:
        """Work out what a token adds to the scores around it, and remember it.

        Tokens that differ in digits alone are one: nothing that the model sees tells them apart.
        """
        known = self._known.setdefault(case, {})
        plain = without_digits(token)
        if plain is not token:
            held = known.get(plain)
            if held is not None:
                return held
            token = plain
        number = self._count
        if number >= len(self._sums):
            self._sums = np.concatenate([self._sums, np.zeros_like(self._sums)])
            self._ids = np.concatenate([self._ids, np.zeros_like(self._ids)])
        self._count += 1
        known[token] = number
        if len(token) > 2 and token[0].isupper():
            self._capital.add(number)
        values = attributes(token, case, self.lists)
        sums, ids = self._sums[number], self._ids[number]
        sums[:] = 0
        for name, offsets in SINGLES:
            value = values[NAMESPACES.index(name)]
            row = self._singles[name].get(value)
            if row is not None:
                sums[REACH + offsets[0] : REACH + offsets[-1] + 1] += self.parts.singles[name][1][
                    row
                ]
        for name, column in self._column.items():
            ids[column] = self._numbers[name].get(values[NAMESPACES.index(name)], 0)
        return number

    def find(self, texts: Sequence[str], *, together: bool = False) -> list[list[Name]]:
        """Return the names of each text, by start. Nothing but single words is kept of a text.

        A person who is sure in one place of a text is likelier in its other places; `together`
        takes all texts as one.
        """
        if self._count > REMEMBERED:
            self._forget()
        found: list[list[Name]] = [[] for _ in texts]
        words, held = self._read(texts)
        if not held:
            return found
        numbers = np.array(words, np.int64)
        scores = self._scores(numbers)
        begins = [line.begin for line in held]
        real = numbers >= len(FORGET)
        spans = self._spans(scores, real)
        if self._repeated(numbers, scores, spans, held, begins, together):
            spans = self._spans(scores, real)
        for first, last, label, probability in spans:
            line = held[bisect_right(begins, first) - 1]
            start = line.offset + line.spans[first - line.begin][0]
            end = line.offset + line.spans[last - 1 - line.begin][1]
            found[line.text].append(Name(start, end, label, probability))
        return found

    def _repeated(
        self,
        numbers: Ints,
        scores: Floats,
        spans: Sequence[tuple[int, int, str, float]],
        held: Sequence[_Line],
        begins: Sequence[int],
        together: bool,
    ) -> bool:
        """Raise the scores of words that are surely a person elsewhere in their text; say if any.

        A surname stands alone where the full name was given before.
        """
        persons: dict[int, set[int]] = {}
        taken = np.zeros(len(numbers), bool)
        for first, last, label, probability in spans:
            if label != PERSON:
                continue
            taken[first:last] = True
            if probability >= SURE:
                text = 0 if together else held[bisect_right(begins, first) - 1].text
                persons.setdefault(text, set()).update(numbers[first:last].tolist())
        if not persons:
            return False
        raised = False
        bounds = [0] if together else [line.text for line in held]
        for text, words in persons.items():
            low = 0 if together else begins[bisect_left(bounds, text)]
            after = len(bounds) if together else bisect_right(bounds, text)
            high = len(numbers) if together or after >= len(begins) else begins[after]
            wanted = np.array(sorted(words & self._capital), np.int64)
            same = np.isin(numbers[low:high], wanted) & ~taken[low:high]
            if same.any():
                at = low + np.flatnonzero(same)
                scores[at[:, None], self._persons[None, :]] += RAISED
                raised = True
        return raised

    def _read(self, texts: Sequence[str]) -> tuple[list[int], list[_Line]]:
        """Return the numbers of all words of all texts, with edges between, and the lines."""
        plain = self._known[""]
        edges, line_end = [plain[EDGE]] * REACH, plain[BREAK]
        words = list(edges)
        held: list[_Line] = []
        for text_number, text in enumerate(texts):
            began = len(words)
            for offset, line, spans in lines(text):
                if len(words) > began:
                    words.append(line_end)
                case = case_of(line)
                known = self._known.setdefault(case, {})
                held.append(_Line(text_number, offset, spans, len(words)))
                for start, end in spans:
                    token = line[start:end]
                    number = known.get(token)
                    words.append(self._add(token, case) if number is None else number)
            words += edges
        return words, held

    def _scores(self, words: Ints) -> Floats:
        """Return the score of each label for each word, from the words around it."""
        count = len(words)
        scores: Floats = self._sums[words, REACH]
        for offset in range(-REACH, REACH + 1):
            if offset:
                low, high = max(0, -offset), min(count, count - offset)
                scores[low:high] += self._sums[words[low + offset : high + offset], REACH + offset]
        ids = self._ids[words]
        for joint in self._joined:
            joint.add(scores, ids)
        return scores

    def _spans(self, scores: Floats, words: NDArray[np.bool_]) -> list[tuple[int, int, str, float]]:
        """Return (first, behind the last, label, probability) for every name, in order.

        Words that are surely none need no path: only the stretches between them are labelled.
        """
        found = [
            span for chains in blocks(stretches(scores, words)) for span in self._in(scores, chains)
        ]
        found.sort()
        return found

    def _in(
        self, scores: Floats, chains: Sequence[tuple[int, int]]
    ) -> Iterator[tuple[int, int, str, float]]:
        block = Block(scores, chains, self.parts.moves)
        paths = block.best()
        rows = np.flatnonzero(paths.any(axis=1)).tolist()
        if not rows:
            return
        some = Block(scores, [chains[row] for row in rows], self.parts.moves)
        log_sum, ahead, behind = some.sums()
        for at, row in enumerate(rows):
            path = paths[row].tolist()
            begin, size = chains[row]
            position = 0
            while position < size:
                label = path[position]
                if label == 0:
                    position += 1
                    continue
                inside = self._inside[label]
                end = position + 1
                while end < size and path[end] == inside:
                    end += 1
                log = some.path(at, position, end, label, inside, ahead, behind) - log_sum[at]
                probability = float(np.exp(min(log, 0.0)))
                name = self.labels[label][2:]
                yield begin + position, begin + end, name, probability
                position = end

    def save(self, folder: Path) -> None:
        """Write the weights below `folder`, in half precision."""
        parts = self.parts
        arrays: dict[str, Any] = {"moves": parts.moves.astype(np.float32)}
        arrays["labels"] = _packed(["\t".join(parts.labels)])
        for name, (values, table) in parts.singles.items():
            arrays[f"{name}-values"] = _packed(values)
            arrays[f"{name}-weights"] = table.astype(np.float16)
        for name, values in parts.numbers.items():
            arrays[f"{name}-numbers"] = _packed(values)
        for number, (keys, table) in enumerate(parts.joined):
            arrays[f"+{number}-keys"] = np.diff(keys, prepend=0)
            arrays[f"+{number}-weights"] = table.astype(np.float16)
        np.savez_compressed(folder / WEIGHTS_FILE, **arrays)

    @classmethod
    def load(cls, folder: Path) -> Tagger:
        """Read what `save` wrote, and the lists beside it. Raises OSError, KeyError, ValueError."""
        with np.load(folder / WEIGHTS_FILE, allow_pickle=False) as arrays:

            def table(name: str) -> Floats:
                return np.asarray(arrays[f"{name}-weights"], np.float32)

            parts = Parts(
                tuple(_unpacked(arrays["labels"])[0].split("\t")),
                arrays["moves"],
                {name: (_unpacked(arrays[f"{name}-values"]), table(name)) for name, _ in SINGLES},
                {name: _unpacked(arrays[f"{name}-numbers"]) for name in _JOINED_NAMES},
                [
                    (np.cumsum(arrays[f"+{number}-keys"]), table(f"+{number}"))
                    for number in range(len(JOINED))
                ],
            )
        return cls(parts, Lists.load(folder))


class _Line(NamedTuple):
    """A line of a text: which text, where in it, its tokens, and the number of its first word."""

    text: int
    offset: int
    spans: Spans
    begin: int


class _Joint:
    """The weights of attributes that are looked at together."""

    def __init__(
        self,
        columns: Sequence[int],
        offsets: Sequence[int],
        keys: tuple[list[int], Ints],
        table: Floats,
    ) -> None:
        self.columns, self.offsets = columns, offsets
        self.sizes, self.keys = keys
        self.table = table
        self.dense: Floats | None = None
        combinations = int(np.prod([float(size) for size in self.sizes]))
        if combinations <= DENSE:
            self.dense = np.zeros((combinations, table.shape[1]), np.float32)
            self.dense[self.keys] = table

    def add(self, scores: Floats, ids: Ints) -> None:
        """Add the weights for every word whose neighbours all exist."""
        count = len(ids)
        low = max(0, -min(self.offsets))
        high = count - max(0, *self.offsets)
        if high <= low:
            return
        keys = np.zeros(high - low, np.int64)
        for column, offset, size in zip(self.columns, self.offsets, self.sizes, strict=True):
            keys = keys * size + ids[low + offset : high + offset, column]
        if self.dense is not None:
            scores[low:high] += self.dense[keys]
            return
        if not len(self.keys):
            return
        at = np.searchsorted(self.keys, keys)
        at[at == len(self.keys)] = 0
        hit = np.flatnonzero(self.keys[at] == keys)
        scores[low + hit] += self.table[at[hit]]


def _packed(values: Sequence[str]) -> NDArray[np.uint8]:
    packed = lzma.compress("\n".join(values).encode("utf-8", "surrogatepass"))
    return np.frombuffer(packed, np.uint8)


def _unpacked(packed: NDArray[np.uint8]) -> list[str]:
    return lzma.decompress(packed.tobytes()).decode("utf-8", "surrogatepass").split("\n")

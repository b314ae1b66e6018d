"""The likeliest labels of stretches of words, and the sums behind a span's probability.

Pure arithmetic on arrays of scores; it sees no text.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

LONGEST = 400
"""Tokens that are labelled together; a longer stretch is labelled in pieces."""
SURELY = np.float32(12.0)
"""By so much must the score of no name lead for a word to be none whatever stands beside it."""

RESCALED = 32
"""Steps after which sums are brought back to about 1: each makes them at most some 10^5 larger."""

FEW = 16
"""Chains that are put beside longer ones rather than being a block of their own."""
CELLS = 100_000
"""Words in one block, with what fills it up."""

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Ints = NDArray[np.int64]


def stretches(scores: Floats, words: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return (begin, size) of the stretches that can hold names, the longest first.

    Each has the sure word in front of it and behind it, so that its ends are weighed as well.
    """
    open_ = words & (scores[:, 0] - scores[:, 1:].max(axis=1) < SURELY)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], open_, [False]]).astype(np.int8)))
    chains = []
    for begin, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        for first in range(begin, end, LONGEST):
            last = min(end, first + LONGEST)
            low = first - 1 if first == begin and words[first - 1] else first
            high = last + 1 if last == end and words[last] else last
            chains.append((low, high - low))
    chains.sort(key=lambda chain: -chain[1])
    return chains


def blocks(chains: Sequence[tuple[int, int]]) -> Iterator[Sequence[tuple[int, int]]]:
    """Yield the chains, longest first, in blocks that are not half empty nor without bound."""
    first = 0
    while first < len(chains):
        longest = chains[first][1]
        last = bisect_left(chains, -(longest // 2), first, key=lambda chain: -chain[1])
        last = min(max(last, first + FEW), first + max(1, CELLS // longest), len(chains))
        yield chains[first:last]
        first = last


class Block:
    """Chains of scores side by side, longest first, filled up with nothing."""

    def __init__(self, scores: Floats, chains: Sequence[tuple[int, int]], moves: Floats) -> None:
        self.moves = moves
        self.sizes = np.array([size for _, size in chains])
        longest = int(self.sizes[0])
        starts = np.array([start for start, _ in chains])
        at = np.minimum(starts[:, None] + np.arange(longest)[None, :], len(scores) - 1)
        self.scores = scores[at]
        steps = np.arange(longest)
        self.alive = np.searchsorted(-self.sizes, -steps, side="left")
        """How many chains are longer than each step."""

    def best(self) -> Ints:
        """Return the likeliest label of every token (row, step), by number."""
        rows, longest, labels = self.scores.shape
        from_where = np.zeros((longest, rows, labels), np.int8)
        current = self.scores[:, 0].copy()
        for step in range(1, longest):
            alive = int(self.alive[step])
            candidates = current[:alive, :, None] + self.moves[None]
            from_where[step, :alive] = candidates.argmax(axis=1)
            current[:alive] = candidates.max(axis=1) + self.scores[:alive, step]
        paths = np.zeros((rows, longest), np.int64)
        last = current.argmax(axis=1)
        every = np.arange(rows)
        for step in range(longest - 1, -1, -1):
            alive = int(self.alive[step])
            ends = self.sizes == step + 1
            if step + 1 < longest:
                going = int(self.alive[step + 1])
                following = paths[:going, step + 1]
                paths[:going, step] = from_where[step + 1, every[:going], following]
                if going < alive:
                    paths[going:alive, step] = last[going:alive]
            else:
                paths[ends, step] = last[ends]
        return paths

    def sums(self) -> tuple[Doubles, Doubles, Doubles]:
        """Return log sums over all paths (row), up to a label (row, step, label), and behind it.

        Summed as plain numbers, each step's best taken for 1; what is taken out is added as logs.
        """
        rows, longest, labels = self.scores.shape
        most = self.scores.max(axis=2).astype(np.float64)
        weights = np.exp(self.scores - most[:, :, None])
        most *= np.arange(longest) < self.sizes[:, None]
        moves = np.exp(self.moves.astype(np.float64))
        ahead, behind = weights.copy(), np.ones((rows, longest, labels))
        out = np.zeros((2, rows, longest))  # logs that were taken out at a step
        for step in range(1, longest):
            before = ahead[: int(self.alive[step]), step - 1]
            if step % RESCALED == 0:
                _rescale(before, out[0, : len(before), step - 1])
            ahead[: len(before), step] *= before @ moves
        back = moves.T
        for step in range(longest - 2, -1, -1):
            going = int(self.alive[step + 1])
            onwards = behind[:going, step + 1]
            if step % RESCALED == 0:
                _rescale(onwards, out[1, :going, step + 1])
            np.matmul(onwards * weights[:going, step + 1], back, out=behind[:going, step])
        taken = np.cumsum(most + out[0], axis=1)
        ahead_logs = np.log(ahead) + taken[:, :, None]
        left = np.cumsum((most + out[1])[:, ::-1], axis=1)[:, ::-1]
        behind_logs = np.log(behind) + (left - most)[:, :, None]
        last = ahead_logs[np.arange(rows), self.sizes - 1]
        return log_sum(last, 1), ahead_logs, behind_logs

    def path(
        self,
        row: int,
        start: int,
        end: int,
        label: int,
        inside: int,
        ahead: Doubles,
        behind: Doubles,
    ) -> float:
        """Return the log sum of all paths with just this span: begun, gone on, and ended."""
        log = float(ahead[row, start, label])
        before = label
        for step in range(start + 1, end):
            log += float(self.moves[before, inside] + self.scores[row, step, inside])
            before = inside
        if end >= self.sizes[row]:
            return log
        onwards = self.moves[before] + self.scores[row, end] + behind[row, end]
        if inside >= 0:
            onwards = np.delete(onwards, inside)
        return log + float(log_sum(onwards, 0))


def _rescale(sums: Doubles, logs: Doubles) -> None:
    most = sums.max(axis=1)
    sums /= most[:, None]
    logs[:] = np.log(most)


def log_sum(values: Any, axis: int) -> Any:
    most = values.max(axis=axis, keepdims=True)
    return np.squeeze(most, axis) + np.log(np.exp(values - most).sum(axis=axis))

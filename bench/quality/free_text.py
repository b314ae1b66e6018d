"""Count what is reported in real text that holds no CPR number: sources of installed packages.

    python -m bench.quality.free_text

Reads the standard library's and the installed packages' files as a scan does. Prints places and
evidence, no values.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from pathlib import Path

from bench.corpus import library
from bench.quality.reading import tools
from detectors import FINDING
from scanner.collect import Collector
from scanner.examine import Session
from scanner.model import Finding

GOAL = 1.0
"""CPR numbers per 100 MB of text that holds none, at most."""


def count(paths: list[Path], kind: str = "DK_CPR") -> tuple[int, Counter[str], list[str]]:
    """Return bytes read, distinct findings by kind, and where those of `kind` stand."""
    with_tools = tools()
    size = 0
    kinds: Counter[str] = Counter()
    places: list[str] = []
    for path in paths:
        size += path.stat().st_size
        held: list[_Counting] = []

        def collect(held: list[_Counting] = held) -> Collector:
            held.append(_Counting(with_tools))
            return held[-1]

        with path.open("rb") as stream:
            session = Session(with_tools, path.stat().st_size, time.monotonic(), collect)
            session.content(stream, path.name, (), 0)
        for each in held:
            kinds.update(each.kinds)
            places += [f"{path}: {said}" for said in each.said.get(kind, ())]
    return size, kinds, places


class _Counting(Collector):
    """A collector that counts distinct findings and seals none."""

    def findings(self) -> list[Finding]:
        self.kinds: Counter[str] = Counter()
        self.said: dict[str, list[str]] = {}
        for match, found_at in self.judged():
            if match.confidence >= FINDING:
                self.kinds[match.kind] += 1
                line = f"{match.confidence:.2f} {' '.join(match.evidence)} {found_at[:1]}"
                self.said.setdefault(match.kind, []).append(line)
        return []


def main() -> None:
    """Print findings per 100 MB by kind, and the places of CPR numbers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--kind", default="DK_CPR", help="the kind whose places are printed")
    given = parser.parse_args()
    paths = library()
    size, kinds, places = count(paths, given.kind)
    print("\n".join(places[:100]))
    print(f"{len(paths)} files, {size / 1e6:.1f} MB")
    for kind, number in kinds.most_common():
        print(f"{kind:18} {number:6} {number / size * 1e8:10.2f} per 100 MB")
    print(f"goal: DK_CPR at most {GOAL:g} per 100 MB")


if __name__ == "__main__":
    main()

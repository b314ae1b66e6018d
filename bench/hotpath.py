"""Measure the hot path alone: read, gate, find, per engine and category, against ripgrep.

No reader, no index: bench.whole_path has those. presidio gets a sample, in calls of 4 KB.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

from bench.corpus import MEGABYTES, make
from bench.peers import presidio_engine, read, ripgrep_seconds, seconds
from detectors import Detector, Headed, load
from detectors.gate import Gate, available

PRESIDIO_CHARACTERS = 4_096
PRESIDIO_BYTES = 150_000  # of each category: presidio's engine reads about 0.5 MB a second
COLUMNS = ("read", "rg")


def parts() -> tuple[Detector, ...]:
    """Return what a scan puts behind its gate: detectors, or their parts."""
    return tuple(
        part for each in load() for part in (each.parts if isinstance(each, Headed) else (each,))
    )


def gate_all(gate: Gate, paths: Sequence[Path]) -> int:
    """Read the files and return how many windows the gate names in them."""
    return sum(len(gate.windows(path.read_text("utf-8"))) for path in paths)


def find_all(gate: Gate, paths: Sequence[Path]) -> int:
    """Read the files and return how many matches their windows hold, all confidences."""
    return sum(1 for path in paths for _ in gate.find(path.read_text("utf-8")))


def presidio_all(paths: Sequence[Path]) -> tuple[int, Callable[[], object]]:
    """Return the bytes of a sample of the files, and what runs presidio's engine over it."""
    engine = presidio_engine()
    engine.analyze("varm op", language="da")
    texts: list[str] = []
    size = 0
    for path in paths:
        if size >= PRESIDIO_BYTES:
            break
        texts.append(path.read_text("utf-8")[:PRESIDIO_BYTES])
        size += len(texts[-1].encode())
    pieces = [
        text[start : start + PRESIDIO_CHARACTERS]
        for text in texts
        for start in range(0, len(text), PRESIDIO_CHARACTERS)
    ]
    return size, lambda: [engine.analyze(piece, language="da") for piece in pieces]


def main() -> None:
    """Print MB per CPU second, and in brackets per cent of ripgrep in the same run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("bench-data"))
    parser.add_argument("--megabytes", type=float, default=MEGABYTES)
    parser.add_argument("--engine", action="append", choices=available())
    parser.add_argument("--no-presidio", action="store_true")
    given = parser.parse_args()
    files = make(given.folder, given.megabytes)
    files["mixed"] = [path for paths in files.values() for path in paths]
    gates = {name: Gate(parts(), name) for name in given.engine or available()}
    for name, gate in gates.items():
        find_all(gate, files["records"][:20])  # tables of phonenumbers, states of the automata
        for detector, why in gate.ungated.items():
            print(f"{name}: {detector} reads all text: {why}")
    print("MB per CPU second (per cent of rg); rg is -j1 -o --no-unicode with the same patterns")
    names = [f"{name} {what}" for name in gates for what in ("gate", "gate+find")]
    print("".join(f"{name:>18}" for name in ("", "read", "rg", *names, "us a match", "presidio")))
    for category, paths in files.items():
        size = sum(path.stat().st_size for path in paths) / 1_000_000
        rg = ripgrep_seconds(paths)

        def cell(spent: float, size: float = size, rg: float | None = rg) -> str:
            share = f" ({rg / spent:.0%})" if rg else ""
            return f"{f'{size / spent:.1f}{share}':>18}"

        cells = [cell(seconds(lambda paths=paths: read(paths)))]  # type: ignore[misc]
        cells.append(cell(rg) if rg else f"{'--':>18}")
        slowest = ""
        for gate in gates.values():
            cells.append(cell(seconds(lambda g=gate, p=paths: gate_all(g, p))))  # type: ignore[misc]
            found: list[int] = []
            spent = seconds(lambda g=gate, p=paths, f=found: f.append(find_all(g, p)))  # type: ignore[misc]
            cells.append(cell(spent))
            slowest = slowest or f"{1e6 * spent / max(1, found[0]):.1f} of {found[0]}"
        cells.append(f"{slowest:>18}")
        if not given.no_presidio and category != "mixed":
            sample, run = presidio_all(paths)
            cells.append(f"{sample / 1_000_000 / seconds(run):18.2f}")
        print(f"{category:>18}", *cells, sep="", flush=True)


if __name__ == "__main__":
    main()

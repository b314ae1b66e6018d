"""Measure what a second worker gives: wall time of `fodspor scan` with one and two, in one run.

Each is a first scan into a new index, process start included. The two are taken in turn, and the
load of the machine is printed: beside other work, two workers share what one had.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.corpus import MEGABYTES, make

ROUNDS = 2
"""The best of so many: other programs can only make a run slower."""


def wall_seconds(home: Path, folder: Path, workers: int) -> float:
    """Return the wall time of a first scan of `folder`. Raises RuntimeError when it fails."""
    start = [sys.executable, "-m", "scanner.cli", "--config", str(home / "fodspor.toml")]
    environment = {**os.environ, "FODSPOR_STATE": str(home / "state")}
    subprocess.run([*start, "init"], env=environment, check=True, capture_output=True)
    began = time.perf_counter()
    ended = subprocess.run(
        [*start, "scan", str(folder), "--workers", str(workers), "--quiet"],
        env=environment,
        check=False,
        capture_output=True,
    )
    if ended.returncode not in (0, 3):
        raise RuntimeError(f"the scan ended with {ended.returncode}")
    return time.perf_counter() - began


def load() -> str:
    """Return the load averages of the machine, where it has them."""
    return " ".join(f"{each:.1f}" for each in os.getloadavg()) if hasattr(os, "getloadavg") else "?"


def main() -> None:
    """Print seconds and MB a second for one and two workers, their ratio, and the load."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("bench-data"))
    parser.add_argument("--megabytes", type=float, default=MEGABYTES)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    given = parser.parse_args()
    files = make(given.folder, given.megabytes)
    paths = [path for each in files.values() for path in each]
    below = paths[0].parents[2].resolve()  # files / category / folder / file
    size = sum(path.stat().st_size for path in paths) / 1_000_000
    print(f"{len(paths)} files, {size:.1f} MB, {os.cpu_count()} processors; load before {load()}")
    best: dict[int, float] = {}
    for number in range(given.rounds):
        for workers in (1, 2):
            with tempfile.TemporaryDirectory() as home:
                seconds = wall_seconds(Path(home), below, workers)
            best[workers] = min(seconds, best.get(workers, seconds))
            print(
                f"round {number + 1}, {workers} workers: {seconds:6.1f} s, load {load()}",
                flush=True,
            )
    ratio = best[1] / best[2]
    print(
        f"1 worker {size / best[1]:.1f} MB/s, 2 workers {size / best[2]:.1f} MB/s wall:"
        f" {ratio:.2f} times as fast; load after {load()}"
    )


if __name__ == "__main__":
    main()

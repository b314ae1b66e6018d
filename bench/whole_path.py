"""Measure the whole path: `fodspor scan` on the corpus, all its processes, against ripgrep.

Walking, opening, telling the type, reading, finding, judging, sealing and writing the index are in.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.corpus import MEGABYTES, make
from bench.peers import read, ripgrep_seconds, seconds

GOAL = 0.25  # of ripgrep's speed on the mixed corpus, one core
GOAL_WITH_NAMES = 0.03
LOOKS = ("beside", "off", "everywhere")
"""Where names are looked for; the first is the default."""

PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h


def adopt_orphans() -> None:
    """Make this process the parent of what its children leave behind (Linux only).

    Workers are children of a fork server that outlives the scan by a moment; only who waits for
    it learns what they used. Raises OSError elsewhere.
    """
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "cannot adopt orphans, so cannot count workers' time")


def wait_for_orphans() -> None:
    """Wait until every process that was adopted has ended."""
    while True:
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


def scan_seconds(home: Path, folder: Path, workers: int = 1, look: str = LOOKS[0]) -> float:
    """Return the CPU seconds of all processes of a scan of `folder` into a new index in `home`.

    `look`: where names are looked for. Raises RuntimeError when the scan fails. Real source has a
    file or two of no known type.
    """
    config = home / "fodspor.toml"
    start = [sys.executable, "-m", "scanner.cli", "--config", str(config)]
    environment = {**os.environ, "FODSPOR_STATE": str(home / "state")}
    subprocess.run([*start, "init"], env=environment, check=True, capture_output=True)
    told = config.read_text("utf-8")
    assert f'look = "{LOOKS[0]}"' in told
    config.write_text(told.replace(f'look = "{LOOKS[0]}"', f'look = "{look}"'), "utf-8")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    ended = subprocess.run(
        [*start, "scan", str(folder), "--workers", str(workers), "--quiet"],
        env=environment,
        check=False,
        capture_output=True,
    )
    wait_for_orphans()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if ended.returncode not in (0, 3):
        raise RuntimeError(f"the scan ended with {ended.returncode}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Print MB per CPU second of the scan and of ripgrep, per category and mixed, in one run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("bench-data"))
    parser.add_argument("--megabytes", type=float, default=MEGABYTES)
    parser.add_argument("--mixed", action="store_true", help="the whole corpus only")
    parser.add_argument("--looks", action="store_true", help="the whole corpus, by [names] look")
    given = parser.parse_args()
    adopt_orphans()
    files = make(given.folder, given.megabytes)
    everything = [path for paths in files.values() for path in paths]
    rows = [("mixed", everything)]
    if not given.mixed and not given.looks:
        rows = [*files.items(), *rows]
    print(f"{'':8} {'names':>10} {'MB':>6} {'read':>8} {'rg':>8} {'scan':>8} {'of rg':>6}")
    for category, paths in rows:
        size = sum(path.stat().st_size for path in paths) / 1_000_000
        read_seconds = seconds(lambda paths=paths: read(paths))  # type: ignore[misc]
        # files / category / folder / file
        below = paths[0].parents[2 if category == "mixed" else 1].resolve()
        for look in LOOKS if given.looks else LOOKS[:1]:
            rg = ripgrep_seconds(paths)
            with tempfile.TemporaryDirectory() as home:
                scan = scan_seconds(Path(home), below, look=look)
            share = f"{rg / scan:6.1%}" if rg else "    --"
            rg_speed = f"{size / rg:8.1f}" if rg else f"{'--':>8}"
            print(
                f"{category:8} {look:>10} {size:6.1f} {size / read_seconds:8.0f} {rg_speed} "
                f"{size / scan:8.1f} {share}",
                flush=True,
            )
    print(
        f"goal: mixed at {GOAL:.0%} of ripgrep, at {GOAL_WITH_NAMES:.0%} with names beside other"
        " findings; MB per CPU second of all processes"
    )


if __name__ == "__main__":
    main()

"""Write scores as tables for docs/quality.md, and keep and check the baseline."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.quality.score import Score, Tally, reliability

PAGE = Path(__file__).parents[2] / "docs" / "quality.md"
BASELINE = Path(__file__).parent / "scores.json"
BEGIN, END = "<!-- written by python -m bench.quality: begin -->", "<!-- end -->"
FALL = 0.01
"""A score may fall by one point of 100."""
FEW = 20
"""Planted values of a kind below which its score says little; such a row is marked."""
Numbers = dict[str, dict[str, float]]


def share(value: float) -> str:
    return f"{100 * value:.1f}"


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table in Markdown, numbers to the right."""
    marks = ["---", *["---:"] * (len(heads) - 1)]
    return "\n".join("| " + " | ".join(row) + " |" for row in (heads, marks, *rows))


def _row(name: str, tally: Tally) -> list[str]:
    few = " *" if 0 < tally.planted < FEW else ""
    return [
        f"{name}{few}",
        str(tally.planted),
        str(tally.found),
        str(tally.alarms),
        share(tally.precision) if tally.found + tally.alarms else "-",
        share(tally.recall) if tally.planted else "-",
        share(tally.f1) if tally.planted else "-",
    ]


def scores(title: str, tallies: Mapping[str, Tally], total: Tally) -> str:
    """Return planted, found, false alarms, precision, recall and F1, a row each."""
    heads = [title, "planted", "found", "false alarms", "precision", "recall", "F1"]
    rows = [_row(name, tallies[name]) for name in sorted(tallies)]
    return table(heads, [*rows, _row("**all**", total)])


def calibration(score: Score) -> str:
    """Return how many of the matches of each confidence were right."""
    rows = [
        [f"{low:.2f}", str(count), share(mean), share(right)]
        for low, count, mean, right in reliability(score)
    ]
    return table(["confidence from", "matches", "mean confidence", "right"], rows)


def comparison(systems: Mapping[str, Score], kinds: Sequence[str]) -> str:
    """Return precision / recall / F1 of each system, by kind."""
    rows = []
    for kind in [*kinds, "**all**"]:
        row = [f"`{kind}`" if kind in kinds else kind]
        for score in systems.values():
            tally = score.kinds[kind] if kind in kinds else score.total
            if not tally.found + tally.alarms:
                row.append("-")
                continue
            row.append(f"{share(tally.precision)} / {share(tally.recall)} / {share(tally.f1)}")
        rows.append(row)
    return table(["precision / recall / F1", *systems], rows)


def write(text: str, page: Path = PAGE) -> None:
    """Put `text` between the markers of the page. Raises ValueError without markers."""
    whole = page.read_text("utf-8")
    if BEGIN not in whole or END not in whole:
        raise ValueError(f"{page.name} has no line {BEGIN!r} with {END!r} after it")
    before, _, rest = whole.partition(BEGIN)
    after = rest.partition(END)[2]
    page.write_text(f"{before}{BEGIN}\n\n{text.strip()}\n\n{END}{after}", "utf-8", newline="\n")


def numbers(score: Score) -> Numbers:
    """Return precision, recall and F1 of every kind, every type of document, and all of them."""
    every = {
        **{f"kind {name}": tally for name, tally in score.kinds.items()},
        **{f"type {name}": tally for name, tally in score.types.items()},
        "all": score.total,
    }
    return {
        name: {
            "precision": round(tally.precision, 4),
            "recall": round(tally.recall, 4),
            "f1": round(tally.f1, 4),
        }
        for name, tally in sorted(every.items())
    }


def fallen(today: Numbers, baseline: Numbers) -> list[str]:
    """Return a line for each score that lies more than FALL below its baseline, or is gone."""
    lines = []
    for name, held in baseline.items():
        for measure, before in held.items():
            now = today.get(name, {}).get(measure)
            if now is None:
                lines.append(f"{name}: {measure} was {share(before)} and is not measured any more")
            elif now < before - FALL:
                lines.append(f"{name}: {measure} fell from {share(before)} to {share(now)}")
    return lines


def load(size: str, path: Path = BASELINE) -> Numbers:
    """Return the baseline of the "full" or "small" corpus."""
    held: dict[str, Numbers] = json.loads(path.read_text("utf-8"))
    return held[size]


def kinds(baseline: Numbers) -> frozenset[str]:
    """Return the kinds that a baseline scores: a new kind counts from the next `--accept` on."""
    return frozenset(name.removeprefix("kind ") for name in baseline if name.startswith("kind "))


def save(size: str, today: Numbers, path: Path = BASELINE) -> None:
    """Make today's numbers the baseline of one size of corpus."""
    held: dict[str, Numbers] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    held[size] = today
    path.write_text(json.dumps(held, indent=1, sort_keys=True) + "\n", "utf-8", newline="\n")

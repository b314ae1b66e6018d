"""Score a names model: `python -m detectors.names.score DATA [MODEL]`. Strict spans, and speed.

Needs the sentences that training needs; the made texts use names that training left out.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Sequence
from pathlib import Path

from detectors.names import MODEL
from detectors.names.augment import Maker
from detectors.names.corpus import Example, read
from detectors.names.crf import Tagger
from detectors.names.train import english

SETS = (("da_ddt_dev", "da"), ("nob_dev", "nb"), ("nno_dev", "nb"), ("sv_dev", "sv"))
LABELS = ("PERSON", "LOCATION", "ORGANIZATION")


def scored(examples: Sequence[Example], tagger: Tagger, label: str) -> tuple[float, float, float]:
    """Return precision, recall and F1 of strict spans of one label, 0-1."""
    right = said = wanted = 0
    found = tagger.find([each.text for each in examples])
    for example, names in zip(examples, found, strict=True):
        gold = example.of(label)
        guessed = {(name.start, name.end) for name in names if name.label == label}
        right += len(gold & guessed)
        said += len(guessed)
        wanted += len(gold)
    precision, recall = right / max(said, 1), right / max(wanted, 1)
    return precision, recall, 2 * right / max(said + wanted, 1)


def sets(data: Path) -> dict[str, list[Example]]:
    """Return the sets to measure by: real sentences, and made texts of names never trained on."""
    found = {name: read(data / f"{name}.iob2", language) for name, language in SETS}
    found["english held out"] = english(data, held=True)
    rng, maker = random.Random(99), Maker(data, held=True)
    found["made, unseen names"] = [maker.document(rng) for _ in range(500)]
    return found


def words_per_second(tagger: Tagger, examples: Sequence[Example]) -> float:
    """Return the words (between blanks) that one core labels in a second, tokens included."""
    text = [each.text for each in examples]
    words = sum(len(each.split()) for each in text)
    best = 0.0
    for _ in range(3):
        started = time.process_time()
        for start in range(0, len(text), 128):
            tagger.find(text[start : start + 128])
        best = max(best, words / (time.process_time() - started))
    return best


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("model", type=Path, nargs="?", default=MODEL)
    given = parser.parse_args()
    tagger = Tagger.load(given.model / "names")
    print(f"{'set':20} {'texts':>6}" + "".join(f" {label:>20}" for label in LABELS))
    held = sets(given.data)
    for name, examples in held.items():
        row = f"{name:20} {len(examples):6}"
        for label in LABELS:
            precision, recall, f1 = scored(examples, tagger, label)
            row += f"  {precision:5.1%} {recall:5.1%} {f1:5.1%}"
        print(row)
    speed = words_per_second(tagger, held["nob_dev"] + held["da_ddt_dev"])
    size = sum(path.stat().st_size for path in given.model.rglob("*.*")) / 1e6
    print(f"{speed:.0f} words a second, one core; {size:.1f} MB")


if __name__ == "__main__":
    main()

"""Measure the names model and its gate: strict spans on real sentences and made documents, speed.

python -m bench.names DATA [MODEL]     DATA: the sentences and name lists that training needs
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from pathlib import Path

from bench.quality.slots import EITHER
from bench.quality.template import texts
from detectors.names import MODEL
from detectors.names.corpus import Example, joined
from detectors.names.crf import Name, Tagger
from detectors.names.gate import NameGate, sentences
from detectors.names.score import LABELS, scored, sets, words_per_second

DOCUMENT = 20
"""Sentences that are read as one document, to see what a name's other places are worth."""


def quality(which: str, tagger: Tagger, copies: int = 4) -> tuple[float, float, float]:
    """Return precision, recall and F1 of the model alone on a set of the quality corpus.

    Strict spans in the drafts' text. First names alone are neither right nor wrong, as there.
    """
    right = said = wanted = 0
    drafts = list(texts(which, copies))
    for draft, names in zip(drafts, tagger.find([each.text for each in drafts]), strict=True):
        gold, either = set(), []
        for mark in draft.marks:
            if mark.kind == "PERSON" and mark.role == "planted":
                gold.add(_with_genitive(draft.text, mark.start, mark.end))
            elif mark.kind == "PERSON" and mark.role == EITHER:
                either.append((mark.start, mark.end))
        guessed = {
            (name.start, name.end)
            for name in names
            if _is_person(name)
            and not any(name.start < end and start < name.end for start, end in either)
        }
        right += len(gold & guessed)
        said += len(guessed)
        wanted += len(gold)
    return right / max(said, 1), right / max(wanted, 1), 2 * right / max(said + wanted, 1)


def _with_genitive(text: str, start: int, end: int) -> tuple[int, int]:
    """An s behind a name belongs to it, as in the sentences that the model learnt from."""
    genitive = text[end : end + 1] == "s" and not text[end + 1 : end + 2].isalpha()
    return start, end + genitive


def gated(examples: Sequence[Example], tagger: Tagger) -> tuple[float, float]:
    """Return the share of sentences that the gate sends, and of right names that it loses."""
    gate = NameGate(tagger.lists)
    sent = total = right = kept = 0
    for example, names in zip(examples, tagger.find([each.text for each in examples]), strict=True):
        chosen = gate.wanted(example.text)
        total += len(sentences(example.text))
        sent += len(chosen)
        found = tagger.find([example.text[low:high] for low, high in chosen])
        seen = {
            (name.start + low, name.end + low)
            for (low, _), each in zip(chosen, found, strict=True)
            for name in each
            if _is_person(name)
        }
        good = example.of("PERSON") & {(name.start, name.end) for name in names if _is_person(name)}
        right += len(good)
        kept += len(good & seen)
    return sent / max(total, 1), 1 - kept / max(right, 1)


def _is_person(name: Name) -> bool:
    return name.label == "PERSON"


def gate_speed(examples: Sequence[Example], tagger: Tagger) -> float:
    """Return the MB that the gate reads in a CPU second."""
    gate, text = NameGate(tagger.lists), "\n".join(example.text for example in examples)
    started = time.process_time()
    gate.wanted(text)
    return len(text.encode()) / 1e6 / (time.process_time() - started)


def main() -> None:
    """Print a row for each set: precision, recall and F1 of each label, and what the gate does."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("model", type=Path, nargs="?", default=MODEL)
    given = parser.parse_args()
    tagger = Tagger.load(given.model / "names")
    held = sets(given.data)
    for name in ("da_ddt_dev", "nob_dev"):
        whole = held[name]
        held[f"{name}, documents"] = [
            joined(whole[at : at + DOCUMENT], "\n") for at in range(0, len(whole), DOCUMENT)
        ]
    print(f"{'set':22} {'texts':>6}" + "".join(f" {label:>20}" for label in LABELS) + "  sent lost")
    for name, examples in held.items():
        row = f"{name:22} {len(examples):6}"
        for label in LABELS:
            precision, recall, f1 = scored(examples, tagger, label)
            row += f"  {precision:5.1%} {recall:5.1%} {f1:5.1%}"
        sent, lost = gated(examples, tagger)
        print(f"{row}  {sent:.1%} {lost:.1%}", flush=True)
    for which in ("tune", "report"):
        precision, recall, f1 = quality(which, tagger)
        print(f"quality {which:21}  {precision:5.1%} {recall:5.1%} {f1:5.1%}", flush=True)
    prose = held["nob_dev"] + held["da_ddt_dev"]
    size = sum(path.stat().st_size for path in given.model.rglob("*") if path.is_file()) / 1e6
    print(
        f"{words_per_second(tagger, prose):.0f} words a second, one core; gate"
        f" {gate_speed(prose, tagger):.1f} MB/s; model {size:.1f} MB"
    )


if __name__ == "__main__":
    main()

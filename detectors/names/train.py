"""Train the names model: `python -m detectors.names.train DATA OUT --words FOLDER`.

Reads sentences and name lists below DATA, writes the model to OUT. Needs python-crfsuite, Faker and
spacy-lookups-data (extra `train`). The same data, versions and seed give the same model, in however
many processes at the same time. See docs/names.md.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from detectors.names.augment import Maker, perturbed
from detectors.names.corpus import Example, joined, lower_words, read
from detectors.names.crf import Tagger, Weights, compiled
from detectors.names.features import (
    BREAK,
    EDGE,
    JOINED,
    NAMESPACES,
    SIMPLE,
    SINGLES,
    attributes,
    case_of,
)
from detectors.names.gather import clustered, installed, listed
from detectors.names.lists import Lists
from detectors.names.pipeline import save
from detectors.names.tokens import lines

SEED = 1
RUNS = (len(SIMPLE), len(JOINED))
"""The model is the mean weight of these runs. Each has a process, a seed and made texts of its own,
and looks at so many of JOINED: runs that see different things are wrong in different places."""
SETS = (
    ("da_ddt_train", "da", 3),
    ("da_twitter_dev", "da", 1),
    ("da_arto_dev", "da", 1),
    ("sv_train", "sv", 2),
    ("en_ewt_dev", "en", 4),
    ("nob_train", "nb", 1),
    ("nno_train", "nb", 1),
)
"""Files of sentences, their language, and how many copies: the first as it is, others perturbed."""
ENGLISH_BLOCK, ENGLISH_HELD = 20, 4
"""Of the English sentences every fourth block of twenty is left out, to measure by."""
MADE_SHARE = 0.3
"""Made texts are so large a part of the sentences' characters."""
META = {
    "name": "fodspor_names",
    "version": "1.1.0",
    "description": "Names of persons, places and organisations in Danish business text",
    "license": "CC BY-SA 4.0",
}
ALGORITHM = "l2sgd"
PARAMETERS = {"c2": 0.3, "max_iterations": 20, "feature.minfreq": 2}


def english(data: Path, *, held: bool) -> list[Example]:
    """Return the English sentences to measure by (`held`), or those to train with."""
    whole = read(data / "en_ewt_dev.iob2", "en")
    return [
        each
        for number, each in enumerate(whole)
        if (number // ENGLISH_BLOCK % ENGLISH_HELD == 0) is held
    ]


def sentences(data: Path, rng: random.Random, maker: Maker) -> Iterator[Example]:
    """Yield the real sentences, with perturbed copies; some joined to paragraphs."""
    for name, language, copies in SETS:
        examples = (
            english(data, held=False)
            if name == "en_ewt_dev"
            else read(data / f"{name}.iob2", language)
        )
        yield from _paragraphs(examples, rng)
        for _ in range(copies - 1):
            changed = [perturbed(each, rng, maker) for each in examples if each.spans]
            yield from _paragraphs(changed, rng)


def _paragraphs(examples: Sequence[Example], rng: random.Random) -> Iterator[Example]:
    at = 0
    while at < len(examples):
        size = rng.choice((1, 1, 1, 2, 3))
        yield joined(examples[at : at + size], rng.choice((" ", " ", " ", "\n")))
        at += size


def texts(data: Path, seed: int) -> list[Example]:
    """Return all training texts, the made ones last."""
    rng = random.Random(seed)
    maker = Maker(data, held=False)
    found = list(sentences(data, rng, maker))
    wanted = MADE_SHARE * sum(len(each.text) for each in found)
    made = 0
    while made < wanted:
        found.append(maker.document(rng))
        made += len(found[-1].text)
    return found


def chains(
    example: Example, lists: Lists, together: int = len(JOINED)
) -> Iterator[tuple[list[list[str]], list[str]]]:
    """Yield the features and labels of each line of a text, features seeing beyond the line."""
    rows: list[tuple[str, ...]] = []
    spans: list[tuple[int, int]] = []
    parts: list[tuple[int, int]] = []
    for start, line, held in lines(example.text):
        if rows:
            rows.append(attributes(BREAK, "", lists))
            spans.append((start, start))
        case = case_of(line)
        parts.append((len(rows), len(rows) + len(held)))
        rows += [attributes(line[low:high], case, lists) for low, high in held]
        spans += [(start + low, start + high) for low, high in held]
    labels = labels_of(example, spans)
    features = features_of(rows, together)
    for first, last in parts:
        yield features[first:last], labels[first:last]


def labels_of(example: Example, held: Sequence[tuple[int, int]]) -> list[str]:
    """Return a tag for each token: B- where a span begins, I- inside, O elsewhere."""
    labels = ["O"] * len(held)
    spans = iter(example.spans)
    span = next(spans, None)
    for number, (start, end) in enumerate(held):
        while span is not None and span[1] <= start:
            span = next(spans, None)
        if span is not None and end > span[0] and start < span[1]:
            first = start <= span[0] or number == 0 or held[number - 1][1] <= span[0]
            labels[number] = ("B-" if first else "I-") + span[2]
    return labels


def features_of(rows: Sequence[tuple[str, ...]], together: int) -> list[list[str]]:
    """Return the names of the features that are on for each token; the first few of JOINED."""
    index = {name: number for number, name in enumerate(NAMESPACES)}
    edge = (EDGE,) * len(NAMESPACES)
    reach = max(abs(offset) for _, offsets in SINGLES for offset in offsets)
    padded = [edge] * reach + list(rows) + [edge] * reach
    singles = [(name, index[name], offset) for name, offsets in SINGLES for offset in offsets]
    pairs = [
        (number, [(index[name], offset) for name, offset in parts])
        for number, parts in enumerate(JOINED[:together])
    ]
    found = []
    for at in range(reach, reach + len(rows)):
        features = [
            f"{name}\t{offset}\t{value}"
            for name, i, offset in singles
            if (value := padded[at + offset][i])
        ]
        features += [
            f"+{number}\t" + "\t".join([padded[at + offset][i] for i, offset in parts])
            for number, parts in pairs
        ]
        found.append(features)
    return found


class Run(NamedTuple):
    """What a run learns from, and how."""

    data: Path
    lists: Lists
    seed: int
    together: int
    """How many of JOINED it looks at."""
    parameters: Mapping[str, Any]


def fitted(run: Run) -> tuple[Weights, float]:
    """Train in this process and return what was found, and the CPU seconds it took.

    The trainer shuffles by a state of the process: only the first run of one can be had again.
    """
    import pycrfsuite

    started = time.process_time()
    trainer = pycrfsuite.Trainer(algorithm=ALGORITHM, verbose=False)
    for example in texts(run.data, run.seed):
        for features, labels in chains(example, run.lists, run.together):
            trainer.append(features, labels)
    trainer.set_params(run.parameters)
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "crf")
        trainer.train(path)
        tagger = pycrfsuite.Tagger()
        tagger.open(path)
        info = tagger.info()
    return weights_of(info), time.process_time() - started


def weighed(runs: Sequence[Run], processes: int) -> Iterator[Weights]:
    """Yield what each run found, in order; each has a new process, so many at the same time."""
    with ProcessPoolExecutor(
        processes, mp_context=get_context("spawn"), max_tasks_per_child=1
    ) as pool:
        for run, (weights, seconds) in zip(runs, pool.map(fitted, runs), strict=True):
            print(f"seed {run.seed}, {run.together} joined: {seconds:.0f} CPU seconds", flush=True)
            yield weights


def weights_of(info: Any) -> Weights:
    """Return the weights of a model of python-crfsuite, sorted by what they belong to."""
    labels = tuple(sorted(info.labels, key=lambda label: (label != "O", label[2:], label)))
    number = {label: index for index, label in enumerate(labels)}
    moves = np.zeros((len(labels), len(labels)), np.float32)
    for (before, label), weight in info.transitions.items():
        moves[number[before], number[label]] = weight
    offsets = {name: {offset: i for i, offset in enumerate(each)} for name, each in SINGLES}
    singles: dict[str, dict[str, Any]] = {name: {} for name, _ in SINGLES}
    joint: list[dict[tuple[str, ...], Any]] = [{} for _ in JOINED]
    for (feature, label), weight in info.state_features.items():
        name, _, rest = feature.partition("\t")
        if name.startswith("+"):
            row = joint[int(name[1:])].setdefault(
                tuple(rest.split("\t")), np.zeros(len(labels), np.float32)
            )
            row[number[label]] = weight
        else:
            offset, _, value = rest.partition("\t")
            table = singles[name].setdefault(
                value, np.zeros((len(offsets[name]), len(labels)), np.float32)
            )
            table[offsets[name][int(offset)], number[label]] = weight
    return Weights(
        labels,
        {name: (sorted(rows), _stacked(rows)) for name, rows in singles.items()},
        [
            (sorted(rows), _stacked(rows) if rows else np.zeros((0, len(labels)), np.float32))
            for rows in joint
        ],
        moves,
    )


def _stacked(rows: dict[Any, Any]) -> Any:
    return np.stack([rows[value] for value in sorted(rows)])


def mean(several: Sequence[Weights]) -> Weights:
    """Return the mean of what several runs found; what one of them lacks counts as 0 there.

    Raises ValueError when their labels differ.
    """
    labels = several[0].labels
    if any(each.labels != labels for each in several):
        raise ValueError("the runs have different labels")
    return Weights(
        labels,
        {name: _mean([each.singles[name] for each in several]) for name in several[0].singles},
        [_mean(tables) for tables in zip(*(each.joined for each in several), strict=True)],
        np.mean([each.moves for each in several], axis=0),
    )


def _mean(tables: Sequence[tuple[Sequence[Any], Any]]) -> tuple[list[Any], Any]:
    sums: dict[Any, Any] = {}
    for values, table in tables:
        for value, row in zip(values, table, strict=True):
            sums[value] = sums[value] + row if value in sums else row
    return sorted(sums), _stacked(sums) / len(tables) if sums else tables[0][1]


def train(
    data: Path, out: Path, words: Path, clusters: Path, seed: int = SEED, processes: int = 1
) -> None:
    """Train on what lies below `data` and write the model to `out`."""
    real = [read(data / f"{name}.iob2", language) for name, language, _ in SETS]
    common = lower_words(each for group in real for each in group)
    lists = Lists(listed(data, words, common), clustered(clusters))
    runs = [
        Run(data, lists, number, together, PARAMETERS)
        for number, together in enumerate(RUNS, start=seed)
    ]
    save(Tagger(compiled(mean(list(weighed(runs, processes)))), lists), out, META)


def main() -> None:
    """Run as a program."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="folder with the sentences and name lists")
    parser.add_argument("out", type=Path, help="folder for the model")
    parser.add_argument("--words", type=Path, default=Path("/usr/share/hunspell"))
    parser.add_argument("--clusters", type=Path, help="default: those of spacy-lookups-data")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--processes", type=int, default=1, help="runs at the same time")
    given = parser.parse_args()
    clusters = given.clusters or installed()
    train(given.data, given.out, given.words, clusters, given.seed, given.processes)


if __name__ == "__main__":
    main()

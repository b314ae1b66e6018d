"""Measure how well personal data is found in a made corpus, and compare with peers in one run.

python -m bench.quality            the published score, printed
python -m bench.quality --write    the same, into docs/quality.md
python -m bench.quality --check    fail when a score fell by more than a point
python -m bench.quality --accept   make today's scores the ones to hold
python -m bench.quality --set tune --errors 20   what is missed and wrongly reported, and where
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence

from bench.quality import table
from bench.quality.documents import documents
from bench.quality.peers import PEERS, found_by
from bench.quality.reading import Read, read_all, tools
from bench.quality.score import Score, score
from bench.quality.template import SETS
from bench.quality.whole import WHOLE
from detectors.catalogue import kinds_of

COPIES = {"full": 8, "small": 2}
"""How often each template is filled."""
SEED = 1


def fodspor(reads: Sequence[Read], kinds: frozenset[str] | None = None) -> Score:
    """Return the score of the built-in detectors over `kinds` (every kind that is planted)."""
    planted = {truth.mark.kind for read in reads for truth in read.truths}
    return score(reads, [read.found for read in reads], kinds or every_kind() & (planted | WHOLE))


def every_kind() -> frozenset[str]:
    """Return the kinds that a scan with everything on looks for."""
    return frozenset(kinds_of(tools().detectors))


def measure(which: str, copies: int, seed: int = SEED) -> tuple[list[Read], Score]:
    """Make a corpus, read it as a scan does, and score it."""
    reads = read_all(documents(which, copies, seed))
    return reads, fodspor(reads)


def report(reads: Sequence[Read], ours: Score, peers: bool) -> str:
    """Return the whole page of tables."""
    planted = sorted(kind for kind in ours.kinds if ours.kinds[kind].planted)
    size = sum(len(read.document.data) for read in reads) / 1e6
    unread = Counter(problem for read in reads for problem in read.problems)
    lost = sum(
        truth.spot is None and truth.mark.role == "planted"
        for read in reads
        for truth in read.truths
    )
    parts = [
        f"{len(reads)} documents of {len({r.document.draft.template.name for r in reads})} "
        f"templates, {size:.1f} MB, {sum(len(r.truths) for r in reads)} marks; "
        f"problems in reading: {dict(unread) or 'none'}; "
        f"planted values that the readers lost: {lost}.",
        "### By kind",
        table.scores("kind", {f"`{k}`": t for k, t in ours.kinds.items()}, ours.total),
        "### By type of document",
        table.scores("type", ours.types, ours.total),
        "### Calibration",
        table.calibration(ours),
    ]
    if peers:
        kinds = frozenset(planted)
        systems = {"Fodspor": score(reads, [read.found for read in reads], kinds)}
        for name, peer in PEERS.items():
            found = [found_by(peer, read) for read in reads]
            systems[name] = score(reads, found, kinds, threshold=0.0)
        parts += ["### Compared", table.comparison(systems, planted)]
    return "\n\n".join(parts)


def errors(ours: Score, most: int) -> str:
    """List misses and false alarms by sort, most frequent first, each with examples.

    The people are made up; still, this is for a terminal and never for a file that stays.
    """
    groups: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for miss in ours.misses:
        sort = "weak" if miss.confidence else "missed"
        if miss.truth.spot is None:
            sort = "not read"
        draft = miss.read.document.draft
        key = (sort, miss.truth.mark.kind, f"{draft.template.name} ({draft.template.type})")
        start, end = miss.truth.mark.start, miss.truth.mark.end
        around = f"{draft.text[max(0, start - 40) : start]}«{draft.text[start:end]}»"
        around = f"{around}{draft.text[end : end + 20]}"
        groups[key].append(f"{miss.confidence:.2f} {' '.join(miss.evidence)}  {around!r}")
    for alarm in ours.alarms:
        draft = alarm.read.document.draft
        why = f"{draft.template.name} ({draft.template.type}), {alarm.why}"
        found = alarm.found
        line = f"{found.confidence:.2f} {' '.join(found.evidence)}  {found.value!r} {found.spot}"
        groups["FALSE ALARM", found.kind, why].append(line)
    lines = []
    for key, examples in sorted(groups.items(), key=lambda each: -len(each[1]))[:most]:
        lines.append(f"{len(examples):5} {' | '.join(key)}")
        lines += [f"        {example}" for example in examples[:3]]
    return "\n".join(lines)


def main() -> int:
    """Run as a program; return 1 when a score fell."""
    parser = argparse.ArgumentParser(prog="python -m bench.quality", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--set", choices=SETS, default="report", dest="which")
    parser.add_argument("--small", action="store_true", help="the corpus that the tests use")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--no-peers", action="store_true")
    parser.add_argument("--write", action="store_true", help="write docs/quality.md")
    parser.add_argument("--accept", action="store_true", help="write the baseline")
    parser.add_argument("--check", action="store_true", help="compare with the baseline")
    parser.add_argument("--errors", type=int, metavar="N", default=0)
    given = parser.parse_args()
    size = "small" if given.small else "full"
    reads, ours = measure(given.which, COPIES[size], given.seed)
    if given.errors:
        print(errors(ours, given.errors))
        return 0
    if given.accept or given.check:
        if given.which != "report" or given.seed != SEED:
            parser.error("the baseline is that of the set report and its own seed")
        if given.accept:
            table.save(size, table.numbers(ours))
            return 0
        baseline = table.load(size)
        lines = table.fallen(table.numbers(fodspor(reads, table.kinds(baseline))), baseline)
        print("\n".join(lines) or "no score fell by more than a point")
        return 1 if lines else 0
    text = report(reads, ours, not given.no_peers)
    print(text)
    if given.write:
        if given.which != "report" or size != "full":
            parser.error("only the full set report is published")
        table.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())

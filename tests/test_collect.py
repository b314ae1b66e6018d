"""What becomes of many matches: overlaps, columns, and more values than memory should hold."""

from __future__ import annotations

import pickle
import random
from collections.abc import Iterable
from pathlib import Path

import pytest

from detectors import Match
from scanner import collect
from scanner.collect import Collector
from scanner.demo import fake
from scanner.extract.layout import Grid, Lines
from scanner.extract.table import TableRows
from scanner.matches import plain_digits, uncovered
from scanner.model import Finding, Segment
from scanner.spill import Spill
from tests.conftest import Installation


def match(kind: str, start: int, end: int, confidence: float) -> Match:
    return Match(kind, start, end, f"{kind}{start}", confidence)


@pytest.mark.parametrize(
    ("matches", "kept"),
    [
        pytest.param(
            [("IBAN", 0, 18, 0.9), ("PHONE", 5, 13, 0.6)], ["IBAN"], id="digits of an IBAN"
        ),
        pytest.param([("A", 0, 18, 0.3), ("B", 5, 13, 0.6)], ["A", "B"], id="the longer is unsure"),
        pytest.param(
            [("A", 0, 8, 0.9), ("B", 0, 8, 0.6)], ["A", "B"], id="equal spans: judged later"
        ),
        pytest.param([("A", 0, 18, 0.9), ("A", 5, 13, 0.6)], ["A", "A"], id="one kind"),
        pytest.param([("A", 0, 10, 0.9), ("B", 5, 15, 0.9)], ["A", "B"], id="overlap, not inside"),
    ],
)
def test_a_value_inside_a_surer_one(
    matches: list[tuple[str, int, int, float]], kept: list[str]
) -> None:
    assert [each.kind for each in uncovered([match(*each) for each in matches])] == kept


def summed(findings: Iterable[Finding]) -> dict[tuple[str, bytes], int]:
    counts: dict[tuple[str, bytes], int] = {}
    for finding in findings:
        key = (finding.kind, finding.fingerprint)
        counts[key] = counts.get(key, 0) + finding.count
    return counts


def test_spilled_findings_are_the_same_and_hold_no_value(
    installation: Installation, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    chance = random.Random(3)
    numbers = [fake.cpr(chance) for _ in range(400)]
    rows = [f"{number};{fake.email(chance)}" for number in numbers + numbers[:100]]
    layout = Grid(2, delimiter=";", headers=("cpr", "mail"))
    tools = installation.tools()
    tools.folder = str(tmp_path)

    def collected() -> Collector:
        collector = Collector(tools)
        for start in range(0, len(rows), 50):
            collector.add(Segment("\n".join(rows[start : start + 50]), layout, rows=50))
        return collector

    whole = summed(collected().findings())
    monkeypatch.setattr(collect, "SPILL_AT", 100)
    spilled = collected().findings()
    assert isinstance(spilled, Spill)
    assert summed(pickle.loads(pickle.dumps(spilled))) == whole
    stored = Path(spilled.path).read_bytes()
    assert not [number for number in numbers if number.encode() in stored]
    spilled.remove()
    assert list(tmp_path.glob("*.spill")) == []


def test_a_match_belongs_to_the_segment_it_starts_in(installation: Installation) -> None:
    number = fake.cpr()
    text = f"cpr {number} " * 3
    collector = Collector(installation.tools())
    middle = text.index(number, 10)
    collector.add(Segment(text, Lines(), 0, middle))
    collector.add(Segment(text, Lines(), middle, len(text)))
    assert [finding.count for finding in collector.findings()] == [3]


def test_full_width_digits_are_digits(installation: Installation) -> None:
    number = fake.cpr(hyphen=True)
    wide = "".join(chr(0xFF10 + int(sign)) if sign.isdigit() else sign for sign in number)
    assert not wide.isascii()
    counts = []
    for text in (f"cpr {number} x", f"cpr {wide} x"):
        collector = Collector(installation.tools())
        collector.add(Segment(text, Lines()))
        counts.append(summed(collector.findings()))
    assert counts[0] == counts[1] != {}


@pytest.mark.parametrize("text", ["ascii 123", "smørrebrød 123", "tankestreg \u2013 123"])
def test_a_text_without_full_width_digits_is_not_copied(text: str) -> None:
    assert plain_digits(text) is text


@pytest.mark.parametrize(
    ("count", "others", "evidence"),
    [
        pytest.param(8, 0, "column:most", id="a column of CPR numbers"),
        pytest.param(2, 300, "column:few", id="two among order numbers without a date"),
    ],
)
def test_what_only_has_the_shape_counts_in_its_column(
    installation: Installation, count: int, others: int, evidence: str
) -> None:
    chance = random.Random(5)
    numbers = [fake.cpr(chance) for _ in range(count)]
    rows = numbers + [f"99{chance.randrange(10**8):08}" for _ in range(others)]
    text = "\n".join(f"{number};{row:04}" for row, number in enumerate(rows))
    for layout in (Grid(delimiter=";"), TableRows(1, ("table 1",))):
        written = text if isinstance(layout, Grid) else text.replace(";", "\t")
        collector = Collector(installation.tools())
        collector.add(Segment(written, layout, rows=len(rows)))
        found = [match for match, _ in collector.judged() if match.kind == "DK_CPR"]
        assert evidence == "column:few" or {match.value for match in found} == set(numbers)
        assert all(evidence in match.evidence for match in found)
        assert bool(found) is (others == 0), "two of a column of others are none"


A, B, C, D = (fake.cpr(random.Random(seed), hyphen=True) for seed in (1, 2, 3, 4))


def counted(installation: Installation, *segments: Segment) -> list[tuple[str, int, list[str]]]:
    """Each value with its count and the first step of its places, as a scan stores it."""
    tools = installation.tools()
    collector = Collector(tools)
    for segment in segments:
        collector.add(segment)
    by_print = {tools.seal.fingerprint("DK_CPR", v.replace("-", "")): v for v in (A, B, C, D)}
    return [
        (by_print[each.fingerprint], each.count, [place[0] for place in each.places])
        for each in collector.findings()
        if each.kind == "DK_CPR"
    ]


def shown(again: int, *values: str, step: str = "") -> Segment:
    text = "\n".join(f"cpr {value}" for value in values)
    return Segment(text, Lines(1, (step or ("text", "html", "rtf")[again],)), again=again)


@pytest.mark.parametrize(
    ("segments", "found"),
    [
        pytest.param(
            [shown(0, A, A, B), shown(1, A, A, B, C, C)],
            [(A, 2, ["text"] * 2), (B, 1, ["text"]), (C, 2, ["html"] * 2)],
            id="twice in both, once in both, twice in HTML only",
        ),
        pytest.param(
            [shown(0, A), shown(1, A, B), shown(2, A, B, B, C)],
            [(A, 1, ["text"]), (B, 1, ["html"]), (C, 1, ["rtf"])],
            id="three renderings: the first that has it",
        ),
        pytest.param(
            [shown(0, A), shown(1, B), shown(1, B, A)],
            [(A, 1, ["text"]), (B, 2, ["html"] * 2)],
            id="a rendering of two segments",
        ),
        pytest.param(
            [shown(0, A), shown(1, A), shown(0, A), shown(1, A, B)],
            [(A, 2, ["text"] * 2), (B, 1, ["html"])],
            id="two texts, each rendered twice",
        ),
        pytest.param([shown(1, A)], [(A, 1, ["html"])], id="nothing came before"),
    ],
)
def test_what_is_rendered_twice_is_counted_once(
    installation: Installation, segments: list[Segment], found: list[tuple[str, int, list[str]]]
) -> None:
    assert sorted(counted(installation, *segments)) == sorted(found)


def test_a_surer_rendering_says_how_sure(installation: Installation) -> None:
    """Ten bare digits in the text, a column of CPR numbers in the HTML."""
    bare = A.replace("-", "")
    table = TableRows(1, ("html", "table 1"), ("Navn", "CPR-nr."))
    collector = Collector(installation.tools())
    collector.add(Segment(f"Anna {bare}", Lines(1, ("text",))))
    collector.add(Segment(f"Anna\t{bare}", table, rows=1, again=1))
    (match, places), *more = (each for each in collector.judged() if each[0].kind == "DK_CPR")
    assert match.confidence >= 0.9
    assert (match.count, list(places), more) == (1, [("text", "line 1")], [])


def test_renderings_that_spill_lose_nothing(
    installation: Installation, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    chance = random.Random(9)
    tools = installation.tools()
    tools.folder = str(tmp_path)
    monkeypatch.setattr(collect, "SPILL_AT", 50)
    numbers = [fake.cpr(chance, hyphen=True) for _ in range(300)]
    collector = Collector(tools)
    collector.add(shown(0, A))
    for start in range(0, len(numbers), 30):
        collector.add(shown(1, *numbers[start : start + 30]))
    found = {each.fingerprint for each in collector.findings() if each.kind == "DK_CPR"}
    wanted = {tools.seal.fingerprint("DK_CPR", n.replace("-", "")) for n in [A, *numbers]}
    assert found == wanted

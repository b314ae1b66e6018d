"""The score counts what was found, missed, wrongly reported and passed over."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from scanner.demo.score import Score, document_number, main, score
from scanner.demo.truth import FileTruth, Mark, Negative, Truth

ANNA, BO = "anna@a.example.com", "bo@b.example.com"
NOTE, LIST, LOCKED, PRIVATE = "fil01/Notat.docx", "pc/liste.zip", "pc/låst.pdf", "pc/Privat/a.txt"
NAMED = f"fil01/Post {BO}.txt"
ZONE = "P<DNKHOLM<<ANNA" + "<" * 29 + "123456789" + "<" * 35
TRUTH = Truth(
    1,
    planted=[
        Mark("EMAIL_ADDRESS", ANNA, ANNA, "text", path=NOTE, format="docx"),
        Mark("PHONE_NUMBER", "+4520304050", "20 30 40 50", "text", path=NOTE, format="docx"),
        Mark("EMAIL_ADDRESS", BO, BO, "cell", "finding", ("k.xlsx",), LIST, "zip>xlsx"),
        Mark("EMAIL_ADDRESS", ANNA, ANNA, "page", "unreadable", (), LOCKED, "pdf"),
        Mark("EMAIL_ADDRESS", ANNA, ANNA, "text", "excluded", (), PRIVATE, "txt"),
        Mark("IP_ADDRESS", "80.1.2.3", "80.1.2.3", "text", "maybe", (), NOTE, "docx"),
        Mark("EMAIL_ADDRESS", BO, BO, "file name", path=NAMED, format="txt"),
        Mark("PASSPORT_MRZ", ZONE, ZONE, "lines", path=NAMED, format="txt"),
    ],
    negatives=[Negative("PHONE_NUMBER", "20456789", "part number", (), NOTE)],
    files=[
        FileTruth(NOTE, "docx", ("read",)),
        FileTruth(LIST, "zip", ("read",)),
        FileTruth(LOCKED, "pdf", ("unread",), ("encrypted",)),
        FileTruth(PRIVATE, "txt", ("excluded",)),
        FileTruth(NAMED, "txt", ("read",)),
    ],
)


def _line(
    kind: str, value: str, path: str, inner: str = "", confidence: float = 0.9
) -> dict[str, Any]:
    return {
        "kind": kind,
        "value": value,
        "confidence": confidence,
        "path": path,
        "inner_path": inner,
        "where": ["line 1"],
    }


RIGHT = [
    _line("EMAIL_ADDRESS", ANNA, f"/srv/{NOTE}"),
    _line("PHONE_NUMBER", "+4520304050", f"/srv/{NOTE}"),
    _line("EMAIL_ADDRESS", BO, f"/srv/{LIST}", "k.xlsx"),
    _line("EMAIL_ADDRESS", BO, f"/srv/{NAMED}"),
    _line("PASSPORT_MRZ", ZONE, f"/srv/{NAMED}"),
    {"problem": "encrypted", "path": f"/srv/{LOCKED}", "inner_path": "", "where": []},
    {"coverage": {"read": 3}},
]


def _without(at: int) -> list[dict[str, Any]]:
    return RIGHT[:at] + RIGHT[at + 1 :]


def _faults(result: Score) -> tuple[int, ...]:
    whole = result.total
    lists = (result.silent, result.loud, result.reasons)
    return (whole.planted - whole.found, whole.alarms, *map(len, lists), result.opened)


def test_a_right_report_has_no_faults() -> None:
    result = score(RIGHT, TRUTH)
    assert _faults(result) == (0,) * 6
    assert result.total.planted == 5
    assert result.formats["zip>xlsx"].recall == 1
    assert result.total.elsewhere == result.strangers == 0


@pytest.mark.parametrize(
    ("lines", "faults"),
    [
        pytest.param(_without(0), (1, 0, 0, 0, 0, 0), id="one value missed"),
        pytest.param(
            [*_without(0), _line("EMAIL_ADDRESS", ANNA, NOTE, confidence=0.5)],
            (1, 0, 0, 0, 0, 0),
            id="below the threshold is not found",
        ),
        pytest.param(
            [*RIGHT, _line("DK_CPR", "0101001234", NOTE)], (0, 1, 0, 0, 0, 0), id="false alarm"
        ),
        pytest.param(
            [*RIGHT, _line("DK_CPR", "0101001234", NOTE, confidence=0.5)],
            (0, 0, 0, 0, 0, 0),
            id="a maybe is no alarm",
        ),
        pytest.param(
            [*RIGHT, _line("EMAIL_ADDRESS", BO, NOTE)],
            (0, 1, 0, 0, 0, 0),
            id="right value, wrong file",
        ),
        pytest.param(
            [*RIGHT, _line("IP_ADDRESS", "80.1.2.3", NOTE)], (0, 0, 0, 0, 0, 0), id="may be either"
        ),
        pytest.param(
            [*RIGHT, _line("PERSON", "Anna Holm", NOTE)], (0, 0, 0, 0, 0, 0), id="kind not scored"
        ),
        pytest.param(_without(5), (0, 0, 1, 0, 0, 0), id="locked file passed over in silence"),
        pytest.param(
            [*RIGHT, {"problem": "corrupt", "path": NOTE}],
            (0, 0, 0, 1, 0, 0),
            id="needless problem",
        ),
        pytest.param(
            [*_without(5), {"problem": "corrupt", "path": LOCKED}],
            (0, 0, 0, 0, 1, 0),
            id="another reason than the true one",
        ),
        pytest.param(
            [*RIGHT, _line("EMAIL_ADDRESS", ANNA, PRIVATE)], (0, 0, 0, 0, 0, 1), id="private opened"
        ),
        pytest.param(
            [*RIGHT, _line("DK_PASSPORT", "123456789", NAMED)],
            (0, 0, 0, 0, 0, 0),
            id="the number inside a zone is no alarm",
        ),
    ],
)
def test_each_fault_is_counted_as_itself(
    lines: list[dict[str, Any]], faults: tuple[int, ...]
) -> None:
    assert _faults(score(lines, TRUTH)) == faults


def test_a_trap_is_told_from_other_alarms() -> None:
    tally = score([*RIGHT, _line("PHONE_NUMBER", "+4520456789", NOTE)], TRUTH).kinds["PHONE_NUMBER"]
    assert (tally.alarms, tally.hard) == (1, 1)


def test_another_part_of_the_right_file_is_found_and_noted() -> None:
    result = score([*_without(2), _line("EMAIL_ADDRESS", BO, LIST)], TRUTH)
    assert (result.total.found, result.total.elsewhere) == (5, 1)


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(NAMED, id="relative"),
        pytest.param("C:\\firma\\" + NAMED.replace("/", "\\"), id="Windows"),
        pytest.param(f"/srv/{NAMED.replace(BO, 'b••@b.example.com')}", id="masked"),
    ],
)
def test_paths_are_recognised(path: str) -> None:
    result = score([*_without(3), _line("EMAIL_ADDRESS", BO, path)], TRUTH)
    assert _faults(result) == (0,) * 6


def test_an_unknown_file_is_counted() -> None:
    assert score([_line("DK_CPR", "0101001234", "/elsewhere/x.txt")], TRUTH).strangers == 1


@pytest.mark.parametrize(
    ("zone", "number"),
    [
        pytest.param(ZONE, "123456789", id="TD3"),
        pytest.param("I<DNK" + "12345678<" + "<" * 76, "12345678", id="TD1"),
        pytest.param("x" * 36 + "123456789" + "<" * 27, "123456789", id="TD2"),
        pytest.param("123456789", "123456789", id="already the number"),
    ],
)
def test_document_numbers(zone: str, number: str) -> None:
    assert document_number(zone) == number


def test_the_program_prints_numbers_and_no_values(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    TRUTH.save(tmp_path / "truth.json")
    lines = [*_without(0), _line("PHONE_NUMBER", "+4520456789", NOTE)]
    text = "\n".join(json.dumps(line) for line in lines)
    (tmp_path / "seen.jsonl").write_text(text, encoding="utf-8")
    code = main([str(tmp_path / "truth.json"), str(tmp_path / "seen.jsonl"), "--places", "5"])
    shown = capsys.readouterr().out
    assert code == 0
    assert "EMAIL_ADDRESS" in shown
    assert "part number" in shown
    assert ANNA not in shown
    assert "20456789" not in shown

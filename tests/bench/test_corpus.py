"""The benchmarks' corpus: made, mixed as it says, and the same under one seed."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.corpus import CATEGORIES, MEGABYTES, make
from bench.hotpath import find_all, parts
from detectors.gate import Gate


def content(files: dict[str, list[Path]]) -> dict[str, bytes]:
    return {kind: b"".join(path.read_bytes() for path in paths) for kind, paths in files.items()}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Path]]:
    return make(tmp_path_factory.mktemp("corpus"), 0.4)


@pytest.mark.long
def test_the_same_under_one_seed(files: dict[str, list[Path]], tmp_path: Path) -> None:
    again = content(make(tmp_path, 0.4))
    assert again == content(files)
    assert content(make(tmp_path, 0.4, seed=2)) != again


def test_a_finished_corpus_is_used_again(tmp_path: Path) -> None:
    first = make(tmp_path, 0.1)
    assert make(tmp_path, 0.1) == first


def test_shares_are_those_of_the_full_corpus(files: dict[str, list[Path]]) -> None:
    sizes = {kind: len(each) for kind, each in content(files).items()}
    for kind in ("prose", "digits", "records"):
        wanted = CATEGORIES[kind] / MEGABYTES * 400_000
        assert wanted <= sizes[kind] <= 1.3 * wanted + 5_000, kind


def test_records_hold_personal_data_and_digits_none(files: dict[str, list[Path]]) -> None:
    gate = Gate(parts())
    findings = {
        kind: sum(
            match.confidence >= 0.6
            for path in files[kind]
            for _, match in gate.find(path.read_text("utf-8"))
        )
        for kind in ("records", "digits")
    }
    assert findings["records"] > 100
    assert findings["digits"] == 0
    assert find_all(gate, files["records"]) >= findings["records"]

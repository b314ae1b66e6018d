"""The figures for Prometheus, read by its own parser."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from scanner.config import ConfigError
from scanner.config.loading import load_config
from scanner.demo import fake
from scanner.kontrolfil import NAME
from scanner.nightly.metrics import Family, text_of
from tests.conftest import Installation
from tests.leak import Searcher, search

Sample = tuple[str, frozenset[tuple[str, str]]]


def read(text: str) -> dict[Sample, float]:
    """Return the samples of a file. Raises ValueError for what is none."""
    found: dict[Sample, float] = {}
    for family in text_string_to_metric_families(text):
        assert family.type == "gauge", family.name
        assert family.documentation, family.name
        for sample in family.samples:
            key = (sample.name, frozenset(sample.labels.items()))
            assert key not in found, key
            found[key] = sample.value
    return found


def at(held: dict[Sample, float], name: str, **labels: str) -> float:
    return held[(name, frozenset(labels.items()))]


@pytest.fixture
def night(installation: Installation) -> Installation:
    """A night over a share, a person's folder, and one that is away."""
    shared, own = installation.files / "fil01", installation.files / "anna"
    for folder in (shared, own):
        folder.mkdir()
    installation.configure(
        f'[[place]]\nname = "fil01 \\"øst\\""\npath = "{shared}"\nkontrolfil = "{NAME}"\n'
        f'[[place]]\nname = "Anna Holm"\npath = "{own}"\nowner = "anna"\n'
        f'[[place]]\nname = "væk"\npath = "{installation.files / "away"}"'
    )
    text = installation.config.read_text("utf-8")
    file = installation.folder / "fodspor.prom"
    text = text.replace('metrics = ""', f'metrics = "{file}"')
    installation.config.write_text(text, encoding="utf-8")
    installation.run("kontrolfil", "plant", 'fil01 "øst"', code=0)
    return installation


def figures(installation: Installation) -> str:
    return (installation.folder / "fodspor.prom").read_text("utf-8")


def test_the_figures_of_a_night(night: Installation) -> None:
    rows = "\n".join(f"{fake.name()};{fake.cpr(hyphen=True)}" for _ in range(12))
    night.write("fil01/kunder.csv", f"navn;cpr\n{rows}")
    night.write("fil01/a.txt", "x")
    night.write("fil01/b.pdf", b"%PDF-1.7\n" + b"\x00" * 300)
    night.write("anna/b.txt", "y")
    night.run("scan", "--nightly", "--quiet", code=3)
    held = read(figures(night))
    share = {"place": 'fil01 "øst"'}
    assert at(held, "fodspor_documents", **share, status="read") == 2
    assert at(held, "fodspor_documents", **share, status="unread") == 1
    assert at(held, "fodspor_run_documents_met", **share) == 3
    assert at(held, "fodspor_documents_with_findings", **share, level="high") == 1
    assert at(held, "fodspor_documents_with_findings", **share, level="low") == 0
    assert at(held, "fodspor_run_status", **share, status="done") == 1
    assert at(held, "fodspor_run_status", **share, status="failed") == 0
    assert at(held, "fodspor_run_status", place="væk", status="offline") == 1
    assert at(held, "fodspor_kontrolfil_found", **share) == 1
    assert at(held, "fodspor_state", state="left") == 1
    assert at(held, "fodspor_night_ended", how="done") == 1
    assert at(held, "fodspor_index_bytes") > 10_000
    began = at(held, "fodspor_night_start_timestamp_seconds")
    assert began <= at(held, "fodspor_run_start_timestamp_seconds", **share)
    assert sum(value for (name, _), value in held.items() if name.endswith("not_read")) == 1

    file = night.folder / "fodspor.prom"
    assert file.stat().st_mode & 0o444 == 0o444
    assert list(night.folder.glob("*.new")) + list(night.folder.glob(".*.new")) == []

    (night.files / "fil01" / NAME).unlink()
    night.run("scan", "--nightly", "--quiet", code=3)
    assert at(read(figures(night)), "fodspor_kontrolfil_found", **share) == 0


def test_no_person_and_no_value_stands_in_them(night: Installation) -> None:
    number = fake.cpr(hyphen=True)
    night.write(f"fil01/{number}.txt", f"CPR-nr. {number}")
    by_hand = night.folder / number
    by_hand.mkdir()
    night.run("scan", by_hand, "--quiet", code=0)
    night.run("scan", "--nightly", "--quiet", code=3)
    text = figures(night)
    assert "Anna" not in text and "anna" not in text
    assert 'place="place-' in text
    value = ("DK_CPR", number.replace("-", ""))
    assert list(search([night.folder / "fodspor.prom"], Searcher({value}))) == []


def test_a_night_that_fails_is_told_to_monitoring(night: Installation) -> None:
    night.run("scan", "--nightly", "--quiet", code=3)
    text = night.config.read_text("utf-8")
    key = next(night.config.parent.glob("*.key"))
    key.rename(key.with_suffix(".away"))
    assert night.run("scan", "--nightly", "--quiet").code == 2, text
    held = read(figures(night))
    assert at(held, "fodspor_state", state="fault") == 1
    assert at(held, "fodspor_night_ended", how="failed") == 1


@pytest.mark.long
def test_a_file_that_cannot_be_written_is_told(night: Installation) -> None:
    text = night.config.read_text("utf-8").replace("fodspor.prom", "none/fodspor.prom")
    night.config.write_text(text, encoding="utf-8")
    ran = night.run("scan", "--nightly", "--quiet", code=3)
    assert "monitoring could not be written" in ran.err


@given(st.lists(st.text(), unique=True, max_size=5), st.floats(0, 1e12, allow_nan=False))
def test_any_label_and_number_can_be_read_back(names: list[str], value: float) -> None:
    family = Family("fodspor_test", "What a test says.")
    for name in names:
        family.add(value, place=name)
    held = read(text_of([family]))
    assert {dict(labels)["place"] for _, labels in held} == {*names}
    assert {*held.values()} <= {value}


def test_the_file_has_the_ending_that_is_read(tmp_path: Path) -> None:
    config = tmp_path / "fodspor.toml"
    config.write_text('[schedule]\nmetrics = "/x/fodspor.txt"\n')
    with pytest.raises(ConfigError, match=r"\.prom"):
        load_config(config)

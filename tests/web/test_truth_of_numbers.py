"""The numbers of lists, charts and reports against what the demo company is known to hold."""

from __future__ import annotations

import csv
import io
from collections import Counter
from pathlib import Path

import pytest

from scanner.answers.coverage import Coverage
from scanner.answers.fleet import fleet
from scanner.answers.month import month_of, span_of
from scanner.answers.opened import opened
from scanner.config import load_config
from scanner.demo.desk import LEFT
from scanner.demo.devices import UNENCRYPTED
from tests.web.demo_company import company
from tests.web.journeys import shown_path
from tests.web.served import Browser, serving
from tests.web.test_numbers import table

KINDS = ("DK_CPR", "IBAN_CODE", "EMAIL_ADDRESS")


def rows_of(browser: Browser, query: str) -> list[dict[str, str]]:
    browser.settled(f"/documents?{query}")
    told = browser.settled(f"/documents.csv?{query}")
    assert told.status_code == 200, told.status_code
    text = told.content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


@pytest.mark.long
def test_the_numbers_are_those_of_the_company(tmp_path: Path) -> None:
    made = company(tmp_path / "home")
    config = load_config(made.config)
    with serving(config, config.collected_path) as served:
        officer = served.as_("compliance", language="en")
        for kind in KINDS:
            sure, perhaps = (
                {
                    (mark.path.partition("/")[0], shown_path(mark.path))
                    for mark in made.truth.planted
                    if mark.kind == kind and mark.expected in expected and "@" not in mark.path
                }
                for expected in (("finding",), ("finding", "maybe", "unreadable"))
            )
            rows = rows_of(officer, f"kind={kind}")
            paths = {(each["Device"], _below(each["Document"])) for each in rows}
            assert sure - paths == set(), kind
            if kind != "EMAIL_ADDRESS":  # addresses of the house stand in every mail's head
                assert paths - perhaps == set(), kind
            charted = table(officer, f"by=device&kind={kind}")
            by_device = {name: number for name, (number, _) in charted.items()}
            assert by_device == Counter(each["Device"] for each in rows), kind
        left = rows_of(officer, "left=1")
        assert left and {each["Owner"].partition(" (")[0] for each in left} <= {*LEFT}
    with opened(config.collected_path) as held:
        machines = {each.device: each for each in fleet(held, 7, {})}
        assert [name for name, each in machines.items() if each.encryption == "off"] == [
            UNENCRYPTED
        ]
        assert not any(each.silent for each in machines.values())
        span = span_of(held.moment.strftime("%Y-%m"), held.moment)
        month = month_of(held, span, Coverage())
        (risky,) = held.connection.execute(
            "SELECT count(*) FROM document WHERE gone_run IS NULL AND risk > 0"
        ).fetchone()
    assert month.documents.after == risky and month.documents.before == 0


def _below(told: str) -> str:
    """Return the path below a device's folder, of a mail that of its archive."""
    return told.partition("/files/")[2].partition("/")[2].partition(" › ")[0]

"""What somebody types by mistake is repeated masked, or not at all."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.demo import fake
from scanner.typed import typed
from tests.conftest import Installation

BORN = "030310"
"""A birth before 1915: such a number names nobody alive."""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param(f"{BORN}-1234", "••••••-••••", id="a CPR number"),
        pytest.param(f"{BORN} 1234", "•••••• ••••", id="with a blank"),
        pytest.param(f"{BORN}1234", "••••••••••", id="without a hyphen"),
        pytest.param(f"{BORN}-123", "••••••-•••", id="a digit short: it still names somebody"),
        pytest.param("+45 20 30 40 50", "+•• •• •• •• ••", id="a phone number"),
        pytest.param(f"/srv/{BORN}-1234/a.txt", "/srv/••••••-••••/a.txt", id="in a path"),
        pytest.param("/srv/2026/11/23", "/srv/2026/11/23", id="a path's separator ends a number"),
        pytest.param("/srv/2026-11-23", "/srv/2026-11-23", id="a date stays"),
        pytest.param(
            "/srv/2026-11-23-4567", "/srv/••••-••-••-••••", id="more than a date does not"
        ),
        pytest.param("/srv/20261123", "/srv/••••••••", id="a date like a phone number does not"),
        pytest.param("/srv/anna@firma.dk/x", "/srv/••@••/x", id="an e-mail address"),
        pytest.param(
            "/drop/63623080-2399-4a6a-9a2e-d190c5728889.db",
            "/drop/63623080-2399-4a6a-9a2e-d190c5728889.db",
            id="a device's id is nobody's number",
        ),
        pytest.param("rapport 12345.txt", "rapport 12345.txt", id="five digits"),
        pytest.param("a\x1b[31mb\x00", "a\ufffd[31mb", id="no commands to the terminal"),
    ],
)
def test_what_was_typed_is_masked(text: str, said: str) -> None:
    assert typed(text) == said


@given(st.text(), st.integers(100_000, 10**15), st.text())
def test_no_longer_number_is_repeated(before: str, number: int, after: str) -> None:
    told = re.sub(r"(?:19|20)\d\d[-.]\d\d[-.]\d\d", "", typed(f"{before}{number}{after}"))
    assert not re.search(r"[0-9]{6}", told)


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("scan", "{}"), id="a folder to scan"),
        pytest.param(("scan", "x/{}/y"), id="a folder above it"),
        pytest.param(("scan", "--estimate", "{}"), id="a folder to estimate"),
        pytest.param(("scan", "--workers", "{}"), id="a number of workers"),
        pytest.param(("inspect", "{}"), id="a file to look into"),
        pytest.param(("findings", "{}"), id="an argument too many"),
        pytest.param(("findings", "--place", "{}"), id="a place"),
        pytest.param(("findings", "--device", "{}"), id="a device"),
        pytest.param(("findings", "--kind", "{}"), id="a kind"),
        pytest.param(("findings", "--since", "{}"), id="a date"),
        pytest.param(("findings", "--age", "{}"), id="an age"),
        pytest.param(("findings", "--risk", "{}"), id="a level"),
        pytest.param(("findings", "--status", "{}"), id="a status"),
        pytest.param(("findings", "--{}"), id="an option"),
        pytest.param(("report", "{}"), id="a report"),
        pytest.param(("{}",), id="a command"),
        pytest.param(("ignore", "remove", "{}"), id="a fingerprint"),
        pytest.param(("ignore", "add", "--kind", "{}"), id="a kind to ignore"),
        pytest.param(("--config", "{}", "findings"), id="a configuration"),
    ],
)
def test_a_number_typed_in_the_wrong_place_is_not_repeated(
    installation: Installation, arguments: tuple[str, ...]
) -> None:
    number = fake.cpr(hyphen=True)
    installation.write("a.txt", "x")
    given = [argument.format(number) for argument in arguments]
    ran = installation.run(*given, stdin="x\n")
    assert ran.code == 2, (ran.out, ran.err)
    assert ran.err
    logged = [p.read_text("utf-8") for p in (installation.folder / "state").rglob("*.log*")]
    held = [p.read_bytes().decode("latin-1") for p in installation.folder.glob("home/*.db*")]
    for text in (ran.out, ran.err, *logged, *held):
        assert number not in text
        assert number.replace("-", "") not in text


def test_an_estimate_masks_a_folder_as_a_scan_does(installation: Installation) -> None:
    number = fake.cpr(hyphen=True)
    installation.write(f"{number}/a.txt", "x")
    ran = installation.run("scan", "--estimate", installation.files / number, code=0)
    assert number not in ran.out + ran.err

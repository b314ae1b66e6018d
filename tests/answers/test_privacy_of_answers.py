"""No output of any answer holds a value, and no answer loads what it does not need."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from scanner.demo import fake
from scanner.demo.forms import written_forms
from scanner.demo.truth import canonical
from tests.answers.shelf import Doc, Shelf, Value
from tests.conftest import Installation

RNG = random.Random(99)
PLANTED = {
    "DK_CPR": fake.cpr(RNG),
    "EMAIL_ADDRESS": fake.email(RNG),
    "PHONE_NUMBER": canonical("PHONE_NUMBER", fake.phone(RNG)),
    "IBAN_CODE": canonical("IBAN_CODE", fake.iban(RNG)),
    "CREDIT_CARD": fake.card(RNG),
    "DK_BANK_ACCOUNT": canonical("DK_BANK_ACCOUNT", fake.account(RNG)),
    "DK_PASSPORT": fake.passport(RNG),
    "DK_DRIVER_LICENSE": fake.driver_license(RNG),
    "IP_ADDRESS": fake.ip(RNG),
}
COMMANDS = [
    f"{command}{form}"
    for command in (
        "findings",
        "findings --maybe --each",
        "person",
        "report overview",
        "report risk",
        "report copies --all",
        "report unread",
    )
    for form in ("", " --json")
] + ["findings --csv"]


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    made = Shelf(tmp_path_factory.mktemp("privacy"))
    number = PLANTED["DK_CPR"]
    values = tuple(Value(kind, value) for kind, value in PLANTED.items())
    named = f"{number[:6]}-{number[6:]}"
    made.run(
        [
            Doc(f"/srv/share/{named}/brev {named}.txt", values, content="one"),
            Doc(f"/srv/share/kopi {number}.txt", values, content="one"),
            Doc("/srv/share/a.zip", parts={(f"løn {named}.csv", f"{number}.txt"): values}),
            Doc(f"/srv/share/{PLANTED['EMAIL_ADDRESS']}.pdf", status="unread", reason="encrypted"),
            Doc(
                "/srv/share/sheet.xlsx",
                (Value("DK_CPR", number, where=(f"Ark {named}", "B14")),),
                status="partial",
                reason="corrupt",
            ),
        ],
        folders=[f"/srv/share/mappe {named}"],
    )
    return made


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("language", ["en", "da"])
def test_no_answer_shows_a_value(shelf: Shelf, command: str, language: str) -> None:
    stdin = "\n".join(PLANTED.values()) if command.startswith("person") else ""
    told = shelf.ask(*command.split(), stdin=stdin, language=language)
    written = told.out.encode() + told.err.encode()
    assert len(told.out) > 100
    for kind, value in PLANTED.items():
        for form in written_forms(kind, value):
            assert form not in written, kind


def modules_of(installation: Installation, *arguments: str) -> set[str]:
    """Return the modules that a command has loaded when it ends."""
    import subprocess
    import sys

    script = (
        "import sys, json\n"
        "from scanner.cli import main\n"
        f"sys.argv = ['fodspor', '--config', {str(installation.config)!r}, *{arguments!r}]\n"
        "try:\n    main()\nexcept SystemExit as ended:\n    assert ended.code == 0, ended.code\n"
        "sys.stderr.write('\\n' + json.dumps(sorted(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=installation.environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    return set(json.loads(done.stderr.splitlines()[-1]))


@pytest.mark.parametrize("command", ["findings", "report overview", "report copies"])
def test_answers_start_without_what_reading_needs(installation: Installation, command: str) -> None:
    installation.write("a.txt", f"cpr {PLANTED['DK_CPR']}")
    installation.run("scan", installation.files, "--workers", "1", code=0)
    loaded = {name.partition(".")[0] for name in modules_of(installation, *command.split())}
    unwanted = {"spacy", "presidio_analyzer", "lxml", "pypdfium2", "rich", "hyperscan", "numpy"}
    assert not loaded & {*unwanted, "phonenumbers", "sqlite_utils", "cryptography", "babel"}


def test_a_real_scan_is_answered(installation: Installation, tmp_path: Path) -> None:
    """The whole line, on real files: findings, a person, copies, what was not read."""
    rng = random.Random(4)
    rows = [(fake.cpr(rng, hyphen=True), fake.name(rng), fake.email(rng)) for _ in range(60)]
    head = "CPR;Navn;E-mail\n"
    text = head + "".join(";".join(row) + "\n" for row in rows)
    installation.write("salg/kunder.csv", text)
    installation.write("salg/kunder kopi.csv", text)
    newer = [*rows[:57], *((fake.cpr(rng, hyphen=True), fake.name(rng), fake.email(rng)),) * 3]
    installation.write("kunder nye.csv", head + "".join(";".join(row) + "\n" for row in newer))
    installation.write("brudt.pdf", b"%PDF-1.7\nbroken")
    installation.write("Privat/dagbog.txt", "intet")
    installation.run("scan", installation.files, "--workers", "1", code=3)

    lines = installation.run("findings", "--kind", "cpr", "--json", code=0).lines
    assert len(lines[:-1]) == 60 * 2 + 58
    assert lines[-1]["coverage"]["unread"] == 1
    (excluded,) = lines[-1]["coverage"]["excluded"]
    assert (excluded["rule"], excluded["count"]) == ("private", 1)
    found = installation.run("person", "--json", stdin=rows[0][0].replace("-", ""), code=0).lines
    assert len(found[:-1]) == 3
    copies = installation.run("report", "copies", "--json", code=0).lines
    assert [line["copies"] for line in copies[:-1]] == ["exact", "near"]
    (near,) = copies[1]["near"]
    assert near["shared"] == {"DK_CPR": 57, "EMAIL_ADDRESS": 57}

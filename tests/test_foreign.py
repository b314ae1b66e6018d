"""Identifiers of other countries, from the configuration to the answer: off unless named."""

from __future__ import annotations

from stdnum.no import fodselsnummer

from tests.conftest import Installation


def norwegian() -> str:
    """Return a right number of somebody born in 1899: it names nobody alive."""
    digits = "01019949"
    return next(
        number
        for serial in range(1000)
        if fodselsnummer.is_valid(number := f"{digits}{serial:03d}")
    )


def name(installation: Installation, *kinds: str) -> None:
    listed = ", ".join(f'"{kind}"' for kind in kinds)
    text = installation.config.read_text("utf-8")
    (line,) = [each for each in text.splitlines() if each.startswith("foreign = ")]
    installation.config.write_text(text.replace(line, f"foreign = [{listed}]"), "utf-8")


def test_named_it_is_found_kept_sealed_and_asked_for(installation: Installation) -> None:
    number = norwegian()
    installation.write("a.txt", f"Fødselsnummer: {number[:6]} {number[6:]}\n")
    installation.write(f"{number}.txt", "intet")
    installation.run("scan", installation.files, code=0)
    assert not installation.rows("SELECT 1 FROM finding WHERE kind='NO_FODSELSNUMMER'")
    name(installation, "NO_FODSELSNUMMER")
    installation.run("scan", installation.files, code=0)
    found = installation.run("findings", "--json", "--kind", "NO_FODSELSNUMMER", code=0).lines
    assert [line["risk"] for line in found[:-1]] == ["medium"]
    told = installation.run("person", "--json", "--kind", "NO_FODSELSNUMMER", stdin=number).lines
    assert {line["kind"] for line in told if "kind" in line} == {"NO_FODSELSNUMMER"}
    assert len(told) == 3  # in the text, in the other file's name, and the coverage
    everything = b"".join(p.read_bytes() for p in installation.folder.glob("home/*.db*"))
    assert number.encode() not in everything


def test_taken_out_again_it_reads_what_held_it(installation: Installation) -> None:
    installation.write("a.txt", f"Fødselsnummer: {norwegian()}\n")
    installation.write("b.txt", "Intet i denne.\n")
    name(installation, "NO_FODSELSNUMMER")
    installation.run("scan", installation.files, code=0)
    name(installation)
    line = installation.run("scan", installation.files, "--json", code=0).lines[0]
    assert line["unchanged"] == 1
    assert installation.rows("SELECT count(*) FROM finding") == [(0,)]


def test_an_unknown_one_is_a_mistake_that_names_the_nearest(installation: Installation) -> None:
    name(installation, "SE_PERSON")
    ran = installation.run("findings", code=2)
    assert "SE_PERSONNUMMER" in ran.err

"""Special categories, from configuration to answer: off unless assessed, and no word is kept."""

from __future__ import annotations

import pytest

from detectors.catalogue import PAPER_LEVELS, SPECIAL_LEVELS
from detectors.special_words import KINDS
from scanner.answers.kinds import PLANNED
from scanner.config import Config
from scanner.messages import Words
from scanner.privacy import SPECIAL, mask
from tests.conftest import Installation
from tests.test_judging import LONG_AGO, age

TEXT = "Anna Holm er sygemeldt med depression."


def switch_on(installation: Installation, kinds: str = "[]", assessed: str = "2026-11-02") -> None:
    config = installation.config.read_text("utf-8")
    head, mark, rest = config.partition("[special_categories]\n")
    assert mark
    rest = rest.replace("on = false", "on = true", 1)
    rest = rest.replace('assessed = ""', f'assessed = "{assessed}"', 1)
    installation.config.write_text(
        head + mark + rest.replace("categories = []", f"categories = {kinds}", 1), "utf-8"
    )


def test_off_by_default_and_answers_say_so(installation: Installation) -> None:
    installation.write("a.txt", TEXT)
    installation.run("scan", installation.files, code=0)
    *found, last = installation.run("findings", "--json", "--maybe", code=0).lines
    assert found == []
    assert {"HEALTH", "GENETIC", "BIOMETRIC"} <= set(last["coverage"]["not_looked_for"])


def test_on_without_an_assessment_is_refused(installation: Installation) -> None:
    switch_on(installation, assessed="")
    said = installation.run("scan", installation.files, code=2)
    assert "impact assessment" in said.err


def test_on_it_finds_and_keeps_no_word(installation: Installation) -> None:
    switch_on(installation)
    installation.write("a.txt", TEXT)
    installation.run("scan", installation.files, code=0)
    *found, last = installation.run("findings", "--json", "--maybe", code=0).lines
    assert {line["masked"] for line in found if line["kind"] == "HEALTH"} == {"health"}
    assert {line["risk"] for line in found} == {"high"}
    assert not set(KINDS) & set(last["coverage"]["not_looked_for"])
    stored = b"".join(
        path.read_bytes()
        for path in installation.index_path.parent.glob(f"{installation.index_path.name}*")
    )
    for word in (b"depression", b"sygemeld", b"sick-leave", b"Anna Holm"):
        assert word not in stored


def test_only_the_kinds_that_were_asked_for(installation: Installation) -> None:
    switch_on(installation, '["RELIGION"]')
    installation.write("a.txt", f"{TEXT} Peter Jensen er muslim.")
    installation.run("scan", installation.files, code=0)
    *found, last = installation.run("findings", "--json", code=0).lines
    assert {line["kind"] for line in found} - {"PERSON"} == {"RELIGION"}
    assert "HEALTH" in last["coverage"]["not_looked_for"]


def places(installation: Installation, **said: str) -> None:
    """Make each folder a place; `said` is what it says of special categories."""
    config = installation.config.read_text("utf-8")
    head, mark, rest = config.partition(
        "# A folder to scan, a mailbox or a share; one table for each."
    )
    rest = rest[rest.index("# What is looked for.") :]
    tables = "".join(
        f'[[place]]\nname = "{name}"\npath = "{installation.files / name}"\n'
        f'special_categories = "{value}"\n'
        for name, value in said.items()
    )
    installation.config.write_text(f"{head}{mark}\n{tables}\n{rest}", "utf-8")
    assess(installation)


def assess(installation: Installation) -> None:
    text = installation.config.read_text("utf-8")
    installation.config.write_text(
        text.replace('assessed = ""', 'assessed = "2026-11-02"'), "utf-8"
    )


def health(installation: Installation) -> list[str]:
    """Return the documents of which answers tell of health."""
    lines = installation.run("findings", "--json", "--maybe", "--kind", "HEALTH", code=0).lines
    return sorted({line["path"].removeprefix(f"{installation.files}/") for line in lines[:-1]})


def levels(installation: Installation) -> dict[str, bool]:
    """Return which places hold a document of high risk."""
    rows = installation.rows(
        "SELECT p.name, max(d.risk) FROM document d JOIN place p ON p.id=d.place GROUP BY 1"
    )
    return {name: risk >= 20 for name, risk in rows}


def read_in(installation: Installation) -> set[str]:
    rows = installation.rows(
        "SELECT DISTINCT p.name FROM document d JOIN place p ON p.id=d.place WHERE d.read_at<>?",
        LONG_AGO,
    )
    return {name for (name,) in rows}


@pytest.mark.parametrize("order", [("share", "laptop"), ("laptop", "share")])
def test_on_in_one_place_and_off_in_another(
    installation: Installation, order: tuple[str, str]
) -> None:
    for name in order:
        installation.write(f"{name}/a.txt", TEXT)  # the same content in both
    places(installation, share="on", laptop="off")
    for name in order:
        installation.run("scan", installation.files / name, code=0)
    assert health(installation) == ["share/a.txt"]
    assert levels(installation) == {"share": True, "laptop": False}
    *_, last = installation.run("findings", "--json", "--kind", "HEALTH", code=0).lines
    assert last["coverage"]["complete"] is False
    said = {each["place"]: each["not_looked_for"] for each in last["coverage"]["places"]}
    assert "HEALTH" in said["laptop"]
    assert said["share"] == []
    assert "not looked for here" in installation.run("findings", code=0).out
    overview = installation.run("report", "overview", "--json", code=0).lines
    (told,) = [each for each in overview if each.get("kind") == "HEALTH"]
    assert told["documents"] == 1
    age(installation)
    installation.run("scan", code=0)
    installation.run("scan", code=0)
    assert read_in(installation) <= {"share"} if order[0] == "laptop" else not read_in(installation)
    age(installation)
    installation.run("scan", code=0)
    assert read_in(installation) == set()
    assert health(installation) == ["share/a.txt"]


def test_a_laptop_alone_is_not_looked_through(installation: Installation) -> None:
    installation.write("laptop/a.txt", TEXT)
    places(installation, laptop="off", share="on")
    installation.write("share/b.txt", "Intet i denne.")
    installation.run("scan", code=0)
    assert not installation.rows("SELECT 1 FROM finding WHERE kind='HEALTH'")
    assert installation.run("inspect", installation.files / "laptop", "--json").lines == [
        line
        for line in installation.run("inspect", installation.files / "laptop", "--json").lines
        if line["kind"] != "HEALTH"
    ]


def test_switched_off_what_was_found_goes_and_nothing_is_read(installation: Installation) -> None:
    installation.write("laptop/a.txt", TEXT)
    installation.write("share/b.txt", TEXT.replace("Anna", "Peter"))
    installation.write("share/c.txt", TEXT)
    places(installation, laptop="on", share="on")
    installation.run("scan", code=0)
    assert health(installation) == ["laptop/a.txt", "share/b.txt", "share/c.txt"]
    installation.write("laptop/d.txt", TEXT.replace("Anna", "Ida"))
    installation.run("scan", code=0)
    age(installation)
    places(installation, laptop="off", share="on")
    installation.run("scan", code=0)
    assert read_in(installation) == set()
    assert health(installation) == ["share/b.txt", "share/c.txt"]
    assert levels(installation) == {"share": True, "laptop": False}
    (held,) = installation.rows("SELECT count(*) FROM finding WHERE kind='HEALTH'")
    assert held == (4,)  # two signs in each of the share's two
    places(installation, laptop="on", share="on")
    installation.run("scan", code=0)
    assert read_in(installation) == {"laptop"}
    assert health(installation)[:2] == ["laptop/a.txt", "laptop/d.txt"]


def test_a_file_moved_to_a_place_without_is_weighed_without(installation: Installation) -> None:
    path = installation.write("share/a.txt", TEXT)
    installation.write("laptop/b.txt", "Intet i denne.")
    installation.write("share/c.txt", "Intet i denne.")
    places(installation, share="on", laptop="off")
    installation.run("scan", code=0)
    path.rename(installation.files / "laptop" / "a.txt")
    installation.run("scan", code=0)
    assert health(installation) == []
    assert levels(installation)["laptop"] is False


def test_a_place_needs_the_assessment_too(installation: Installation) -> None:
    places(installation, share="on")
    text = installation.config.read_text("utf-8")
    installation.config.write_text(
        text.replace('assessed = "2026-11-02"', 'assessed = ""'), "utf-8"
    )
    assert "impact assessment" in installation.run("findings", code=2).err


def test_the_lists_of_kinds_agree() -> None:
    assert set(KINDS) == set(SPECIAL_LEVELS) == SPECIAL
    off = {kind for kind, group in PLANNED.items() if group in ("special", "criminal")}
    assert off == {*SPECIAL, *PAPER_LEVELS}
    on = Config.model_validate({"special_categories": {"on": True, "assessed": "x"}})
    assert set(on.special) == SPECIAL


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("language", "word"), [("da", "mulig"), ("en", "possible")])
def test_they_are_called_possible(kind: str, language: str, word: str) -> None:
    assert Words(language).kind(kind).startswith(word)


@pytest.mark.parametrize("kind", KINDS)
def test_masks_say_the_category_alone(kind: str) -> None:
    assert mask(kind, "health/cancer") == kind.lower().replace("_", " ")

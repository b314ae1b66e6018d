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

"""In which language the program speaks: what is asked for, else what the configuration says."""

from __future__ import annotations

import pytest

from scanner.config import load_config
from tests.conftest import Installation


@pytest.fixture
def danish(installation: Installation) -> Installation:
    """A configuration that says Danish."""
    text = installation.config.read_text("utf-8")
    installation.config.write_text(text.replace('language = "en"', 'language = "da"'), "utf-8")
    return installation


def test_the_configuration_decides_and_the_option_wins(danish: Installation) -> None:
    danish.write("a.txt", "x")
    danish.run("scan", danish.files, code=0)
    assert "Ingen fund." in danish.run("findings", code=0).out
    assert "No findings." in danish.run("--language", "en", "findings", code=0).out


def test_init_writes_the_language_it_was_started_with(installation: Installation) -> None:
    installation.config.unlink()
    out = installation.run("--language", "da", "init", code=0).out
    assert "Næste trin: fodspor scan" in out
    assert load_config(installation.config).device.language == "da"


@pytest.mark.parametrize(
    ("language", "says"),
    [
        pytest.param(
            "en",
            (
                ": done · 3 documents",
                "1 read · 1 unread · 1 of a type without text",
                "Not read, or not wholly: Cut short (1).",
                "Left out by rule, never opened: private folders 1 (",
                "Next: fodspor report overview",
            ),
            id="English",
        ),
        pytest.param(
            "da",
            (
                ": færdig · 3 dokumenter",
                "1 læst · 1 ulæst · 1 af en type uden tekst",
                "Ikke læst, eller ikke helt: Afkortet (1).",
                "Udeladt efter regel, aldrig åbnet: private mapper 1 (",
                "Se nu: fodspor report overview",
            ),
            id="Danish",
        ),
    ],
)
def test_the_summary_of_a_scan_is_in_words(
    installation: Installation, language: str, says: tuple[str, ...]
) -> None:
    installation.write("a.txt", "x")
    installation.write("b.pdf", b"%PDF-1.7\nbroken")
    installation.write("c.mp3", b"ID3\x03\x00\x00\x00\x00\x00\x00" + b"\xff\xfb\x90\x64" * 200)
    installation.write("Privat/d.txt", "x")
    out = installation.run("--language", language, "scan", installation.files, code=3).out
    for words in says:
        assert words in out
    again = installation.run("--language", language, "scan", installation.files, code=3).out
    assert {"en": "3 unchanged", "da": "3 uændrede"}[language] in again


def test_an_estimate_and_the_doctor_speak_it_too(danish: Installation) -> None:
    danish.write("a.txt", "x")
    assert "et gæt: intet er målt her endnu" in danish.run("scan", "--estimate", danish.files).out
    assert "i orden  python" in danish.run("doctor", code=0).out

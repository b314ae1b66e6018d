"""presidio both ways: its recognisers as detectors, our detectors in its engine."""

from __future__ import annotations

import logging
import pickle
import random
import subprocess
import sys
from typing import Any

import pytest

from detectors import Column, Detector, Table
from detectors.gate import Gate, available
from detectors.presidio import PIECE, PresidioDetector, blank_engine, fodspor_recognizers
from scanner.demo import fake

SWEDISH = "SePersonnummerRecognizer"


def personnummer(rng: random.Random) -> str:
    """Return a Swedish number of a birth before 1915, with its Luhn digit."""
    body = f"{rng.randrange(0, 14):02d}{rng.randrange(1, 13):02d}{rng.randrange(1, 28):02d}"
    body += f"{rng.randrange(1, 999):03d}"
    total = sum(sum(divmod(int(d) * (2 - i % 2), 10)) for i, d in enumerate(body))
    return f"{body[:6]}+{body[6:]}{-total % 10}"


@pytest.fixture(scope="module")
def swedish() -> PresidioDetector:
    return PresidioDetector(SWEDISH)


def test_a_recogniser_is_a_detector(swedish: PresidioDetector) -> None:
    assert isinstance(swedish, Detector)
    assert swedish.name == SWEDISH
    assert swedish.kinds == ("SE_PERSONNUMMER",)
    assert not Gate([swedish]).ungated


def test_its_validation_score_and_context_are_its_own() -> None:
    email = PresidioDetector("presidio_analyzer.predefined_recognizers.EmailRecognizer")
    address = fake.email(random.Random(1), domain="eksempel.dk")
    (match,) = email.find(f"Hun har {address}")
    assert match.value == address
    assert match.evidence == ("recogniser:EmailRecognizer",)
    (named,) = email.find(f"Hendes email er {address}")
    assert named.confidence >= match.confidence
    assert named.evidence == ("recogniser:EmailRecognizer", "label")


def test_a_header_is_context_too() -> None:
    passport = PresidioDetector("UsPassportRecognizer")
    (match,) = passport.find("912803456")[:1]
    table = Table([Column("Passport", 10, {}, {})], {})
    (judged,) = passport.judge([match._replace(column=0)], table)
    assert judged.confidence > match.confidence
    assert judged.evidence[-1] == "header"
    assert list(passport.judge([match], Table([], {}))) == [match]


@pytest.mark.parametrize(
    "name",
    [SWEDISH, "EmailRecognizer", "IbanRecognizer", "CreditCardRecognizer", "IpRecognizer"],
)
def test_gated_and_ungated_find_the_same(name: str) -> None:
    detector = PresidioDetector(name)
    rng = random.Random(name)
    values = [
        lambda: fake.email(rng),
        lambda: fake.iban(rng, grouped=True),
        lambda: fake.card(rng),
        lambda: fake.ip(rng),
        lambda: personnummer(rng),
    ]
    labels, ends = ("mail", "iban", "card", "ip", ""), (" ", ".", ", ", "\n")
    for engine in available():
        gate = Gate([detector], engine)
        if detector.name in gate.ungated:
            continue
        for _ in range(20):
            text = " ".join(
                f"{rng.choice(labels)} {rng.choice(values)()}{rng.choice(ends)}"
                + "lorem ipsum " * rng.randrange(30)
                for _ in range(8)
            )
            assert [m for _, m in gate.find(text)] == detector.find(text)


def test_a_long_text_is_cut_and_nothing_lost_on_the_cuts() -> None:
    email = PresidioDetector("EmailRecognizer")
    address = fake.email(random.Random(2), domain="eksempel.dk")
    for shift in (0, 5, len(address), 400):
        text = "x" * (PIECE - shift - 1) + " " + address + " " + "y" * PIECE
        assert [match.value for match in email.find(text)] == [address]


def test_a_recogniser_without_patterns_sees_all_text() -> None:
    phone = PresidioDetector("PhoneRecognizer")
    assert "no shape" in Gate([phone]).ungated["PhoneRecognizer"]


@pytest.mark.parametrize(
    ("name", "says"),
    [
        pytest.param("SePersonnumerRecognizer", "did you mean SePersonnummer", id="misspelt"),
        pytest.param("os.path", "is not", id="something else"),
        pytest.param("nowhere.Recognizer", "is not", id="no such module"),
        pytest.param("SpacyRecognizer", "language model", id="needs a model"),
        pytest.param("AzureAILanguageRecognizer", "leave the machine", id="sends text away"),
    ],
)
def test_what_is_refused(name: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        PresidioDetector(name)


def test_it_pickles_by_name(swedish: PresidioDetector) -> None:
    again = pickle.loads(pickle.dumps(swedish))
    assert (again.name, again.version) == (swedish.name, swedish.version)


def test_candidates_are_not_logged_and_a_timeout_is_an_error(
    swedish: PresidioDetector,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def analyze(text: str, *_: object) -> list[Any]:
        logging.getLogger("presidio-analyzer").error("candidate %s", text)
        logging.getLogger("presidio-analyzer").warning("Regex pattern '%s' timed out", "p")
        return []

    monkeypatch.setattr(swedish._recognizer, "analyze", analyze)
    caplog.set_level(logging.DEBUG)
    with pytest.raises(TimeoutError, match=SWEDISH) as caught:
        swedish.find("hemmelig")
    assert "hemmelig" not in caplog.text + str(caught.value)


def test_our_detectors_run_in_an_analyzer_engine() -> None:
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry

    registry = RecognizerRegistry(supported_languages=["da"])
    for recognizer in fodspor_recognizers():
        registry.add_recognizer(recognizer)
    engine = AnalyzerEngine(
        registry=registry, nlp_engine=blank_engine("da"), supported_languages=["da"]
    )
    rng = random.Random(3)
    number, address = fake.cpr(rng, hyphen=True), fake.email(rng)
    text = f"Kære Anna. CPR-nr.: {number}. Skriv til {address}."
    results = engine.analyze(text, language="da", return_decision_process=True)
    found = {result.entity_type: text[result.start : result.end] for result in results}
    assert found["DK_CPR"] == number
    assert found["EMAIL_ADDRESS"] == address
    explained = next(result for result in results if result.entity_type == "DK_CPR")
    assert explained.score >= 0.6
    assert "label" in explained.analysis_explanation.textual_explanation
    assert number not in str(explained.analysis_explanation)
    only = engine.analyze(text, language="da", entities=["EMAIL_ADDRESS"])
    assert {result.entity_type for result in only} == {"EMAIL_ADDRESS"}


@pytest.mark.parametrize("name", ["EmailRecognizer", "UrlRecognizer"])
def test_nothing_is_fetched_from_the_network(name: str) -> None:
    code = (
        "import socket, sys\n"
        "asked = []\n"
        "def refuse(*given, **named):\n"
        "    asked.append(given)\n"
        "    raise OSError('no network')\n"
        "socket.getaddrinfo = socket.socket.connect = refuse\n"
        "from detectors.presidio import PresidioDetector\n"
        f"found = PresidioDetector({name!r}).find('anna@eksempel.dk www.eksempel.dk')\n"
        "sys.exit(len(asked) + 100 * (not found))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_importing_the_adapter_loads_neither_presidio_nor_spacy() -> None:
    code = (
        "import detectors.presidio, detectors.gate, detectors.pattern, sys;"
        "sys.exit(any(name in sys.modules for name in ('presidio_analyzer', 'spacy', 'regex')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

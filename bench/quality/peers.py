"""What the detectors are compared with: presidio as it comes, and a list of regular expressions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from bench.peers import PATTERNS
from bench.quality.reading import Found, Read

PRESIDIO_CPR = r"\b\d{6}[- ]?\d{4}\b"
PHONES_DK = "PhoneRecognizer DK"
Peer = Callable[[str], Iterator[tuple[str, int, int, float]]]


@cache
def presidio(*, danish_phones: bool) -> Any:
    """Return an AnalyzerEngine for Danish: its default recognisers, payment cards, a plain CPR.

    No spaCy model is on the package index, so its pipeline only splits words: no PERSON.
    `danish_phones` lets its phone recogniser know Denmark, which its defaults leave out.
    """
    from presidio_analyzer import AnalyzerEngine, Pattern, PatternRecognizer, RecognizerRegistry
    from presidio_analyzer.predefined_recognizers import CreditCardRecognizer, PhoneRecognizer

    from detectors.presidio import blank_engine, stay_at_home

    stay_at_home()
    registry: Any = RecognizerRegistry(supported_languages=["da"])
    registry.load_predefined_recognizers(languages=["da"])
    registry.recognizers = [each for each in registry.recognizers if each.name != "SpacyRecognizer"]
    registry.add_recognizer(CreditCardRecognizer(supported_language="da"))
    cpr = Pattern("cpr", PRESIDIO_CPR, 0.5)
    registry.add_recognizer(
        PatternRecognizer("DK_CPR", patterns=[cpr], context=["cpr"], supported_language="da")
    )
    if danish_phones:
        registry.add_recognizer(PhoneRecognizer(supported_language="da", supported_regions=["DK"]))
    return AnalyzerEngine(
        registry=registry, nlp_engine=blank_engine("da"), supported_languages=["da"]
    )


def presidio_spans(text: str, *, danish_phones: bool) -> Iterator[tuple[str, int, int, float]]:
    """Yield kind, start, end and score of what presidio reports, at its default threshold (0)."""
    for result in presidio(danish_phones=danish_phones).analyze(text, language="da"):
        yield result.entity_type, result.start, result.end, result.score


@cache
def _patterns() -> Any:
    import re

    return [(kind, re.compile(pattern)) for kind, pattern in PATTERNS.items()]


def regex_spans(text: str) -> Iterator[tuple[str, int, int, float]]:
    """Yield what a plain list of expressions finds: the shape alone, each kind on its own."""
    for kind, pattern in _patterns():
        for found in pattern.finditer(text):
            yield kind, *found.span(), 1.0


PEERS: dict[str, Peer] = {
    "presidio": lambda text: presidio_spans(text, danish_phones=False),
    "presidio, DK phones": lambda text: presidio_spans(text, danish_phones=True),
    "regex list": regex_spans,
}


def found_by(peer: Peer, read: Read) -> list[Found]:
    """Return what a peer reports in the text that Fodspor's readers gave."""
    from bench.quality.score import canonical

    found: dict[tuple[object, ...], Found] = {}
    for text in read.texts:
        for kind, start, end, score in peer(text.text):
            value = canonical(kind, text.text[start:end])
            spot = text.spot(start)
            held = found.get((kind, value, spot))
            if held is None or held.confidence < score:
                found[kind, value, spot] = Found(kind, value, spot, score)
    return list(found.values())

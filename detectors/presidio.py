"""Run presidio's recognisers as detectors, and our detectors in presidio; loads it when needed."""

from __future__ import annotations

import logging
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from functools import cache
from importlib import import_module
from importlib.metadata import version
from typing import Any

from detectors import Detector, Match, Shape, Table

PIECE = 16_000
"""Characters given to a recogniser at once: presidio is fastest from 4 000 to 16 000."""
OVERLAP = 512
# presidio_analyzer.context_aware_enhancers.LemmaContextAwareEnhancer, defaults of 2.2.366
CONTEXT_WORDS = 5
CONTEXT_FACTOR = 0.35
CONTEXT_LEAST = 0.4
_WORD = re.compile(r"\w+")
_ELSEWHERE = ("nlp_engine_recognizers", ".ner.", ".third_party.")
_PREDEFINED = "presidio_analyzer.predefined_recognizers"


class PresidioDetector:
    """One of presidio's recognisers, or a third party's, by class name or dotted path.

    Its `analyze` is called directly, on at most PIECE characters; its patterns go into the gate.
    Kinds, scores and context words are the recogniser's own. Canonical value: NFC of the text.
    Raises ValueError saying what to do for a name that is no recogniser, for one that needs a
    language model, and for one that sends text to a service.
    """

    def __init__(self, name: str) -> None:
        self._named = name
        self._recognizer: Any = _recognizer(name)
        self._version = f"{version('presidio-analyzer')}+{self._recognizer.version}"
        self._context = tuple(word.lower() for word in self._recognizer.context or ())
        self._shapes = tuple(_shapes(self._recognizer))

    def __reduce__(self) -> tuple[type[PresidioDetector], tuple[str]]:
        return (PresidioDetector, (self._named,))

    def __repr__(self) -> str:
        return f"PresidioDetector({self._named!r})"

    @property
    def name(self) -> str:
        return self._named.rpartition(".")[2]

    @property
    def version(self) -> str:
        return self._version

    @property
    def kinds(self) -> tuple[str, ...]:
        return tuple(self._recognizer.supported_entities)

    @property
    def shapes(self) -> tuple[Shape, ...]:
        """The patterns of a PatternRecognizer; empty for others, which see all text."""
        return self._shapes

    def find(self, text: str) -> list[Match]:
        """Return what the recogniser reports, by start, with its context words weighed.

        Raises TimeoutError, which presidio itself only logs, when an expression takes too long.
        """
        found: dict[tuple[str, int, int], Match] = {}
        kinds = list(self.kinds)
        with _heard() as heard:
            for low in range(0, max(1, len(text)), PIECE):
                first = max(0, low - OVERLAP)
                piece = text[first : low + PIECE + OVERLAP]
                for result in self._recognizer.analyze(piece, kinds, None) or ():
                    start, end = first + result.start, first + result.end
                    if not low <= start < low + PIECE:
                        continue  # the piece it starts in sees it better
                    match = self._match(text, result.entity_type, start, end, float(result.score))
                    known = found.get((match.kind, start, end))
                    if known is None or match.confidence > known.confidence:
                        found[match.kind, start, end] = match
        if any("timed out" in message for message in heard):
            raise TimeoutError(f"recogniser {self.name}: an expression took too long on one text")
        return sorted(found.values(), key=lambda match: (match.start, match.end, match.kind))

    def judge(self, matches: Sequence[Match], table: Table) -> Iterator[Match]:
        """Yield each match; a context word in its column's header counts as one in front of it."""
        for match in matches:
            header = table.columns[match.column].header if match.column >= 0 else ""
            if header and "label" not in match.evidence and self._says(_words(header)):
                confidence = _raised(match.confidence)
                yield match._replace(confidence=confidence, evidence=(*match.evidence, "header"))
            else:
                yield match

    def _match(self, text: str, kind: str, start: int, end: int, score: float) -> Match:
        evidence: tuple[str, ...] = (f"recogniser:{self.name}",)
        before = _words(text[max(0, start - 120) : start])[-CONTEXT_WORDS:]
        if self._context and self._says(before):
            score = _raised(score)
            evidence += ("label",)
        value = unicodedata.normalize("NFC", text[start:end])
        return Match(kind, start, end, value, score, evidence)

    def _says(self, words: Iterable[str]) -> bool:
        return any(known in word for word in words for known in self._context)


def _words(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(text)]


def _raised(score: float) -> float:
    return round(min(1.0, max(score + CONTEXT_FACTOR, CONTEXT_LEAST)), 4)


def _presidio() -> Any:
    stay_at_home()
    return import_module("presidio_analyzer")


@cache
def stay_at_home() -> None:
    """Let presidio's recognisers of mail addresses and URLs use the endings that are installed.

    They would fetch the public suffix list from the network at their first look.
    """
    tldextract: Any = import_module("tldextract")
    extract = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)
    tldextract.tldextract.TLD_EXTRACTOR = extract


def _recognizer(name: str) -> Any:
    presidio = _presidio()
    module, _, wanted = name.rpartition(".")
    try:
        found = getattr(import_module(module or _PREDEFINED), wanted, None)
    except ImportError:
        found = None
    if not (isinstance(found, type) and issubclass(found, presidio.EntityRecognizer)):
        known = dir(import_module(_PREDEFINED))
        near = get_close_matches(wanted, [each for each in known if "Recognizer" in each], 1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise ValueError(f"{name} is not a presidio recogniser{hint}")
    if issubclass(found, presidio.RemoteRecognizer) or ".third_party." in f"{found.__module__}.":
        raise ValueError(f"{name} sends text to a service; nothing may leave the machine")
    if any(part in f".{found.__module__}." for part in _ELSEWHERE):
        raise ValueError(f"{name} needs a language model, which scans do not load")
    try:
        return found()
    except TypeError:
        raise ValueError(f"{name} cannot be made without arguments; wrap it in a class") from None


def _shapes(recognizer: Any) -> Iterator[Shape]:
    if isinstance(recognizer, _presidio().PatternRecognizer):
        for pattern in recognizer.patterns:
            yield Shape(pattern.regex, int(recognizer.global_regex_flags), reach=120)


@contextmanager
def _heard() -> Iterator[list[str]]:
    """Keep presidio's log lines, which can hold what was found; give their unfilled messages."""
    logger = logging.getLogger("presidio-analyzer")
    messages: list[str] = []

    def keep(record: logging.LogRecord) -> bool:
        messages.append(str(record.msg))
        return False

    logger.addFilter(keep)
    try:
        yield messages
    finally:
        logger.removeFilter(keep)


def fodspor_recognizers(
    detectors: Sequence[Detector] | None = None, language: str = "da"
) -> list[Any]:
    """Return presidio EntityRecognizers, one for each of our detectors (default: all there are).

    Add them to the registry of an AnalyzerEngine for `language`. They judge a text as if it were
    a whole document without columns, and explain themselves in evidence codes, never in values.
    """
    from detectors import load

    wrapper = _wrapper()
    return [wrapper(each, language) for each in (load() if detectors is None else detectors)]


@cache
def _wrapper() -> Any:
    presidio = _presidio()
    result = presidio.RecognizerResult
    base: Any = presidio.EntityRecognizer

    class FodsporRecognizer(base):  # type: ignore[misc]
        def __init__(self, detector: Detector, language: str) -> None:
            self.detector = detector
            super().__init__(
                supported_entities=list(detector.kinds),
                name=f"Fodspor {detector.name}",
                supported_language=language,
                version=detector.version,
            )

        def load(self) -> None:
            pass

        def analyze(
            self, text: str, entities: Sequence[str], nlp_artifacts: object = None
        ) -> list[Any]:
            matches = [match for match in self.detector.find(text) if match.confidence > 0]
            return [
                result(
                    match.kind,
                    match.start,
                    match.end,
                    match.confidence,
                    presidio.AnalysisExplanation(
                        recognizer=self.name,
                        original_score=match.confidence,
                        textual_explanation=", ".join(match.evidence),
                    ),
                    {
                        result.RECOGNIZER_NAME_KEY: self.name,
                        result.RECOGNIZER_IDENTIFIER_KEY: self.id,
                    },
                )
                for match in self.detector.judge(matches, Table([], {}))
                if match.kind in entities
            ]

    return FodsporRecognizer


def blank_engine(language: str = "da") -> Any:
    """Return a presidio NlpEngine that only splits words: no model, nothing downloaded.

    Its lemmas are the words in lower case; without any, presidio's context words never match.
    """
    import spacy

    nlp: Any = import_module("presidio_analyzer.nlp_engine")
    base: Any = nlp.NlpEngine

    class BlankEngine(base):  # type: ignore[misc]
        def __init__(self) -> None:
            self.pipeline = spacy.blank(language)

        def load(self) -> None:
            pass

        def is_loaded(self) -> bool:
            return True

        def process_text(self, text: str, language: str) -> Any:
            document = self.pipeline(text)
            return nlp.NlpArtifacts(
                entities=[],
                tokens=document,
                tokens_indices=[token.idx for token in document],
                lemmas=[token.lower_ for token in document],
                nlp_engine=self,
                language=language,
            )

        def process_batch(
            self, texts: Iterable[str], language: str, **_: object
        ) -> Iterator[tuple[str, Any]]:
            return ((text, self.process_text(text, language)) for text in texts)

        def is_stopword(self, word: str, language: str) -> bool:
            return bool(self.pipeline.vocab[word].is_stop)

        def is_punct(self, word: str, language: str) -> bool:
            return bool(self.pipeline.vocab[word].is_punct)

        def get_supported_entities(self) -> list[str]:
            return []

        def get_supported_languages(self) -> list[str]:
            return [language]

    return BlankEngine()

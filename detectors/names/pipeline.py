"""The names model as a spaCy pipeline: `spacy.load(detectors.names.MODEL)`. Imports spaCy.

Entities are PERSON, LOCATION and ORGANIZATION; `span._.probability` says how sure each is. The
factories are found through the entry points of the package.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import spacy
from spacy.language import Language
from spacy.tokens import Doc, Span

from detectors.names.crf import Name, Tagger
from detectors.names.tokens import lines

FACTORY = "fodspor_names"
TOKENIZER = "fodspor.tokens.v1"
BATCH = 128

if not Span.has_extension("probability"):
    Span.set_extension("probability", default=None)


class Tokenizer:
    """Makes a Doc of the words and signs that the model counts; blanks are kept as they stand."""

    def __init__(self, vocab: Any) -> None:
        self.vocab = vocab

    def __call__(self, text: str) -> Doc:
        words: list[str] = []
        spaces: list[bool] = []
        at = 0

        def blank(gap: str) -> None:
            if gap == " " and words:
                spaces[-1] = True
            elif gap:
                if gap[0] == " " and words:
                    spaces[-1], gap = True, gap[1:]
                words.append(gap)
                spaces.append(False)

        for start, line, spans in lines(text):
            for low, high in spans:
                if start + low > at:
                    blank(text[at : start + low])
                words.append(line[low:high])
                spaces.append(False)
                at = start + high
        blank(text[at:])
        return Doc(self.vocab, words=words, spaces=spaces)

    def to_bytes(self, **_: Any) -> bytes:
        return b""

    def from_bytes(self, _: bytes, **__: Any) -> Tokenizer:
        return self

    def to_disk(self, path: Any, **_: Any) -> None:
        """Nothing to keep: the rules are in the code."""

    def from_disk(self, path: Any, **_: Any) -> Tokenizer:
        return self


def make_tokenizer() -> Any:
    """Return what makes the tokenizer of a pipeline (registered as TOKENIZER)."""
    return lambda nlp: Tokenizer(nlp.vocab)


class NamesComponent:
    """Sets `doc.ents` of documents, in batches when it is piped."""

    def __init__(self, name: str, tagger: Tagger | None = None) -> None:
        self.name = name
        self.tagger = tagger

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of the entities."""
        held = self.tagger.labels if self.tagger else ()
        return tuple(sorted({label[2:] for label in held if label != "O"}))

    def __call__(self, doc: Doc) -> Doc:
        return self._label([doc])[0]

    def pipe(self, stream: Iterable[Doc], batch_size: int = BATCH) -> Iterator[Doc]:
        """Label documents, so many at once."""
        iterator = iter(stream)
        while batch := list(islice(iterator, batch_size)):
            yield from self._label(batch)

    def _label(self, docs: list[Doc]) -> list[Doc]:
        if self.tagger is None:
            raise ValueError("the names model is not loaded: use spacy.load on its folder")
        for doc, names in zip(docs, self.tagger.find([doc.text for doc in docs]), strict=True):
            _set(doc, names)
        return docs

    def to_disk(self, path: Path | str, **_: Any) -> None:
        """Write the model below `path`."""
        folder = Path(path)
        folder.mkdir(parents=True, exist_ok=True)
        if self.tagger is not None:
            self.tagger.lists.save(folder)
            self.tagger.save(folder)

    def from_disk(self, path: Path | str, **_: Any) -> NamesComponent:
        """Read what `to_disk` wrote."""
        self.tagger = Tagger.load(Path(path))
        return self


def _set(doc: Doc, names: list[Name]) -> None:
    spans: list[Span] = []
    for name in names:
        span = doc.char_span(name.start, name.end, name.label, alignment_mode="expand")
        if span is not None and not (spans and spans[-1].end > span.start):
            span._.probability = name.probability
            spans.append(span)
    doc.set_ents(spans)


@Language.factory(FACTORY, assigns=["doc.ents"])
def make_component(nlp: Language, name: str) -> NamesComponent:
    """Return an empty component; `spacy.load` fills it from the pipeline's folder."""
    return NamesComponent(name)


def save(tagger: Tagger, folder: Path, meta: dict[str, Any]) -> None:
    """Write a whole pipeline with this model to `folder`."""
    nlp = spacy.blank("da", config={"nlp": {"tokenizer": {"@tokenizers": TOKENIZER}}})
    component = nlp.add_pipe(FACTORY, name="names")
    assert isinstance(component, NamesComponent)
    component.tagger = tagger
    nlp.meta.update(meta)
    nlp.to_disk(folder)

"""Find names of persons, and weigh them: by themselves, by a label, by what stands beside them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from hashlib import blake2s
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

from detectors import MAYBE, Column, Match, Shape, Table
from detectors.names import COMPONENT, WEIGHTS_FILE, tagger
from detectors.names.canonical import canonical
from detectors.names.clusters import CLUSTERS
from detectors.names.lists import LISTS, Lists
from detectors.names.words import is_company, meaning

KIND = "PERSON"
REVISION = 1
BATCH = 128
PIECE = 20_000
"""Characters that the model is given at once, about."""

WEIGHTS = {
    "full-name": 45,
    "one-name": 25,
    "listed": 5,  # a first name of the lists
    "unlisted": -45,  # below a head that may be about things: no word of it is a listed name
    "unsure": -10,  # the model gives it less than 0.7
    "label": 25,
    "header": 35,
    "beside": 20,
    "column:people": 40,
}
"""The weight of each evidence code, in hundredths. A name alone is a maybe at most."""
SURE = 0.7
LEAST = 0.35
"""Spans to which the model gives less are none."""
LEAST_CELLS, CELLS_SHARE = 5, 0.6
"""Cells of a column without a head from which they are people, and the share of its rows."""
MOST_SHARE = 0.5
_PERSONAL = ("person", "first", "last")

# Words from `words` that are labels in running text as well; a mark must stand behind them.
LABEL = (
    r"(?:navne?|fornavne?|efternavn|kundenavn|medarbejdernavn|patientnavn|deltagernavn|kontaktnavn|"
    r"medarbejder|kunde|patient|borger|lejer|ansøger|kontaktperson|sagsbehandler|elev|kursist|"
    r"pårørende|ægtefælle|samlever|værge|referent|dirigent|deltagere?|underskrift|att|full_?name|"
    r"passager|kontohaver|køber|sælger|afdøde|forsikringstager|rekvirent|modtager|afsender|ejer|"
    r"fuldmagtsgiver|fuldmagtshaver|udlejer|namn|"
    r"first_?name|last_?name|surname|employee|customer|name)"
    r"[\"']?(?:[ \t]{0,20}[.]{0,20}[:=>]|[ \t]{0,20}\t)[ \t]{0,20}[\"']?"
)
_LABEL = re.compile(rf"(?<![^\W_]){LABEL}(?=[^\W\d_])", re.IGNORECASE)


class Finds(Protocol):
    """A model of names: (start, end, probability) of every person in each text."""

    @property
    def lists(self) -> Lists | None:
        """The lists to look words up in, if it has some."""
        ...

    def persons(self, texts: Sequence[str]) -> list[list[tuple[int, int, float]]]:
        """Return the persons of each text, by start."""
        ...


class Shipped:
    """The shipped model, loaded when it is first asked."""

    @property
    def lists(self) -> Lists:
        return tagger().lists

    def persons(self, texts: Sequence[str]) -> list[list[tuple[int, int, float]]]:
        """Return the persons of each text, by start."""
        return [
            [(name.start, name.end, name.probability) for name in names if name.label == KIND]
            for names in tagger().find(texts)
        ]


class SpacyModel:
    """An installed spaCy pipeline, by package or path; loaded when it is first asked."""

    lists: Lists | None = None

    def __init__(self, name: str) -> None:
        self.name = name

    @cached_property
    def _nlp(self) -> Any:
        import spacy

        return spacy.load(self.name)

    def persons(self, texts: Sequence[str]) -> list[list[tuple[int, int, float]]]:
        """Return the persons of each text, by start; such a model says no probability: 0.85."""
        return [
            [
                (each.start_char, each.end_char, 0.85)
                for each in doc.ents
                if each.label_ in ("PER", "PERSON")
            ]
            for doc in self._nlp.pipe(texts, batch_size=BATCH)
        ]


def installed(model: str) -> None:
    """Raise ValueError saying what to do where a spaCy model is not installed. Loads nothing."""
    if find_spec(model) is None if model.isidentifier() else not Path(model).is_dir():
        raise ValueError(
            f"[names] model {model!r} is not installed; install it or leave the key out"
        )


class Person:
    """Satisfies `Detector`; a scan asks `matches` for the texts that it chose (scanner.people)."""

    name = "person"
    kinds = (KIND,)
    shapes: tuple[Shape, ...] = ()

    def __init__(self, model: str = "", setting: str = "") -> None:
        self.model = model
        self.setting = setting
        self.finds: Finds = SpacyModel(model) if model else Shipped()

    def __reduce__(self) -> tuple[type[Person], tuple[str, str]]:
        return (Person, (self.model, self.setting))

    @cached_property
    def version(self) -> str:
        if self.model:
            digest = self.model
        else:
            files = [(COMPONENT / name).read_bytes() for name in (WEIGHTS_FILE, LISTS, CLUSTERS)]
            digest = blake2s(b"".join(files), digest_size=4).hexdigest()
        return f"{REVISION}.{digest}" + (f"+{self.setting}" if self.setting else "")

    @property
    def parts(self) -> tuple[Labels, ...]:
        """What the gate looks for: the labels of names. See `detectors.Headed`."""
        return (Labels(),)

    def headed(self, header: str) -> bool:
        """Never: cells below a head of names are read by `scanner.people`."""
        return False

    def find(self, text: str) -> Iterator[Match]:
        """Yield the names in a text, by start: labelled ones, and weaker those that are not."""
        labels = [(mark.start, mark.end) for mark in Labels().find(text)]
        texts, offsets = [], []
        start = 0
        while start < len(text):
            end = min(start + PIECE, len(text))
            if end < len(text):
                end = text.rfind("\n", start, end) + 1 or text.rfind(" ", start, end) + 1 or end
            texts.append(text[start:end])
            offsets.append(start)
            start = end
        for offset, found in zip(offsets, self.matches(texts), strict=True):
            for match in found:
                start, end = match.start + offset, match.end + offset
                moved = match._replace(start=start, end=end)
                labelled = any(low <= start < low + 40 and high >= start for low, high in labels)
                yield self.raised(moved, "label") if labelled else moved

    def matches(self, texts: Sequence[str]) -> list[list[Match]]:
        """Return the names of each text, by start, weighed as standing alone."""
        out: list[list[Match]] = []
        for text, found in zip(texts, self.finds.persons(texts), strict=True):
            made = (
                self.match(text, *each)
                for each in found
                if each[2] >= LEAST and not is_company(text, each[0], each[1])
            )
            out.append([match for match in made if match is not None])
        return out

    def match(self, text: str, start: int, end: int, probability: float = 1.0) -> Match | None:
        """Return the match of one span, or None where it holds no name."""
        value = self.canonical(text[start:end])
        if not value or not any(map(str.isalpha, value)):
            return None
        codes = (*self.form(value), *(("unsure",) if probability < SURE else ()))
        return Match(KIND, start, end, value, confidence(codes), codes)

    def canonical(self, written: str) -> str:
        """Return a name in the form in which names are compared."""
        lists = self.finds.lists
        return canonical(written, None if lists is None else lambda word: _listed(lists, word))

    def form(self, value: str) -> tuple[str, ...]:
        """Return the codes of a canonical name by itself."""
        words = value.split()
        codes = ["full-name" if len(words) > 1 else "one-name"]
        lists = self.finds.lists
        if lists is not None and lists.first_name(words[0]):
            codes.append("listed")
        return tuple(codes)

    def raised(self, match: Match, code: str) -> Match:
        """Return a match with one more piece of evidence."""
        if code in match.evidence:
            return match
        codes = (*match.evidence, code)
        return match._replace(confidence=confidence(codes), evidence=codes)

    def judge(self, matches: Sequence[Match], table: Table) -> Iterable[Match]:
        """Yield each match with what its column's head, or most of its cells, say of it."""
        most: dict[int, bool] = {}
        for match in matches:
            column = match.column
            if column < 0 or match.confidence <= 0:
                yield match
                continue
            held = table.columns[column]
            if column not in most:
                shapes, likely = held.shapes.get(KIND, 0), held.likely.get(KIND, 0)
                most[column] = likely >= 3 and likely >= MOST_SHARE * shapes
            if not {"header", "label"} & set(match.evidence) and meaning(held.header) in _PERSONAL:
                match = self.raised(match, "header")
            unlisted = "unlisted" in match.evidence
            if (unlisted and most[column]) or (
                not (unlisted or held.header)
                and "full-name" in match.evidence
                and self._is_column(held)
            ):
                match = self.raised(match, "column:people")
            yield match

    def _is_column(self, column: Column) -> bool:
        """Whether most cells of a column without a head are names."""
        return column.likely.get(KIND, 0) >= max(LEAST_CELLS, CELLS_SHARE * column.rows)


class Labels:
    """Marks where a label of a name stands: matches of confidence 0, without a value."""

    name = "person"
    version = "0"
    kinds = (KIND,)
    shapes = (Shape(LABEL, int(re.IGNORECASE), 2),)

    def find(self, text: str) -> Iterator[Match]:
        """Yield a mark of the place behind each label, as long as a name may be."""
        return self.find_in(text, 0, len(text))

    def find_in(self, text: str, start: int, end: int) -> Iterator[Match]:
        """Yield the marks whose label stands in text[start:end]."""
        for label in _LABEL.finditer(text, start, end):
            at = label.end()
            yield Match(KIND, at, min(at + 1, len(text)), "", 0.0, ("label",))

    def judge(self, matches: Sequence[Match], table: Table) -> Iterable[Match]:
        """Change nothing."""
        return matches


def confidence(codes: Iterable[str]) -> float:
    """Return the sum of the codes' weights, cut to 0.01-0.99."""
    return min(max(sum(WEIGHTS[code] for code in codes), 1), 99) / 100


def _listed(lists: Lists, word: str) -> bool:
    return not set(lists.classes.get(word, "")).isdisjoint("FL") or (
        "-" in word and lists.of(word) in ("F-F", "-L")
    )


assert WEIGHTS["full-name"] + WEIGHTS["listed"] < 60 and WEIGHTS["one-name"] < 100 * MAYBE

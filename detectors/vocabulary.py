"""Words near a value or at the head of its column: which sort of word speaks last for it.

The built-in detectors' own, tuned for their hot loops; kinds of the configuration have
`detectors.words`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

BEFORE = 60
"""Characters in front of a value that are searched (as measured for CPR rule R6)."""
_AFTER = 16
_HEADER_CHARACTERS = 200
_LINE = 1000
"""Characters behind a value in which the end of its row is looked for."""
_NUMBER = re.compile(r"[0-9](?:[ .-]?[0-9]){3}")
_CAMEL = re.compile(r"(?<=[a-zæøå])(?=[A-ZÆØÅ])")
_PUNCTUATION = " \t\r\n:.;,=-\"'#|"
_ENDING = re.compile(r"[-_. ]{0,2}(?:nummer|number|nr|no)(?![a-zæøå])")
_CELLS = re.compile(r"[;\t|]|,(?=\S)")
_LETTER = re.compile(r"[a-zæøå]")


class Vocabulary:
    """Expressions of words, in lower case, each beginning with a plain letter.

    `label` names the value. `person` speaks for it weakly. `compound` (may end a longer word:
    salgsordre) and `alone` (may not) speak against it, `customer` weakly.
    """

    __slots__ = ("_any", "_classes", "labels")

    def __init__(
        self,
        *,
        label: tuple[str, ...],
        person: tuple[str, ...] = (),
        compound: tuple[str, ...] = (),
        alone: tuple[str, ...] = (),
        customer: tuple[str, ...] = (),
    ) -> None:
        classes = {
            "label": label,
            "person": person,
            "compound": compound,
            "alone": alone,
            "customer": customer,
        }
        self._classes = tuple(
            (name, _by_first_letter(words)) for name, words in classes.items() if words
        )
        self.labels = "|".join(label)
        self._any = _by_first_letter(word for words in classes.values() for word in words)

    def near(self, text: str, start: int, end: int) -> str:
        """Say what the words near text[start:end] mean: label, person, against, customer or "".

        The nearest in front counts. A word against the value counts on its own line only (or
        right in front of the next) and for the first number after it only; so it never silences
        what else a document holds. A label in brackets right behind the value counts too.
        """
        low = text[start - BEFORE if start > BEFORE else 0 : start].lower()
        said = ""
        if self._any.search(low) is not None:
            for name, after in self._words(low):
                gap = low[after:]
                if name == "label":
                    if _reaches(gap, text, end):
                        said = name
                elif name == "person":
                    if _reaches(gap, text, end):
                        said = said or name
                elif not (_NUMBER.search(gap) or ("\n" in gap and _says(gap))):
                    said = name
                elif said != "label":
                    said = ""
        if said != "label" and "(" in text[end : end + 2]:
            for name, _ in self._words(text[end : end + _AFTER].lower()):
                if name == "label":
                    return name
        return said

    def header(self, header: str) -> str:
        """Say what a column's header or a key means: label, person, against, customer or ""."""
        said = ""
        header = header[:_HEADER_CHARACTERS]
        both = f"{header} {_CAMEL.sub(' ', header)}".lower()
        for name, _ in self._words(both):
            if name == "label":
                return name
            if name == "against" or not said:
                said = name
        return said

    def _words(self, low: str) -> Iterator[tuple[str, int]]:
        """Yield sort and end of the words in a text of lower case."""
        for word in self._any.finditer(low):
            at = word.start()
            for name, expression in self._classes:
                found = expression.match(low, at)
                if found is None or (name == "alone" and at and low[at - 1].isalpha()):
                    continue
                yield ("against" if name in ("compound", "alone") else name), found.end()
                break


def _says(gap: str) -> str:
    """Return what else than the rest of the word and punctuation stands in a gap."""
    ending = _ENDING.match(gap)
    return gap[ending.end() if ending else 0 :].strip(_PUNCTUATION)


def _reaches(gap: str, text: str, end: int) -> bool:
    """Whether a word `gap` in front of a value that ends at text[end] still speaks for it.

    In its own line it does. From a line above it speaks for the cells of its own column, and not
    for a line that says something else once it has had its number.
    """
    above, newline, line = gap.rpartition("\n")
    if not newline:
        return True
    rest = above.partition("\n")[0]
    if _CELLS.search(rest) or _CELLS.search(line):
        stop = text.find("\n", end, end + _LINE)
        behind = text[end : stop if stop >= 0 else end + _LINE]
        return len(_CELLS.findall(rest)) == len(_CELLS.findall(behind))
    return not (_NUMBER.search(above) and _LETTER.search(line))


def whole(*words: str) -> tuple[str, ...]:
    """Return expressions of words that must not end a longer one: tel, but not Entel."""
    return tuple(f"{word[0]}(?<![a-zæøå]{word[0]}){word[1:]}" for word in words)


def _by_first_letter(expressions: Iterable[str]) -> re.Pattern[str]:
    """One expression that tries few branches at each letter: five times as fast as a flat one."""
    branches: dict[str, list[str]] = {}
    for expression in expressions:
        branches.setdefault(expression[0], []).append(expression[1:])
    return re.compile("|".join(f"{head}(?:{'|'.join(rest)})" for head, rest in branches.items()))

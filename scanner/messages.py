"""Turn codes, numbers and times into words that people read, in Danish or English.

The words live in `scanner/locale`; found values never pass through here.
"""

from __future__ import annotations

import gettext
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Literal

LANGUAGES = ("en", "da")
DOMAIN = "fodspor"
FOLDER = Path(__file__).with_name("locale")
CERTAIN = 0.85
"""Confidence from which people are told "certain": a labelled CPR number whose check digit fits
has 0.95, one without its label 0.65 (detectors/cpr.py)."""
LIKELY = 0.60
"""Below it a match is "possible" (CONTRACTS, Segments and detectors)."""
SPACE = "\u00a0"
NAMED_STEPS = frozenset({"table", "column"})
"""Steps of databases, with a name behind the word: "column E-mail"."""

Certainty = Literal["certain", "likely", "possible"]


def certainty(confidence: float) -> Certainty:
    """Return the word for a confidence, as a code."""
    if confidence >= CERTAIN:
        return "certain"
    return "likely" if confidence >= LIKELY else "possible"


class Words:
    """The words of one language. A code without a message comes back as it is."""

    def __init__(self, language: str) -> None:
        if language not in LANGUAGES:
            raise ValueError(f"unknown language {language!r}; known: {', '.join(LANGUAGES)}")
        self.language = language
        self._catalogue = gettext.translation(DOMAIN, FOLDER, [language], fallback=True)

    def has(self, key: str) -> bool:
        """Whether the catalogue knows a key."""
        return self._catalogue.gettext(key) != key

    def text(self, key: str, **values: object) -> str:
        """Return the message of a key, its `{names}` filled in; numbers as people write them."""
        message = self._catalogue.gettext(key)
        return message.format(**self._shown(values)) if values else message

    def count(self, key: str, number: int, **values: object) -> str:
        """Return the message of a key for `number` things; `{n}` is the number."""
        message = self._catalogue.ngettext(key, f"{key} (many)", number)
        return message.format(n=self.number(number), **self._shown(values))

    def amount(self, kind: str, number: int) -> str:
        """Return a number of values of a kind: "12 card numbers"."""
        key = f"amount {kind}"
        if self.has(key):
            return self.count(key, number)
        return self.text("amount other", kind=self.kind(kind), n=number)

    def _shown(self, values: dict[str, object]) -> dict[str, object]:
        return {
            name: self.number(value) if isinstance(value, int) else value
            for name, value in values.items()
        }

    def _or_code(self, group: str, code: str) -> str:
        key = f"{group} {code}"
        message = self._catalogue.gettext(key)
        return code if message == key else message

    def evidence(self, code: str) -> str:
        """Return one evidence code in words: `label:cpr` is "the word cpr stands near it"."""
        exact = self._or_code("why", code)
        if exact != code:
            return exact
        name, mark, parameter = code.partition(":")
        if mark:
            message = self._or_code("why", f"{name}:*")
            if message != f"{name}:*":
                return message.format(parameter)
            message = self._or_code("why", name)
            return f"{message} ({parameter})" if message != name else code
        return code

    def why(self, evidence: Iterable[str]) -> str:
        """Return evidence codes as one line of words."""
        return ", ".join(self.evidence(code) for code in evidence)

    def kind(self, kind: str) -> str:
        return self._or_code("kind", kind)

    def level(self, level: str) -> str:
        return self._or_code("level", level)

    def status(self, status: str) -> str:
        return self._or_code("status", status)

    def run_status(self, status: str) -> str:
        return self._or_code("run", status)

    def certainty(self, confidence: float) -> str:
        return self._or_code("certainty", certainty(confidence))

    def reason(self, reason: str, detail: str = "") -> str:
        """Return why something was not read; `detail` names a limit or an extra."""
        words = self._or_code("reason", reason)
        return f"{words} ({detail})" if detail else words

    def advice(self, reason: str) -> str:
        """Return what to do about it; empty for an unknown reason."""
        message = self._or_code("advice", reason)
        return "" if message == reason else message

    def retry(self, reason: str) -> str:
        """Return when something unread is tried again."""
        message = self._or_code("retry", reason)
        return "" if message == reason else message

    def rule(self, rule: str) -> str:
        """Return the name of a rule that leaves documents out."""
        name, mark, parameter = rule.partition(":")
        words = self._or_code("rule", name)
        return f"{words} ({parameter.strip()})" if mark else words

    def step(self, step: str) -> str:
        """Return one step of a place: "page 3" is "side 3"; what is no word of ours stays."""
        exact = self._or_code("step", step)
        if exact != step:
            return exact
        name, blank, rest = step.partition(" ")
        known = blank and (rest.isdecimal() or name in NAMED_STEPS)
        message = self._or_code("step", f"{name} *") if known else ""
        return message.format(rest) if "{" in message else step

    def where(self, steps: Iterable[str]) -> str:
        return ", ".join(self.step(step) for step in steps)

    def number(self, number: int) -> str:
        """Return a number as people write it: 1.990 in Danish, 1 990 in English."""
        return f"{number:,}".replace(",", "." if self.language == "da" else SPACE)

    def decimal(self, number: float, places: int = 1) -> str:
        text = f"{number:.{places}f}"
        return text.replace(".", ",") if self.language == "da" else text

    def percent(self, part: int, whole: int) -> str:
        """Return a share rounded down, so that 100 % means all of it."""
        return f"{100 * part // whole if whole else 0}{SPACE}%"

    def size(self, count: int) -> str:
        """Return a number of bytes in units of 1000."""
        if count < 1000:
            return f"{count}{SPACE}B"
        size = float(count)
        for unit in ("kB", "MB", "GB", "TB", "PB"):
            size /= 1000
            if size < 999.95 or unit == "PB":
                break
        return f"{self.decimal(size)}{SPACE}{unit}"

    def date(self, moment: str | None) -> str:
        """Return the local date of a stored time: 23-11-2026 in Danish, 2026-11-23 in English."""
        local = _local(moment)
        return "" if local is None else local.strftime(self._date_form)

    def moment(self, moment: str | None) -> str:
        """Return the local date and minute of a stored time."""
        local = _local(moment)
        if local is None:
            return ""
        return local.strftime(f"{self._date_form} {'%H.%M' if self.language == 'da' else '%H:%M'}")

    @property
    def _date_form(self) -> str:
        return "%d-%m-%Y" if self.language == "da" else "%Y-%m-%d"

    def listed(self, items: Iterable[str]) -> str:
        """Return items as one reads them out: "a, b and c"."""
        held = list(items)
        if len(held) < 2:
            return "".join(held)
        return f"{', '.join(held[:-1])} {self.text('list and')} {held[-1]}"


def _local(moment: str | None) -> datetime | None:
    if not moment:
        return None
    try:
        return datetime.fromisoformat(moment).astimezone()
    except (ValueError, OverflowError, OSError):
        return None


@lru_cache(maxsize=len(LANGUAGES))
def words(language: str) -> Words:
    """Return the words of a language, loaded once."""
    return Words(language)


def why(evidence: Iterable[str], language: str) -> str:
    """Return evidence codes in words."""
    return words(language).why(evidence)

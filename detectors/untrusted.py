"""Compile regular expressions of the configuration so that no text can make them hang.

RE2 runs what it can in linear time; the rest (look-around, back references) runs under a timeout.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from typing import Any

TIMEOUT_SECONDS = 2.0
"""For one call over one text of at most 256 KB: a thousand times what a sound pattern needs."""

MAX_CHARACTERS = 2_000  # of an expression; RE2 alone bounds the size of the compiled program

_OUTSIDE = {
    "d": "[0-9]",
    "w": "[0-9A-Za-z_]",
    "s": "[\t-\r ]",
    "D": "[^0-9]",
    "W": "[^0-9A-Za-z_]",
    "S": "[^\t-\r ]",
}
_LAST = "\U0010ffff"
_INSIDE = {
    "d": "0-9",
    "w": "0-9A-Za-z_",
    "s": "\t-\r ",
    "D": f"\\x00-/:-{_LAST}",
    "W": f"\\x00-/:-@\\[-\\^`{{-{_LAST}",
    "S": f"\\x00-\\x08\\x0e-\\x1f!-{_LAST}",
}


def ascii_classes(regex: str) -> str:
    r"""Return `regex` with \d \w \s and their opposites written out as ASCII classes.

    Then `re`, `regex` and RE2 agree about it whatever their flags are.
    """
    out: list[str] = []
    position, inside, opened = 0, False, 0
    while position < len(regex):
        character = regex[position]
        if character == "\\" and position + 1 < len(regex):
            following = regex[position + 1]
            classes = _INSIDE if inside else _OUTSIDE
            out.append(classes.get(following, character + following))
            position += 2
            continue
        if inside:
            inside = character != "]" or position == opened
        elif character == "[":
            inside = True
            opened = position + (2 if regex[position + 1 : position + 2] == "^" else 1)
        out.append(character)
        position += 1
    return "".join(out)


class Untrusted:
    """A compiled expression of a user: `spans` finds it, in bounded time.

    ASCII classes and word boundaries, `^` and `$` at line ends; with `ignore_case` letters fold as
    Unicode says. `regex` is the expression as `re` would take it, with `flags`, for the gate.
    Raises ValueError that says what to do, naming `kind` and not repeating the expression.
    """

    __slots__ = ("_linear", "_slow", "flags", "kind", "regex")

    def __init__(self, kind: str, regex: str, *, ignore_case: bool = False) -> None:
        self.kind = kind
        self.flags = int(re.MULTILINE | (re.IGNORECASE if ignore_case else 0))
        if len(regex) > MAX_CHARACTERS:
            raise ValueError(f"kind {kind}: the regex is longer than {MAX_CHARACTERS} characters")
        self.regex = ascii_classes(regex)
        self._refuse_ambiguous(regex)
        self._linear = _linear(self.regex, ignore_case)
        self._slow: Any = None if self._linear else self._bounded()

    @property
    def linear(self) -> bool:
        """Whether RE2 runs it; otherwise a timeout bounds it."""
        return self._linear is not None

    def spans(self, text: str, start: int, end: int, group: int | str) -> Iterator[tuple[int, int]]:
        """Yield the spans of `group` for the matches in text[start:end], in order.

        Raises TimeoutError, which names the kind only, when a text takes too long.
        """
        if self._linear is not None:
            return self._linear_spans(text, start, end, group)
        return self._slow_spans(text, start, end, group)

    def _slow_spans(
        self, text: str, start: int, end: int, group: int | str
    ) -> Iterator[tuple[int, int]]:
        try:
            for found in self._slow.finditer(text, start, end, timeout=TIMEOUT_SECONDS):
                yield found.span(group)
        except TimeoutError:
            raise TimeoutError(
                f"kind {self.kind}: its regex took more than {TIMEOUT_SECONDS:g} s on one text; "
                "write it without nested repeats or look-around"
            ) from None

    def _linear_spans(
        self, text: str, start: int, end: int, group: int | str
    ) -> Iterator[tuple[int, int]]:
        low = max(0, start - 1)  # one character of context for \b and ^
        piece = text[low:end]
        data = piece.encode("utf-8", "surrogatepass")
        at = (
            start - low
            if len(data) == len(piece)
            else len(piece[: start - low].encode("utf-8", "surrogatepass"))
        )
        seen_bytes, seen = 0, low
        for found in self._linear.finditer(data, at):
            first, last = found.span(group)
            if first < 0:
                yield -1, -1
                continue
            if len(data) == len(piece):
                yield low + first, low + last
                continue
            seen += _characters(data, seen_bytes, first)
            seen_bytes = first
            yield seen, seen + _characters(data, first, last)

    def _refuse_ambiguous(self, regex: str) -> None:
        # What engines read differently is refused rather than guessed.
        if re.search(r"(?<!\\)\{(?!\d+(,\d*)?\})", regex):
            raise ValueError(
                f"kind {self.kind}: write a literal brace as \\{{, a repeat as {{m,n}}"
            )
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                compiled = re.compile(self.regex, self.flags)
        except (re.error, OverflowError, RecursionError, Warning) as error:
            position = getattr(error, "pos", None)
            where = "" if position is None else f" near character {position + 1}"
            raise ValueError(
                f"kind {self.kind}: the regex cannot be read{where}; "
                "it must be valid for Python's re, with a literal [ inside a class as \\["
            ) from None
        if compiled.match("") is not None:
            raise ValueError(f"kind {self.kind}: the regex matches the empty text")

    def _bounded(self) -> Any:
        import regex as engine

        flags = engine.VERSION0 | engine.ASCII | engine.MULTILINE
        if self.flags & re.IGNORECASE:
            flags = engine.VERSION0 | engine.MULTILINE | engine.IGNORECASE
        try:
            return engine.compile(self.regex, flags)
        except (engine.error, RecursionError, ValueError):
            raise ValueError(
                f"kind {self.kind}: no engine can run the regex in bounded time; "
                "write it without look-around and back references"
            ) from None


def _characters(data: bytes, start: int, end: int) -> int:
    if end < start:
        return -_characters(data, end, start)
    return len(data[start:end].decode("utf-8", "surrogatepass"))


def _linear(expression: str, ignore_case: bool) -> Any:
    try:
        import re2
    except ImportError:
        return None
    options = re2.Options()
    options.log_errors = False
    options.case_sensitive = not ignore_case
    try:
        return re2.compile(f"(?m:{expression})", options)
    except (re2.error, UnicodeError):
        return None

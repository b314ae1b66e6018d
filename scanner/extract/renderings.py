"""Number the renderings of one text in a mail, so that what stands in each is counted once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from email.message import Message

from scanner.extract import Event
from scanner.model import Segment

MOST_RENDERINGS = 9
"""Renderings that are told apart; all later ones count as the last."""
LEAST_WORDS = 5
SAME_SHARE = 0.9
"""An HTML body that holds so many of a text body's words renders it, whatever the mail says."""
MOST_TEXTS = 10
_WORD = re.compile(r"\w+")


class _Group:
    """The children of a multipart/alternative, nested ones too: which gave text so far."""

    __slots__ = ("last", "number")

    def __init__(self) -> None:
        self.last: Choice | None = None
        self.number = -1


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """One child of a multipart/alternative; all that lies in it is one rendering."""

    group: _Group

    def number(self) -> int:
        """Return which rendering this child is, now that it gave text: the first is 0."""
        if self.group.last is not self:
            self.group.last = self
            self.group.number += 1
        return min(self.group.number, MOST_RENDERINGS)


def choices(children: Sequence[Message], within: Choice | None) -> list[tuple[Message, Choice]]:
    """Return the children of a multipart/alternative, plain text first, each as a Choice."""
    group = _Group() if within is None else within.group
    ordered = sorted(children, key=lambda each: each.get_content_type() != "text/plain")
    return [(each, Choice(group)) for each in ordered]


def numbered(events: Iterable[Event], choice: Choice) -> Iterator[Event]:
    """Yield the events of a body, its segments marked with the rendering that they belong to."""
    for event in events:
        if isinstance(event, Segment) and not event.text.isspace() and choice.number():
            yield replace(event, again=choice.number())
        else:
            yield event


class Renderings:
    """Knows the bodies of a mail that stand by themselves, to tell HTML that repeats one."""

    def __init__(self) -> None:
        self._texts: list[str] = []

    def said(self, text: str) -> None:
        """Note a body of plain text: HTML further on may repeat it."""
        if len(self._texts) < MOST_TEXTS:
            self._texts.append(text)

    def compared(self, segments: Iterable[Segment]) -> Iterator[Segment]:
        """Yield the segments of HTML that is no alternative; marked, if it repeats a text."""
        if not self._texts:
            yield from segments
            return
        held = list(segments)
        words = {word for each in held for word in _WORD.findall(each.text)}
        again = any(_is_said(set(_WORD.findall(text)), words) for text in self._texts)
        yield from (replace(each, again=1) if again else each for each in held)


def _is_said(words: set[str], in_words: set[str]) -> bool:
    return len(words) >= LEAST_WORDS and len(words & in_words) >= SAME_SHARE * len(words)

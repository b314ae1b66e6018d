"""Find where a mail's body quotes the head of another: the lines that say who wrote, and to whom.

Knows what mail programs write in Danish, English, German, Swedish and Norwegian.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from scanner.model import Segment

SIGNS = ("Fra:", "From:", "Von:", "Från:", "skrev", "wrote", "schrieb", "FROM:", "FRA:")
"""One of these stands in each such place: a text without them is not looked at further."""
MOST_LINES = 60
"""Lines that one field of a quoted head may take: a list of recipients that is folded."""
REACH = 400
"""Characters around the word *wrote* in which its sentence begins and ends."""

_KEY = re.compile(
    r"^[ \t>|]*[*_]?(?:(?P<sender>fra|from|von|från)"
    r"|(?P<who>til|to|an|till|cc|kopi|kopia|bcc|svar[ -]til|reply-to|sender|afsender)"
    r"|(?P<what>sendt|sent|dato|date|datum|gesendet|skickat|emne|subject|betreff|ämne"
    r"|prioritet|importance|priority|vedhæftede filer|vedhæftet|attachments))[*_]?[ \t]*:",
    re.IGNORECASE | re.MULTILINE,
)
_BLANK = re.compile(r"\n[ \t>|]*\n")
_WROTE = re.compile(r"\b(?:skrev|wrote|schrieb)\b")
_OPENS = re.compile(
    r"[ \t>|]*(?:den|on|am|le|på|ons?|man|tirs?|tors?|fre|lør|søn)\b", re.IGNORECASE
)
_ADDRESS = re.compile(r"<[^<>@]*@[^<>@]*>")
_WHEN = re.compile(r"(?:[^\w@]|\d|\b(?:den|kl|on|at)\b){1,60}:")

Span = tuple[int, int]


def marked(segment: Segment) -> Segment:
    """Return a segment of a body with the quoted address fields in it marked."""
    spans = quoted(segment.text)
    return replace(segment, addresses=spans) if spans else segment


def quoted(text: str) -> tuple[Span, ...]:
    """Return the spans of `text` that name the sender and recipients of a quoted mail."""
    if not any(sign in text for sign in SIGNS):
        return ()
    spans: list[Span] = []
    for low, high in sorted((*_heads(text), *_attributions(text))):
        if spans and low <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(high, spans[-1][1]))
        else:
            spans.append((low, high))
    return tuple(spans)


def _heads(text: str) -> Iterator[Span]:
    """Yield the lines Fra, Til, Cc … of blocks that have a sender, and a date or subject too."""
    block: list[re.Match[str]] = []
    for key in _KEY.finditer(text):
        if block and not _belongs(text, block[-1], key):
            yield from _lines(text, block)
            block = []
        block.append(key)
    yield from _lines(text, block)


def _belongs(text: str, key: re.Match[str], following: re.Match[str]) -> bool:
    """Whether two keys are of one block: nothing stands between them but what is theirs."""
    start, end = key.end(), following.start()
    if end - start > MOST_LINES * 100 or _BLANK.search(text, start, end):
        return False
    return text.count("\n", start, end) <= (2 if key["what"] else MOST_LINES)


def _lines(text: str, block: list[re.Match[str]]) -> Iterator[Span]:
    if not (any(key["sender"] for key in block) and any(key["what"] for key in block)):
        return
    ends = [key.start() for key in block[1:]]
    for key, end in zip(block, [*ends, -1], strict=True):
        if key["what"]:
            continue
        if end < 0:
            end = key.end()
            for _ in range(MOST_LINES):
                end = text.find("\n", end + 1)
                end = len(text) if end < 0 else end
                if text[max(0, end - 4) : end].rstrip()[-1:] not in (",", ";"):
                    break
        yield key.start(), end


def _attributions(text: str) -> Iterator[Span]:
    """Yield sentences such as "Den 23. nov. 2026 kl. 10.00 skrev Anna <anna@firma.dk>:"."""
    for word in _WROTE.finditer(text):
        start = _line_start(text, word.start())
        end = _line_end(text, word.end())
        if start > 0 and not _OPENS.match(text, start):
            before = _line_start(text, start - 1)
            if before >= 0 and _OPENS.match(text, before):
                start = before
        if not text[word.end() : end].rstrip().endswith(":"):
            end = _line_end(text, end + 1)
        if start >= 0 and _tells(text[start:end].rstrip(), text[word.end() : end].rstrip()):
            yield start, end


def _tells(sentence: str, rest: str) -> bool:
    """Whether a sentence says who wrote and when; `rest` is what stands behind *wrote*."""
    if not sentence.endswith(":"):
        return False
    if _ADDRESS.search(sentence) or _WHEN.fullmatch(rest):
        return True
    return _OPENS.match(sentence) is not None and any(map(str.isdigit, sentence))


def _line_start(text: str, at: int) -> int:
    """Return where the line of `at` starts, -1 where that is out of reach."""
    start = text.rfind("\n", max(0, at - REACH), at) + 1
    return start if start or at <= REACH else -1


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at, at + REACH)
    return min(len(text), at + REACH) if end < 0 else end

"""Put a line of the log into words. What has no words stands as it was written."""

from __future__ import annotations

import re
from collections.abc import Mapping

from scanner.index.looked_up import LOOKED_UP
from scanner.index.store import Line
from scanner.messages import Words
from scanner.web.lookups import PURPOSES

NUMBERED = re.compile(r"(document|verdict|proposal|case|link) ([0-9]+)")
UNTIL = re.compile(r"until ([0-9]{4}-[0-9]{2}-[0-9]{2}): ")


def did(line: Line, words: Words) -> str:
    """Return what was done."""
    verb, _, what = line.action.partition(" ")
    if words.has(f"did {line.action}"):
        return words.text(f"did {line.action}")
    if words.has(f"did {verb}") and words.has(f"proposal {what}"):
        return f"{words.text(f'did {verb}')}: {words.text(f'proposal {what}')}"
    return line.action


def about(line: Line, words: Words, cases: Mapping[int, str]) -> str:
    """Return what it was done about. `cases`: the type of each case, by number."""
    if line.action == LOOKED_UP:
        kinds, _, rest = line.detail.partition(" ")
        subject = ", ".join(words.kind(kind) for kind in kinds.split(",") if kind)
        detail = _purpose(rest, words)
    else:
        subject, detail = _subject(line, words), _detail(line, words, cases)
    return f"{subject} – {detail}" if subject and detail else subject or detail


def _subject(line: Line, words: Words) -> str:
    numbered = NUMBERED.fullmatch(line.subject)
    if numbered is not None:
        return words.text(f"log {numbered[1]}", number=numbered[2])
    if line.action == "account added":
        name, *given = line.subject.split(" ")
        return f"{name}: {', '.join(_known(('role', 'grant'), each, words) for each in given)}"
    groups = {"refused": "page", "case opened": "case", "export": "export"}
    if line.action in groups:
        return _known((groups[line.action],), line.subject, words)
    return line.subject


def _detail(line: Line, words: Words, cases: Mapping[int, str]) -> str:
    if line.action == "preview":
        return _purpose(line.detail, words)
    if line.action in ("case step", "case step undone"):
        number = line.subject.rpartition(" ")[2]
        kind = cases.get(int(number), "") if number.isdecimal() else ""
        return _known((f"step of {kind}",), line.detail, words)
    if line.action == "case opened":
        number = line.detail.partition(" ")[0]
        return words.count("log values", int(number)) if number.isdecimal() else line.detail
    if line.action == "breach report" and (at := line.detail.partition("at ")[2]):
        return words.text("log at", date=words.date(at))
    end = UNTIL.match(line.detail)
    if line.action.startswith("verdict ") and end is not None:
        return words.text("log until", date=words.date(end[1]), reason=line.detail[end.end() :])
    return line.detail


def _known(groups: tuple[str, ...], code: str, words: Words) -> str:
    """Return the words of a code in the first group that has it, else the code."""
    return next(
        (words.text(f"{group} {code}") for group in groups if words.has(f"{group} {code}")), code
    )


def _purpose(detail: str, words: Words) -> str:
    numbered = NUMBERED.fullmatch(detail)
    if numbered is not None:
        return words.text(f"log {numbered[1]}", number=numbered[2])
    if detail == "new case":
        return words.text("log new case")
    purpose, _, reference = detail.partition(" ")
    if purpose not in PURPOSES:
        return detail
    return f"{words.text(f'purpose {purpose}')} {reference}".strip()

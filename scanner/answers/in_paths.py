"""Find the documents whose path names somebody: a person's name in a path stays readable.

Asked for at look-up, so nothing of it is stored and no scan looks at paths for names.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from scanner.answers.findings import shown_document
from scanner.answers.opened import Opened
from scanner.answers.person import Hit, Wanted, Where
from scanner.answers.written import Candidate

CONFIDENCE = 0.5
"""A name in a path is possibly that of the person who is asked for: nothing stands beside it."""
EVIDENCE = ("in-path",)
BETWEEN = 2
"""Words that may stand between the first name and the last one."""
_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
_MARK = re.compile(r"[/\\]")


def named(
    opened: Opened, people: Sequence[tuple[Wanted, Candidate]], *, gone: bool = False
) -> Iterator[Hit]:
    """Yield a hit for each file or folder that has a first and a last name of `people` in its name.

    `people` are of kind PERSON. A hit's places are the file, or all documents below the folder.
    Names are those that answers show.
    """
    told: set[int] = set()
    for wanted, candidate in people:
        words = candidate.value.split()
        if len(words) < 2:
            continue
        held: dict[str, list[Where]] = {}
        for number, gone_run, seen, path in _likely(opened, words[-1], gone):
            name = part_named(path, words[0], words[-1])
            if name and number not in told:
                told.add(number)
                where = Where(shown_document(opened, number), "", seen, gone_run is not None)
                held.setdefault(name, []).append(where)
        for places in held.values():
            yield Hit(wanted, None, CONFIDENCE, EVIDENCE, len(places), [], places)


def part_named(path: str, first: str, last: str) -> str:
    """Return a path up to the name that has both names in it, either first; "" where none has."""
    for mark in _MARK.finditer(path + "/"):
        before = path[: mark.start()]
        if _names(_MARK.split(before)[-1], first, last):
            return before
    return ""


def _names(text: str, first: str, last: str) -> bool:
    words = _WORD.findall(unicodedata.normalize("NFKC", text).casefold())
    firsts = [at for at, word in enumerate(words) if _is(word, first)]
    lasts = [at for at, word in enumerate(words) if _is(word, last)]
    return any(0 < abs(one - two) <= BETWEEN + 1 for one in firsts for two in lasts)


def _is(word: str, name: str) -> bool:
    return word in (name, f"{name}s", f"{name}'s", name.removesuffix("."))


def _likely(opened: Opened, name: str, gone: bool) -> Iterator[tuple[int, int | None, str, str]]:
    """Yield the documents that may have a name in their path; letters beside a-z are any letter.

    A message's path is that of its archive or mail folder, which is a document itself.
    """
    pattern = "%" + re.sub(r"[^a-z]+", "%", name.removesuffix(".")) + "%"
    rows: Iterable[tuple[Any, ...]] = opened.connection.execute(
        "SELECT id, gone_run, (SELECT started FROM run WHERE id=first_run), display FROM document"
        " WHERE item='' AND (?2 OR gone_run IS NULL) AND display LIKE ?1 ORDER BY id",
        (pattern, gone),
    )
    for number, gone_run, seen, display in rows:
        yield number, gone_run, seen or "", display

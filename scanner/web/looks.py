"""What the log holds of look-ups that concern one employee: by name, by address, by own files.

Knows fingerprints alone: what was typed is in no log. What it cannot know, the page says.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Literal

from connectors.employees import BadList, Employees, read_employees
from detectors.names.canonical import short
from scanner.answers.findings import shown_document
from scanner.answers.naming import Naming
from scanner.answers.written import canonical_name
from scanner.index.looked_up import LOOKED_UP, about_any
from scanner.index.store import Decisions, decisions_path
from scanner.secret import SecretError
from scanner.web.asked import Asked
from scanner.web.lookups import PURPOSES
from scanner.web.name_variants import variants

MOST_LINES = 5_000
"""Of the log that are looked through, of each sort the newest."""
MOST_SHOWN = 100
ADDRESS, NAME = "EMAIL_ADDRESS", "PERSON"
About = Literal["name", "address", "preview", "extracts"]


@dataclass(frozen=True, slots=True)
class Look:
    """One look-up: when, by which account, what about, for what purpose (empty: not told).

    `title`: of the own file, where one was read.
    """

    at: str
    who: str
    about: About
    purpose: str
    title: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Looks:
    """What is shown. `name`, `addresses`: what of the employee was asked for in the log.

    `known`: whether it could be asked at all; without the key it cannot. `cut`: there are more.
    """

    lines: tuple[Look, ...]
    name: bool
    addresses: int
    known: bool = True
    cut: bool = False


def looks(asked: Asked) -> Looks:
    """Return the look-ups that concern the employee of this session, the newest first."""
    account = asked.session.account.employee
    row = asked.opened.connection.execute(
        "SELECT name FROM employee WHERE account=?", (account,)
    ).fetchone()
    name = (row[0] if row else "") or ""
    addresses = _addresses(asked, account)
    try:
        own = _fingerprints(asked, name, addresses)
    except SecretError:
        return Looks((), bool(name), len(addresses), known=False)
    lines, more = _lines(asked, tuple(own))
    met = list(islice(_met(asked, lines, own), MOST_SHOWN + 1))
    cut = more or len(met) > MOST_SHOWN
    return Looks(tuple(met[:MOST_SHOWN]), bool(name), len(addresses), cut=cut)


Line = tuple[str, str, str, str, str]
"""When, who, action, subject, detail."""


def _lines(asked: Asked, own: Sequence[str]) -> tuple[list[Line], bool]:
    """Return the lines that may concern the employee, the newest first; whether there are more.

    Of look-ups all with an own fingerprint; of documents read with values the newest.
    """
    columns = "SELECT at, who, action, subject, detail FROM audit"
    with Decisions(decisions_path(asked.site.index)) as decisions:
        ask = decisions.connection.execute
        looked: list[Line] = ask(
            f"{columns} WHERE {about_any(own)} ORDER BY id DESC LIMIT ?",
            (*own, MOST_LINES),
        ).fetchall()
        read: list[list[Line]] = [
            ask(
                f"{columns} WHERE action=? ORDER BY at DESC LIMIT ?", (action, MOST_LINES)
            ).fetchall()
            for action in ("preview", "extracts")
        ]
    more = any(len(each) == MOST_LINES for each in (looked, *read))
    return sorted((*looked, *(line for each in read for line in each)), reverse=True), more


def _fingerprints(asked: Asked, name: str, addresses: Sequence[str]) -> dict[str, About]:
    seal = asked.answer.seal()
    own: dict[str, About] = {}
    for written in (name, *variants(canonical_name(name) or "")) if name else ():
        if form := canonical_name(written):
            for each in (form, short(form)):
                own[seal.fingerprint(NAME, each).hex()] = "name"
    for address in addresses:
        own[seal.fingerprint(ADDRESS, address).hex()] = "address"
    return own


def _met(asked: Asked, lines: Sequence[Line], own: dict[str, About]) -> Iterator[Look]:
    naming = Naming(asked.opened)
    told: set[tuple[str, str, str]] = set()
    for at, who, action, subject, detail in lines:
        words = detail.split()
        if action == LOOKED_UP:
            case = detail.endswith(", new case")
            purpose = "case" if case else next((w for w in words[1:2] if w in PURPOSES), "")
            for about in dict.fromkeys(own[each] for each in subject.split() if each in own):
                if (at, who, about) not in told:  # lines of several forms of a name, from before
                    told.add((at, who, about))
                    yield Look(at, who, about, purpose)
            continue
        numbers = subject.split()[1:] if action == "preview" else words[2:]
        purpose = next((word for word in words[:1] if word in PURPOSES), "")
        for number in numbers:
            title = _own_title(asked, naming, number)
            if title:
                yield Look(
                    at, who, "preview" if action == "preview" else "extracts", purpose, title
                )


def _own_title(asked: Asked, naming: Naming, number: str) -> str:
    """Return how a document is called, if it is the employee's own; else nothing."""
    if not (number.isdecimal() and len(number) < 16):
        return ""
    row = asked.opened.connection.execute(
        "SELECT 1 FROM document WHERE id=?", (int(number),)
    ).fetchone()
    return naming.document(shown_document(asked.opened, int(number))) if row else ""


def _addresses(asked: Asked, account: str) -> tuple[str, ...]:
    """Return the employee's mail addresses as the company's list has them; the index has none."""
    file = asked.site.config.owners.file
    if not file:
        return ()
    try:
        info = Path(file).stat()
        found = _employees(file, info.st_mtime_ns, info.st_size).find(account)
    except (OSError, BadList):
        return ()
    return tuple(address.lower() for address in found.addresses) if found else ()


@lru_cache(maxsize=2)
def _employees(file: str, modified: int, size: int) -> Employees:
    """Return the list, read anew when the file has changed."""
    return read_employees(Path(file))

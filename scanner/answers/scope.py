"""Find the places and devices that somebody names, and open sealed paths for a path filter."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence

from scanner.answers.filters import NOBODY
from scanner.answers.opened import Opened
from scanner.names import display, unsealed_path
from scanner.privacy import Seal, WrongKey, shown
from scanner.secret import SecretError


def places_named(opened: Opened, names: Sequence[str]) -> tuple[int, ...]:
    """Return the ids of places by name. Raises ValueError naming those that exist."""
    held = opened.connection.execute("SELECT id, name FROM place").fetchall()
    known = {shown(name) for _, name in held}
    for name in names:
        if name not in known:
            raise ValueError(f"no place {name!r} in the index; known: {_listed(known)}")
    return tuple(number for number, place in held if shown(place) in names)


def devices_named(opened: Opened, names: Sequence[str]) -> tuple[str, ...]:
    """Return the ids of devices by label or id. Raises ValueError naming those that exist."""
    found = []
    for name in names:
        meant = [
            number
            for number, label in opened.devices.items()
            if name in (number, label, label.removesuffix(f" ({number[:8]})"))
        ]
        if not meant:
            known = _listed({shown(label) for label in opened.devices.values()})
            raise ValueError(f"no device {name!r} in the index; known: {known}")
        found += meant
    return tuple(dict.fromkeys(found))


def owners_named(opened: Opened, names: Sequence[str]) -> tuple[str, ...]:
    """Return owners as the index writes them, NOBODY for what tables say where there is none.

    Capitals do not matter. Raises ValueError naming those that are nearest; what was typed is
    not repeated: it may be anything.
    """
    held = [row[0] for row in opened.connection.execute("SELECT DISTINCT owner FROM document")]
    known: dict[str, list[str]] = {}
    for owner in held:
        if owner:
            known.setdefault(shown(owner).casefold(), []).append(owner)
    for account, name in opened.connection.execute("SELECT account, name FROM employee"):
        for called in filter(None, (account, name)):
            accounts = known.setdefault(shown(called).casefold(), [])
            if account not in accounts:
                accounts.append(account)
    nobody = {NOBODY, *_words_for_nobody()}
    found: list[str] = []
    for name in names:
        typed = " ".join(name.split()).casefold()
        if typed == NOBODY or (typed in nobody and typed not in known):
            found.append(NOBODY)
        elif typed in known:
            found += known[typed]
        else:
            raise ValueError(f"no such owner in the index; {_near_owners(typed, known)}")
    return tuple(dict.fromkeys(found))


def departments_named(opened: Opened, names: Sequence[str]) -> tuple[str, ...]:
    """Return departments as the index writes them. Raises ValueError naming those that exist."""
    held = opened.connection.execute(
        "SELECT DISTINCT department FROM employee WHERE department<>''"
    ).fetchall()
    known = {shown(name).casefold(): name for (name,) in held}
    for name in names:
        if name.casefold() not in known:
            listed = _listed({shown(each) for each in known.values()})
            raise ValueError(f"no such department in the list of employees; known: {listed}")
    return tuple(known[name.casefold()] for name in names)


def _words_for_nobody() -> set[str]:
    from scanner.messages import LANGUAGES, words

    said = {words(each).text(key) for each in LANGUAGES for key in ("by nobody", "owner none")}
    return {text.casefold() for text in said} | {"nobody", "ingen"}


def _near_owners(typed: str, known: Mapping[str, Sequence[str]]) -> str:
    near = [name for name in known if typed and typed in name]
    near += difflib.get_close_matches(typed, known, 5, 0.5)
    listed = ", ".join(shown(known[name][0]) for name in list(dict.fromkeys(near))[:5])
    without = f'"{NOBODY}" for documents without one'
    if listed:
        return f"near it: {listed}; {without}"
    return f"'fodspor report overview' lists them; {without}"


def _listed(names: set[str]) -> str:
    return ", ".join(sorted(names)[:20]) or "none"


def path_opener(opened: Opened, seal: Callable[[], Seal]) -> Callable[[bytes], bytes]:
    """Return the function from a stored path to the one that a glob is matched against.

    That is the path on disk when names are sealed and the key is at hand, else the masked one.
    The key is fetched only when a name is sealed.
    """
    sealed = opened.connection.execute(
        "SELECT 1 FROM document WHERE instr(path, x'00') LIMIT 1"
    ).fetchone()
    held: Seal | None = None
    if sealed:
        try:
            held = seal()
        except SecretError:
            held = None

    def masked(stored: bytes) -> bytes:
        return display(stored).encode("utf-8", "surrogateescape")

    def real(stored: bytes) -> bytes:
        if b"\x00" not in stored:
            return stored
        if held is None:
            return masked(stored)
        try:
            return unsealed_path(stored, held)
        except WrongKey:
            return masked(stored)

    return real

"""Decide by the configuration's sentences what may lie where. Touches no disk.

A sentence is `allow KINDS in AREAS` or `forbid KINDS in AREAS`; the first that fits decides.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from connectors.globs import Glob, compile_rule, plain

Decision = Literal["allow", "forbid", ""]

GROUPS = ("ordinary", "confidential", "special", "criminal")
KNOWN_FOLDERS = {
    "downloads": ("downloads", "download", "overførsler", "hentede filer", "hentet"),
    "desktop": ("desktop", "skrivebord"),
}
"""Folders that systems and browsers make, as they lie on disk in English and Danish."""
USB = "usb"
ALL = "all"
MAX_AREAS = 100

_SENTENCE = re.compile(r"\s*(allow|forbid)\s+(.+?)\s+in\s+(.+?)\s*", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a document lies. `path` and `share` have `/` between names; `share` where it is one."""

    path: str
    below: str
    """The path below the place's root."""
    share: str = ""
    removable: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """One sentence: which kinds or groups of them, and in which areas."""

    text: str
    allows: bool
    kinds: frozenset[str]
    areas: tuple[str | Glob, ...]

    def is_about(self, kind: str, group: str) -> bool:
        return bool({ALL, kind, group} & self.kinds)

    def holds(self, spot: Spot) -> bool:
        return any(_lies_in(spot, area) for area in self.areas)


@dataclass(frozen=True, slots=True)
class Rules:
    """The sentences of a configuration, in their order."""

    rules: tuple[Rule, ...] = ()

    def decide(self, kind: str, group: str, spot: Spot) -> tuple[Decision, str]:
        """Return what is decided about a kind somewhere, and the sentence; empty without one."""
        for rule in self.rules:
            if rule.is_about(kind, group) and rule.holds(spot):
                return ("allow" if rule.allows else "forbid"), rule.text
        return "", ""


def parse(sentences: Iterable[str], kinds: Collection[str] | None = None) -> Rules:
    """Return the rules of some sentences; `kinds` are those that exist, None: any may.

    Raises ValueError that says which sentence cannot be understood, and what to write.
    """
    return Rules(tuple(_rule(sentence, kinds) for sentence in sentences))


def _rule(sentence: str, kinds: Collection[str] | None) -> Rule:
    found = _SENTENCE.fullmatch(sentence)
    if found is None:
        raise ValueError(
            f"{sentence!r} is no rule; write 'allow KINDS in FOLDER' or 'forbid KINDS in FOLDER', "
            r"such as 'allow DK_CPR in \\fil01\HR' or 'forbid all in Downloads, USB'"
        )
    named = frozenset(_kind(word.strip(), kinds) for word in found[2].split(","))
    areas = [word.strip() for word in found[3].split(",") if word.strip()]
    if not areas or len(areas) > MAX_AREAS:
        raise ValueError(f"{sentence!r} names no folder, or more than {MAX_AREAS}")
    return Rule(
        sentence.strip(), found[1].lower() == "allow", named, tuple(_area(each) for each in areas)
    )


def _kind(word: str, kinds: Collection[str] | None) -> str:
    if kinds is None:
        kinds = (word,)
    for known in (ALL, *GROUPS, *kinds):
        if word.casefold() == known.casefold():
            return known
    near = get_close_matches(word.upper(), [*kinds], 1) or get_close_matches(word, [ALL, *GROUPS])
    hint = f"; did you mean {near[0]}?" if near else ""
    raise ValueError(f"{word!r} is no kind of data, nor one of all, {', '.join(GROUPS)}{hint}")


def _area(word: str) -> str | Glob:
    if word.casefold() in (*KNOWN_FOLDERS, USB):
        return word.casefold()
    return compile_rule(word.replace("\\", "/"), fold_case=True)


def _lies_in(spot: Spot, area: str | Glob) -> bool:
    if isinstance(area, str):
        if area == USB:
            return spot.removable
        names = plain(spot.path).casefold().split("/")[:-1]
        return any(name in KNOWN_FOLDERS[area] for name in names)
    if area.any_depth:
        return any(area.regex.fullmatch(name) for name in plain(spot.path).split("/") if name)
    if not area.absolute:
        return _below(area, spot.below)
    return _below(area, spot.path) or (bool(spot.share) and _below(area, spot.share))


def _below(area: Glob, path: str) -> bool:
    """Whether a path is one that the area names, or lies below it."""
    text = plain(path)
    ends = [place for place, sign in enumerate(text) if sign == "/" and place]
    return any(area.regex.fullmatch(text[:end]) for end in (*ends, len(text)))

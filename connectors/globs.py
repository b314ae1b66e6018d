"""Turn path rules into regular expressions that no file name can make slow. Touches no disk.

A rule is matched on text with `/` between names, whatever the platform:

- `name` any file or folder of that name, at any depth;  `name/` folders only
- `a/b` from the place's root;  `**/a/b` at any depth;  `a/**` everything below `a`
- `/a/b` and `C:/a/b` absolute; on Windows `/a/b` means that path on any drive
- in a name: `*` any run of characters, `?` one, `[abc]`, `[a-z]`, `[!a]` one of these
- in owner rules, once in a rule: `{owner}` a part of one name, kept
"""

from __future__ import annotations

import re
import sys
import unicodedata
from dataclasses import dataclass

MAX_RULE_CHARS = 1000
FOLDS_CASE = sys.platform in ("win32", "darwin")
"""Whether the platform's usual file systems take `A` and `a` for one name."""

_TOKEN = re.compile(r"\*+|\?|\[!?\]?[^\]/]*\]|\{owner\}|.", re.DOTALL)
_DRIVE = re.compile(r"[A-Za-z]:/")


def plain(text: str) -> str:
    """Return `text` in the form rules are compared in: NFC, because disks hold both forms."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def literal(path: str) -> str:
    """Return the rule that matches exactly this path or name."""
    return re.sub(r"([*?\[{])", r"[\1]", path)


@dataclass(frozen=True, slots=True)
class Glob:
    """One rule, taken apart. `last` is its last name when that has no wildcard, else None."""

    regex: re.Pattern[str]
    last: str | None
    folder_only: bool
    any_depth: bool  # a bare name: `regex` is for the name alone
    absolute: bool  # `regex` is for the whole path, not for the path below the root


def compile_rule(rule: str, *, fold_case: bool = FOLDS_CASE, owner: bool = False) -> Glob:
    """Return `rule` as a Glob; `owner` says whether it may hold `{owner}`.

    Raises ValueError that names the rule and what is wrong with it.
    """
    text = plain(rule.replace("\\", "/") if sys.platform == "win32" else rule)
    folder_only = text.endswith("/")
    text = text.rstrip("/")
    if not text:
        raise ValueError(f"rule {rule!r} names nothing; write a file name or a path")
    if len(text) > MAX_RULE_CHARS:
        raise ValueError(f"rule {rule[:40]!r}… is too long: at most {MAX_RULE_CHARS} characters")
    absolute = text.startswith("/") or _DRIVE.match(text) is not None
    names = text.split("/")
    if not absolute and len(names) > 1 and names[0] in (".", ".."):
        raise ValueError(f"rule {rule!r} begins with {names[0]}; rules begin at the place's root")
    pattern = _path_regex(names, owner)
    if absolute and text.startswith("/") and sys.platform == "win32":
        pattern = "(?:[A-Za-z]:)?" + pattern
    last = names[-1] if not re.search(r"[*?\[{]", names[-1]) else None
    try:
        regex = re.compile(pattern, re.DOTALL | (re.IGNORECASE if fold_case else 0))
    except re.error as error:
        raise ValueError(f"rule {rule!r} cannot be understood: {error}") from None
    return Glob(
        regex=regex,
        last=None if last is None else (last.casefold() if fold_case else last),
        folder_only=folder_only,
        any_depth=len(names) == 1,
        absolute=absolute,
    )


def _path_regex(names: list[str], owner: bool) -> str:
    """Each run of names between two `**` takes the first place that fits, for good: linear."""
    runs: list[list[str]] = [[]]
    for name in names:
        if name == "**":
            runs.append([])
        else:
            runs[-1].append(_name_regex(name, owner))
    first, *middle = ["/".join(run) for run in runs]
    if not middle:
        return first
    last = middle.pop()
    start = f"{first}/" if runs[0] else ""
    between = "".join(f"(?>(?:[^/]+/)*?{run}/)" for run in middle if run)
    return start + between + (f"(?:[^/]+/)*{last}" if last else ".*")


def _name_regex(name: str, owner: bool) -> str:
    """Each `*` but the last takes the shortest run that fits, for good: linear, and enough."""
    runs: list[str] = [""]
    captures = False
    for token in _TOKEN.findall(name):
        if token.startswith("*"):
            runs.append("")
        elif token == "?":
            runs[-1] += "[^/]"
        elif token == "{owner}" and owner and not captures:
            runs[-1] += "(?P<owner>[^/]+)"
            captures = True
        elif len(token) > (3 if token.startswith("[!") else 2) and token[0] == "[":
            runs[-1] += _class_regex(token)
        else:
            runs[-1] += re.escape(token)
    if len(runs) == 1 or captures:
        return "[^/]*".join(runs)
    middle = "".join(f"(?>[^/]*?{run})" for run in runs[1:-1])
    return f"{runs[0]}{middle}[^/]*{runs[-1]}"


def _class_regex(token: str) -> str:
    negated = token.startswith("[!")
    inside = re.sub(r"([\\\[\]^&~|])", r"\\\1", token[2 if negated else 1 : -1])
    return f"(?!/)[{'^' if negated else ''}{inside}]"

"""Say whose a file is: by the folder it lies in, else by the account that owns it.

An owner is a name that people know (an account or what the config says), never a guess:
accounts of the system and files of unknown accounts have none.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, field
from functools import lru_cache

from connectors.excludes import FolderPath
from connectors.globs import FOLDS_CASE, Glob, compile_rule

_SID = re.compile(r"S-1-\d{1,15}(?:-\d{1,10}){1,15}", re.ASCII)
NOBODY = ""
"""As a rule's owner: what lies here is nobody's, whatever later rules or the account say."""

DEFAULT_OWNER_RULES: tuple[tuple[str, str], ...] = (
    ("/Users/Public", NOBODY),
    ("/Users/Shared", NOBODY),
    ("/Users/Default", NOBODY),
    ("/Users/All Users", NOBODY),
    ("/Users/{owner}", "{owner}"),
    ("/home/{owner}", "{owner}"),
)
"""Home folders where Windows, macOS and Linux put them."""

FIRST_PERSON_UID = 501 if sys.platform == "darwin" else 1000
"""Lower ids are the system's (macOS; UID_MIN in login.defs of shadow-utils 4)."""
NOBODY_UID = 65534


@dataclass(frozen=True, slots=True)
class OwnerRules:
    """Folder globs and owners; the first that holds a file's folder decides.

    An owner may say `{owner}` for what the glob caught. A trailing `/**` changes nothing: a rule
    covers all that lies below. `account`: else the file's own account. Raises ValueError
    naming a rule that cannot be understood.
    """

    rules: tuple[tuple[str, str], ...] = field(default=DEFAULT_OWNER_RULES, repr=False)
    account: bool = True
    fold_case: bool = field(default=FOLDS_CASE, repr=False)

    def __post_init__(self) -> None:
        _compiled(self)

    def of_folder(self, folder: FolderPath) -> str | None:
        """Return the owner by rules of what lies in `folder`, NOBODY, or None: no rule."""
        for glob, owner in _compiled(self):
            found = glob.regex.match(folder.absolute if glob.absolute else folder.relative)
            if found is not None:
                caught = found.groupdict().get("owner") or ""
                return owner.replace("{owner}", caught)
        return None


def is_sid(owner: str) -> bool:
    """Whether an owner is an account's number in a Windows domain, as a share tells it."""
    return _SID.fullmatch(owner) is not None


@lru_cache(maxsize=64)
def _compiled(owners: OwnerRules) -> tuple[tuple[Glob, str], ...]:
    made = []
    for rule, owner in owners.rules:
        folder = rule.removesuffix("/**").rstrip("/")
        glob = compile_rule(f"{folder}/**", fold_case=owners.fold_case, owner=True)
        if "{owner}" in owner and "owner" not in glob.regex.groupindex:
            raise ValueError(f"owner rule {rule!r} says {{owner}} but its path does not catch one")
        made.append((glob, owner))
    return tuple(made)


def owner_of_sid(sid: str) -> str:
    """Return a SID that is somebody's, or a group's that a directory made; empty for all else.

    The system and its administrators own nothing, as on a disk.
    """
    if sid.startswith("S-1-22-1-"):  # an account of the Samba server itself
        return sid if int(sid.rpartition("-")[2]) >= FIRST_PERSON_UID else ""
    if not sid.startswith(("S-1-5-21-", "S-1-12-1-")) or sid.endswith(("-500", "-501")):
        return ""
    return sid


@lru_cache(maxsize=4096)
def account_of(uid: int) -> str | None:
    """Return the name of a person's account on this machine, or None. POSIX; cached."""
    if sys.platform == "win32" or uid < FIRST_PERSON_UID or uid == NOBODY_UID:
        return None
    import pwd

    try:
        return pwd.getpwuid(uid).pw_name or None
    except KeyError:
        return None

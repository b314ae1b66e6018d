"""Decide by name and size what a walk leaves out, and under which rule. Opens nothing.

Rules see names and sizes only. What they leave out is counted, so an answer can say so.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from functools import lru_cache

from connectors.globs import FOLDS_CASE, Glob, compile_rule, plain

PRIVATE = "private"
MAIL_FOLDERS = ("sbd", "mbox", "imapmbox")
"""Thunderbird's folders below a mail folder, and Apple Mail's mail folders."""
PLACE = "place"
"""A folder that is a place of its own: met there, and left out of the place around it."""
SIZE = "size"

PRIVATE_NAMES = ("Privat", "Private", "Personligt", "Personlig")
"""Folders and files (without their ending) of employees that are not opened."""

DEFAULT_EXCLUDES: tuple[tuple[str, str], ...] = (
    # rule, pattern. Absolute patterns begin at a drive's or the system's root, so that a
    # folder "Windows" or "proc" that a user made elsewhere is read.
    #
    # The system's own files: they come from its maker, hold no customer, are many or locked.
    ("system", "/proc/"),  # not files but views of the kernel
    ("system", "/sys/"),
    ("system", "/dev/"),
    ("system", "/run/"),
    ("system", "/boot/"),
    ("system", "/bin/"),
    ("system", "/sbin/"),
    ("system", "/lib/"),
    ("system", "/lib32/"),
    ("system", "/lib64/"),
    ("system", "/usr/"),  # programs from packages; /opt, /etc, /srv, /var and /tmp are read
    ("system", "/snap/"),
    ("system", "/var/lib/docker/overlay2/"),  # layers of images; volumes beside them are read
    ("system", "/var/lib/containers/storage/overlay/"),
    ("system", "/Windows/"),
    ("system", "/Program Files/"),
    ("system", "/Program Files (x86)/"),
    ("system", "/ProgramData/Microsoft/"),
    ("system", "/ProgramData/Package Cache/"),  # installers; the rest of ProgramData is read
    ("system", "/Windows.old/Windows/"),  # but not Windows.old/Users: people's old files
    ("system", "/Windows.old/Program Files/"),
    ("system", "/Windows.old/Program Files (x86)/"),
    ("system", "/System Volume Information/"),  # closed to all but the system
    ("system", "/Recovery/"),
    ("system", "/$WinREAgent/"),
    ("system", "/$Windows.~BT/"),
    ("system", "/$Windows.~WS/"),
    ("system", "/pagefile.sys"),  # locked while the machine runs
    ("system", "/swapfile.sys"),
    ("system", "/hiberfil.sys"),
    ("system", "/System/"),  # macOS; also a second view of the whole disk below Volumes/Data
    ("system", "/Applications/"),
    ("system", "/Library/"),
    ("system", "/private/var/db/"),
    ("system", "/private/var/vm/"),
    ("system", ".Spotlight-V100/"),
    ("system", ".fseventsd/"),
    ("system", "lost+found/"),
    # $Recycle.Bin, .Trash and Temp are read on purpose: a deleted customer list is still held,
    # and mail programs open attachments from Temp.
    #
    # Caches: copies that programs make and drop, in formats of their own.
    ("cache", ".cache/"),
    ("cache", "__pycache__/"),
    ("cache", ".mypy_cache/"),
    ("cache", ".ruff_cache/"),
    ("cache", ".pytest_cache/"),
    ("cache", "/var/cache/"),
    ("cache", "**/Library/Caches/"),
    ("cache", "**/User Data/*/Cache/"),  # Chrome, Edge and their kin
    ("cache", "Code Cache/"),
    ("cache", "GPUCache/"),
    ("cache", "GrShaderCache/"),
    ("cache", "ShaderCache/"),
    ("cache", "CacheStorage/"),
    ("cache", "**/Firefox/Profiles/*/cache2/"),
    ("cache", "**/AppData/Local/Microsoft/Windows/Explorer/"),  # thumbnails
    ("cache", "**/AppData/Local/Microsoft/Windows/INetCache/IE/"),  # Content.Outlook is read
    ("cache", "**/AppData/Local/Microsoft/Windows/INetCache/Low/"),
    ("cache", "**/AppData/Local/Microsoft/WindowsApps/"),
    ("cache", "dovecot.index*"),  # beside a Maildir: fields of the mails that lie there
    ("cache", "dovecot.list.index*"),
    # Program libraries that a package manager fetched: public, and very many.
    ("packages", "node_modules/"),
    ("packages", ".venv/"),
    ("packages", "site-packages/"),
    ("packages", ".npm/"),
    ("packages", "**/.m2/repository/"),
    ("packages", "**/.gradle/caches/"),
    ("packages", "**/.nuget/packages/"),
    ("packages", "**/.cargo/registry/"),
    ("packages", ".rustup/"),
    ("packages", "**/.git/objects/"),  # packed by git; the checked-out files are read
    ("packages", "**/.svn/pristine/"),
    # Marks that office programs leave beside an open document: a user name, no document.
    ("lock_file", "~$*"),
    ("lock_file", ".~lock.*#"),
    ("lock_file", ".#*"),
    # What file managers keep about a folder: positions and small pictures.
    ("folder_view", "Thumbs.db"),
    ("folder_view", "thumbs.db"),
    ("folder_view", "ehthumbs.db"),
    ("folder_view", "Desktop.ini"),
    ("folder_view", "desktop.ini"),
    ("folder_view", ".DS_Store"),
    ("folder_view", "._*"),
)


@dataclass(frozen=True, slots=True)
class Excludes:
    """The rules of one place. Small to pickle; equal values share one compiled form.

    `patterns` are the user's own, counted as `exclude:PATTERN`. `private` are names, or globs
    on names, never folded away by `defaults=False`. `max_size` in bytes: larger files are
    counted under `size`. `places` are rules for folders that are places of their own, counted as
    `place`. Raises ValueError naming a pattern that cannot be understood.
    """

    patterns: tuple[str, ...] = ()
    private: tuple[str, ...] = PRIVATE_NAMES
    max_size: int | None = None
    defaults: bool = True
    fold_case: bool = field(default=FOLDS_CASE, repr=False)
    places: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        compiled(self)


class Matcher:
    """The compiled form of one Excludes: asked for each entry of a walk."""

    def __init__(self, excludes: Excludes) -> None:
        self._fold = excludes.fold_case
        self._private = [compile_rule(name, fold_case=True) for name in excludes.private]
        for name, glob in zip(excludes.private, self._private, strict=True):
            if not glob.any_depth:
                raise ValueError(f"private name {name!r} is a path; write the folder's name only")
        self._by_name: dict[str, list[tuple[Glob, str]]] = {}
        self._by_wildcard: list[tuple[Glob, str]] = []
        self._by_path: list[tuple[Glob, str]] = []
        rules = DEFAULT_EXCLUDES if excludes.defaults else ()
        own = tuple((f"exclude:{pattern}", pattern) for pattern in excludes.patterns)
        inner = tuple((PLACE, pattern) for pattern in excludes.places)
        for rule, pattern in (*inner, *rules, *own):
            glob = compile_rule(pattern, fold_case=self._fold)
            if glob.last is not None:
                self._by_name.setdefault(glob.last, []).append((glob, rule))
            elif glob.any_depth:
                self._by_wildcard.append((glob, rule))
            else:
                self._by_path.append((glob, rule))
        # one pattern for most names: what it does not match needs no closer look
        case = "i" if self._fold else ""
        maybe = [f"(?i:{glob.regex.pattern})(?:\\..*)?" for glob in self._private]
        maybe += [f"(?{case}:{glob.regex.pattern})" for glob, _ in self._by_wildcard]
        self._maybe = re.compile("|".join(maybe) or "(?!)", re.DOTALL)

    def is_private(self, name: str, *, is_folder: bool) -> bool:
        """Whether a folder's name, or a file's name with or without its ending, is private.

        Of a folder's endings those count that mail programs put behind a mail folder's name.
        """
        name = plain(name)
        stem, _, ending = name.rpartition(".")
        names = (name,) if is_folder and ending not in MAIL_FOLDERS else (name, stem)
        return any(glob.regex.fullmatch(name) for glob in self._private for name in names)

    def rule(self, name: str, folder: FolderPath, *, is_folder: bool) -> str | None:
        """Return the rule that leaves `name` in `folder` out, or None."""
        name = plain(name)
        named = self._by_name.get(name.casefold() if self._fold else name, ())
        maybe = self._maybe.fullmatch(name) is not None
        if maybe and self.is_private(name, is_folder=is_folder):
            return PRIVATE
        for glob, rule in named:
            if _matches(glob, name, folder, is_folder):
                return rule
        if maybe:
            for glob, rule in self._by_wildcard:
                if _matches(glob, name, folder, is_folder):
                    return rule
        for glob, rule in self._by_path:
            if _matches(glob, name, folder, is_folder):
                return rule
        return None


@dataclass(frozen=True, slots=True)
class FolderPath:
    """A folder as rules see it: `/` between names and after the last; a root's `relative` is ''."""

    absolute: str = field(repr=False)
    relative: str = field(repr=False)

    @classmethod
    def root(cls, path: bytes) -> FolderPath:
        return cls(slashed(path).rstrip("/") + "/", "")

    def child(self, name: str) -> FolderPath:
        name = plain(name)
        return FolderPath(f"{self.absolute}{name}/", f"{self.relative}{name}/")


def slashed(path: bytes) -> str:
    """Return a platform's path as rules see it."""
    return plain(os.fsdecode(path).replace(os.sep, "/"))


def _matches(glob: Glob, name: str, folder: FolderPath, is_folder: bool) -> bool:
    if glob.folder_only and not is_folder:
        return False
    if glob.any_depth:
        return glob.regex.fullmatch(name) is not None
    path = (folder.absolute if glob.absolute else folder.relative) + name
    return glob.regex.fullmatch(path) is not None


@lru_cache(maxsize=64)
def compiled(excludes: Excludes) -> Matcher:
    """Return the compiled form of `excludes`. Raises ValueError that names a bad pattern."""
    return Matcher(excludes)

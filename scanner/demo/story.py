"""List the steps that `fodspor demo` shows, as commands a user would type. Runs none of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from scanner.demo.desk import OWNERS, SHARE
from scanner.demo.fake import ascii_of
from scanner.demo.truth import Truth


def places(company: Path) -> str:
    """Return the [[place]] tables for a configuration: one a device, with its owner, and the share.

    On the share nobody owns a folder by its path, as in most companies.
    """
    owners = {f"pc-{ascii_of(name).lower().replace(' ', '.')}": name for name in OWNERS}
    tables = []
    for folder in sorted(path for path in company.iterdir() if path.is_dir()):
        lines = {"name": folder.name, "path": str(folder.resolve())}
        if folder.name in owners:
            lines["owner"] = owners[folder.name]
        # JSON strings are TOML basic strings, Windows paths and Danish letters included.
        pairs = (f"{key} = {json.dumps(text, ensure_ascii=False)}" for key, text in lines.items())
        tables.append("\n".join(["[[place]]", *pairs]))
    return "\n\n".join(tables) + "\n"


@dataclass(frozen=True, slots=True)
class Step:
    """One command: what it is for, its arguments, and what is typed into it.

    `title` is a key of the message catalogue. `typed` is what stands on standard input (a searched
    value stands in no command line).
    `exits` are the exit codes that are right: 3 says that something could not be read.
    """

    title: str
    argv: Sequence[str]
    typed: str | None = field(default=None, repr=False)
    exits: tuple[int, ...] = (0,)


def story(
    company: Path,
    truth: Truth,
    *,
    program: Sequence[str] = ("fodspor",),
    config: Path | None = None,
) -> list[Step]:
    """Return the steps, in order, on the company in `company`.

    With `config` its places are scanned, else the folder `company`. `program` is how fodspor is
    started. Each answer is cut to its first lines: the whole story is about two screens.
    """
    start = [*program, *(["--config", str(config)] if config else [])]
    place = [] if config else [str(company)]
    person = truth.person["DK_CPR"]
    asked = f"{person[:6]}-{person[6:]}\n"
    some_unread = (3,)
    return [
        Step("demo scan", [*start, "scan", *place], None, some_unread),
        Step("demo risk", [*start, "report", "risk", "--limit", "3"]),
        Step("demo copies", [*start, "report", "copies", "--limit", "1"]),
        Step("demo unread", [*start, "report", "unread", "--examples", "1"]),
        Step("demo person", [*start, "person", "--limit", "1"], asked),
        Step("demo again", [*start, "scan", str(company / SHARE)], None, some_unread),
    ]

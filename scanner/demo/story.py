"""List the steps that `fodspor demo` shows, as commands a user would type. Runs none of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from scanner.demo.desk import OWNERS
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
    """One command: what it is for in plain words, its arguments, and what is typed into it.

    `typed` is what stands on standard input (a searched value stands in no command line).
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
    started.
    """
    start = [*program, *(["--config", str(config)] if config else [])]
    place = [] if config else [str(company)]
    person = truth.person["DK_CPR"]
    asked = f"{person[:6]}-{person[6:]}\n"
    some_unread = (3,)
    return [
        Step(
            "Read everything and remember what was found",
            [*start, "scan", *place],
            None,
            some_unread,
        ),
        Step("Which places are the riskiest?", [*start, "report", "risk"]),
        Step("Which documents lie in several copies?", [*start, "report", "copies"]),
        Step("What could not be read, and why?", [*start, "report", "unread"]),
        Step("Where is this one customer? (the number is typed in)", [*start, "person"], asked),
        Step(
            "Scan again: only what has changed is read", [*start, "scan", *place], None, some_unread
        ),
    ]

"""The demo company for tests and pictures of the pages: devices, a centre, accounts, the truth."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from scanner.demo.company import make_company
from scanner.demo.devices import CENTRE, config_of, scan_and_collect, scan_one
from scanner.demo.truth import Truth
from tests.warm import run as warm
from tests.web.browsing import PASSWORD

SECONDS = 300
PEOPLE = (
    *(("ida", "compliance", "da"), ("eva", "compliance", "en"), ("ole", "deputy", "da")),
    *(("drift", "it", "da"), ("ops", "it", "en")),
)
"""Accounts: name, role, language."""


@dataclass(frozen=True, slots=True)
class Company:
    """A made company below `home`, scanned and collected."""

    home: Path
    truth: Truth = field(repr=False)

    @property
    def files(self) -> Path:
        return self.home / "files"

    @property
    def config(self) -> Path:
        """The configuration of the machine that holds the company's index."""
        return config_of(self.home, CENTRE)

    @property
    def state(self) -> Path:
        """What the commands log and keep for a while."""
        return self.home / "state"

    def ask(self, arguments: Sequence[str], stdin: str = "", codes: Sequence[int] = (0, 3)) -> str:
        """Run `fodspor` with these arguments, and return what it wrote."""
        environment = {
            **os.environ,
            "FODSPOR_STATE": str(self.state),
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "PYTHONUTF8": "1",
        }
        code, out, err = warm(["-m", "scanner.cli", *arguments], environment, stdin, SECONDS)
        assert code in codes, (code, out[-2000:], err[-2000:])
        return out

    def centre(self, *arguments: str, stdin: str = "", codes: Sequence[int] = (0,)) -> str:
        """Run a command at the centre."""
        return self.ask(["--config", str(self.config), *arguments], stdin, codes)

    def add(self, name: str, role: str, language: str, *more: str) -> None:
        """Make an account."""
        self.centre(
            *("serve", "account", "add", name, "--role", role, "--speaks", language, *more),
            stdin=f"{PASSWORD}\n",
        )

    def scan(self, device: str) -> None:
        """Let one device scan itself again, and the centre collect."""
        scan_one(self.home, device, self.ask)
        self.centre("collect", "--quiet")


def company(home: Path, *, seed: int = 1) -> Company:
    """Make the company below `home`, let its devices scan themselves, and collect."""
    made = Company(home, make_company(home / "files", seed=seed))
    scan_and_collect(home, made.files, made.ask)
    for name, role, language in PEOPLE:
        made.add(name, role, language)
    return made

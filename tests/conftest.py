"""Fixtures of many tests: an installation of its own, the program run as a user does."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from scanner.index.store import Index
from scanner.setup import Setup
from scanner.tools import Tools
from tests.connectors.dovecot import Dovecot, missing, running
from tests.connectors.samba import Samba
from tests.connectors.samba import missing as samba_missing
from tests.connectors.samba import running as samba_running
from tests.warm import run

settings.register_profile("any machine", suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")
SECONDS = 300
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # each start would compile the program anew


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines() if line.startswith("{")]


@dataclass(frozen=True, slots=True)
class Installation:
    """A configuration, key, index and state folder of a test's own, and a folder to scan."""

    folder: Path

    @property
    def config(self) -> Path:
        return self.folder / "home" / "fodspor.toml"

    @property
    def files(self) -> Path:
        return self.folder / "files"

    @property
    def index_path(self) -> Path:
        return self.folder / "home" / "fodspor.db"

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "FODSPOR_STATE": str(self.folder / "state"),
            "PYTHONPATH": str(Path(__file__).parent.parent),
            "PYTHONUTF8": "1",
            "COLUMNS": "160",
        }

    def command(self, *arguments: str | Path) -> list[str]:
        return [
            sys.executable,
            "-m",
            "scanner.cli",
            "--config",
            str(self.config),
            *map(str, arguments),
        ]

    def run(self, *arguments: str | Path, stdin: str = "", code: int | None = None) -> Ran:
        """Run `fodspor` with these arguments; with `code`, insist on that exit code."""
        ended, out, err = run(self.command(*arguments)[1:], self.environment, stdin, SECONDS)
        if code is not None:
            assert ended == code, (ended, out[-2000:], err)
        return Ran(ended, out, err)

    def setup(self) -> Setup:
        return Setup.find(str(self.config))

    def tools(self) -> Tools:
        return Tools(self.setup().recipe(None))

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with Index(self.index_path, readonly=True) as index:
            return index.connection.execute(query, values).fetchall()

    def configure(self, addition: str) -> None:
        """Append tables to the configuration."""
        with self.config.open("a", encoding="utf-8") as file:
            file.write("\n" + addition + "\n")

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.files / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    made = Installation(tmp_path)
    made.files.mkdir()
    made.run("init", code=0)
    return made


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    """One mail server for all tests that do not stop it; each test has users of its own."""
    if reason := missing():
        pytest.skip(reason)
    with running() as server:
        yield server


@pytest.fixture(scope="session")
def samba() -> Iterator[Samba]:
    """One file server for all tests that do not stop it; each test has folders of its own."""
    if reason := samba_missing():
        pytest.skip(reason)
    with samba_running() as server:
        yield server


Run = Callable[[Sequence[str]], Ran]

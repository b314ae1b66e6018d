"""Devices of one company, each with an index that a test describes, and the centre."""

from __future__ import annotations

import json
import random
import shutil
import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from scanner.cli import cli
from scanner.company.tables import MERGED
from scanner.index.store import Index, IndexTrouble
from tests.answers.shelf import DEVICE, Doc, Shelf, Told

CENTRE = "centre"


class Device(Shelf):
    """A device: a shelf with an id and a name of its own."""

    def __init__(self, folder: Path, name: str) -> None:
        super().__init__(folder)
        self.name = name
        self.device = str(uuid.UUID(int=random.Random(name).getrandbits(128), version=4))
        self.config.write_text(self.config.read_text("utf-8").replace(DEVICE, self.device), "utf-8")
        self._know()

    def _know(self) -> None:
        self.sql("UPDATE device SET id=?, label=?", self.device, self.name)

    def scan(self, *docs: Doc, place: str = "share", **more: Any) -> None:
        self.run(docs, place=place, device=self.device, **more)

    def lose(self) -> None:
        """Lose the index; the next scan makes a new one, under the same key and id."""
        for path in self.folder.glob("index*"):
            path.unlink()
        with self.opened_for_writing() as index:
            index.claim_key(self.seal.key_id)
            index.connection.execute(
                "INSERT INTO device(id, label, platform, last_seen) VALUES (?,?,'Linux','')",
                (self.device, self.name),
            )

    def opened_for_writing(self) -> Any:
        return Index(self.path)

    def ask(self, *arguments: str, stdin: str = "", language: str = "en", code: int = 0) -> Told:
        """Run a command as `main` does: what it returns is the exit code."""
        done = CliRunner().invoke(
            cli,
            ["--config", str(self.config), "--language", language, *arguments],
            input=stdin,
            catch_exceptions=False,
            standalone_mode=False,
        )
        assert (done.return_value or 0) == code, done.output
        return Told(done.stdout, done.stderr)

    def ask_failing(self, *arguments: str, stdin: str = "") -> str:
        """Run a command that ends with a sentence; return it."""
        with pytest.raises(IndexTrouble) as told:
            self.ask(*arguments, stdin=stdin)
        return str(told.value)

    def ask_usage(self, *arguments: str) -> str:
        """Run a command that is used wrongly; return what is said."""
        with pytest.raises(click.UsageError) as told:
            self.ask(*arguments)
        return told.value.message

    def deliver(self, folder: Path) -> Path:
        self.ask("deliver", str(folder))
        return folder / f"{self.device}.db"

    def started(self, moment: str) -> None:
        """Say that the last run began and ended at this time."""
        self.sql(
            "UPDATE run SET started=?, ended=? WHERE id=(SELECT max(id) FROM run)", moment, moment
        )


class Office:
    """A folder for devices, a drop folder, and a centre that collects from it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.drop = folder / "drop"
        self.drop.mkdir()
        self.centre = Device(folder / CENTRE, CENTRE)
        self.path = self.centre.folder / "company.db"

    def device(self, name: str) -> Device:
        return Device(self.folder / name, name)

    def collect(self, *paths: Path, code: int = 0) -> list[dict[str, Any]]:
        """Collect the drop folder, or these files; return a line for each file."""
        told = self.centre.ask("collect", "--json", *map(str, paths or (self.drop,)), code=code)
        return [json.loads(line) for line in told.out.splitlines() if line.startswith("{")]

    def sql(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with Index(self.path) as index:
            return index.connection.execute(query, values).fetchall()

    def state(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return every row of the company's index, but for when it was collected."""
        return {
            table: sorted(self.sql(f"SELECT * FROM {table}"), key=repr)
            for table in sorted(MERGED | {"shared_place"})
        }


def kept(path: Path, name: str) -> Path:
    """Return a copy of a delivery, for later."""
    copy = path.with_name(name)
    shutil.copy(path, copy)
    return copy


def docs(names: Iterable[str], **more: Any) -> list[Doc]:
    return [Doc(f"/srv/share/{name}", **more) for name in names]

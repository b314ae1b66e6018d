"""A watched place as tests need it: an index, a configuration, a desktop that remembers."""

from __future__ import annotations

import io
import json
import logging
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from scanner.alert.desktop import Answer, Choice, NotShown
from scanner.alert.opening import teller_of
from scanner.alert.teller import AlertTeller
from scanner.alert.wording import Word
from scanner.config import load_config
from scanner.demo import fake
from scanner.flagged import Flagged
from scanner.messages import words
from tests.alert.made import NOON, flagged
from tests.answers.shelf import Doc, Shelf, Value

FOLDER = "/srv/share/Skrivebord"


@dataclass
class Seen:
    """A desktop that remembers what it was to show, and answers as a test says."""

    words: list[Word] = field(default_factory=list)
    folders: list[bool] = field(default_factory=list)
    told: list[tuple[str, str]] = field(default_factory=list)
    trouble: NotShown | None = None
    waiting: list[Answer] = field(default_factory=list)
    closed: bool = False

    def show(self, word: Word, *, folder: bool) -> None:
        if self.trouble:
            raise self.trouble
        self.words.append(word)
        self.folders.append(folder)

    def tell(self, title: str, text: str) -> None:
        if self.trouble:
            raise self.trouble
        self.told.append((title, text))

    def answers(self) -> list[Answer]:
        found, self.waiting = self.waiting, []
        return found

    def choose(self, choice: Choice, text: str = "") -> None:
        """Answer the last word."""
        self.waiting.append(Answer(self.words[-1].documents, choice, text))

    @property
    def awaiting(self) -> int:
        return 0

    def close(self) -> None:
        self.closed = True


class Watched:
    """A shelf of documents, each with CPR numbers, and the teller that tells of them."""

    def __init__(self, folder: Path, extra: str = "", *, language: str = "da") -> None:
        silent = "" if "silent_days" in extra else "silent_days = 0\n"
        quiet = "" if "quiet" in extra else "quiet = []\n"
        alert = extra if extra.startswith("[alert]") else f"[alert]\n{extra}"
        tables = alert.replace("[alert]\n", f"[alert]\n{silent}{quiet}", 1)
        self.shelf = Shelf(folder, extra=tables)
        self.language = language
        self.seen = Seen()
        self.out = io.StringIO()
        self.handler = _Lines()
        self.log = logging.Logger("alerts of a test")
        self.log.addHandler(self.handler)
        self.docs: dict[str, Doc] = {}
        self.teller: AlertTeller | None = None

    @property
    def logged(self) -> list[str]:
        return self.handler.lines

    def save(self, *names: str, values: int = 12, kind: str = "DK_CPR") -> list[int]:
        """Save documents; return their numbers in the index."""
        makers: dict[str, Any] = {"DK_CPR": fake.cpr, "IBAN_CODE": fake.iban}
        for name in names:
            made = tuple(Value(kind, makers[kind]()) for _ in range(values))
            self.docs[name] = Doc(f"{FOLDER}/{name}", made, content=f"{name} {values} {kind}")
        self.shelf.run(self.docs.values())
        return [self.number(name) for name in names]

    def delete(self, name: str) -> None:
        del self.docs[name]
        self.shelf.run(self.docs.values())

    def number(self, name: str) -> int:
        (row,) = self.shelf.sql("SELECT id FROM document WHERE path=?", f"{FOLDER}/{name}".encode())
        return int(row[0])

    def flagged(self, name: str, **changes: Any) -> Flagged:
        """Return a saved document as watching flags it."""
        told = {"path": f"{FOLDER}/{name}".encode(), "display": f"{FOLDER}/{name}"}
        return flagged(self.number(name), **{**told, **changes})

    def start(self, at: datetime = NOON, **options: Any) -> AlertTeller:
        """Begin to watch, as at a start of the program."""
        config = load_config(self.shelf.config)
        self.teller = teller_of(
            config,
            self.shelf.path,
            words(self.language),
            stdout=self.out,
            log=self.log,
            at=at,
            threaded=False,
            **{"desktop": self.seen, **options},
        )
        return self.teller

    def stop(self) -> None:
        if self.teller is not None:
            self.teller.close()
            self.teller = None

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.getvalue().splitlines()]


class _Lines(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.levelname} {record.getMessage()}")

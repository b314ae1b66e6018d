"""An index made through `PlaceRun` from documents that a test describes; nothing is read."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import blake2s
from pathlib import Path
from typing import Any, BinaryIO

from click.testing import CliRunner

from connectors import Document, Excluded, Reason, Unreadable
from scanner.answers.opened import Opened, opened
from scanner.cli import cli
from scanner.demo import fake
from scanner.index.run import PlaceRun
from scanner.index.store import Decisions, Index, decisions_path
from scanner.model import Finding, Outcome, Place, Problem, Reading, Status
from scanner.platform import write_private
from scanner.privacy import Seal, mask
from scanner.recipe import Recipe
from scanner.secret import SecretSource
from scanner.tools import Tools

KEY = "5a" * 32
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
DEVICE = "0b5f0b52-5a59-4a0e-9c55-3f8f3b9f6a01"


@dataclass(frozen=True)
class Value:
    """One value in one content, as a detector would have found it."""

    kind: str
    value: str
    confidence: float = 0.95
    evidence: tuple[str, ...] = ("label",)
    where: Place = ("line 1",)
    count: int = 1


@dataclass(frozen=True)
class Doc:
    """A document: what is in it, what is in its parts, or why it was not read."""

    path: str
    values: tuple[Value, ...] = ()
    parts: Mapping[tuple[str, ...], tuple[Value, ...]] = field(default_factory=dict)
    status: Status = "read"
    reason: Reason | None = None
    detail: str = ""
    owner: str | None = None
    size: int = 1000
    modified: datetime = NEW_YEAR
    content: str = ""
    """Names the bytes: two documents of one content are copies. Empty: the path does."""


class Nowhere:
    """A connector whose documents are never opened."""

    device = DEVICE

    def walk(self) -> Iterator[Document]:
        return iter(())

    def open(self, document: Document) -> BinaryIO:
        raise Unreadable(document.path, "offline")

    def exists(self, path: bytes) -> bool:
        return False

    def seconds(self, documents: int, size: int) -> float:
        return 0.0

    def is_private(self, name: str) -> bool:
        return False


class Shelf:
    """A configuration, a key, an index, and what was put into it."""

    def __init__(
        self, folder: Path, *, places: Sequence[str] = ("share",), extra: str = ""
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.config = folder / "fodspor.toml"
        self.path = folder / "index.db"
        key = folder / "fodspor.key"
        write_private(key, KEY + "\n")
        tables = "".join(
            f"[[place]]\nname = {json.dumps(name)}\npath = {json.dumps(f'/srv/{name}')}\n"
            for name in places
        )
        self.config.write_text(
            f'[device]\nid = "{DEVICE}"\n[index]\npath = "index.db"\n[key]\nfile = "fodspor.key"\n'
            + tables
            + extra,
            "utf-8",
        )
        self.tools = Tools(Recipe(key=SecretSource(file=str(key))))
        self.seal: Seal = self.tools.seal
        with Index(self.path) as index:
            index.claim_key(self.seal.key_id)
            index.connection.execute(
                "INSERT INTO device(id, label, platform) VALUES (?, 'LAPTOP-7', 'Linux')", (DEVICE,)
            )

    def run(
        self,
        docs: Iterable[Doc],
        *,
        place: str = "share",
        device: str = DEVICE,
        status: str = "done",
        excluded: Iterable[Excluded] = (),
        folders: Iterable[str] = (),
        finish: bool = True,
    ) -> None:
        """Scan a place that holds exactly these documents; `folders` could not be listed."""
        with Index(self.path) as index:
            run = PlaceRun(
                index, self.tools, device=device, place=place, root=f"/srv/{place}".encode()
            )
            held = {doc.path.encode(): doc for doc in docs}
            walk: list[Document | Unreadable | Excluded] = [
                self._document(doc) for doc in held.values()
            ]
            walk += excluded
            walk += [Unreadable(path.encode(), "no_access", folder=True) for path in folders]
            for document in run.stale(walk):
                run.record(self._outcome(document, held[document.path]))
            if finish:
                run.finish(status)
            else:
                run.recorder.commit()

    def _document(self, doc: Doc) -> Document:
        modified = int(doc.modified.timestamp()) * 10**9
        return Document(
            Nowhere(),
            doc.path.encode(),
            "",
            doc.owner,
            doc.size,
            modified,
            blake2s(repr((doc.content, doc.values, doc.parts, modified)).encode()).digest(),
            placeholder=doc.status == "placeholder",
        )

    def _outcome(self, document: Document, doc: Doc) -> Outcome:
        if doc.status == "unread":
            problem = Problem((), doc.reason or "corrupt", doc.detail)
            return Outcome(document, "unread", problem=problem)
        problems = (Problem(("page 2",), doc.reason, doc.detail),) if doc.reason else ()
        name = doc.content or doc.path
        readings = [self._reading((), name, doc.size, doc.status, doc.values, problems)]
        for inner, values in doc.parts.items():
            sealed = tuple(self.tools.names.sealed(step) for step in inner)
            readings.append(self._reading(sealed, f"{name}>{inner}", 500, "read", values, ()))
        return Outcome(document, doc.status, tuple(readings))

    def _reading(
        self,
        inner: tuple[str, ...],
        name: str,
        size: int,
        status: Status,
        values: tuple[Value, ...],
        problems: tuple[Problem, ...],
    ) -> Reading:
        hasher = self.seal.hasher()
        hasher.update(name.encode())
        findings = tuple(self.finding(value) for value in values)
        return Reading(inner, hasher.digest(), size, "text/plain", status, (), findings, problems)

    def finding(self, value: Value) -> Finding:
        """Seal a value as a worker does."""
        return Finding(
            value.kind,
            self.seal.fingerprint(value.kind, value.value),
            mask(value.kind, value.value),
            value.confidence,
            value.evidence,
            (self.tools.names.steps(value.where),),
            value.count,
        )

    def ignore(self, value: Value) -> None:
        with Decisions(decisions_path(self.path)) as decisions:
            fingerprint = self.seal.fingerprint(value.kind, value.value)
            decisions.ignore(fingerprint, value.kind, mask(value.kind, value.value), "test")

    def decide(self, value: Value, decision: str, **columns: Any) -> None:
        """Store a verdict about a value; `columns`: document, until, undone."""
        row = {
            "kind": value.kind,
            "fingerprint": self.seal.fingerprint(value.kind, value.value),
            "decision": decision,
            "made": "2026-01-01T00:00:00+00:00",
            **columns,
        }
        with Decisions(decisions_path(self.path)) as decisions:
            decisions.connection.execute(
                f"INSERT INTO verdict({', '.join(row)}) VALUES ({', '.join('?' * len(row))})",
                tuple(row.values()),
            )

    def sql(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with Index(self.path) as index:
            return index.connection.execute(query, values).fetchall()

    def ask(self, *arguments: str, stdin: str = "", language: str = "en", code: int = 0) -> Told:
        """Run a command in this process, as from a pipe, and insist on its exit code."""
        done = CliRunner().invoke(
            cli,
            ["--config", str(self.config), "--language", language, *arguments],
            input=stdin,
            catch_exceptions=False,
        )
        assert done.exit_code == code, done.output
        return Told(done.stdout, done.stderr)

    def opened(self) -> Any:
        return opened(self.path)


@dataclass(frozen=True)
class Told:
    """What a command wrote."""

    out: str
    err: str

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The JSON lines, without the coverage."""
        return [json.loads(line) for line in self.out.splitlines()][:-1]

    @property
    def coverage(self) -> dict[str, Any]:
        last: dict[str, Any] = json.loads(self.out.splitlines()[-1])
        return dict(last["coverage"])


def cprs(number: int, seed: int = 1, **changes: Any) -> tuple[Value, ...]:
    """Return CPR numbers of made-up people, all different."""
    rng = random.Random(seed)
    values = dict.fromkeys(fake.cpr(rng) for _ in range(number * 2))
    made = (Value("DK_CPR", value) for value in list(values)[:number])
    return tuple(replace(value, **changes) for value in made)


__all__ = ["Doc", "Opened", "Shelf", "Told", "Value", "cprs"]

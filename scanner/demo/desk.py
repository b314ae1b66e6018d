"""Put made documents into the company's folders, and the truth about each into the record."""

from __future__ import annotations

import os
import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from scanner.demo.content import MADE, Body, Content, Pen
from scanner.demo.people import Person
from scanner.demo.truth import Copies, FileTruth, Truth, common_share
from scanner.demo.writers import write

ANNA = "pc-anna.holm/Users/anna.holm"
MIKKEL = "pc-mikkel.bach/Users/mikkel.bach"
SOFIE = "pc-sofie.lund/Users/sofie.lund"
JENS = "pc-jens.krogh/Users/jens.krogh"
LARS = "pc-lars.dam/Users/lars.dam"
KAREN = "pc-karen.friis/Users/karen.friis"
SHARE = "fil01"
OWNERS = ("Anna Holm", "Mikkel Bach", "Sofie Lund", "Jens Krogh", "Lars Dam", "Karen Friis")
"""Whose devices there are. Karen Friis has left; her device was never emptied."""
DEPARTMENTS = {
    "Anna Holm": "Salg",
    "Mikkel Bach": "Salg",
    "Karen Friis": "Salg",
    "Sofie Lund": "HR",
    "Jens Krogh": "Økonomi",
    "Lars Dam": "It",
}
LEFT = {"Karen Friis": "2025-11-30"}


@dataclass(slots=True)
class Desk:
    """Where documents are made: the people, one source of chance, and the folder they go to."""

    folder: Path
    rng: random.Random
    owners: dict[str, Person] = field(repr=False)
    staff: Sequence[Person] = field(repr=False)
    customers: Sequence[Person] = field(repr=False)
    newcomers: Sequence[Person] = field(repr=False)
    truth: Truth = field(repr=False)

    def add(
        self, path: str, content: Content, *, years: float | None = None, excluded: bool = False
    ) -> Content:
        """Write a file, `years` old (a few months by default), and record what is in it."""
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists():
            raise ValueError(f"two made files have one name: {path}")
        target.write_bytes(content.data)
        days = self.rng.uniform(5, 200) if years is None else years * 365.25
        time = (MADE - timedelta(days=days)).timestamp()
        os.utime(target, (time, time))
        for mark in content.marks:
            expected = "excluded" if excluded else mark.expected
            chain = f"{content.format}>{mark.format}" if mark.inner else content.format
            self.truth.planted.append(replace(mark, path=path, format=chain, expected=expected))
        if not excluded:
            self.truth.negatives += [replace(none, path=path) for none in content.negatives]
        statuses = ("excluded",) if excluded else content.statuses
        self.truth.files.append(FileTruth(path, content.format, statuses, content.reasons))
        return content

    def write(
        self, path: str, writer: str, body: Body, pen: Pen, *, years: float | None = None
    ) -> Content:
        """Write a body in one of the WRITERS to a file."""
        return self.add(path, write(writer, body, pen), years=years)

    def exact(self, *places: tuple[str, tuple[str, ...]]) -> None:
        """Record that one content lies in all these places (path, inner)."""
        self.truth.copies.append(Copies("exact", places))

    def near(
        self,
        first: tuple[str, tuple[str, ...]],
        second: tuple[str, tuple[str, ...]],
        contents: tuple[Content, Content],
    ) -> None:
        """Record that two contents hold nearly the same values, and how many."""
        left, right = ({(mark.kind, mark.value) for mark in one.marks} for one in contents)
        self.truth.copies.append(Copies("near", (first, second), common_share(left, right)))

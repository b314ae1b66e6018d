"""Read templates and fill them: text with the spans of what was planted. Knows no file format."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from bench.quality.people import Person
from bench.quality.slots import EITHER, Piece, free, none, of_person, planted

FOLDER = Path(__file__).parent / "templates"
SETS = ("train", "tune", "report")
ROWLESS = 4
_SLOT = re.compile(r"⟦([^⟧]*)⟧")
_REPEAT = re.compile(r"⟦\*(\d+)-(\d+)⟧")
_HEAD = re.compile(r"^%% (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Template:
    """One template: its type of document, the formats it is written in, and its text.

    `papers` are the kinds that the whole document is: a CV, a payslip.
    """

    type: str
    formats: tuple[str, ...]
    text: str = field(repr=False)
    name: str
    papers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mark:
    """What stands at text[start:end]. `role`: planted, either or none (see slots.Piece)."""

    kind: str
    role: str
    start: int
    end: int
    value: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Draft:
    """A filled template. `number_cells` are the starts of cells that a sheet keeps as numbers."""

    template: Template
    text: str = field(repr=False)
    marks: tuple[Mark, ...] = field(repr=False)


@cache
def templates(which: str) -> tuple[Template, ...]:
    """Return the templates of a set, in the order of their files. Raises ValueError for a set."""
    if which not in SETS:
        raise ValueError(f"no set {which}; there are {', '.join(SETS)}")
    return tuple(
        each for path in sorted((FOLDER / which).glob("*.txt")) for each in _templates(path)
    )


def _templates(path: Path) -> Iterator[Template]:
    whole = path.read_text("utf-8")
    if unclosed := re.search(r"⟦[^⟧\n]*$", whole, re.MULTILINE):
        raise ValueError(f"{path.name}: {unclosed[0]} has no end on its line")
    _, *pieces = _HEAD.split(whole)
    for number, (head, text) in enumerate(zip(pieces[::2], pieces[1::2], strict=True), 1):
        kind, _, rest = head.partition(": ")
        formats, _, papers = rest.partition(" = ")
        if not formats:
            raise ValueError(f"{path.name}: '%% {head}' is not '%% type: formats [= kinds]'")
        body = text.strip("\n") + "\n"
        name = f"{path.stem} {number}"
        yield Template(kind.strip(), tuple(formats.split()), body, name, tuple(papers.split()))


def fill(template: Template, which: str, rng: random.Random) -> Draft:
    """Return the template with made people of the set and their numbers in its slots."""
    pieces: list[str] = []
    marks: list[Mark] = []
    people: dict[str, Person] = {}
    at = 0
    for line in _lines(template.text, rng):
        fresh: dict[str, Person] = {}
        last = 0
        for slot in _SLOT.finditer(line):
            before = line[last : slot.start()]
            pieces.append(before)
            at += len(before)
            piece = _piece(slot[1], people, fresh, which, rng)
            if piece.role:
                end = at + len(piece.text)
                marks.append(Mark(piece.kind, piece.role, at, end, piece.value))
            pieces.append(piece.text)
            at += len(piece.text)
            last = slot.end()
        pieces.append(line[last:])
        at += len(line) - last
    return Draft(template, "".join(pieces), tuple(marks))


def _lines(text: str, rng: random.Random) -> Iterator[str]:
    for line in text.splitlines(keepends=True):
        repeat = _REPEAT.match(line)
        if repeat is None:
            yield line
            continue
        for _ in range(rng.randint(int(repeat[1]), int(repeat[2]))):
            yield line[repeat.end() :]


def _piece(
    slot: str,
    people: dict[str, Person],
    fresh: dict[str, Person],
    which: str,
    rng: random.Random,
) -> Piece:
    """Fill one slot: of a person, free, or text that the template itself marks."""
    if slot[:1] in ("!", "~", "?"):
        kind, _, choice = slot[1:].partition(" ")
        text = rng.choice(choice.split("|"))
        if slot[0] == "?":
            return none(kind.replace("_", " "), text)
        return planted(kind, text, text, EITHER if slot[0] == "~" else "planted")
    mark = "|" if slot[1:10] == ".account|" else " "  # what stands between, blanks and all
    name, _, form = slot.partition(mark)
    if name[1:2] == ".":
        held = fresh if name[0].isupper() else people
        if name[0] not in held:
            held[name[0]] = Person(random.Random(rng.getrandbits(64)), which)
        return of_person(held[name[0]], name[2:], form.replace("\\n", "\n"), rng)
    piece = free(name, form, rng)
    if piece is None:
        raise ValueError(f"⟦{slot}⟧ is no slot")
    return piece


def texts(which: str, copies: int, seed: int = 1) -> Iterator[Draft]:
    """Yield every template of a set `copies` times, each differently filled; same under a seed.

    A template without rows is filled ROWLESS times as often, since it holds fewer values.
    Spans are half-open code points of `text`: what names and addresses can be trained on ("train")
    and measured with ("report"), first names alone included.
    """
    for template in templates(which):
        for copy in range(copies if _REPEAT.search(template.text) else ROWLESS * copies):
            rng = random.Random(f"{seed} {which} {template.name} {copy}")
            yield fill(template, which, rng)

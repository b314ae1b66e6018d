"""Write filled templates as real documents: mail, Word, PDF, sheets, delimited text, plain text."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from email import policy
from email.message import EmailMessage
from html import escape

from bench.quality.slots import EITHER
from bench.quality.template import Draft, Mark, texts
from scanner.demo.content import Body, Cell, Grid
from scanner.demo.writers import WRITERS

ENCODINGS = ("utf-8", "utf-8", "cp1252", "utf-8-sig")
_TABLES = ("xlsx", "ods", "xls", "tsv", "csv")
_WRITTEN = ("docx", "pdf", "odt", "rtf", "html", "pptx")


@dataclass(frozen=True, slots=True)
class Document:
    """One document of the corpus: its name, bytes, and the draft that says what stands in it."""

    name: str
    format: str
    data: bytes = field(repr=False)
    draft: Draft = field(repr=False)


def documents(which: str, copies: int, seed: int = 1) -> Iterator[Document]:
    """Yield every template of a set `copies` times, its formats in turn; same under a seed."""
    counts: dict[str, int] = {}
    for number, draft in enumerate(texts(which, copies, seed)):
        formats = draft.template.formats
        copy = counts[draft.template.name] = counts.get(draft.template.name, -1) + 1
        format_ = formats[copy % len(formats)]
        rng = random.Random(f"{seed} {which} {number} bytes")
        if format_ == "pdf" and not _western(draft.text):
            format_ = "docx"  # the PDF writer's fonts have no other letters
        if draft.text.startswith("From: "):  # a mail, whatever it is written as
            draft = _addressed(draft)
        name = f"document-{number:04}.{format_}"
        yield Document(name, format_, _bytes(draft, format_, rng), draft)


def _addressed(draft: Draft) -> Draft:
    """Return a mail's draft: who stands in its address fields is right to report, or not.

    Every mail has a sender and recipients; there they are maybes (docs/detectors.md). The line
    that says who wrote what is quoted is such a field of the quoted mail.
    """
    return replace(
        draft,
        marks=tuple(
            replace(mark, role=EITHER) if _in_field(draft.text, mark) else mark
            for mark in draft.marks
        ),
    )


def _in_field(text: str, mark: Mark) -> bool:
    if mark.role != "planted" or mark.kind not in ("EMAIL_ADDRESS", "PERSON"):
        return False
    line = text[text.rfind("\n", 0, mark.start) + 1 : text.index("\n", mark.end)]
    if mark.start < text.index("\n\n"):
        return line.startswith(("From: ", "To: ", "Cc: "))
    return " skrev " in line and line.endswith(":")


def _bytes(draft: Draft, format_: str, rng: random.Random) -> bytes:
    text = draft.text
    if format_ == "eml":
        return _mail(text, rng)
    if format_ in _TABLES:
        return _table(text, format_, rng)
    if format_ in _WRITTEN:
        title, _, rest = text.partition("\n")
        return WRITERS[format_](Body(title, list(_blocks(rest))))
    return _encoded(text, rng)


def _western(text: str) -> bool:
    try:
        text.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True


def _encoded(text: str, rng: random.Random) -> bytes:
    encoding = rng.choice(ENCODINGS)
    return text.encode(encoding if _western(text) else "utf-8")


def _blocks(text: str) -> Iterator[str | Grid]:
    """Yield paragraphs, a line each, and tables: lines that begin with a bar."""
    rows: list[list[str]] = []
    for line in text.rstrip("\n").split("\n"):
        if line.startswith("|"):
            rows.append([cell.strip() for cell in line.strip("|").split("|")])
            continue
        if rows:
            yield _grid(rows)
            rows = []
        yield line
    if rows:
        yield _grid(rows)


def _grid(rows: list[list[str]]) -> Grid:
    width = max(map(len, rows))
    even = [[*row, *[""] * (width - len(row))] for row in rows]
    return Grid("Tabel", even[0], even[1:])


def _table(text: str, format_: str, rng: random.Random) -> bytes:
    """A row a line, cells by semicolon; a cell that begins with # is a number in sheets."""
    rows = [line.split(";") for line in text.rstrip("\n").split("\n")]
    if format_ in ("csv", "tsv"):
        mark = ";" if format_ == "csv" else "\t"
        whole = "\r\n".join(mark.join(cell.removeprefix("#") for cell in row) for row in rows)
        return _encoded(whole + "\r\n", rng)
    cells: list[list[Cell]] = [
        [int(cell[1:]) if cell[:1] == "#" and cell[1:].isdigit() else cell for cell in row]
        for row in rows
    ]
    width = max(map(len, cells))
    even = [[*row, *[""] * (width - len(row))] for row in cells]
    return WRITERS[format_](Body("Ark", [Grid("Ark1", (), even)]))


def _mail(text: str, rng: random.Random) -> bytes:
    head, _, body = text.partition("\n\n")
    message = EmailMessage(policy=policy.SMTP.clone(max_line_length=200))
    for line in head.split("\n"):
        name, _, value = line.partition(": ")
        message[name] = value
    encoding = rng.choice(("quoted-printable", "base64", "8bit"))
    if rng.random() < 0.3:
        page = "".join(f"<p>{escape(line)}</p>\n" for line in body.split("\n"))
        message.set_content(f"<html><body>{page}</body></html>", subtype="html", cte=encoding)
    else:
        message.set_content(body, cte=encoding)
    return message.as_bytes()

"""Put the confirmed places of a look-up into a file: HTML to print, PDF, Excel, or JSON.

Names come from files that anybody may name: in HTML they are escaped, in Excel they are text and
never a formula or a link, in JSON they are escaped beyond ASCII.
"""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, field
from typing import Any

import xlsxwriter

from scanner.messages import Words
from scanner.pdf_file import as_pdf
from scanner.privacy import shown
from scanner.sections import Block, Section, Sheet, printable
from scanner.web.extracts import Extract
from scanner.web.found import Found

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
JSON = "application/json"
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a spreadsheet may take for the beginning of a formula (OWASP, CSV injection)."""
MOST_IN_A_CELL = 32_767
"""Signs that Excel keeps in a cell (Excel specifications and limits)."""
WIDTHS = (50, 40, 18, 12, 30, 20, 14, 14, 12, 10)
IN_PDF = (42, 30, 34, 16, 30, 22, 17, 18, 12, 12)
"""Of the columns, as shares."""


@dataclass(frozen=True, slots=True)
class Dossier:
    """What goes into the file. `places` in order; `coverage`, `cautions`: sentences.

    `extracts`: None where none are wanted.
    """

    who: str
    made: str
    purpose: str
    reference: str = field(repr=False)
    looked_for: tuple[tuple[str, str], ...] = field(repr=False)
    places: tuple[Found, ...] = field(repr=False)
    rejected: int
    undecided: int
    coverage: tuple[str, ...] = field(repr=False)
    cautions: tuple[str, ...] = field(repr=False)
    outside: tuple[str, ...] = field(repr=False)
    extracts: tuple[Extract, ...] | None = field(default=None, repr=False)

    def as_dict(self, words: Words) -> dict[str, Any]:
        """Return the dossier as its JSON has it; times are UTC, codes as in `person --json`."""
        return {
            "by": self.who,
            "made": self.made,
            "purpose": self.purpose,
            "reference": self.reference,
            "looked_for": [{"kind": kind, "masked": masked} for kind, masked in self.looked_for],
            "places": [_as_dict(place, words) for place in self.places],
            "rejected": self.rejected,
            "undecided": self.undecided,
            "coverage": [*self.coverage, *self.cautions],
            "outside": list(self.outside),
            "extracts": self._extracts(words),
        }

    def _extracts(self, words: Words) -> Any:
        if self.extracts is None:
            return False
        return [
            {
                "document": shown(each.title),
                "passages": [
                    {"where": shown(where), "text": printable(text)}
                    for where, text in each.rows(words)
                ],
                "more": each.cut,
                "notes": list(each.why),
            }
            for each in self.extracts
        ]


def _as_dict(place: Found, words: Words) -> dict[str, Any]:
    document = place.where.document
    return {
        "device": document.device,
        "place": document.place,
        "path": shown(document.path),
        "inner_path": shown(place.where.inner_path),
        **({"message": document.message or place.where.message} if _message(place) else {}),
        **document.owned(),
        "certainty": place.certainty,
        "found": [
            {
                "kind": hit.wanted.kind,
                "masked": shown(hit.wanted.masked),
                "confidence": hit.confidence,
                "why": words.why(hit.evidence),
                "where": [shown(step) for step in hit.where],
                "count": hit.count,
            }
            for hit in place.hits
        ],
        "status": document.status,
        "modified": document.modified,
        "first_seen": place.where.first_seen,
        "readable_by": document.readable_by or None,
        "copies": place.copies,
    }


def _message(place: Found) -> str:
    return place.where.document.message or place.where.message


def as_json(dossier: Dossier, words: Words) -> bytes:
    return json.dumps(dossier.as_dict(words), indent=1).encode()


HEADS = (
    *("head document", "dossier inside", "head found", "dossier certainty", "dossier where"),
    *("head owner", "head device", "dossier modified", "head status", "dossier copies"),
)


def row(place: Found, words: Words) -> list[str]:
    """Return one place as people read it, a cell for each of HEADS."""
    document = place.where.document
    hits = place.hits
    return [
        shown(document.path),
        shown(" › ".join(each for each in (_message(place), place.where.inner_path) if each)),
        "; ".join(f"{words.kind(hit.wanted.kind)} {hit.wanted.masked}" for hit in hits),
        words.certainty(max(hit.confidence for hit in hits)),
        "; ".join(shown(words.where(hit.where)) for hit in hits if hit.where),
        document.whose or words.text("by nobody"),
        document.device,
        words.date(document.modified),
        words.status(document.status),
        words.number(place.copies),
    ]


def as_excel(dossier: Dossier, words: Words) -> bytes:
    """Return a workbook: places, coverage, systems outside."""
    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, {**options, "strings_to_numbers": False}) as book:
        bold = book.add_format({"bold": True})
        plain = book.add_format({"text_wrap": True, "valign": "top"})
        quoted = book.add_format({"text_wrap": True, "valign": "top", "quote_prefix": True})

        def write(sheet: Any, line: int, cells: list[str]) -> None:
            for column, text in enumerate(cells):
                form = quoted if text.startswith(FORMULA) else plain
                sheet.write_string(line, column, text[:MOST_IN_A_CELL], form)

        sheet = book.add_worksheet(words.text("dossier sheet places"))
        for column, (head, width) in enumerate(zip(HEADS, WIDTHS, strict=True)):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, words.text(head), bold)
        for line, place in enumerate(dossier.places, 1):
            write(sheet, line, row(place, words))
        sheet.freeze_panes(1, 0)
        sheet = book.add_worksheet(words.text("dossier sheet about"))
        sheet.set_column(0, 0, 120)
        for line, text in enumerate(about(dossier, words)):
            write(sheet, line, [text])
        if dossier.extracts is not None:
            sheet = book.add_worksheet(words.text("dossier sheet extracts"))
            for column, (key, width) in enumerate(zip(EXTRACT_HEADS, (50, 30, 100), strict=True)):
                sheet.set_column(column, column, width)
                sheet.write_string(0, column, words.text(key), bold)
            for line, cells in enumerate(extract_rows(dossier.extracts, words), 1):
                write(sheet, line, cells)
        sheet = book.add_worksheet(words.text("dossier sheet outside"))
        sheet.set_column(0, 0, 120)
        for line, text in enumerate(dossier.outside or (words.text("dossier no outside"),)):
            write(sheet, line, [shown(text)])
    return file.getvalue()


def in_pdf(dossier: Dossier, words: Words) -> bytes:
    """Return the dossier as PDF. Raises ImportError where reportlab is not installed."""
    heads, extracts = [words.text(head) for head in HEADS], dossier.extracts
    places = Sheet(heads, [row(place, words) for place in dossier.places], widths=IN_PDF)
    sections: list[Section] = [
        ("", about(dossier, words)),
        (words.text("dossier sheet places"), [places]),
    ]
    if extracts is not None:
        cells = extract_rows(extracts, words)
        told: list[Block] = [
            Sheet([words.text(head) for head in EXTRACT_HEADS], cells, widths=(50, 30, 100))
        ]
        sections.append((words.text("dossier sheet extracts"), told))
    outside = [shown(each) for each in dossier.outside] or [words.text("dossier no outside")]
    sections.append((words.text("dossier sheet outside"), outside))
    return as_pdf(words.text("page dossier"), sections, words.language)


EXTRACT_HEADS = ("head document", "dossier where", "dossier text")


def extract_rows(extracts: tuple[Extract, ...], words: Words) -> list[list[str]]:
    """Return a row for each passage, and for each sentence that says why there is none."""
    rows = []
    for each in extracts:
        title = shown(each.title)
        rows += [[title, shown(where), printable(text)] for where, text in each.rows(words)]
        rows += [[title, "", sentence] for sentence in each.why]
        if each.cut:
            rows.append([title, "", words.text("extract cut")])
    return rows


def about(dossier: Dossier, words: Words) -> list[str]:
    """Return what the dossier rests on, in sentences."""
    listed = ", ".join(f"{words.kind(kind)} {masked}" for kind, masked in dossier.looked_for)
    purpose = words.text(f"purpose {dossier.purpose}")
    said = [
        words.text("looked for", values=listed),
        words.text(
            "dossier made",
            who=dossier.who,
            when=words.moment(dossier.made),
            purpose=f"{purpose} {dossier.reference}".strip(),
        ),
        words.count("dossier confirmed", len(dossier.places)),
    ]
    if dossier.rejected:
        said.append(words.count("dossier rejected", dossier.rejected))
    if dossier.undecided:
        said.append(words.count("dossier undecided", dossier.undecided))
    key = "dossier no extracts" if dossier.extracts is None else "dossier extracts"
    return [*said, words.text(key), *dossier.coverage, *dossier.cautions]

"""Write made documents as text: plain, CSV, JSON, XML, HTML, Markdown, RTF, cards and calendars."""

from __future__ import annotations

import csv
import html
import io
import json
from collections.abc import Sequence
from xml.etree import ElementTree

from scanner.demo.content import Body, Grid


def text(body: Body) -> str:
    """Return paragraphs and tables as plain text; table cells stand in columns."""
    body.only()
    lines = [body.title, "=" * len(body.title), ""]
    for block in body.blocks:
        if isinstance(block, Grid):
            rows = block.texts()
            widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
            lines += [
                "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
                for row in rows
            ]
        else:
            lines.append(block)
        lines.append("")
    return "\n".join(lines)


def delimited(body: Body, delimiter: str) -> str:
    """Return the first table as CSV with Windows line ends, quoted where needed."""
    body.only()
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\r\n").writerows(body.grids()[0].texts())
    return out.getvalue()


def markdown(body: Body) -> str:
    """Return Markdown with pipe tables."""
    body.only()
    lines = [f"# {body.title}", ""]
    for block in body.blocks:
        if isinstance(block, Grid):
            first, *rest = block.texts()
            table = [first, ["---"] * len(first), *rest]
            lines += ["| " + " | ".join(row) + " |" for row in table]
        else:
            lines.append(block)
        lines.append("")
    return "\n".join(lines)


def _records(grid: Grid) -> list[dict[str, object]]:
    return [dict(zip(grid.headers, row, strict=True)) for row in grid.rows]


def json_lines(body: Body) -> str:
    """Return one JSON object a line, one for each row of the first table."""
    body.only()
    rows = _records(body.grids()[0])
    return "".join(json.dumps(row, ensure_ascii=False, default=str) + "\n" for row in rows)


def json_whole(body: Body, *, ascii_only: bool = False) -> str:
    """Return one JSON document; with `ascii_only` every Danish letter is an escape."""
    body.only()
    whole = {
        "titel": body.title,
        "tekst": [block for block in body.blocks if isinstance(block, str)],
        **{grid.name: _records(grid) for grid in body.grids()},
    }
    return json.dumps(whole, ensure_ascii=ascii_only, indent=2, default=str)


def xml(body: Body) -> bytes:
    """Return an XML document; column names become element names."""
    body.only()
    root = ElementTree.Element("dokument", titel=body.title)
    for block in body.blocks:
        if isinstance(block, Grid):
            for record in _records(block):
                row = ElementTree.SubElement(root, block.name)
                for key, value in record.items():
                    ElementTree.SubElement(row, key.replace(" ", "")).text = str(value)
        else:
            ElementTree.SubElement(root, "afsnit").text = block
    ElementTree.indent(root)
    whole: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return whole


def html_page(body: Body, *, broken: bool = False) -> str:
    """Return an HTML page; `broken`: no end tags in tables, bare ampersands, a cut-off end."""
    body.only()
    escape = html.escape
    parts = [f"<html><head><title>{escape(body.title)}</title>"]
    parts.append("<meta charset='utf-8'></head><body>")
    for block in body.blocks:
        if isinstance(block, Grid):
            parts.append("<table border=1>" if broken else "<table>")
            for row in block.texts():
                if broken:
                    parts.append("<tr>" + "".join(f"<td>{cell}" for cell in row))
                else:
                    cells = "".join(f"<td>{escape(cell)}</td>" for cell in row)
                    parts.append(f"<tr>{cells}</tr>")
            parts.append("" if broken else "</table>")
        else:
            parts.append(f"<p>{block if broken else escape(block)}" + ("" if broken else "</p>"))
    parts.append("<b><i>Køb & salg</b><br><p" if broken else "</body></html>")
    return "\n".join(parts)


def rtf(body: Body) -> bytes:
    """Return an RTF document as WordPad writes it: cp1252 escapes, tables row by row."""
    body.only("header", "author")
    out = [r"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fswiss Calibri;}}"]
    if "author" in body.extras:
        out.append(r"{\info{\author " + _rtf(body.extras["author"]) + "}}")
    if "header" in body.extras:
        out.append(r"{\header\pard " + _rtf(body.extras["header"]) + r"\par}")
    out.append(r"\viewkind4\uc1\pard\f0\fs22 {\b " + _rtf(body.title) + r"}\par")
    for block in body.blocks:
        if isinstance(block, Grid):
            for row in block.texts():
                edges = "".join(rf"\cellx{2200 * (at + 1)}" for at in range(len(row)))
                cells = "".join(_rtf(cell) + r"\cell " for cell in row)
                out.append(rf"\trowd{edges} \intbl {cells}\row")
            out.append(r"\pard")
        else:
            out.append(_rtf(block) + r"\par")
    out.append("}")
    return "\r\n".join(out).encode("ascii")


def _rtf(text: str) -> str:
    signs = []
    for sign in text:
        if sign in "\\{}":
            signs.append("\\" + sign)
        elif sign.isascii():
            signs.append(sign)
        else:
            try:
                signs.append(rf"\'{sign.encode('cp1252')[0]:02x}")
            except UnicodeEncodeError:
                signs.append(rf"\u{ord(sign)}?")
    return "".join(signs)


def _folded(lines: Sequence[str]) -> str:
    # RFC 5545 3.1 and RFC 6350 3.2: a line longer than 75 octets goes on after CRLF and a blank.
    out = []
    for line in lines:
        while len(line.encode()) > 72:
            cut = next(
                at for at in range(min(72, len(line)), 0, -1) if len(line[:at].encode()) < 73
            )
            out.append(line[:cut])
            line = " " + line[cut:]
        out.append(line)
    return "\r\n".join(out) + "\r\n"


def vcards(body: Body) -> str:
    """Return a card a row, of columns Navn, E-mail, Telefon, Adresse and Note."""
    body.only()
    lines = []
    for name, email, phone, address, note in body.grids()[0].texts()[1:]:
        given, _, surname = name.rpartition(" ")
        lines += ["BEGIN:VCARD", "VERSION:3.0", f"N:{surname};{given};;;", f"FN:{name}"]
        lines += [f"EMAIL;TYPE=INTERNET:{email}", f"TEL;TYPE=CELL:{phone}"]
        lines += [f"ADR;TYPE=HOME:;;{_escaped(address)};;;;", f"NOTE:{_escaped(note)}", "END:VCARD"]
    return _folded(lines)


def calendar(body: Body) -> str:
    """Return an event a row, of columns Titel, Deltager (an e-mail) and Beskrivelse."""
    body.only()
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Nordlys//Kalender//DA"]
    for number, (title, attendee, note) in enumerate(body.grids()[0].texts()[1:], 1):
        lines += [
            "BEGIN:VEVENT",
            f"UID:20260302T0{number}0000Z-{number}",
            "DTSTAMP:20260302T080000Z",
        ]
        lines += [f"DTSTART:2026030{number % 9 + 1}T090000Z", f"SUMMARY:{_escaped(title)}"]
        lines += [f"ATTENDEE;ROLE=REQ-PARTICIPANT:mailto:{attendee}"]
        lines += [f"DESCRIPTION:{_escaped(note)}", "END:VEVENT"]
    return _folded([*lines, "END:VCALENDAR"])


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace(",", "\\,").replace(";", "\\;").replace("\n", "\\n")

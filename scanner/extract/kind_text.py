"""Tell kinds of text apart by their form: mail, HTML, XML, JSON, CSV … else plain text."""

from __future__ import annotations

import codecs
import re

from scanner.extract.encoding import decode

PLAIN = "text/plain"
MARKDOWN = "text/markdown"
CSV = "text/csv"
HTML = "text/html"
XML = "application/xml"
JSON = "application/json"
NDJSON = "application/x-ndjson"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


CSV_ENDINGS = frozenset(("csv", "tsv", "tab", "psv"))
_SHEET_ENDINGS = frozenset(("xls", "xlsx", "xlsm", "xlsb"))
_HTML_ENDINGS = frozenset(("htm", "html", "xhtml", "shtml", "hta")) | _SHEET_ENDINGS
_XML_ENDINGS = _words(
    "xml xsd xsl xslt svg rss atom gpx kml wsdl config plist fodt fods fodp xlf resx"
)
_JSON_ENDINGS = frozenset(("json", "geojson", "webmanifest", "ipynb", "har", "jsonl", "ndjson"))
_MAIL_ENDINGS = frozenset(("eml", "emlx", "mht", "mhtml", "mim", "nws"))
_SOURCE_ENDINGS = _words(
    "py pyi js mjs cjs ts tsx jsx c h cc cpp hpp cs java kt go rs rb php pl pm sh bash zsh ps1 psm1"
    " bat cmd vbs bas sql lua r m swift scala css scss less ini cfg conf toml yaml yml tex bib srt"
    " asm s f90 el lisp clj hs erl ex dart groovy gradle properties make mk cmake reg diff patch"
)
"""Where a row of semicolons or a "<html>" is a programmer's, and says nothing of the file."""

TABLE_LINES = 60
"""Lines at the beginning that must be alike to be rows."""

_COMMENTS = re.compile(r"(?:\s+|<!--.*?-->)+", re.DOTALL)
_HTML_START = re.compile(
    r"<(?:!doctype\s+html|html|head|body|table|meta|title|div|p|span|br|font|center|ul|ol|h[1-6]|b|i|a"
    r"|style|script|link|img|tr|td|form|base|article|section|main|nav|header|pre)\b(?!:)[^<]{0,2000}>",
    re.IGNORECASE,
)
_HTML_ANYWHERE = re.compile(r"<(?:!doctype\s+html|html|head|body)[\s>]", re.IGNORECASE)
_XML_DECLARATION = re.compile(r"<\?xml\s", re.IGNORECASE)
_PROLOGUE = re.compile(
    r"(?:\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^<>\[]*(?:\[.*?\]\s*)?>)+", re.DOTALL
)
_XML_START = re.compile(r"<(?:[^\W\d][\w.-]{0,60}:)?[^\W\d][\w.-]{0,80}(?=[\s/>])")
_OBJECT = re.compile(r'\{\s*(?:"(?:[^"\\\n]|\\.){0,500}"\s*:|\}\s*\Z)')
_ARRAY = re.compile(
    r'\[\s*(?:\{\s*["}]|\[|"(?:[^"\\\n]|\\.){0,2000}"\s*[,\]]|-?\d+(?:\.\d+)?\s*,|(?:true|false|null)\s*,'
    r"|\]\s*\Z|(?:-?\d+(?:\.\d+)?|true|false|null)\s*\]\s*\Z)"
)
_MORK = "// <!-- <mdb:mork:z"
_PGP = "-----BEGIN PGP MESSAGE-----"
_MBOX = re.compile(r">?From \S.{0,200}\d{2}:\d{2}.{0,60}\n(?:>?From .{0,300}\n)?[!-9;-~]{1,70}:")
_LENGTH = re.compile(r"\d{1,12}[ \t]*\n")
_BARE = re.compile(r"From (?:-|[^\s@]{1,100}@[^\s@]{1,200})? *\n(?:>?From .{0,300}\n)?")
"""Thunderbird's line since 2023, and that of programs that write no date."""
_FIELD = re.compile(r"([!-9;-~]{1,70})[ \t]*:")
_TRACE = _words(
    "received return-path message-id mime-version delivered-to x-mozilla-status x-apparently-to"
    " authentication-results dkim-signature x-originating-ip x-unsent x-mailer"
)
"""Fields that only mail software writes."""
_WRITTEN = _words("from to cc bcc subject date sender reply-to content-type")


def text_type(head: bytes, name: str, whole: bool) -> str:
    """Return the type of a text by its beginning; `whole` when there is nothing more of it."""
    text = _rough(head).lstrip(" \t\n\f\v\ufeff")
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    first = text[:1]
    if first == "<":
        if marked := _markup(text, ending, whole):
            return marked
    elif first in ("{", "["):
        if text.startswith("{\\rtf"):
            return "application/rtf"
        if structured := _json(text, ending):
            return structured
    elif first in "Bb" and (card := _card(text)):
        return card
    elif first in "F>" and _is_mbox(text):
        return "application/mbox"
    elif first == "/" and text.startswith(_MORK):
        return "application/x-mork"
    elif first == "-" and text.startswith(_PGP):
        return "application/pgp-encrypted"
    if _is_mail(text, ending):
        return "message/rfc822"
    if ending in _HTML_ENDINGS and _HTML_ANYWHERE.search(text):
        return HTML
    if ending in ("md", "markdown"):
        return MARKDOWN
    if ending in CSV_ENDINGS:
        return CSV
    if ending in _SOURCE_ENDINGS or not text:
        return PLAIN
    return CSV if _is_table(text, whole) else PLAIN


def _rough(head: bytes) -> str:
    # Forms are ASCII: which single-byte encoding it is costs time and changes nothing here.
    if b"\0" in head:
        return decode(head)
    try:
        text = codecs.utf_8_decode(head, "strict", False)[0]
    except UnicodeDecodeError:
        text = head.decode("latin-1")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _markup(text: str, ending: str, whole: bool) -> str | None:
    if _XML_DECLARATION.match(text):
        prologue = _PROLOGUE.match(text)
        root = text[prologue.end() :] if prologue else text
        is_page = "<!DOCTYPE html" in text[:500] or re.match(r"<html[\s>]", root, re.IGNORECASE)
        return HTML if is_page else XML
    if text.startswith(("<?php", "<%", "<?=")) or ending in _SOURCE_ENDINGS:
        return PLAIN
    comments = _COMMENTS.match(text)
    body = text[comments.end() :] if comments else text
    if ending not in _XML_ENDINGS and _HTML_START.match(body):
        return HTML
    prologue = _PROLOGUE.match(text)
    if start := _XML_START.match(text, prologue.end() if prologue else 0):
        tag = start[0][1:]
        closed = f"</{tag}" in text or re.match(r"[^<>]*/>", text[start.end() :])
        if closed or ending in _XML_ENDINGS or (not whole and "</" in text):
            return XML
    if _HTML_ANYWHERE.search(text):
        return HTML
    return XML if ending in _XML_ENDINGS else None


def _json(text: str, ending: str) -> str | None:
    if not (_OBJECT.match(text) or _ARRAY.match(text)):
        return None
    if ending in _SOURCE_ENDINGS:
        return PLAIN
    first, _, rest = text.partition("\n")
    if first[-1:] in "}]" and rest.lstrip()[:1] == first[0] and first[1:].strip():
        return NDJSON
    return NDJSON if ending in ("jsonl", "ndjson") else JSON


def _card(text: str) -> str | None:
    opening = text[:15].upper()
    if opening.startswith("BEGIN:VCARD"):
        return "text/vcard"
    return "text/calendar" if opening.startswith("BEGIN:VCALENDAR") else None


def _is_mbox(text: str) -> bool:
    if _MBOX.match(text):
        return True
    line = _BARE.match(text)
    return line is not None and _is_mail(text[line.end() :], "")


def _is_mail(text: str, ending: str) -> bool:
    if length := _LENGTH.match(text):  # Apple Mail puts a line with the length in front
        text = text[length.end() :]
    if not _FIELD.match(text):
        return False
    names: set[str] = set()
    for number, line in enumerate(text.split("\n")[:200]):
        if field := _FIELD.match(line):
            names.add(field[1].lower())
        elif number == 0 or not line.startswith((" ", "\t")):
            if line.strip():
                return False  # the header must end with a blank line, or with the sample
            break
    if ending in _MAIL_ENDINGS:
        return bool(names & (_TRACE | _WRITTEN))
    if names & _TRACE:
        return len(names & (_TRACE | _WRITTEN)) >= 2
    return {"from", "subject"} <= names and bool(names & {"to", "date"})


def _is_table(text: str, whole: bool) -> bool:
    if text[:5].lower().lstrip('"').startswith("sep="):
        return True
    lines = text.split("\n", TABLE_LINES)
    if len(lines) > 1 and (not whole or len(lines) > TABLE_LINES):
        lines.pop()
    lines = [line for line in _unquoted(lines) if line.strip()]
    sample = "\n".join(lines)
    for delimiter, least_lines, least_cells in (
        ("\t", 3, 2),
        (";", 3, 2),
        (",", 4, 3),
        ("|", 3, 3),
    ):
        if len(lines) < least_lines or sample.count(delimiter) < 0.9 * len(lines):
            continue
        if _is_regular(lines, delimiter, least_cells):
            return True
    return False


def _is_regular(lines: list[str], delimiter: str, least_cells: int) -> bool:
    counts = [line.count(delimiter) for line in lines]
    usual = max(set(counts), key=counts.count)
    if usual + 1 < least_cells:
        return False
    if counts.count(usual) < 0.9 * len(counts):
        return False
    if delimiter in ",;" and sum(line.count(delimiter + " ") for line in lines) * 2 > sum(counts):
        return False  # prose sets a blank behind its commas
    ends = sum(line.endswith(delimiter) for line in lines)
    if usual == 1 and ends > len(lines) // 2:
        return False  # statements that end in a semicolon
    return not (delimiter == "|" and any(re.match(r"\s*\|?[\s:|-]+\Z", line) for line in lines))


def _unquoted(lines: list[str]) -> list[str]:
    """The lines without what stands in quotes, which may hold delimiters and line ends."""
    if not any('"' in line for line in lines):
        return lines
    bare: list[str] = []
    joined, quotes = "", 0
    for line in lines:
        joined += line
        quotes += line.count('"')
        if quotes % 2 == 0:
            bare.append(re.sub(r'"[^"]*"', '"', joined))
            joined, quotes = "", 0
    return bare

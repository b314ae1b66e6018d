"""Read PDF by pdfium: text, form fields, annotations, attachments, properties, page by page.

pdfminer.six reads where pdfium cannot. pdfium is not thread safe: one document at a time.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO

from connectors import Reason
from scanner.extract import Event, Source, pdf_fallback, pdf_page
from scanner.extract.budget import Budget, Trouble
from scanner.extract.flow import Flow
from scanner.extract.pdf_forms import without_rings
from scanner.extract.pdf_rebuild import rebuilt
from scanner.extract.pdf_streams import without_swollen
from scanner.extract.pdf_xml import form_data, xmp_texts
from scanner.model import Part, Place, Problem

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument

MEMORY_BYTES = 256 * 1024**2
"""A larger file is read through callbacks, slower, without being held in memory."""
TAIL_BYTES = 64 * 1024
MAX_PAGES = 50_000
MAX_BOOKMARKS = 20_000
MAX_ATTACHMENTS = 10_000
MAX_ATTACHMENT_BYTES = 512 * 1024**2
MAX_RUNS = 50
SECOND_LOOKS = 50
"""So many pages on which pdfium sees nothing are shown to pdfminer.six."""
PASSWORD_ERRORS = (4, 5)
"""FPDF_ERR_PASSWORD and FPDF_ERR_SECURITY, fpdfview.h."""


@dataclass(slots=True)
class _Pages:
    """What became of the pages, for the problems at the end."""

    ocr: list[int] = field(default_factory=list)
    corrupt: list[int] = field(default_factory=list)
    limit: list[int] = field(default_factory=list)
    broken: list[int] = field(default_factory=list)
    blank: list[int] = field(default_factory=list)

    def problems(self) -> Iterator[Problem]:
        told: tuple[tuple[list[int], Reason, str], ...] = (
            (self.ocr, "missing_extra", "ocr"),
            (self.corrupt, "corrupt", ""),
            (self.limit, "limit", "page_characters"),
        )
        for numbers, reason, detail in told:
            for place in runs(numbers):
                yield Problem(place, reason, detail)


def read(source: Source, budget: Budget) -> Iterator[Event]:
    """Yield the text with its pages, then attachments, then what needs OCR or is broken.

    Raises Trouble("encrypted") when no password fits, ("corrupt") or ("truncated") when neither
    library finds a page.
    """
    import pypdfium2

    broken: Reason | None = "truncated" if _is_cut(source.stream, source.size) else None
    if source.size <= MEMORY_BYTES:
        source, swollen = without_swollen(without_rings(source), budget)
        yield from swollen
    try:
        document, password = _open(source, budget)
    except pypdfium2.PdfiumError:
        broken = broken or "corrupt"
        reopened = _reopen(source)
        if reopened is None:
            yield from _without_pdfium(source, budget, broken)
            return
        document, password = reopened, ""
    with document:
        flow, pages = Flow(), _Pages()
        yield from flow.saving(_read_pages(document, flow, pages, budget))
        second = _second_look(source, password, flow, pages, budget, len(document))
        yield from flow.saving(second)
        yield from flow.saving(_document_texts(document, source, flow))
        yield from flow.end()
        yield from _attachments(document)
        yield from pages.problems()
    if broken:
        yield Problem((), broken)


def _open(source: Source, budget: Budget) -> tuple[PdfDocument, str]:
    import pypdfium2

    source.stream.seek(0)
    data = source.stream.read() if source.size <= MEMORY_BYTES else source.stream
    try:
        return pypdfium2.PdfDocument(data), ""
    except pypdfium2.PdfiumError as error:
        if error.err_code not in PASSWORD_ERRORS:
            raise
    for password in budget.passwords:
        try:
            return pypdfium2.PdfDocument(data, password), password
        except pypdfium2.PdfiumError as error:
            if error.err_code not in PASSWORD_ERRORS:
                raise
    raise Trouble("encrypted")


def _read_pages(
    document: PdfDocument, flow: Flow, pages: _Pages, budget: Budget
) -> Iterator[Event]:
    import pypdfium2

    count = len(document)
    form = pdf_page.open_form(document)
    for index in range(min(count, MAX_PAGES)):
        place = (f"page {index + 1}",)
        try:
            page = document[index]
        except pypdfium2.PdfiumError:
            pages.broken.append(index)
            continue
        try:
            found = pdf_page.text_of(page)
            budget.spend(len(found.text))
            yield from flow.add(place, found.text)
            if found.cut:
                pages.limit.append(index)
            if found.needs_ocr:
                pages.ocr.append(index)
            if found.doubtful:
                pages.blank.append(index)
            for where, text in pdf_page.annotation_texts(document, page, form):
                yield from flow.add((*place, *where), text)
            yield from _page_attachments(page)
        except pypdfium2.PdfiumError:
            pages.broken.append(index)
        finally:
            page.close()
    if count > MAX_PAGES:
        yield Problem((f"page {MAX_PAGES + 1}-{count}",), "limit", "pages")


def _second_look(
    source: Source, password: str, flow: Flow, pages: _Pages, budget: Budget, count: int
) -> Iterator[Event]:
    """Show pages without anything on them to the other library; broken ones may be readable."""
    wanted = frozenset([*pages.broken, *pages.blank[:SECOND_LOOKS]])
    seen: set[int] = set()
    if wanted:
        for index, text in pdf_fallback.pages(source.stream, password, wanted, count):
            budget.spend(len(text))
            seen.add(index)
            yield from flow.add((f"page {index + 1}",), text)
    pages.corrupt.extend(index for index in pages.broken if index not in seen)


def _reopen(source: Source) -> PdfDocument | None:
    """Open what pages are left in a broken file, if any of them has text."""
    import pypdfium2

    if source.size > MEMORY_BYTES:
        return None
    source.stream.seek(0)
    data = rebuilt(source.stream.read())
    if data is None:
        return None
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError:
        return None
    if pdf_page.has_text(document):
        return document
    document.close()
    return None


def _without_pdfium(source: Source, budget: Budget, broken: Reason) -> Iterator[Event]:
    flow = Flow()
    yield from flow.saving(_fallback_pages(source, budget, broken, flow))
    yield from flow.end()
    yield Problem((), broken)


def _fallback_pages(source: Source, budget: Budget, broken: Reason, flow: Flow) -> Iterator[Event]:
    found = False
    for password in ("", *budget.passwords):
        for index, text in pdf_fallback.pages(source.stream, password):
            budget.spend(len(text))
            found = found or bool(text and not text.isspace())
            yield from flow.add((f"page {index + 1}",), text)
        if found:
            return
    raise Trouble(broken)


def _document_texts(document: PdfDocument, source: Source, flow: Flow) -> Iterator[Event]:
    metadata = document.get_metadata_dict(skip_empty=True)
    for name, value in metadata.items():
        if not name.endswith("Date"):
            yield from flow.add(("property", name), f"{name}: {value}")
    for place, text in xmp_texts(source.stream, source.size, frozenset(metadata.values())):
        yield from flow.add(place, text)
    for text in form_data(document):
        yield from flow.add(("form data",), text)
    for item in islice(document.get_toc(), MAX_BOOKMARKS):
        yield from flow.add(("bookmarks",), pdf_page.bookmark_title(item))


def _attachments(document: PdfDocument) -> Iterator[Event]:
    import pypdfium2

    for index in range(min(document.count_attachments(), MAX_ATTACHMENTS)):
        try:
            attachment = document.get_attachment(index)
            yield from _attachment(attachment.raw)
        except pypdfium2.PdfiumError:
            yield Problem((f"attachment {index + 1}",), "corrupt")


def _page_attachments(page: object) -> Iterator[Event]:
    for raw in pdf_page.file_attachments(page):
        yield from _attachment(raw)


def _attachment(raw: object) -> Iterator[Event]:
    name, size = pdf_page.attachment_name(raw), pdf_page.attachment_size(raw)
    if size > MAX_ATTACHMENT_BYTES:
        yield Problem(("attachment", name), "limit", "attachment_bytes")
    elif size > 0:
        data = pdf_page.attachment_bytes(raw, size)
        yield Part(name or "attachment", io.BytesIO(data), len(data))
    else:
        yield Problem(("attachment", name), "corrupt")


def runs(numbers: list[int]) -> Iterator[Place]:
    """Yield ("page 3",) or ("page 3-40",) for page indexes; the last of too many runs spans all."""
    ordered = sorted(set(numbers))
    start = 0
    told = 0
    for position, index in enumerate(ordered):
        last = position + 1 == len(ordered)
        if not last and (ordered[position + 1] == index + 1 or told + 1 >= MAX_RUNS):
            continue
        first = ordered[start]
        yield (f"page {first + 1}" if first == index else f"page {first + 1}-{index + 1}",)
        start, told = position + 1, told + 1


def _is_cut(stream: BinaryIO, size: int) -> bool:
    """Whether the end that every PDF has is missing (ISO 32000-1, 7.5.5)."""
    stream.seek(max(0, size - TAIL_BYTES))
    tail = stream.read(TAIL_BYTES)
    return b"%%EOF" not in tail and b"startxref" not in tail

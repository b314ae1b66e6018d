"""Ask pdfium for one page's text, form fields, annotations and attached files. Opens nothing."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import Any

from scanner.extract.ooxml import link
from scanner.model import Place

MAX_CHARACTERS = 2_000_000
"""Of one page; the densest real page seen in tests had under 100 000."""
FEW_CHARACTERS = 200
"""A page with less text than this, most of it under a picture, is taken for a scan."""
DRAWN_PATHS = 50
"""A page without text or picture, but with so many drawn shapes, may hold outlined letters."""
MAX_OBJECTS = 5000
MAX_ANNOTATIONS = 20_000
MAX_STRING_BYTES = 4_000_000
UNREADABLE = re.compile("[\x00-\x08\ufffd\ue000-\uf8ff]")
TEXT, PATH, IMAGE = 1, 2, 3
"""FPDF_PAGEOBJ_*, fpdf_edit.h."""
LINK_ANNOTATION, POPUP, WIDGET, FILE_ATTACHMENT = 2, 16, 20, 17
"""FPDF_ANNOT_*, fpdf_annot.h."""
URI_ACTION = 3


@dataclass(slots=True)
class PageText:
    """`doubtful`: pdfium saw nothing, or text it could not tell, and no picture explains it."""

    text: str = field(repr=False)
    cut: bool = False
    needs_ocr: bool = False
    doubtful: bool = False


def text_of(page: Any) -> PageText:
    """Return a page's text, lines ended by line feeds, and what may be missing from it."""
    textpage = page.get_textpage()
    try:
        count = textpage.count_chars()
        text = textpage.get_text_range(0, min(count, MAX_CHARACTERS)) if count > 0 else ""
    finally:
        textpage.close()
    # U+FFFE is pdfium's mark for a hyphen at a line's end, joined with the next line
    text = text.replace("\r\n", "\n").replace("\ufffe", "-")
    found = PageText(text, cut=count > MAX_CHARACTERS)
    visible = len(text) - text.count(" ") - text.count("\n")
    unreadable = len(UNREADABLE.findall(text))
    if visible < FEW_CHARACTERS or unreadable * 3 > visible:
        _judge(page, found, visible - unreadable)
        found.needs_ocr = found.needs_ocr or unreadable * 3 > visible > 0
    return found


def _judge(page: Any, found: PageText, readable: int) -> None:
    paths = texts = objects = 0
    covered = 0.0
    has_image = False
    for item in islice(page.get_objects(), MAX_OBJECTS):
        objects += 1
        kind = item.type
        texts += kind == TEXT
        paths += kind == PATH
        if kind == IMAGE:
            has_image = True
            covered = max(covered, _area(item))
    width, height = page.get_size()
    if readable <= 0:
        found.needs_ocr = has_image or paths >= DRAWN_PATHS
        found.doubtful = not found.needs_ocr and (texts > 0 or objects == 0)
    else:
        found.needs_ocr = has_image and covered >= width * height / 2


def _area(item: Any) -> float:
    from pypdfium2 import raw

    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    if not raw.FPDFPageObj_GetBounds(item.raw, left, bottom, right, top):
        return 0.0
    return abs((right.value - left.value) * (top.value - bottom.value))


def has_text(document: Any) -> bool:
    """Whether any page that opens has a character."""
    import pypdfium2

    for index in range(len(document)):
        try:
            page = document[index]
        except pypdfium2.PdfiumError:
            continue  # counted as broken when the pages are read
        textpage = page.get_textpage()
        count = textpage.count_chars()
        textpage.close()
        page.close()
        if count > 0:
            return True
    return False


def open_form(document: Any) -> Any:
    """Return the form environment, needed for field values; None for a document without form."""
    if document.get_formtype():
        document.init_forms()
    return document.formenv


def annotation_texts(document: Any, page: Any, form: Any) -> Iterator[tuple[Place, str]]:
    """Yield place below the page and text for form fields, links and comments."""
    from pypdfium2 import raw

    for annotation in _annotations(page):
        kind = raw.FPDFAnnot_GetSubtype(annotation)
        if kind == WIDGET:
            if form is not None:
                yield from _field(raw, annotation, form)
        elif kind == LINK_ANNOTATION:
            if target := _target(raw, document, annotation):
                yield ("link",), link(target)
        elif kind != POPUP:
            get = partial(raw.FPDFAnnot_GetStringValue, annotation)
            author, subject, contents = (
                _wide(partial(get, key)) for key in (b"T", b"Subj", b"Contents")
            )
            if contents or author:
                yield ("comment",), ": ".join(filter(None, (author, subject, contents)))


def file_attachments(page: Any) -> Iterator[Any]:
    """Yield the files that annotations of the page carry, as pdfium attachments."""
    from pypdfium2 import raw

    if not hasattr(raw, "FPDFAnnot_GetFileAttachment"):
        return  # pypdfium2 before 5
    for annotation in _annotations(page):
        if raw.FPDFAnnot_GetSubtype(annotation) == FILE_ATTACHMENT:
            found = raw.FPDFAnnot_GetFileAttachment(annotation)
            if found:
                yield found


def attachment_name(attachment: Any) -> str:
    from pypdfium2 import raw

    return _wide(partial(raw.FPDFAttachment_GetName, attachment))


def attachment_size(attachment: Any) -> int:
    """Return the unpacked size in bytes; 0 where pdfium cannot tell."""
    from pypdfium2 import raw

    size = ctypes.c_ulong()
    raw.FPDFAttachment_GetFile(attachment, None, 0, size)
    return size.value


def attachment_bytes(attachment: Any, size: int) -> bytes:
    from pypdfium2 import raw

    buffer = (ctypes.c_char * size)()
    written = ctypes.c_ulong()
    if not raw.FPDFAttachment_GetFile(attachment, buffer, size, written):
        return b""
    return buffer.raw[: written.value]


def bookmark_title(bookmark: Any) -> str:
    """Return a bookmark's title with both the new and the old pypdfium2."""
    title = bookmark.title if hasattr(bookmark, "title") else bookmark.get_title()
    return str(title or "")


def _annotations(page: Any) -> Iterator[Any]:
    from pypdfium2 import raw

    for index in range(min(raw.FPDFPage_GetAnnotCount(page.raw), MAX_ANNOTATIONS)):
        annotation = raw.FPDFPage_GetAnnot(page.raw, index)
        if not annotation:
            continue  # an entry of the list that is no annotation
        try:
            yield annotation
        finally:
            raw.FPDFPage_CloseAnnot(annotation)


def _field(raw: Any, annotation: Any, form: Any) -> Iterator[tuple[Place, str]]:
    name, label, value = (
        _wide(partial(get, form.raw, annotation))
        for get in (
            raw.FPDFAnnot_GetFormFieldName,
            raw.FPDFAnnot_GetFormFieldAlternateName,
            raw.FPDFAnnot_GetFormFieldValue,
        )
    )
    if value:
        yield (f"field {name}",), f"{label or name}: {value}"


def _target(raw: Any, document: Any, annotation: Any) -> str:
    found = raw.FPDFAnnot_GetLink(annotation)
    action = raw.FPDFLink_GetAction(found) if found else None
    if not action or raw.FPDFAction_GetType(action) != URI_ACTION:
        return ""
    size = raw.FPDFAction_GetURIPath(document.raw, action, None, 0)
    buffer = ctypes.create_string_buffer(min(size, MAX_STRING_BYTES))
    raw.FPDFAction_GetURIPath(document.raw, action, buffer, len(buffer))
    return buffer.value.decode("utf-8", "replace")


def _wide(call: Callable[[Any, int], int]) -> str:
    """Call one of pdfium's functions that fill a buffer with UTF-16 and say how much it needs."""
    from pypdfium2 import raw

    size = min(call(None, 0), MAX_STRING_BYTES)
    if size <= 2:
        return ""
    buffer = (raw.FPDF_WCHAR * (-(-size // 2)))()
    call(buffer, size)
    return bytes(buffer)[:size].decode("utf-16-le", "replace").rstrip("\0").replace("\r", "\n")

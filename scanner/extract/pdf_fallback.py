"""Read PDF by pdfminer.six: far slower than pdfium, but it reads files that pdfium refuses."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from pdfminer.pdfinterp import PDFPageInterpreter
    from pdfminer.pdfpage import PDFPage

MAX_PAGES = 5000


def pages(
    stream: BinaryIO,
    password: str = "",
    wanted: frozenset[int] | None = None,
    count: int | None = None,
) -> Iterator[tuple[int, str]]:
    """Yield (index from 0, text) of the pages, or of those `wanted`; ends where it cannot go on.

    `count` is how many pages there should be: when the library finds another number, its
    indexes mean other pages, and nothing is yielded.

    Yields a page only when it was read, empty or not; the caller tells the others from that.
    """
    from pdfminer.converter import TextConverter
    from pdfminer.layout import LAParams
    from pdfminer.pdfdocument import PDFDocument
    from pdfminer.pdfinterp import PDFPageInterpreter, PDFResourceManager
    from pdfminer.pdfpage import PDFPage
    from pdfminer.pdfparser import PDFParser

    stream.seek(0)
    resources = PDFResourceManager(caching=True)
    try:
        document = PDFDocument(PDFParser(stream), password=password)
        found: Iterable[PDFPage] = islice(PDFPage.create_pages(document), MAX_PAGES)
        if count is not None:
            found = list(found)
            if len(found) != count:
                return
        for index, page in enumerate(found):
            if wanted is not None and index not in wanted:
                continue
            text = io.StringIO()
            device = TextConverter(resources, text, laparams=LAParams())
            if not _interpret(PDFPageInterpreter(resources, device), page):
                continue
            yield index, text.getvalue().replace("\x0c", "")
    except MemoryError:
        raise
    except Exception:  # whatever the library makes of broken bytes: pages not yielded are not read
        return


def _interpret(interpreter: PDFPageInterpreter, page: PDFPage) -> bool:
    try:
        interpreter.process_page(page)
    except MemoryError:
        raise
    except Exception:  # one page costs only itself
        return False
    return True

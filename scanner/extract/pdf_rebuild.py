"""Give a cut PDF a new end: a catalog of the pages that are left in it. Reads no text."""

from __future__ import annotations

import re

OBJECT = re.compile(rb"(?<!\d)(\d{1,8})\s(\d{1,5})\sobj\b")
PAGE = re.compile(rb"/Type\s*/Page\b")
PAGE_BYTES = 4000
"""A page object says what it is within its first bytes; its content lies elsewhere."""
MAX_PAGES = 20_000


def rebuilt(data: bytes) -> bytes | None:
    """Return `data` with a catalog of the page objects found in it, or None when there is none.

    A PDF's catalog and its table of objects stand at the end (ISO 32000-1, 7.5.5), so a cut
    file has lost them; pdfium finds the objects by itself once it has a catalog.
    """
    pages: dict[bytes, bytes] = {}
    highest = 0
    objects = list(OBJECT.finditer(data))
    for position, found in enumerate(objects):
        highest = max(highest, int(found[1]))
        end = objects[position + 1].start() if position + 1 < len(objects) else len(data)
        head = data[found.end() : min(end, found.end() + PAGE_BYTES)]
        if PAGE.search(head) and len(pages) < MAX_PAGES:
            pages[found[1]] = found[2]
    if not pages:
        return None
    kids = b" ".join(number + b" " + generation + b" R" for number, generation in pages.items())
    end_of_file = (
        b"\nendstream\nendobj\n%d 0 obj\n<< /Type /Pages /Count %d /Kids [%s] >>\nendobj\n"
        b"%d 0 obj\n<< /Type /Catalog /Pages %d 0 R >>\nendobj\n"
        b"trailer\n<< /Root %d 0 R /Size %d >>\nstartxref\n0\n%%%%EOF\n"
    ) % (highest + 1, len(pages), kids, highest + 2, highest + 1, highest + 2, highest + 3)
    return data + end_of_file

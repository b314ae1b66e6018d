"""Cut the references by which forms of a PDF paint themselves. Reads no text.

The native library follows such a ring until the process ends. A ring says nothing more than one
round of it (ISO 32000-1, 8.10.1 forbids it), so nothing is lost.
"""

from __future__ import annotations

import re
from dataclasses import replace
from io import BytesIO

from scanner.extract import Source
from scanner.extract.pdf_streams import DICTIONARY_BYTES, STREAM

_FORM = re.compile(rb"/Subtype\s*/Form\b")
_NUMBER = re.compile(rb"(\d{1,8})\s+\d{1,5}\s+\Z")
_PAINTS = re.compile(rb"/XObject\s{0,9}<<([^<>]{0,4000})>>")
_REFERENCE = re.compile(rb"(?<!\d)(\d{1,8})\s{1,9}\d{1,5}\s{1,9}R\b")

Edge = tuple[int, int, int]
"""The number of the form that is painted, and where that number stands in the file."""


def without_rings(source: Source) -> Source:
    """Return the source; where forms paint one another in a ring, each ring is cut once.

    Holds the file in memory. Seen are resources that stand in the form itself, as forms are
    never in an object stream; resources of their own elsewhere are not followed.
    """
    source.stream.seek(0)
    data = source.stream.read()
    cuts = _back_edges(_forms(data))
    if not cuts:
        return source
    changed = bytearray(data)
    for start, end in cuts:
        changed[start:end] = b"0" * (end - start)  # object 0 is nothing (7.3.10)
    return replace(source, stream=BytesIO(changed))


def _forms(data: bytes) -> dict[int, list[Edge]]:
    forms: dict[int, list[Edge]] = {}
    if not _FORM.search(data):
        return forms
    for found in STREAM.finditer(data):
        least = max(0, found.start() - DICTIONARY_BYTES)
        head_at = data.rfind(b"obj", least, found.start())
        if head_at < 0 or not _FORM.search(data, head_at, found.start()):
            continue
        number = _NUMBER.search(data[max(0, head_at - 20) : head_at])
        if number:
            edges = forms.setdefault(int(number[1]), [])
            for paints in _PAINTS.finditer(data, head_at, found.start()):
                for each in _REFERENCE.finditer(data, *paints.span(1)):
                    edges.append((int(each[1]), *each.span(1)))
    return forms


def _back_edges(forms: dict[int, list[Edge]]) -> list[tuple[int, int]]:
    """Return where the references stand that lead back to a form under way, depth first."""
    cuts: list[tuple[int, int]] = []
    under_way: set[int] = set()
    done: set[int] = set()
    for first, painted in forms.items():
        if first in done:
            continue
        under_way.add(first)
        path = [(first, iter(painted))]
        while path:
            number, edges = path[-1]
            edge = next(edges, None)
            if edge is None:
                path.pop()
                under_way.discard(number)
                done.add(number)
            elif edge[0] in under_way:
                cuts.append(edge[1:])
            elif edge[0] in forms and edge[0] not in done:
                under_way.add(edge[0])
                path.append((edge[0], iter(forms[edge[0]])))
    return cuts

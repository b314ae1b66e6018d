"""Read what a worksheet's XML says after its cells: headers, links, checks, filters, scenarios."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping

from scanner.extract.ooxml import attribute, link, local, walk, words
from scanner.extract.sheet_scan import CONSTANT, FORMULA_BYTES
from scanner.model import Place

WORDS = (
    "display",
    "tooltip",
    "location",
    "prompt",
    "promptTitle",
    "error",
    "errorTitle",
    "val",
    "comment",
    "user",
    "name",
)
FORMULAS = ("formula", "formula1", "formula2", "f")
WITH_WORDS = frozenset(
    (
        "hyperlink",
        "dataValidation",
        "filter",
        "customFilter",
        "scenario",
        "inputCells",
        "protectedRange",
    )
)
CODE = re.compile(r'&(?:"[^"]*"|K[0-9A-Fa-f]{6}|[LCRPNDTAFZGBIUESXYOH&]|\d{1,2}(?!\d))')
"""Codes in headers and footers: font, colour, part, page number and so on (ECMA-376 18.3.1.46)."""


def tail_texts(tail: bytes, sheet: str, links: Mapping[str, str]) -> Iterator[tuple[Place, str]]:
    """Yield place and text for each thing said. `links` maps ids to targets outside."""
    top: list[tuple[str, str]] = []
    for event, element in walk(io.BytesIO(tail), ("start", "end")):
        name = local(element)
        if event == "start":
            reference = element.get("ref") or element.get("sqref") or element.get("r") or ""
            above = top[-1][1] if top else ""
            top.append((name, reference.split(" ")[0].split(":")[0] or above))
            continue
        top.pop()
        parent, reference = top[-1] if top else ("", "")
        own = element.get("ref") or element.get("sqref") or element.get("r") or reference
        place = (sheet, own.split(" ")[0].split(":")[0] or name)
        text = words(element).strip()
        if parent in ("headerFooter",) and text:
            kind = "footer" if name.endswith("Footer") else "header"
            yield (sheet, kind), CODE.sub(" ", text)
        elif name in FORMULAS:
            for match in CONSTANT.finditer(text[:FORMULA_BYTES]):
                yield place, match[1] or match[2]
        elif name in WITH_WORDS:
            said = [value for key in WORDS if (value := element.get(key))]
            if target := links.get(attribute(element, "id")):
                said.append(link(target))
            yield place, "\n".join(dict.fromkeys(said))
        if len(top) > 1:
            element.clear()

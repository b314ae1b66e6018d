"""Every place in an office document where a value can stand is read, and named."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.extract import office_files
from tests.extract.office_files import Planted
from tests.extract.seen import read

MAKERS: dict[str, tuple[str, Callable[[], tuple[bytes, Planted]]]] = {
    "docx": ("docx", office_files.docx),
    "xlsx": ("xlsx", office_files.xlsx),
    "xlsx around the cells": ("xlsx", office_files.xlsx_around),
    "xls": ("xls", office_files.xls),
    "pptx": ("pptx", office_files.pptx),
    "odt": ("odt", office_files.odt),
}


@pytest.mark.parametrize("name", MAKERS)
def test_every_planted_value_is_read_where_it_stands(name: str) -> None:
    kind, make = MAKERS[name]
    data, planted = make()
    seen = read(data, kind)
    assert seen.trouble is None
    assert seen.problems == []
    wrong = {}
    for value, place in planted.items():
        if place[0] == "part":
            assert place[1] in seen.parts
            continue
        found = seen.places(value)
        if place not in found:
            wrong[place] = found
    assert wrong == {}

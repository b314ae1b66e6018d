"""Engines: what they refuse, and that what they are given occurs in every match."""

from __future__ import annotations

import random
import re
from types import SimpleNamespace

import pytest

from detectors.gate_classes import ALL, accepted, byte_values, complement, encode, union
from detectors.gate_engines import _refuse_unsound, available, start
from detectors.gate_factors import factors
from detectors.gate_nodes import NoSuperset
from detectors.gate_superset import derive


def hyperscan(version: bytes) -> SimpleNamespace:
    class Database:
        def __init__(self, mode: int) -> None: ...

        def compile(self, **_: object) -> None: ...

        def info(self) -> bytes:
            return version

    return SimpleNamespace(Database=Database, HS_MODE_BLOCK=1)


@pytest.mark.parametrize(
    ("version", "sound"),
    [
        pytest.param(b"Version: 5.4.2 Features: AVX2 Mode: BLOCK", True, id="Intel"),
        pytest.param(b"Version: 5.4.11 Features:  Mode: BLOCK", False, id="stack overflow"),
        pytest.param(b"Version: 5.4.12 Features:  Mode: BLOCK", False, id="misses the last byte"),
        pytest.param(b"Version: 5.4.13 Features:  Mode: BLOCK", True, id="mended"),
        pytest.param(b"something else", False, id="unknown"),
    ],
)
def test_a_build_that_documents_can_crash_is_no_engine(version: bytes, sound: bool) -> None:
    if sound:
        _refuse_unsound(hyperscan(version))
    else:
        with pytest.raises(ImportError):
            _refuse_unsound(hyperscan(version))


def test_the_standard_library_is_always_there() -> None:
    assert available()[-1] == "re"


def test_re2_is_installed_for_the_tests() -> None:
    assert available()[0] == "re2"


def test_no_expressions_have_no_hits() -> None:
    for name in available():
        assert start([], name).hits(b"0101010101") == []


@pytest.mark.parametrize(
    ("regex", "flags", "expression"),
    [
        pytest.param(
            r"(?<!\d)\d{8}", re.A, r"(?:\A|[\x00-\x2f\x3a-\xff])(?:[\x30-\x39]){8}", id="edge"
        ),
        pytest.param(
            r"[0-9](?<![0-9][0-9])[0-9]{7}",
            0,
            r"(?:\A|[\x00-\x2f\x3a-\xff])[\x30-\x39](?:[\x30-\x39]){7}",
            id="the same edge behind its digit",
        ),
        pytest.param(r"\d{8,12}x?", re.A, r"[\x30-\x39](?:[\x30-\x39]){7}", id="ends are cut"),
        pytest.param(r"ab(?=c)", 0, r"\x61\x62(?:[\x3f\x63]|\z)", id="what must follow"),
        pytest.param("æ\u2013", 0, r"\xe6\x3f", id="Latin-1, and one byte for all beyond"),
    ],
)
def test_derived_expressions(regex: str, flags: int, expression: str) -> None:
    assert derive(regex, int(flags)).expression == expression


@pytest.mark.parametrize("flags", [0, re.A, re.I, re.I | re.A], ids=["none", "a", "i", "ia"])
@pytest.mark.parametrize("source", ["[a-zæ]", "[^k]", r"[\d\W]", r"[^\s\w]", "s", "[İıß]"])
def test_classes_accept_what_re_accepts(source: str, flags: int) -> None:
    import re._parser as parser  # type: ignore[import-not-found]

    ((operator, argument),) = parser.parse(source, flags)
    items = argument if str(operator) == "IN" else ((operator, argument),)
    if str(operator) == "NOT_LITERAL":
        items = (("NEGATE", None), ("LITERAL", argument))
    ranges = accepted(tuple(items), flags)
    compiled = re.compile(source, flags)
    rng = random.Random(1)
    codes = [*range(0x600), 0x1E9E, 0x212A, 0x212B, *rng.choices(range(0x110000), k=3000)]
    for code in codes:
        inside = any(low <= code <= high for low, high in ranges)
        assert inside == bool(compiled.fullmatch(chr(code))), hex(code)


def test_sets_of_code_points() -> None:
    assert union(((5, 9),), ((0, 3), (10, 12))) == ((0, 3), (5, 12))
    assert complement(ALL) == ()
    assert complement(complement(((5, 9),))) == ((5, 9),)
    assert byte_values(((0x20, 0x20), (0x2010, 0x2015))) == {0x20, 0x3F}
    assert encode("a\u2013æ\ud800") == b"a?\xe6?"


def test_factors_are_the_rarest_strings() -> None:
    found = factors(derive(r"[a-z]+@\d{4}-(?:ab|cd)x", re.A).core)
    assert found is not None
    assert b"@" in found.strings[0]


@pytest.mark.parametrize(
    "regex",
    ["(?:" * 3000 + "a" + ")" * 3000, "|".join(f"w{n:05d}x" for n in range(9000))],
    ids=["nested", "huge"],
)
def test_what_is_too_large_is_refused(regex: str) -> None:
    with pytest.raises((NoSuperset, RecursionError)):
        derive(regex)

"""Plain text is read whole, in any encoding, with its line numbers."""

from __future__ import annotations

import io
import random
import time
import tracemalloc

import pytest

from scanner.demo import fake
from scanner.extract import Source
from scanner.extract.budget import Budget
from scanner.extract.text import read
from scanner.model import Limits, Segment
from tests.extract.soffice import converted
from tests.extract.test_encoding import Endless
from tests.extract.told import told

RNG = random.Random(11)


@pytest.mark.parametrize("codec", ["utf-8", "utf-16", "utf-16-le", "cp1252", "cp865", "latin-1"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_value_lies_in_its_line(codec: str, end: str) -> None:
    cpr = fake.cpr(RNG, hyphen=True)
    lines = [f"Kære Søren, linje {n} på Ærø" for n in range(5000)]
    lines[4321] = f"Jørgens nummer er {cpr}"
    seen = told("text", end.join(lines).encode(codec))
    assert seen.places(cpr) == [("line 4322",)]
    assert seen.text == "\n".join(lines)
    assert not seen.problems


def test_what_libreoffice_writes_as_text() -> None:
    from docx import Document

    cpr = fake.cpr(RNG, hyphen=True)
    document = Document()
    document.add_paragraph("Første afsnit om Ærø")
    document.add_paragraph(f"CPR {cpr}")
    out = io.BytesIO()
    document.save(out)
    seen = told("text", converted(out.getvalue(), "docx", "txt:Text (encoded):UTF8"))
    assert seen.places(cpr) == [("line 2",)]
    assert "Første afsnit om Ærø" in seen.text


def test_a_large_file_streams() -> None:
    size = 60_000_000
    stream: io.BufferedIOBase = Endless(size, b"2026-01-02 10:00:00 INFO jobbet er slut\n")  # type: ignore[assignment]
    stream.seek = lambda *_: 0  # type: ignore[method-assign]
    source = Source(stream, size, "a.log", "text/plain")  # type: ignore[arg-type]
    tracemalloc.start()
    try:
        owned = 0
        for event in read(source, Budget(Limits(), packed=size)):
            assert isinstance(event, Segment)
            owned += event.own_end - event.own_start
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert owned == size
    assert peak < 4_000_000


@pytest.mark.parametrize(
    "data",
    [
        pytest.param("ÃÃ".encode("cp1252") * 500_000, id="nothing but wrong UTF-8"),
        pytest.param(b"\xc3\xa6\xe6" * 300_000, id="right and wrong in turn"),
        pytest.param(b"\0a" * 500_000, id="null bytes"),
        pytest.param(b"\r" * 1_000_000, id="line ends"),
        pytest.param(b"a" * 1_000_000, id="one line"),
    ],
)
def test_hostile_text_takes_linear_time(data: bytes) -> None:
    started = time.process_time()
    told("text", data)
    assert time.process_time() - started < 2.0

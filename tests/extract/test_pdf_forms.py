"""Rings of forms are cut once each, and nothing else of a PDF is touched."""

from __future__ import annotations

import io

from hypothesis import given
from hypothesis import strategies as st

from scanner.extract import Source
from scanner.extract.pdf_forms import without_rings


def written(paints: dict[int, list[int]]) -> bytes:
    objects = []
    for number, targets in paints.items():
        names = " ".join(f"/X{each} {each} 0 R" for each in targets)
        head = f"<< /Subtype /Form /Resources << /XObject << {names} >> >> /Length 1 >>"
        objects.append(f"{number} 0 obj\n{head}\nstream\nq\nendstream\nendobj\n")
    return ("%PDF-1.7\n" + "".join(objects)).encode()


forms = st.integers(1, 12).flatmap(
    lambda count: st.fixed_dictionaries(
        {
            number: st.lists(st.integers(1, count), max_size=4, unique=True)
            for number in range(1, count + 1)
        }
    )
)


@given(forms)
def test_no_ring_is_left_and_a_file_without_one_is_as_it_was(
    paints: dict[int, list[int]],
) -> None:
    data = written(paints)
    cut = without_rings(Source(io.BytesIO(data), len(data), "", "application/pdf"))
    cut.stream.seek(0)
    after = cut.stream.read()
    assert len(after) == len(data)
    left = {
        number: [
            each for each in targets if f"/X{each} {each} 0 R".encode() in _object(after, number)
        ]
        for number, targets in paints.items()
    }
    waiting = dict(left)
    while waiting:  # take away what paints nothing that is left
        ends = [number for number, targets in waiting.items() if not set(targets) & set(waiting)]
        assert ends, "a ring is left"
        for number in ends:
            del waiting[number]
    if _has_no_ring(paints):
        assert after == data


def _object(data: bytes, number: int) -> bytes:
    start = data.index(f"\n{number} 0 obj".encode())
    return data[start : data.index(b"endobj", start)]


def _has_no_ring(paints: dict[int, list[int]]) -> bool:
    waiting = dict(paints)
    while waiting:
        ends = [number for number, targets in waiting.items() if not set(targets) & set(waiting)]
        if not ends:
            return False
        for number in ends:
            del waiting[number]
    return True

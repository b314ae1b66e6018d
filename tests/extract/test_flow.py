"""Flow: blocks with places become segments that own every character once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.extract.budget import Trouble
from scanner.extract.cut import AFTER, BEFORE
from scanner.extract.flow import Flow
from scanner.model import Segment

TEXTS = st.tuples(
    st.sampled_from(("æble 1", "x", "lang linje " * 30)), st.integers(min_value=1, max_value=15_000)
).map(lambda pair: pair[0] * pair[1])


@settings(max_examples=40, deadline=None)
@given(st.lists(TEXTS, max_size=12))
def test_own_ranges_partition_the_blocks_and_keep_their_places(texts: list[str]) -> None:
    flow = Flow()
    segments: list[Segment] = []
    for number, text in enumerate(texts):
        segments.extend(flow.add((f"block {number}",), text))
    segments.extend(flow.end())
    whole = "".join(text + "\n" for text in texts)
    assert "".join(s.text[s.own_start : s.own_end] for s in segments) == whole
    starts = [0]
    for text in texts:
        starts.append(starts[-1] + len(text) + 1)
    position = 0
    for segment in segments:
        assert len(segment.text) <= 256 * 1024
        before = whole[max(0, position - BEFORE) : position]
        assert segment.text[: segment.own_start].endswith(before)
        end = position + segment.own_end - segment.own_start
        assert segment.text[segment.own_end :] == whole[end : end + AFTER]
        for offset in range(segment.own_start, segment.own_end, 7919):
            absolute = position + offset - segment.own_start
            block = max(i for i, start in enumerate(starts[:-1]) if start <= absolute)
            assert segment.layout.place(segment.text, offset) == (f"block {block}",)
        position = end


def test_blank_blocks_are_left_out() -> None:
    flow = Flow()
    assert not flow.add(("a",), " \n\t")
    assert not flow.end()


def test_what_was_added_before_a_trouble_is_given() -> None:
    flow = Flow()

    def events() -> Iterator[Segment]:
        yield from flow.add(("block 1",), "tekst")
        raise Trouble("limit")

    given_first: list[Segment] = []
    with pytest.raises(Trouble, match="limit"):
        given_first.extend(flow.saving(events()))
    assert [segment.text for segment in given_first] == ["tekst\n"]

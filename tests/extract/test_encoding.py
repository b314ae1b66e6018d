"""Bytes become the text that was meant, whatever wrote them."""

from __future__ import annotations

import io
import random
import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.demo import fake
from scanner.extract.encoding import (
    BLOCK_BYTES,
    declared_codec,
    decode,
    decode_blocks,
    detect,
    is_text,
)

PROSE = (
    "Kære Jørgen Æbelø, på Ålborg Å ligger Søren Ågård Østergård og spiser æbler. Det er år 2024."
)
SPARSE = "Navn;By\nJørgen;Nykøbing\n" + "Per;Roskilde\n" * 300
TABLE = "id;navn;gade\n1;Åse Holm;Nørregade 5\n2;Bo Bæk;Ågade 7\n"
SHOUTED = "KØBENHAVN ÅRHUS NÆSTVED ÆRØ"
FOREIGN = "André Müller bor på Ærø hos Zoë og spiser crème brûlée"

SINGLE = ("cp1252", "latin-1", "iso8859-15", "cp850", "cp865", "mac_roman")
WIDE = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32")


@pytest.mark.parametrize("codec", SINGLE + WIDE)
@pytest.mark.parametrize(
    "text",
    [
        pytest.param(PROSE, id="prose"),
        pytest.param(SPARSE, id="two letters in 4 KB"),
        pytest.param(TABLE, id="table"),
        pytest.param(SHOUTED, id="capitals"),
        pytest.param(FOREIGN, id="other letters of Western Europe"),
    ],
)
def test_danish_text_is_read_as_written(text: str, codec: str) -> None:
    assert decode(text.encode(codec)) == text


def people() -> st.SearchStrategy[str]:
    """Lines as a Danish file has them: names and addresses made by the generator."""

    def lines(seed: int) -> str:
        rng = random.Random(seed)
        return "\n".join(f"{fake.name(rng)}, {fake.address(rng)}, på Sjælland" for _ in range(4))

    return st.integers(0, 10_000).map(lines)


@given(people(), st.sampled_from(SINGLE + WIDE))
@settings(max_examples=100, deadline=None)
def test_encoding_and_decoding_danish_people_gives_them_back(text: str, codec: str) -> None:
    assert decode(text.encode(codec)) == text


@given(st.binary(max_size=400))
@settings(max_examples=100)
def test_any_bytes_become_text_and_every_printable_ascii_byte_stays(data: bytes) -> None:
    text = decode(data)
    assert "\r" not in text
    if detect(data) in ("utf-8", "cp1252", "cp850", "cp865", "mac_roman") and b"\0" not in data:
        for byte in b"0123456789@":
            assert text.count(chr(byte)) == data.count(byte)


@given(st.text(max_size=300), st.integers(1, 7))
@settings(max_examples=100)
def test_utf_8_does_not_depend_on_how_the_stream_gives_it(text: str, step: int) -> None:
    data = text.replace("\0", "").encode("utf-8", "ignore")
    assert "".join(decode_blocks(Dribble(data, step))) == decode(data)


class Dribble(io.BytesIO):
    """Gives at most `step` bytes at a time, as a socket or a decompressor may."""

    def __init__(self, data: bytes, step: int) -> None:
        super().__init__(data)
        self._step = step

    def read(self, size: int | None = -1) -> bytes:
        return super().read(self._step if size is None or size < 0 else min(size, self._step))


@pytest.mark.parametrize(
    ("data", "text"),
    [
        pytest.param(b"a\r\nb\rc\nd", "a\nb\nc\nd", id="all line ends are one"),
        pytest.param(b"a\r", "a\n", id="a carriage return ends the file"),
        pytest.param(b"", "", id="nothing"),
        pytest.param("a\nSøren".encode() + b"\n\xc3", "a\nSøren\nÃ", id="UTF-8 cut in a letter"),
        pytest.param(
            "Søren\n".encode() + "Jørgen\n".encode("cp1252"), "Søren\nJørgen\n", id="two encodings"
        ),
        pytest.param(
            "Søren og ".encode() + "Jørgen".encode("cp1252") + " på Ærø".encode(),
            "Søren og Jørgen på Ærø",
            id="one wrong letter in a line of UTF-8",
        ),
        pytest.param(b"a\0b\0\0\0c", "a b c", id="null bytes part words"),
        pytest.param(b"log 1\n" + b"\0" * 5000, "log 1\n ", id="padding costs nothing"),
        pytest.param(
            b"log 1\r\n" + "Jørgen Ærø 2\r\n".encode("utf-16-le"),
            "log 1\nJørgen Ærø 2\n",
            id="UTF-16 appended to a narrow log",
        ),
        pytest.param(b"\xff\xfea\0\r\0\n\0b\0", "a\nb", id="UTF-16 line ends"),
        pytest.param("─┐ Kørekort │ ├──┤ Åse".encode("cp850"), None, id="frames of a DOS form"),
        pytest.param("Peter’s “godt” 20 € – ja".encode("cp1252"), None, id="curly quotes"),
    ],
)
def test_odd_files_lose_nothing(data: bytes, text: str | None) -> None:
    expected = text if text is not None else data.decode("cp850" if b"\xc4" in data else "cp1252")
    assert decode(data) == expected


def test_the_first_foreign_letter_may_come_late() -> None:
    head = b"Per;Roskilde;1\n" * (3 * BLOCK_BYTES // 15)
    for codec in SINGLE:
        assert decode(head + "Søren Ågård;Nykøbing\n".encode(codec)).endswith(
            "Søren Ågård;Nykøbing\n"
        ), codec


@pytest.mark.parametrize(
    ("declared", "data", "text"),
    [
        pytest.param("iso-8859-1", "Søren".encode(), "Søren", id="says Latin-1, is UTF-8"),
        pytest.param("utf-8", "Søren Bæk".encode("cp1252"), "Søren Bæk", id="says UTF-8, is not"),
        pytest.param("iso-8859-2", "Łódź".encode("iso-8859-2"), "Łódź", id="believed: Latin-2"),
        pytest.param("gb2312", "你好".encode("gb2312"), "你好", id="believed: Chinese"),
        pytest.param("iso-2022-jp", "日本".encode("iso-2022-jp"), "日本", id="believed: escapes"),
        pytest.param("utf-16", b"<a>x</a>", "<a>x</a>", id="says UTF-16, is ASCII"),
        pytest.param("nonsense-8", "Søren".encode(), "Søren", id="no such codec"),
        pytest.param("idna", b"xn--a", "xn--a", id="a codec that is no encoding of text"),
        pytest.param("a\0b", b"x", "x", id="a null byte in the name"),
    ],
)
def test_a_declared_charset_is_believed_where_bytes_allow(
    declared: str, data: bytes, text: str
) -> None:
    assert decode(data, declared) == text


@pytest.mark.parametrize(
    "name", ["punycode", "unicode_escape", "zlib", "hex", "rot13", "undefined"]
)
def test_codecs_that_are_slow_or_no_text_are_not_taken(name: str) -> None:
    assert declared_codec(name) is None


@pytest.mark.parametrize(
    ("sample", "text"),
    [
        pytest.param(PROSE.encode("cp865"), True, id="DOS text"),
        pytest.param(PROSE.encode("utf-16-be"), True, id="UTF-16 without a mark"),
        pytest.param("Привет".encode("cp1251"), True, id="Cyrillic"),
        pytest.param(b"a.txt\0b.txt\0" * 30, True, id="records parted by null bytes"),
        pytest.param(b"linje\n" * 200 + b"\0" * 3000, True, id="log padded with nulls"),
        pytest.param(b"\x1b[31mfejl\x1b[0m\n" * 20, True, id="colours of a terminal"),
        pytest.param(bytes(range(256)) * 8, False, id="every byte"),
        pytest.param(random.Random(1).randbytes(4096), False, id="random bytes"),
        pytest.param(b"\xff\xfe" + random.Random(2).randbytes(4096), False, id="mark, then noise"),
        pytest.param(b"MZ\x90\0\3\0\0\0" * 100, False, id="program"),
    ],
)
def test_text_is_told_from_binary(sample: bytes, text: bool) -> None:
    assert is_text(sample) is text


class Endless(io.RawIOBase):
    """So many bytes of lines, made as they are read."""

    def __init__(self, size: int, line: bytes) -> None:
        self._left = size
        self._chunk = line * (BLOCK_BYTES // len(line) + 1)

    def read(self, size: int = -1) -> bytes:
        size = min(size, self._left, len(self._chunk))
        self._left -= size
        return self._chunk[:size]


@pytest.mark.parametrize("line", ["Søren Ågård\r\n".encode(), "Jørgen\n".encode("cp850")])
def test_memory_stays_flat(line: bytes) -> None:
    def length(blocks: Iterator[str]) -> int:
        return sum(map(len, blocks))

    tracemalloc.start()
    try:
        total = length(decode_blocks(Endless(40_000_000, line)))  # type: ignore[arg-type]
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert total >= 30_000_000
    assert peak < 20 * BLOCK_BYTES

"""Decide how bytes are written as text, and decode them as a stream without losing any.

Order of belief: byte order mark, strict UTF-8, the null pattern of UTF-16, then the single-byte
encodings of Danish files by a score. It never refuses: what fits nothing is read as cp1252.
"""

from __future__ import annotations

import codecs
import io
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import BinaryIO

SAMPLE_BYTES = 64 * 1024
BLOCK_BYTES = 64 * 1024
"""Bytes decoded at a time; `scanner.extract.cut` wants blocks well below what it cuts."""
SINGLE_BYTE = ("cp1252", "cp850", "cp865", "mac_roman")
"""Encodings of Danish files, likeliest first: Windows, its console, DOS, old Macintosh."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROLS = bytes(set(range(32)) - set(b"\a\b\t\n\v\f\r\x1a\x1b")) + b"\x7f"
_CONTROL_SHARE = 0.02  # random bytes hold 10 % of them, text none
_NULL_SHARE = 0.25  # of records that a null byte ends, such as `find -print0`
_WIDE_ZEROS = 0.70  # of one byte in two, in UTF-16 of Latin text
_SCORED_BYTES = 1_000
_PATCHES = 50
"""Wrong bytes mended in one line of UTF-8; a line with more is not UTF-8."""

_HIGH = re.compile(rb"[\x80-\xff]")
_SEQUENCE = re.compile(rb"\xc3[\x80-\xbf]|\xe2[\x80-\x84][\x80-\xbf]")
# What UTF-8 of Western Europe is made of; other pairs are frames of the DOS encodings.
_CUT_SEQUENCE = re.compile(
    rb"(?:[\xc2-\xdf]|[\xe0-\xef][\x80-\xbf]?|[\xf0-\xf4][\x80-\xbf]{0,2})\Z"
)
_WIDE_RUN = re.compile(rb"(?:[^\0]\0){4,}")
_NULLS = re.compile(rb"\0+")

_DANISH = frozenset("æøåÆØÅ")
_PUNCTUATION = frozenset("‘’“”„–—…•«»€£§°´²³½¼©®™·¨\xa0\xad")
_DECLARABLE = re.compile(
    r"(?:utf_?(?:7|8|16|32)(?:_[bl]e|_sig)?|ascii|latin_?\d+|iso8859_\d+|cp\d{3,4}|koi8_[rtu]|mac_\w+"
    r"|gb2312|gbk|gb18030|hz|big5\w*|shift_jis\w*|euc_\w+|iso2022_\w+|johab|tis_620|ptcp154)\Z"
)
"""Codecs that a document may ask for; others (punycode, idna …) are slow or no text."""
_WIDER = {
    "gb2312": "gb18030",
    "gb_2312-80": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "shift_jis": "cp932",
    "x-sjis": "cp932",
    "big5": "cp950",
    "iso-8859-8-i": "iso8859-8",
    "iso-8859-9": "cp1254",
    "iso-8859-11": "cp874",
    "x-mac-roman": "mac_roman",
    "macintosh": "mac_roman",
    "unicode-1-1-utf-7": "utf-7",
    "x-unicode-2-0-utf-7": "utf-7",
    "x-user-defined": "cp1252",
}
"""What is written under a name (whatwg, Encoding, 4.2) for which Python's codec is narrower."""
_AMBIGUOUS = frozenset(("ascii", "utf-8", "utf-8-sig", "iso8859-1", "latin-1", "cp1252"))
"""Declared so often without being true that the bytes decide."""


def mark(sample: bytes) -> tuple[str, int] | None:
    """Return the encoding that a byte order mark names and the mark's length, or None."""
    for bom, name in _MARKS:
        if sample.startswith(bom):
            return name, len(bom)
    return None


def detect(sample: bytes) -> str:
    """Return the codec name that `sample`, the beginning of some bytes, is best read with.

    The sample may end inside a character. Bytes that are no text give "cp1252": see `is_text`.
    """
    if marked := mark(sample):
        return marked[0]
    if wide := _wide(sample):
        return wide
    try:
        codecs.utf_8_decode(sample, "strict", False)
    except UnicodeDecodeError:
        return _best_single(sample)
    return "utf-8"


def is_text(sample: bytes) -> bool:
    """Say whether the beginning of some bytes reads as text: nearly free of control characters."""
    if (marked := mark(sample)) and marked[0] != "utf-8":
        return _reads_as(sample, *marked)
    if b"\0" in sample:
        if _wide(sample):
            return True
        text = sample.rstrip(b"\0")  # logs are padded with nulls while they are written
        if len(text) < min(512, len(sample) // 10 + 1):
            return False
        nulls = text.count(b"\0")
        controls = _controls(text) - nulls
        return controls == 0 and nulls <= len(text) * _NULL_SHARE
    return _controls(sample) <= len(sample) * _CONTROL_SHARE


def decode(data: bytes, declared: str | None = None) -> str:
    """Return all of `data` as text with "\\n" as its only line end. Never raises, loses nothing.

    `declared` is what the document says of itself; it is believed where the bytes allow.
    """
    return "".join(decode_blocks(io.BytesIO(data), declared))


def decode_blocks(stream: BinaryIO, declared: str | None = None) -> Iterator[str]:
    """Yield the text from the stream's position on, in blocks of about BLOCK_BYTES.

    Line ends become "\\n" and keep their number; null bytes vanish or become one blank; the byte
    order mark is dropped. A line that is not UTF-8 is read by the single-byte encoding that the
    file's wrong lines score best with, so a mixed file keeps both. Memory is flat.
    """
    newlines = io.IncrementalNewlineDecoder(None, translate=True)
    for text in _decoded(stream, declared):
        if "\r" in text or newlines.getstate()[1]:
            text = newlines.decode(text)
        if text:
            yield text
    if rest := newlines.decode("", final=True):
        yield rest


def declared_codec(declared: str | None) -> str | None:
    """Return the Python codec for a charset name that is worth believing, or None."""
    if not declared:
        return None
    said = declared.strip().strip("\"'").lower()
    try:
        name = codecs.lookup(_WIDER.get(said, said)).name
    except (LookupError, ValueError):  # unknown, or a null byte in the name
        return None
    return name if _DECLARABLE.match(name.replace("-", "_")) and name not in _AMBIGUOUS else None


def _decoded(stream: BinaryIO, declared: str | None) -> Iterator[str]:
    block = _fill(stream)
    if marked := mark(block):
        name, length = marked
        block = block[length:]
    else:
        name = _wide(block) or "utf-8"
        codec = declared_codec(declared)
        if name == "utf-8" and codec and not _surely_utf_8(block):
            name = "utf-8" if codec.startswith(("utf-16", "utf-32")) else codec
    if name == "utf-8":
        yield from _narrow(block, stream)
        return
    decoder = codecs.getincrementaldecoder(name)("replace")
    while block:
        yield decoder.decode(block).replace("\0", " ")
        block = _fill(stream)
    yield decoder.decode(b"", True)


def _narrow(block: bytes, stream: BinaryIO) -> Iterator[str]:
    table, carry = "", b""
    while block:
        block = carry + _without_nulls(block)
        try:
            text, used = codecs.utf_8_decode(block, "strict", False)
            carry = block[used:]
        except UnicodeDecodeError:
            cut = _CUT_SEQUENCE.search(block, max(0, len(block) - 3))
            carry = cut[0] if cut else b""
            block = block[: len(block) - len(carry)]
            table = table or _table(_best_single(block))
            text = _mixed(block, table)
        yield text
        block = _fill(stream)
    if carry:
        yield _mixed(carry, table or _table("cp1252"))


def _mixed(block: bytes, table: str) -> str:
    if not _SEQUENCE.search(block):
        return codecs.charmap_decode(block, "strict", table)[0]
    return "\n".join(_mended(line, table) for line in block.split(b"\n"))


def _mended(line: bytes, table: str) -> str:
    done: list[str] = []
    start = 0
    if not _SEQUENCE.search(line):
        return codecs.charmap_decode(line, "strict", table)[0]
    for _ in range(_PATCHES):
        try:
            done.append(line[start:].decode())
            return "".join(done)
        except UnicodeDecodeError as error:
            good, wrong = start + error.start, start + error.end
            done.append(line[start:good].decode())
            done.append(codecs.charmap_decode(line[good:wrong], "strict", table)[0])
            start = wrong
    return codecs.charmap_decode(line, "strict", table)[0]


def _fill(stream: BinaryIO) -> bytes:
    block = stream.read(BLOCK_BYTES) or b""
    while block and len(block) < BLOCK_BYTES and (more := stream.read(BLOCK_BYTES - len(block))):
        block += more
    return block


def _without_nulls(block: bytes) -> bytes:
    if b"\0" not in block:
        return block
    # UTF-16 that was appended to a narrow file (PowerShell does) reads as Latin without its nulls.
    block = _WIDE_RUN.sub(lambda run: run[0].replace(b"\0", b""), block)
    return _NULLS.sub(b" ", block)


def _wide(sample: bytes) -> str | None:
    half = len(sample) // 2
    if half < 2 or b"\0" not in sample:
        return None
    even, odd = sample[0 : 2 * half : 2].count(0), sample[1 : 2 * half : 2].count(0)
    # The beginning must show it too: UTF-16 may have been appended to a narrow file.
    if odd >= half * _WIDE_ZEROS and even <= half * 0.05 and sample[1:9:2].count(0) >= min(3, half):
        name = "utf-16-le"
    elif (
        even >= half * _WIDE_ZEROS and odd <= half * 0.05 and sample[:8:2].count(0) >= min(3, half)
    ):
        name = "utf-16-be"
    else:
        return None
    return name if _reads_as(sample, name, 0) else None


_WIDE_CONTROLS = tuple(map(chr, _CONTROLS))


def _reads_as(sample: bytes, name: str, start: int) -> bool:
    decoder = codecs.getincrementaldecoder(name)("strict")
    try:
        text = decoder.decode(sample[start:]).rstrip("\0")
    except UnicodeDecodeError:
        return False
    return sum(map(text.count, _WIDE_CONTROLS)) <= len(text) * _CONTROL_SHARE


def _controls(sample: bytes) -> int:
    return len(sample) - len(sample.translate(None, _CONTROLS))


def _surely_utf_8(sample: bytes) -> bool:
    try:
        text, _ = codecs.utf_8_decode(sample, "strict", False)
    except UnicodeDecodeError:
        return False
    return not text.isascii()


@cache
def _table(name: str) -> str:
    """A codec's 256 characters; bytes it leaves undefined become the control of that number."""
    return "".join(
        chr(code) if (char := bytes([code]).decode(name, "replace")) == "\ufffd" else char
        for code in range(256)
    )


def _best_single(sample: bytes) -> str:
    padded = b"  " + _SEQUENCE.sub(b"", sample) + b" "
    highs = islice(_HIGH.finditer(padded), _SCORED_BYTES)
    windows = Counter(padded[high.start() - 2 : high.end() + 1] for high in highs)
    return max(SINGLE_BYTE, key=lambda name: _score(windows, _table(name)))


def _score(windows: Counter[bytes], table: str) -> float:
    total = 0.0
    for window, count in windows.items():
        total += count * _weight(*codecs.charmap_decode(window, "strict", table)[0])
    return total


def _is_frame(chars: str) -> bool:
    return any("\u2500" <= char <= "\u259f" for char in chars)


def _weight(earlier: str, before: str, char: str, after: str) -> float:
    beside = before.isalpha() or after.isalpha()
    if before == char == after:
        return 0.0 if _is_frame(char) else -1.0  # a line drawn; no word has a letter three times
    if _is_frame(char):
        return 0.0 if _is_frame(before + after) or (before + after).isspace() else -3.0
    if char.isalpha() and char not in "ªºµƒπΩ":
        if not beside:
            return 0.5 if char in _DANISH else 0.0
        shouted = before.isupper() and (after.isupper() or not after.isalpha())
        if char.isupper() and before.isalpha() and not shouted:
            return -2.0  # no capital inside a word, unless all of the word is
        if char.islower() and before.isupper() and (earlier.isupper() or after.isupper()):
            return -2.0
        return 4.0 if char in _DANISH else 1.0
    if char in _PUNCTUATION:
        inside = before.isalpha() and after.isalpha()
        return -1.0 if inside and char not in "’\xad\xa0" else 1.0
    return -10.0 if ord(char) < 0xA0 else -3.0

"""Plant a text in a mail of a real PST: the file of Outlook's own writing, one text in it other.

The text of a mail is replaced by one of the same length, so that nothing moves; its block is coded
anew and the block's checksum mended. What else a strict reader compares stays true: a block's
length and signature, made of its place and id, are not changed by what is in it.
"""

from __future__ import annotations

import email
import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

from connectors.pst import coding
from connectors.pst.form import PERMUTED, UNICODE, Header, checksum, read_header
from tests.connectors.outlook import header, leaves, raw

_CODED = bytes(coding.PLAIN.index(value) for value in range(256))
"""For `bytes.translate`: does the permutation."""
_INTERNAL = 2  # bit of a block's id: a list of blocks, which is never coded
_CHECKSUM_AT = 4  # in a block's trailer


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail as Outlook wrote it: its subject, its text without a format, the time it was sent."""

    subject: str = field(repr=False)
    text: str = field(repr=False)
    sent: datetime  # UTC


def mails(path: Path) -> Iterator[Mail]:
    """Yield every mail that has a text without a format and nothing besides."""
    for data in raw(path):
        mail = email.message_from_bytes(data)
        (first, *others) = leaves(mail)
        payload = first.get_payload(decode=True)
        if first.get_content_type() == "text/plain" and not others and isinstance(payload, bytes):
            sent = parsedate_to_datetime(header(mail, "Date")).astimezone(UTC)
            yield Mail(header(mail, "Subject"), payload.decode("utf-8"), sent)


def planted(original: Path, target: Path, text: str) -> Mail:
    """Write a copy of a PST to `target`, `text` in the shortest mail that has room for it.

    Returns the mail as it was. Raises ValueError where no mail has room, or its text does not
    stand in one block alone; the file must be one of Outlook 2003 or later, coded as usual.
    """
    by_length = sorted(mails(original), key=lambda mail: len(mail.text))
    mail = next((each for each in by_length if len(each.text) >= len(text)), None)
    if mail is None:
        raise ValueError("no mail has room for the text")
    old = mail.text.encode("utf-16-le")
    new = text.ljust(len(mail.text)).encode("utf-16-le")
    if len(old) != len(new):
        raise ValueError("the texts are of different lengths as they are stored")
    data = bytearray(original.read_bytes())
    head = read_header(io.BytesIO(data))
    if head.coding != PERMUTED or head.form is not UNICODE:
        raise ValueError("a form of file that is not written here")
    holding = [
        (at, at + count)
        for at, count in _blocks(data, head)
        if old in data[at : at + count].translate(coding.PLAIN)
    ]
    if len(holding) != 1:
        raise ValueError(f"the text stands in {len(holding)} blocks, not in one")
    ((start, end),) = holding
    data[start:end] = data[start:end].translate(coding.PLAIN).replace(old, new).translate(_CODED)
    trailer = UNICODE.block_trailer.size
    padded = -(-(end - start + trailer) // UNICODE.align_bytes) * UNICODE.align_bytes
    at = start + padded - trailer + _CHECKSUM_AT
    if struct.unpack_from("<I", data, at) != (checksum(original.read_bytes()[start:end]),):
        raise ValueError("no checksum stands where it should")
    struct.pack_into("<I", data, at, checksum(memoryview(data)[start:end]))
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)
    return mail


def _blocks(data: bytearray, head: Header) -> Iterator[tuple[int, int]]:
    """Yield offset and bytes of every block that holds data, from the file's tree of blocks."""
    form, waiting = head.form, [head.blocks_root]
    while waiting:
        page = data[(at := waiting.pop()) : at + form.page_bytes]
        number, _, width, level = form.counts.unpack_from(page, form.counts_at)
        entries = (form.branch if level else form.block).iter_unpack(page[: number * width])
        if level:
            waiting += [entry[2] for entry in entries]
        else:
            yield from (entry[1:3] for entry in entries if not entry[0] & _INTERNAL)

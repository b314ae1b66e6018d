"""Unpack compressed RTF ([MS-OXRTFCP]), as far as it goes when it is damaged."""

from __future__ import annotations

import struct

from connectors.pst.form import Broken

PLAIN_BYTES = 64 * 1024**2
_COMPRESSED, _PLAIN = b"LZFu", b"MELA"
_START = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript "
    rb"\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0"
    b"\r\n"
    rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)
_HEAD = struct.Struct("<II4sI")
_WINDOW = 4096


def unpacked(data: bytes) -> tuple[bytes, bool]:
    """Return the RTF, and whether it is whole. Raises Broken where there is none to be had."""
    if len(data) < _HEAD.size:
        raise Broken
    size, plain, kind, _ = _HEAD.unpack_from(data)
    if kind == _PLAIN:
        return data[_HEAD.size : _HEAD.size + plain], len(data) >= _HEAD.size + plain
    if kind != _COMPRESSED:
        raise Broken
    end = min(size + 4, len(data))
    out = bytearray(_START)  # what is copied from is the text so far, behind this beginning
    at = _HEAD.size
    while at < end and len(out) < PLAIN_BYTES:
        control = data[at]
        at += 1
        for bit in range(8):
            if at >= end:
                break
            if not control >> bit & 1:
                out.append(data[at])
                at += 1
                continue
            if at + 2 > end:
                return bytes(out[len(_START) :]), False
            pair = data[at] << 8 | data[at + 1]
            at += 2
            written = len(out) % _WINDOW
            back = (written - (pair >> 4)) % _WINDOW
            if not back:  # the mark of the end
                return bytes(out[len(_START) :]), len(out) - len(_START) >= plain
            count = (pair & 0xF) + 2
            start = len(out) - back
            if start < 0:
                out += b" " * count
                continue
            for step in range(count):
                out.append(out[start + step])
    return bytes(out[len(_START) :]), False

"""Decode the names that archives hold, in whatever encoding; a name never becomes a path here."""

from __future__ import annotations

import zlib

DANISH = frozenset("æøåÆØÅ")
EUROPEAN = frozenset("éüöäëèáíóúñçÉÜÖÄ")
DOS, WINDOWS = "cp850", "cp1252"


def decode_name(raw: bytes) -> str:
    """Return a name whose encoding nobody wrote down: UTF-8, else DOS or Windows by its letters.

    Danish Windows packs names in cp850 (there ø is what cp437 calls ¢). Never raises.
    """
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        dos, windows = raw.decode(DOS, "replace"), raw.decode(WINDOWS, "replace")
        return windows if _score(windows) > _score(dos) else dos


def _score(name: str) -> int:
    score = 0
    for letter in name:
        if letter in DANISH:
            score += 3
        elif letter in EUROPEAN:
            score += 1
        elif not letter.isascii() and not letter.isalpha():
            score -= 2
    return score


def zip_name(raw: bytes, *, is_utf8: bool, extra: dict[int, bytes]) -> str:
    """Return a zip member's name; Info-ZIP's Unicode field wins when it belongs to this name."""
    unicode_field = extra.get(0x7075, b"")
    if (
        len(unicode_field) > 5
        and unicode_field[0] == 1
        and int.from_bytes(unicode_field[1:5], "little") == zlib.crc32(raw)
    ):
        return unicode_field[5:].decode("utf-8", "replace")
    if is_utf8:
        return raw.decode("utf-8", "replace")
    return decode_name(raw)


def clean_text(name: str) -> str:
    """Return `name` without half surrogate pairs, which could not be stored."""
    return name.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def without_ending(name: str) -> str:
    """Return the name of a compressed file's content: `a.csv.gz` → `a.csv`, `a.tgz` → `a.tar`."""
    lower = name.lower()
    for ending in (".tgz", ".tbz2", ".tbz", ".txz"):
        if lower.endswith(ending):
            return name[: -len(ending)] + ".tar"
    for ending in (".gz", ".bz2", ".xz", ".z"):
        if lower.endswith(ending) and len(name) > len(ending):
            return name[: -len(ending)]
    return name

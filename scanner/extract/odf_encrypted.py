"""Open OpenDocument packages under a password (ODF 1.2, part 3, 3.4: each member by itself).

AES-256-CBC under a PBKDF2 key, which programs have written since 2011. What else there is (Blowfish
before, whole packages by AES-GCM and Argon2 since 2024) stays encrypted. Keeps no password.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, cast

from scanner.extract.budget import MEMORY_SPOOL_BYTES, Budget, Trouble
from scanner.extract.ooxml import Package, local, release

MANIFEST = "META-INF/manifest.xml"
AES_256_CBC = "http://www.w3.org/2001/04/xmlenc#aes256-cbc"
SHA_256 = ("http://www.w3.org/2000/09/xmldsig#sha256", "http://www.w3.org/2001/04/xmlenc#sha256")
CHECKSUMS = {"sha256-1k": hashlib.sha256, "sha1/1k": hashlib.sha1, "sha1-1k": hashlib.sha1}
CHECKED_BYTES = 1024
MAX_ROUNDS = 20_000_000
"""Of a document, all members and passwords together: about eight seconds of PBKDF2."""
MAX_MEMBER_BYTES = 256 * 1024**2
CHUNK_BYTES = 256 * 1024
PLAIN_MANIFEST = (
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
)
BLOCK_BYTES, KEY_BYTES = 16, 32


@dataclass(slots=True)
class Locked:
    """One encrypted member, as the manifest describes it."""

    name: str = field(repr=False)
    size: int
    words: dict[str, str] = field(default_factory=dict, repr=False)


def is_encrypted(package: Package) -> bool:
    """Whether the manifest says that anything is encrypted."""
    if package.name("encrypted-package") is not None:
        return True
    if package.name(MANIFEST) is None:
        return False
    try:
        return any(local(element) == "encryption-data" for _, element in package.walk(MANIFEST))
    except Trouble as trouble:
        if trouble.reason != "corrupt":
            raise
    return False


def decrypt(package: Package, budget: Budget) -> BinaryIO:
    """Return the package without its encryption, as a file the caller closes.

    Raises Trouble("encrypted") when no password fits or the method is another,
    Trouble("limit", "key_rounds") when its keys would cost too much.
    """
    members = list(_manifest(package))
    rounds = _Rounds()
    first = min(members, key=lambda each: each.size, default=None)
    if first is None or package.name("encrypted-package") is not None:
        raise Trouble("encrypted")
    for password in budget.passwords:
        start = hashlib.sha256(password.encode()).digest()
        if _plain(package, first, start, rounds) is not None:
            return _opened(package, members, start, rounds, budget)
    raise Trouble("encrypted")


class _Rounds:
    """Counts the rounds of PBKDF2 that a document asks for."""

    def __init__(self) -> None:
        self.left = MAX_ROUNDS

    def spend(self, count: int) -> None:
        self.left -= count
        if self.left < 0:
            raise Trouble("limit", "key_rounds")


def _manifest(package: Package) -> Iterator[Locked]:
    for _, entry in package.walk(MANIFEST, tags=("{*}file-entry",)):
        if local(entry) != "file-entry":
            continue
        told = {_bare(key): value for key, value in entry.attrib.items()}
        words: dict[str, str] = {}
        for element in entry.iter():
            if element is not entry:
                own = {_bare(key): value for key, value in element.attrib.items()}
                words |= {f"{local(element)} {key}": value for key, value in own.items()}
        name = told.get("full-path", "")
        if words and package.name(name) is not None:
            size = told.get("size", "")
            yield Locked(name, int(size) if size.isdecimal() and len(size) < 15 else 0, words)
        release(entry)


def _bare(key: object) -> str:
    return str(key).rpartition("}")[2]


def _plain(package: Package, member: Locked, start: bytes, rounds: _Rounds) -> bytes | None:
    """Return a member's bytes as they were packed, or None when the key is another."""
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    words = member.words.get
    count = words("key-derivation iteration-count", "")
    if (
        words("algorithm algorithm-name") != AES_256_CBC
        or words("key-derivation key-derivation-name") != "PBKDF2"
        or words("start-key-generation start-key-generation-name") not in SHA_256
        or words("key-derivation key-size", str(KEY_BYTES)) != str(KEY_BYTES)
        or not (count.isdecimal() and 0 < len(count) < 10 and int(count))
    ):
        raise Trouble("encrypted")
    rounds.spend(int(count))
    kind = words("encryption-data checksum-type", "").rpartition("#")[2].lower()
    hashed = CHECKSUMS.get(kind)
    packed = package.data(member.name, MAX_MEMBER_BYTES)
    try:
        salt = base64.b64decode(words("key-derivation salt", ""), validate=True)
        vector = base64.b64decode(words("algorithm initialisation-vector", ""), validate=True)
        checksum = base64.b64decode(words("encryption-data checksum", ""), validate=True)
    except binascii.Error:
        raise Trouble("corrupt") from None
    if len(vector) != BLOCK_BYTES or not packed or len(packed) % BLOCK_BYTES or hashed is None:
        raise Trouble("corrupt")
    key = hashlib.pbkdf2_hmac("sha1", start, salt, int(count), KEY_BYTES)
    cipher = Cipher(algorithms.AES(key), modes.CBC(vector)).decryptor()
    plain = cipher.update(packed) + cipher.finalize()
    padding = plain[-1]
    plain = plain[:-padding] if 0 < padding <= BLOCK_BYTES else plain
    return plain if hashed(plain[:CHECKED_BYTES]).digest() == checksum else None


def _opened(
    package: Package, members: list[Locked], start: bytes, rounds: _Rounds, budget: Budget
) -> BinaryIO:
    """Write the package anew; what is unpacked here is given back, as its reader spends it."""
    locked = {member.name: member for member in members}
    unpacked = budget.unpacked
    out = tempfile.SpooledTemporaryFile(  # noqa: SIM115 - the caller closes it
        MEMORY_SPOOL_BYTES, dir=budget.folder
    )
    try:
        with zipfile.ZipFile(out, "w") as target:
            for name in package.names:
                if name.endswith("/") or name == MANIFEST:
                    continue
                member = locked.get(name)
                with target.open(zipfile.ZipInfo(name), "w", force_zip64=True) as stream:
                    for piece in (
                        _copied(package, name)
                        if member is None
                        else _unpacked(_plain(package, member, start, rounds), budget)
                    ):
                        stream.write(piece)
            target.writestr(MANIFEST, PLAIN_MANIFEST)
    except BaseException:
        out.close()
        raise
    budget.refund(budget.unpacked - unpacked)
    out.seek(0)
    return cast(BinaryIO, out)


def _copied(package: Package, name: str) -> Iterator[bytes]:
    with package.open(name) as stream:
        while chunk := stream.read(CHUNK_BYTES):
            yield chunk


def _unpacked(packed: bytes | None, budget: Budget) -> Iterator[bytes]:
    if packed is None:
        raise Trouble("encrypted")
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        while packed and not unpacker.eof:
            piece = unpacker.decompress(packed, CHUNK_BYTES)
            budget.spend(len(piece))
            yield piece
            packed = unpacker.unconsumed_tail
        yield unpacker.flush()
    except zlib.error:
        raise Trouble("corrupt") from None

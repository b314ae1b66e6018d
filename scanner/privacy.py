"""Decide what survives of a found value. Nothing else in Fodspor may store or log one."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

KEY_BYTES = 32
FINGERPRINT_BYTES = 16
SHORT_BYTES = 8
HMAC_BLOCK = 64
UNIT = b"\x1f"
MARK = "\x00"
"""Opens a sealed name: NUL stands in no file name of any platform."""
DOT = "•"


class WrongKey(Exception):
    """A sealed name cannot be opened with this key."""


@dataclass(frozen=True, slots=False)
class Seal:
    """Turns values into fingerprints and masks, and names into sealed names, under one key.

    Built from the 32-byte company key in each process that needs it, and never pickled. With
    further links (`linked`) it is a chain of keys, the oldest first.
    """

    key: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.key) != KEY_BYTES:
            raise ValueError(f"the company key must be {KEY_BYTES} bytes, not {len(self.key)}")

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError("a Seal holds the company key and does not leave its process")

    @property
    def keys(self) -> tuple[bytes, ...]:
        """The keys of the chain, oldest first."""
        return (self.key,)

    def linked(self, key: bytes) -> Seal:
        """Return this seal with one more link: all it makes is what this one makes, wrapped once.

        A name is sealed under the last link alone.
        """
        from scanner.links import Linked

        return Linked(key, self)

    @cached_property
    def key_id(self) -> str:
        """Name the key or chain without telling it: 16 hexadecimal digits, kept in every index."""
        return self._subkey(b"id", 8).hex()

    @cached_property
    def _keyed(self) -> tuple[Callable[[], Any], Callable[[], Any]]:
        """HMAC-SHA256 (RFC 2104) under the subkey of fingerprints, its two halves begun.

        To copy them costs 40 % of a call of hmac.digest, and tables make millions.
        """
        key = self._subkey(b"fingerprint").ljust(HMAC_BLOCK, b"\0")
        halves = (hashlib.sha256(bytes(byte ^ pad for byte in key)) for pad in (0x36, 0x5C))
        inner, outer = (half.copy for half in halves)
        return inner, outer

    @cached_property
    def _content_key(self) -> bytes:
        return self._subkey(b"content")

    def _subkey(self, info: bytes, length: int = KEY_BYTES) -> bytes:
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        return HKDF(SHA256(), length, None, info).derive(self.key)

    def fingerprint(self, kind: str, value: str) -> bytes:
        """Return the 16-byte keyed fingerprint of a canonical value."""
        begin, finish = self._keyed
        inner = begin()
        inner.update(f"{kind}\x1f{value}".encode("utf-8", "surrogatepass"))
        outer = finish()
        outer.update(inner.digest())
        fingerprint: bytes = outer.digest()[:FINGERPRINT_BYTES]
        return fingerprint

    def second_fingerprint(self, kind: str, value: str) -> bytes:
        """Return the fingerprint of a name's first and last word; empty for all else."""
        if kind != "PERSON" or " " not in value:
            return b""
        words = value.split()
        return self.fingerprint(kind, f"{words[0]} {words[-1]}")

    def path_key(self, path: bytes) -> bytes:
        """Return the keyed hash under which a path is looked up, whatever is sealed in it."""
        return hmac.digest(self._content_key, b"path" + UNIT + path, "sha256")[:FINGERPRINT_BYTES]

    def message_key(self, name: bytes) -> bytes:
        """Return the keyed hash under which a message is looked up in its archive, 16 bytes."""
        return hmac.digest(self._content_key, b"message" + UNIT + name, "sha256")[
            :FINGERPRINT_BYTES
        ]

    def short_fingerprint(self, kind: str, value: str) -> bytes:
        """Return 8 bytes that tell a secret from another one, such as a list of passwords."""
        return self.fingerprint(kind, value)[:SHORT_BYTES]

    def hasher(self) -> Hashing:
        """Return a fresh keyed hasher of a content's bytes: 32 bytes."""
        return ContentHasher(self._content_key)

    def identity_hasher(self) -> Hashing:
        """Return a fresh keyed hasher of what two copies of a message share: 16 bytes."""
        return ContentHasher(self._content_key, FINGERPRINT_BYTES)

    @cached_property
    def _siv(self) -> SivCipher:
        return SivCipher(self._subkey(b"seal", 64))

    def seal_name(self, name: bytes, masked: str) -> str:
        """Encrypt one name (a path component, a sheet, an attachment), keeping its mask beside it.

        Deterministic: equal names give equal sealed names.
        """
        sealed = base64.urlsafe_b64encode(self._siv.encrypt(name)).decode("ascii")
        return f"{MARK}{sealed}{MARK}{masked}"

    def unseal_name(self, name: str) -> bytes:
        """Return the bytes of a sealed or a plain name. Raises WrongKey."""
        if not name.startswith(MARK):
            return name.encode("utf-8", "surrogateescape")
        try:
            return self._siv.decrypt(base64.urlsafe_b64decode(name.split(MARK)[1]))
        except Exception as error:
            raise WrongKey("a sealed name does not open with this key") from error


class Hashing(Protocol):
    """A keyed hash under way."""

    def update(self, chunk: bytes, /) -> None: ...
    def digest(self) -> bytes: ...


class ContentHasher:
    """Keyed BLAKE3 of a content's bytes; `length` of the digest in bytes."""

    def __init__(self, key: bytes, length: int = FINGERPRINT_BYTES * 2) -> None:
        from blake3 import blake3

        self._hash = blake3(key=key)
        self._length = length

    def update(self, chunk: bytes) -> None:
        self._hash.update(chunk)

    def digest(self) -> bytes:
        return self._hash.digest(self._length)


class SivCipher:
    """AES-SIV: deterministic authenticated encryption."""

    def __init__(self, key: bytes) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESSIV

        self._cipher = AESSIV(key)

    def encrypt(self, text: bytes) -> bytes:
        return self._cipher.encrypt(b"\x00" + text, None)

    def decrypt(self, sealed: bytes) -> bytes:
        return self._cipher.decrypt(sealed, None)[1:]


def shown(name: str) -> str:
    """Return a sealed or plain name fit for eyes and terminals: masked, printable, no key."""
    if name.startswith(MARK):
        name = name.rpartition(MARK)[2]
    if name.isprintable():  # surrogates are not
        return name
    return "".join(
        c if c.isprintable() and not 0xD800 <= ord(c) < 0xE000 else "\ufffd" for c in name
    )


SPECIAL = frozenset(
    {
        "HEALTH",
        "RELIGION",
        "POLITICS",
        "UNION_MEMBERSHIP",
        "ETHNICITY",
        "SEXUALITY",
        "CRIMINAL_RECORD",
        "GENETIC",
        "BIOMETRIC",
    }
)
"""Kinds of which the mask says the category alone."""
PAPERS = frozenset({"CV", "PAYSLIP", "EMPLOYMENT_CONTRACT", "MEDICAL_NOTE", "CRIMINAL_CERTIFICATE"})
"""Documents that are a kind by themselves: their value is the kind's name."""


def mask(kind: str, value: str) -> str:
    """Return a constant-length mask: at most four characters of the value, and a mail domain."""
    maker = MASKS.get(kind)
    if kind in SPECIAL or kind in PAPERS:
        return kind.lower().replace("_", " ")
    return maker(value) if maker else _tail(value, 2 if len(value) >= 8 else 0)


def _tail(value: str, keep: int, dots: int = 6) -> str:
    return DOT * dots + (value[-keep:] if keep else DOT * 2)


def _email(value: str) -> str:
    local, _, domain = value.rpartition("@")
    return f"{local[0] if len(local) > 2 else DOT}{DOT * 2}@{domain}"


_TABLE = re.compile(r"[0-9]{1,8} × [a-z]{2,10}(?:, [a-z]{2,10})*")
"""A table's rows and the classes of its columns: of nobody."""


def _address(value: str) -> str:
    head, mark = (value.partition(":")[0], ":") if ":" in value else (value.partition(".")[0], ".")
    return head[:4] + mark + DOT * 6


MASKS: dict[str, Callable[[str], str]] = {
    "DK_CPR": lambda value: f"{value[:4]}{DOT * 2}-{DOT * 4}",
    "EMAIL_ADDRESS": _email,
    "PHONE_NUMBER": lambda value: f"{DOT * 2} {DOT * 2} {DOT * 2} {value[-2:]}",
    "IBAN_CODE": lambda value: f"{value[:2]}{DOT * 2} {DOT * 4} {DOT * 4} {value[-2:]}",
    "CREDIT_CARD": lambda value: f"{DOT * 4} {DOT * 4} {DOT * 4} {value[-4:]}",
    "DK_BANK_ACCOUNT": lambda value: f"{value[:4]} {DOT * 10}",
    "PASSPORT_MRZ": lambda value: _tail(value, 0, 10),
    "DK_PASSPORT": lambda value: _tail(value, 2, 7),
    "DK_DRIVER_LICENSE": lambda value: _tail(value, 2),
    "IP_ADDRESS": _address,
    "DK_ADDRESS": lambda value: f"{value[:1].upper()}{DOT * 6}",
    "DATE_OF_BIRTH": lambda value: f"{value[:4]}-{DOT * 2}-{DOT * 2}",
    "CUSTOMER_TABLE": lambda value: value if _TABLE.fullmatch(value) else _tail(value, 0),
    "DK_HEALTH_CARD": lambda value: _tail(value, 2),
    "PERSON": lambda value: value[:1].upper() + DOT * 6,
}

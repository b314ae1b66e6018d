"""Read and write the company key as a secret holds it: a line for each key of the chain."""

from __future__ import annotations

from collections.abc import Sequence

from scanner.links import chain
from scanner.privacy import KEY_BYTES, Seal
from scanner.secret import SecretError, SecretSource


def company_seal(source: SecretSource) -> Seal:
    """Fetch the company key and return its seal. Raises SecretError without telling it."""
    return seal_of(source.fetch(), source.describe())


def seal_of(text: str, where: str) -> Seal:
    """Return the seal of keys written as `as_text` writes them; `where` is named in an error.

    Keys are divided by white space: a variable may hold them in one line. Raises SecretError.
    """
    try:
        keys = tuple(bytes.fromhex(line) for line in text.split())
    except ValueError:
        raise SecretError(f"{where} holds no key of hexadecimal digits") from None
    for number, key in enumerate(keys, 1):
        if len(key) != KEY_BYTES:
            which = f" in key {number}" if len(keys) > 1 else ""
            raise SecretError(
                f"{where} holds {len(key)} bytes{which}; a key has {KEY_BYTES} (64 digits)"
            )
    if not keys:
        raise SecretError(f"{where} is empty; put back the copy from the safe")
    return chain(keys)


def as_text(keys: Sequence[bytes]) -> str:
    """Return keys as the key file holds them: 64 hexadecimal digits and a line end each."""
    return "".join(f"{key.hex()}\n" for key in keys)

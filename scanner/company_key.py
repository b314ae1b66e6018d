"""Read and store the company key as a secret holds it: a line for each key of the chain."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from scanner.links import chain
from scanner.platform import write_private
from scanner.privacy import KEY_BYTES, Seal
from scanner.private_files import sync_folder
from scanner.secret import SecretError, SecretSource, store_in_keyring

WITHOUT = (
    "Without the company key findings, counts and reports still answer; nobody can be looked up and"
    " nothing scanned. See docs/operations.md, A lost key"
)


class KeyLost(SecretError):
    """The company key cannot be fetched: says from where, what still works, and what to do."""


def company_seal(source: SecretSource) -> Seal:
    """Fetch the company key and return its seal. Raises SecretError without telling it."""
    try:
        text = source.fetch()
    except SecretError as error:
        raise KeyLost(f"{error}. {WITHOUT}") from None
    return seal_of(text, source.describe())


def store(source: SecretSource, seal: Seal) -> None:
    """Put a chain of keys where the configuration says that the key lies, at once and whole.

    Raises SecretError where that cannot be written: a variable, a command.
    """
    text = as_text(seal.keys)
    if source.file is not None:
        try:
            _replace(Path(source.file), text)
        except OSError as error:
            raise SecretError(f"{source.file} cannot be written: {error.strerror}") from None
    elif source.keyring is not None:
        store_in_keyring(source.keyring, text)
    else:
        raise SecretError(f"{source.describe()} cannot be written by Fodspor; put the key there")


def is_writable(source: SecretSource) -> bool:
    """Whether `store` can put a key there."""
    return source.file is not None or source.keyring is not None


def _replace(path: Path, text: str) -> None:
    """Replace a private file: whoever reads it meets the old one or the new one, whole."""
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    write_private(new, text)
    with new.open("r+b") as stream:
        os.fsync(stream.fileno())
    new.replace(path)
    sync_folder(path.parent)


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

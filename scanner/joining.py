"""Write and read the file that carries the company's key to a device. It holds the key itself."""

from __future__ import annotations

import hashlib
from pathlib import Path

from scanner.company_key import as_text, seal_of
from scanner.platform import write_private
from scanner.privacy import Seal
from scanner.secret import SecretError

FIRST_LINE = "fodspor join file 1"
MAX_BYTES = 64 * 1024
_ABOUT = """\
# This file holds a company's key for Fodspor: whoever has it can look anybody up in an index.
# Carry it by hand, on a stick that nobody else gets, and delete it when the device has the key:
#   fodspor init --join FILE          on a device that is new
#   fodspor key rotate --join FILE    on a device that has the key before this one
# Lager virksomhedens nøgle til Fodspor. Bær den selv, og slet den, når enheden har nøglen.
"""


def join_path(index: Path, seal: Seal) -> Path:
    """Return where the join file of a chain is written: beside the index, named by its key id."""
    return index.with_name(f"fodspor-{seal.key_id[:8]}.join")


def write_join_file(path: Path, seal: Seal) -> bool:
    """Write the join file of a chain, for this account only; False where it lies there already.

    Raises SecretError where another file has that name.
    """
    try:
        write_private(path, _text(seal))
    except FileExistsError:
        if read_join_file(path) != seal:
            raise SecretError(f"{path} holds another key; move it away") from None
        return False
    return True


def read_join_file(path: Path) -> Seal:
    """Return the chain in a join file. Raises SecretError for one that is damaged or none."""
    try:
        with path.open("rb") as stream:
            text = stream.read(MAX_BYTES).decode("utf-8")
    except FileNotFoundError:
        raise SecretError(f"{path} does not exist; name the join file") from None
    except (OSError, UnicodeDecodeError):
        raise SecretError(f"{path} cannot be read; copy the join file again") from None
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    if not lines or lines[0] != FIRST_LINE:
        raise SecretError(f"{path} is no join file; 'fodspor init --company' writes one")
    told = dict(line.partition(" ")[::2] for line in lines[1:] if " " in line)
    keys = [line for line in lines[1:] if " " not in line]
    damaged = SecretError(f"{path} is damaged; copy it again from the machine that wrote it")
    if told.get("checksum") != _checksum(told.get("key-id", ""), keys):
        raise damaged
    seal = seal_of("\n".join(keys), str(path))
    if told["key-id"] != seal.key_id:
        raise damaged
    return seal


def _text(seal: Seal) -> str:
    keys = as_text(seal.keys)
    checksum = _checksum(seal.key_id, keys.split())
    return f"{_ABOUT}{FIRST_LINE}\nkey-id {seal.key_id}\n{keys}checksum {checksum}\n"


def _checksum(key_id: str, keys: list[str]) -> str:
    """Return what tells a damaged file; of 256 random bits it tells nothing."""
    return hashlib.sha256("\n".join((key_id, *keys)).encode()).hexdigest()[:16]

"""The centre's seal: the company's, and one link more with a key that never leaves the centre."""

from __future__ import annotations

import secrets
from pathlib import Path

from scanner.company_key import company_seal
from scanner.config import Config
from scanner.links import Linked
from scanner.platform import write_private
from scanner.privacy import KEY_BYTES, Seal
from scanner.secret import SecretError, SecretSource


def centre_key_source(config: Config) -> SecretSource:
    """Return where the centre's own key lies: as [collect] key says, else beside its index."""
    key = config.collect.key
    if key is not None:
        return key.source()
    return SecretSource(file=str(config.collected_path.with_name("company.key")))


def centre_seal(config: Config) -> Seal:
    """Return the seal of the central index. Raises SecretError without telling a key."""
    return linked(company_seal(config.key_source), centre_key_source(config))


def linked(company: Seal, source: SecretSource) -> Seal:
    """Return a company's seal with the centre's own link. Raises SecretError."""
    where = source.describe()
    try:
        key = bytes.fromhex(source.fetch())
    except ValueError:
        raise SecretError(f"{where} holds no key of hexadecimal digits") from None
    if len(key) != KEY_BYTES:
        raise SecretError(f"{where} holds {len(key)} bytes; a key has {KEY_BYTES} (64 digits)")
    if key in company.keys:
        raise SecretError(
            f"{where} holds the company's key; the centre needs one of its own, which no device has"
        )
    return Linked(key, company)


def make_key(config: Config) -> Path | None:
    """Make the centre's key where it is a file that does not exist; return it, if it was made.

    Where there is a central index already its key is lost, and no new one is made.
    """
    source = centre_key_source(config)
    if source.file is None or config.collected_path.exists():
        return None
    path = Path(source.file)
    if path.exists():
        return None
    path.parent.mkdir(parents=True, exist_ok=True)
    write_private(path, secrets.token_hex(KEY_BYTES) + "\n")
    return path

"""Give this device a longer chain of keys, and bring its files under it. Killed, it goes on.

The order is what makes that so: the audit says under which key its fingerprints are; the new chain
is stored where the key lies; then decisions, register and index follow, each whole or not at all,
the index last. A file says itself under which key it is, and the old chain is a part of the new
one, so nothing is ever under a key that is not at hand.
"""

from __future__ import annotations

import getpass
import os
import secrets
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from scanner.company_key import as_text, company_seal, seal_of, store
from scanner.index.store import Decisions, Index, IndexTrouble, decisions_path, explain, now
from scanner.links import links_between, part_of
from scanner.platform import write_private
from scanner.privacy import KEY_BYTES, Seal
from scanner.register.store import Register, register_path
from scanner.rekey import ROTATED, UNSCRUBBED, rekey, rekey_decisions, rekey_register, scrub
from scanner.secret import SecretError, SecretSource

BEGUN, TAKEN = "key rotation begun", "key taken"
"""The actions of audit rows that say, as ROTATED does, under which key its fingerprints are."""

State = Literal["none", "same", "unfinished", "other"]


@dataclass(frozen=True, slots=True)
class Rotated:
    """What was done: both key ids, and sealed names that no key of the chain opens."""

    before: str
    after: str
    unopened: int


def state_of(index: Path, seal: Seal) -> State:
    """Say how the files at `index` stand to the key: none, under it, under a part of it, other.

    The index is brought under a new key after the other files, so it speaks for all.
    """
    held, dirty = _decided(index), None
    if index.exists():
        with Index(index) as opened:
            held, dirty = opened.meta("key_id") or held, opened.meta(UNSCRUBBED)
    if held is None:
        return "none"
    if held == seal.key_id:
        return "unfinished" if dirty else "same"
    return "unfinished" if part_of(seal, held) is not None else "other"


def new_link(seal: Seal) -> Seal:
    """Return a chain with a new random key behind its last one."""
    return seal.linked(secrets.token_bytes(KEY_BYTES))


def rotate(source: SecretSource, index: Path, target: Seal) -> Rotated:
    """Store a chain where the key lies, and bring the files of `index` under it.

    Whoever calls keeps scans out (scanner.cli.settling.alone). Goes on where an earlier call was
    stopped. Raises SecretError where the chain does not begin with the key at hand or cannot be
    stored, IndexTrouble where a file is under a key that is none of the chain.
    """
    present = company_seal(source)
    if present != target:
        _must_begin_with(target, present)
    before = _held(index) or present.key_id
    if part_of(target, before) is None:
        raise IndexTrouble(other_key(index, before, target.key_id))
    decided = _decided(index)
    if decided is not None and part_of(target, decided) is None:
        raise IndexTrouble(other_key(decisions_path(index), decided, target.key_id))
    if present != target:
        _announce(index, present, target)
        store(source, target)
    done = Rotated(before, target.key_id, bring(index, target))
    _next_path(index).unlink(missing_ok=True)
    return done


def to_store_by_hand(index: Path, present: Seal, target: Seal, *, keep: bool) -> Path:
    """Write a chain to a private file for whoever must store it; `rotate` deletes it.

    `keep`: one that waits there already stays, `target` is forgotten. Raises SecretError where
    the chain does not begin with the key at hand.
    """
    path = _next_path(index)
    if keep and path.exists():
        target = seal_of(path.read_text("utf-8"), str(path))
    _must_begin_with(target, present)
    _announce(index, present, target)
    path.unlink(missing_ok=True)
    write_private(path, as_text(target.keys))
    return path


def _next_path(index: Path) -> Path:
    return index.with_name("fodspor-next.key")


def bring(index: Path, target: Seal) -> int:
    """Bring decisions, register and index under a chain that begins with theirs; see `rotate`."""
    held = _held(index)
    unopened = 0
    try:
        if decisions_path(index).exists():
            _bring_decisions(index, target, held)
        if register_path(index).exists():
            with Register(register_path(index)) as register:
                if (old := part_of(target, register.meta().get("key_id", ""))) is not None:
                    unopened += rekey_register(register.connection, old, target)
                    scrub(register.connection)
        if held is not None and (old := part_of(target, held)) is not None:
            with Index(index) as opened:
                unopened += rekey(opened.connection, old, target)
                if opened.meta(UNSCRUBBED):
                    scrub(opened.connection)
    except sqlite3.Error as error:
        raise explain(error, index) from None
    return unopened


def other_key(index: Path, held: str, key_id: str) -> str:
    """Say that an index is under a key that is none of the chain, and what to do."""
    return (
        f"{index} was made under another company key ({held}, this one is {key_id}). Put back that "
        "key, or begin anew under this one: move the index, its -decisions and its -register file "
        "away and scan again (what was ignored has to be named again)"
    )


def _must_begin_with(target: Seal, present: Seal) -> None:
    try:
        links_between(present, target)
    except ValueError:
        if part_of(present, target.key_id) is not None:
            raise SecretError(
                f"the key {target.key_id} is older than this device's ({present.key_id}), which "
                "begins with it; write a new join file with 'fodspor init --company'"
            ) from None
        raise SecretError(
            f"the key {target.key_id} does not begin with this device's ({present.key_id}); they "
            "are of two companies, or one was rotated by itself. See docs/operations.md, Keys"
        ) from None


def _held(index: Path) -> str | None:
    if not index.exists():
        return None
    with Index(index) as opened:
        return opened.meta("key_id")


def _announce(index: Path, present: Seal, target: Seal) -> None:
    """Write to the audit under which key it is, before that key is replaced."""
    if decisions_path(index).exists():
        with Decisions(decisions_path(index)) as decisions:
            if _last_key(decisions) is None:
                decisions.log(BEGUN, present.key_id, f"to {target.key_id}")


def _decided(index: Path) -> str | None:
    if not decisions_path(index).exists():
        return None
    with Decisions(decisions_path(index)) as decisions:
        return _last_key(decisions)


def _last_key(decisions: Decisions) -> str | None:
    row = decisions.connection.execute(
        "SELECT subject FROM audit WHERE action IN (?,?,?) ORDER BY id DESC LIMIT 1",
        (BEGUN, TAKEN, ROTATED),
    ).fetchone()
    return row[0] if row else None


def _bring_decisions(index: Path, target: Seal, held: str | None) -> None:
    with Decisions(decisions_path(index)) as decisions:
        under = _last_key(decisions) or held
        old = part_of(target, under) if under else None
        if old is not None and old != target:
            rekey_decisions(decisions.connection, old, target, _who(), now())
        scrub(decisions.connection)


def _who() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return str(os.getpid())


def take(source: SecretSource, index: Path, given: Seal) -> None:
    """Replace a key under which nothing is kept. Raises IndexTrouble where something is."""
    held = _held(index)
    if not is_empty(index):
        raise IndexTrouble(other_key(index, str(held), given.key_id))
    store(source, given)
    if index.exists():
        with Index(index) as opened:
            opened.set_meta("key_id", given.key_id)
    if decisions_path(index).exists():
        with Decisions(decisions_path(index)) as decisions:
            decisions.log(TAKEN, given.key_id)


def is_empty(index: Path) -> bool:
    """Whether nothing is kept at `index` that another key made: no document, value or customer."""
    if index.exists():
        with Index(index) as opened:
            if opened.connection.execute("SELECT 1 FROM document LIMIT 1").fetchone():
                return False
    if register_path(index).exists():
        with Register(register_path(index)) as register:
            if register.meta():
                return False
    if decisions_path(index).exists():
        with Decisions(decisions_path(index)) as decisions:
            execute = decisions.connection.execute
            for table in ("ignored", "verdict"):
                if execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone():
                    return False
    return True

"""Fetch a secret from where the configuration says it lies. The configuration holds none itself."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

COMMAND_SECONDS = 60


class SecretError(Exception):
    """A secret could not be fetched: says from where, and what to do. Never the secret."""


@dataclass(frozen=True, slots=True)
class SecretSource:
    """Where one secret lies: exactly one of keyring, env, command, file."""

    keyring: str | None = None
    env: str | None = None
    command: tuple[str, ...] | None = None
    file: str | None = None

    def fetch(self) -> str:
        """Return the secret, stripped of the line end. Raises SecretError."""
        if self.env is not None:
            return _from_env(self.env)
        if self.command is not None:
            return _from_command(self.command)
        if self.file is not None:
            return _from_file(Path(self.file))
        if self.keyring is not None:
            return _from_keyring(self.keyring)
        raise SecretError("a secret needs one of keyring, env, command or file")

    def describe(self) -> str:
        """Say where the secret lies."""
        if self.env is not None:
            return f"environment variable {self.env}"
        if self.command is not None:
            return f"command {self.command[0]}"
        if self.file is not None:
            return f"file {self.file}"
        return f"keyring entry {self.keyring}"


def _from_env(name: str) -> str:
    value = os.environ.get(name)
    if not value:
        raise SecretError(f"environment variable {name} is not set; set it or change the config")
    return value.strip()


def _from_command(command: Sequence[str]) -> str:
    try:
        done = subprocess.run(
            list(command), capture_output=True, timeout=COMMAND_SECONDS, check=False, text=True
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SecretError(f"command {command[0]} did not run: {type(error).__name__}") from None
    if done.returncode != 0 or not done.stdout.strip():
        raise SecretError(f"command {command[0]} ended with {done.returncode} and gave no secret")
    return done.stdout.strip()


def _from_file(path: Path) -> str:
    from scanner.platform import check_private

    try:
        check_private(path)
        return path.read_text("utf-8").strip()
    except FileNotFoundError:
        raise SecretError(
            f"{path} does not exist; put back the copy from the safe, or mend the config"
        ) from None
    except PermissionError as error:
        raise SecretError(
            f"{path}: {error.strerror or error}; make it readable by you alone"
        ) from None


def _from_keyring(entry: str) -> str:
    import keyring
    from keyring.errors import KeyringError

    service, _, user = entry.partition("/")
    try:
        value = keyring.get_password(service, user or "fodspor")
    except KeyringError as error:
        raise SecretError(f"keyring: {type(error).__name__}; use file, env or command") from None
    if not value:
        raise SecretError(f"keyring has no entry {entry}; store it, or mend the config")
    return value


def store_in_keyring(entry: str, secret: str) -> None:
    """Store a secret in the system keyring, "service/user". Raises SecretError."""
    import keyring
    from keyring.errors import KeyringError

    service, _, user = entry.partition("/")
    try:
        keyring.set_password(service, user or "fodspor", secret)
    except KeyringError as error:
        raise SecretError(f"keyring: {type(error).__name__}; use file, env or command") from None

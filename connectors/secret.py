"""Where a password or token lies, as a connector asks for it. Holds none."""

from __future__ import annotations

from typing import Protocol


class NoSecret(Exception):
    """A password or token could not be fetched. Says where it was looked for, never the secret."""


class Secret(Protocol):
    """Where a secret lies. Pickles without it; asked anew at every login."""

    def fetch(self) -> str:
        """Return the secret. Raises NoSecret."""
        ...

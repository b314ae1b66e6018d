"""Words to people about what watch mode flagged: employee, IT, officers. Holds no found value.

Importing it loads none of the libraries that send; each is loaded with the first word it sends.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    import logging

    from scanner.config import Config
    from scanner.flagged import Teller
    from scanner.messages import Words


def open_teller(
    config: Config,
    index_path: Path,
    words: Words,
    *,
    stdout: TextIO | None,
    log: logging.Logger,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Teller:
    """Return who tells what the configuration's [alert] says, with the state beside the index.

    `stdout`: where lines of JSON go, None for nowhere. `clock` is asked once, for when watching
    began. Opens the state and nothing else; a broken one is moved aside and said in the log.
    """
    from scanner.alert.opening import teller_of

    return teller_of(config, index_path, words, stdout=stdout, log=log, at=clock())

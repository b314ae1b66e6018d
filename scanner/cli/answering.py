"""Open what an answering command needs: config, index, words, and the coverage it ends with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from scanner.answers.answer import Answer, seal_of

if TYPE_CHECKING:
    from pathlib import Path

    from scanner.config import Config
    from scanner.judging import Judging
    from scanner.messages import Words

__all__ = ["NO_REGISTER", "Answer", "answering", "index_of", "seal_of", "spoken"]


NO_REGISTER = "no customers are known; run 'fodspor register import FILE' first"


def spoken(options: dict[str, Any], config: Config) -> Words:
    """Return the words of the language that was asked for, else of the configuration's."""
    from scanner.messages import words

    return words(options["language"] or config.device.language)


def index_of(options: dict[str, Any], config: Config) -> Path:
    """Return the index that a command is about: the company's where there is one, else the own."""
    collected = config.collected_path
    return config.index_path if options["own"] or not collected.exists() else collected


@contextmanager
def answering(options: dict[str, Any]) -> Iterator[Answer]:
    """Open the configured index for one answer. Raises ConfigError, IndexTrouble."""
    from scanner.answers.opened import opened
    from scanner.config import ConfigError, find_config, load_config

    path = find_config(options["config"])
    config = load_config(path)
    index = index_of(options, config)
    if path is None and not index.exists():
        raise ConfigError("nothing is set up yet; run 'fodspor init', then 'fodspor scan FOLDER'")
    judging = config.judging
    weighed = _weighed(index, config.judging)
    with opened(index, judging) as held:
        yield Answer(config, held, spoken(options, config), weighed=weighed)


def _weighed(path: Path, judging: Judging) -> bool:
    """Whether the index's risks are those of the configuration; they are made so where it can be.

    What is a finding is decided by each answer itself; risks and totals are stored.
    """
    from scanner.index.rejudge import is_judged, rejudge
    from scanner.index.store import Index, IndexTrouble

    with Index(path, readonly=True) as index:
        if is_judged(index, judging):
            return True
    try:
        with Index(path) as index:
            rejudge(index, judging)
    except IndexTrouble:  # an index that may only be read, or a scan that writes for long
        return False
    return True

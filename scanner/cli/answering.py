"""Open what an answering command needs: config, index, words, and the coverage it ends with."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from scanner.answers.coverage import Configured, Coverage
    from scanner.answers.filters import Filters
    from scanner.answers.opened import Opened
    from scanner.config import Config
    from scanner.judging import Judging
    from scanner.messages import Words
    from scanner.privacy import Seal


NO_REGISTER = "no customers are known; run 'fodspor register import FILE' first"


def spoken(options: dict[str, Any], config: Config) -> Words:
    """Return the words of the language that was asked for, else of the configuration's."""
    from scanner.messages import words

    return words(options["language"] or config.device.language)


def index_of(options: dict[str, Any], config: Config) -> Path:
    """Return the index that a command is about: the company's where there is one, else the own."""
    collected = config.collected_path
    return config.index_path if options["own"] or not collected.exists() else collected


def seal_of(config: Config, index: Path) -> Seal:
    """Return the seal of an index that `index_of` named. Raises SecretError."""
    from scanner.company.wrapping import centre_seal
    from scanner.company_key import company_seal

    if index != config.index_path:
        return centre_seal(config)
    return company_seal(config.key_source)


class Answer:
    """What every answering command has at hand: config, index, words, and the coverage."""

    def __init__(
        self, config: Config, opened: Opened, words: Words, *, weighed: bool = True
    ) -> None:
        self._weighed = weighed
        self.config = config
        self.opened = opened
        self.words = words

    def configured(self) -> Configured:
        """Return what the configuration says of coverage."""
        from detectors.papers import SPECIAL as OF_SPECIAL
        from scanner.answers.coverage import Configured
        from scanner.answers.kinds import built_in, not_looked_for

        looked_for = {
            *(self.config.detect.kinds or built_in()),
            *self.custom,
            *self.config.special,
            *(paper for paper, kind in OF_SPECIAL.items() if kind in self.config.special),
        }
        if self.names_look == "off":
            looked_for.discard("PERSON")
        names = tuple(place.name for place in self.config.place)
        if self.opened.collected:  # which places other devices have stands in their indexes
            names = ()
        return Configured(
            names,
            looked_for,
            not_looked_for(looked_for),
            dict(self.config.judging.finding),
            self._weighed,
            self.config.collect.silent_days,
        )

    @property
    def names_look(self) -> str:
        """How far names are looked for: off, beside or everywhere."""
        kinds = self.config.detect.kinds
        return "off" if kinds and "PERSON" not in kinds else self.config.names.look

    @property
    def custom(self) -> dict[str, str]:
        """The kinds that the config adds, each with the law's group."""
        return self.config.own_levels

    def coverage(self, filters: Filters | None = None, *, kinds: Collection[str] = ()) -> Coverage:
        """Count the coverage of the places and kinds that an answer is about."""
        from scanner.answers.coverage import coverage_of

        places: Collection[int] = ()
        devices: Collection[str] = ()
        if filters is not None:
            places, devices, kinds = filters.places, filters.devices, filters.kinds
        return coverage_of(
            self.opened, self.configured(), places=places, devices=devices, kinds=kinds
        )

    def seal(self) -> Seal:
        """Fetch the key of the index, and return its seal. Raises SecretError."""
        return seal_of(self.config, self.opened.index.path)


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

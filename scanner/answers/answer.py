"""What every answer has at hand: the configuration, the opened index, words, and the coverage."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from scanner.answers.coverage import Configured, Coverage
    from scanner.answers.filters import Filters
    from scanner.answers.opened import Opened
    from scanner.config import Config
    from scanner.messages import Words
    from scanner.privacy import Seal


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

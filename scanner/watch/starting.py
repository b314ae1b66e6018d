"""Build the places that one `fodspor watch` watches from the configuration. Watches nothing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from connectors.disk import DiskConnector
from connectors.excludes import slashed
from connectors.smb.connector import SmbConnector
from detectors import catalogue
from scanner.config import ConfigError
from scanner.pipeline import Target
from scanner.setup import Setup
from scanner.tools import tools_of
from scanner.watch.flagging import Flagging
from scanner.watch.gathering import Gatherer
from scanner.watch.place import Watched
from scanner.watch.rules import Rules, parse


def rules_of(setup: Setup) -> Rules:
    """Return the configuration's rules. Raises ConfigError for a kind that does not exist."""
    config = setup.config
    kinds = {
        *catalogue.LEVELS,
        *catalogue.SPECIAL_LEVELS,
        *config.own_levels,
        *config.detect.presidio,
    }
    try:
        return parse(config.watch.rules, kinds)
    except ValueError as error:
        raise ConfigError(f"[watch] rules: {error}") from None


def asked(setup: Setup, paths: Sequence[str]) -> tuple[list[Target], list[str]]:
    """Return the places to watch, and the names of those that cannot be: mailboxes, servers.

    Raises ConfigError where a name of [watch] places is none, or nothing is left to watch.
    """
    targets = setup.targets(paths)
    wanted = setup.config.watch.places
    if wanted and not paths:
        known = {target.place for target in targets}
        for name in wanted:
            if name not in known:
                raise ConfigError(f"[watch] places: there is no [[place]] called {name!r}")
        targets = [target for target in targets if target.place in wanted]
    can = [each for each in targets if isinstance(each.connector, DiskConnector | SmbConnector)]
    if not can:
        raise ConfigError("nothing to watch: mailboxes and servers are scanned, not watched")
    return can, [each.place for each in targets if each not in can]


def watched(setup: Setup, targets: Sequence[Target], folder: Path) -> list[Watched]:
    """Return the places with all that watching them needs; `folder` is for temporary files."""
    rules, table = rules_of(setup), setup.config.watch
    found = []
    for target in targets:
        recipe = setup.recipe_of(target, str(folder))
        tools = tools_of(recipe)
        found.append(
            Watched(
                target=target,
                recipe=recipe,
                flagging=Flagging(target, tools, rules),
                gatherer=Gatherer(quiet=table.quiet_seconds, ceiling=table.ceiling_seconds),
                key=tools.seal.path_key(
                    slashed(target.below or target.root).encode("utf-8", "surrogateescape")
                ),
            )
        )
    return found

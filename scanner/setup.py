"""Put configuration, key, index and places together for a command. Opens nothing by itself."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from connectors.addresses import is_address, is_remote, root_of
from connectors.employees import BadList, Employees, read_employees
from connectors.globs import literal
from connectors.spelling import real, same
from scanner.alert.state import state_path
from scanner.config import FOLDERS, Config, ConfigError, PlaceTable, find_config, load_config
from scanner.config.loading import same_root
from scanner.index.store import decisions_path
from scanner.lowering import note
from scanner.model import Limits
from scanner.pipeline import Target
from scanner.places import Root, innermost, inside
from scanner.recipe import CustomKind, Recipe
from scanner.targets import target_of
from scanner.two_persons import in_force, kept_closed
from scanner.typed import typed
from scanner.watch.memory import memory_path
from scanner.web.where import kept_path, web_path


@dataclass(frozen=True, slots=True)
class Setup:
    """A configuration as a command uses it. `path` is the file it came from, if any."""

    config: Config
    path: Path | None
    employees: Employees = field(default_factory=Employees, repr=False)
    written: Config | None = field(default=None, repr=False)
    """The configuration as its file says it, before what needs two persons."""

    def with_employees(self) -> Setup:
        """Return it with the list of employees, where there is one. Raises ConfigError."""
        file = self.config.owners.file
        if not file:
            return self
        try:
            return replace(self, employees=read_employees(Path(file)))
        except BadList as error:
            raise ConfigError(f"[owners] file: {error}") from None
        except OSError as error:
            raise ConfigError(
                f"[owners] file: {typed(file)} cannot be read"
                f" ({error.strerror or type(error).__name__})"
            ) from None

    @classmethod
    def find(cls, given: str | None) -> Setup:
        """Find and load the configuration. Raises ConfigError."""
        path = find_config(given)
        written = load_config(path)
        return cls(in_force(written), path, written=written)

    def note_changes(self) -> tuple[str, ...]:
        """Log what can lower findings and has changed; return the private names kept closed.

        Those that the configuration lifts and no two persons agreed on. Raises IndexTrouble.
        """
        written = self.written or self.config
        note(written, self.config.index_path)
        return kept_closed(written)

    def device(self) -> str:
        """Return this device's id. Raises ConfigError where there is none."""
        if not self.config.device.id.strip("0-"):
            raise ConfigError("this device has no id yet; run 'fodspor init' once, then this again")
        return self.config.device.id

    def recipe(
        self, folder: str | None, *, with_index: bool = True, place: str | None = None
    ) -> Recipe:
        """Return the recipe that the configuration describes; `folder` is for temporary files.

        Special categories as in a place, by its name ("": in no [[place]]); None: as anywhere.
        """
        config = self.config
        special = config.special if place is None else config.special_in(place)
        limits = config.limits
        return Recipe(
            key=config.key_source,
            kinds=config.detect.kinds or None,
            custom=tuple(
                CustomKind(
                    kind.name,
                    kind.regex,
                    kind.check,
                    kind.words,
                    kind.weight,
                    kind.ignore_case,
                    kind.strip,
                    kind.level,
                )
                for kind in config.detect.kind
            ),
            presidio=config.detect.presidio,
            foreign=config.detect.foreign,
            special=special,
            special_elsewhere=() if special else config.special,
            no_text=config.detect.no_text,
            names=config.names.look,
            names_model=config.names.model,
            judging=config.judging,
            passwords=tuple(secret.source() for secret in config.privacy.passwords),
            limits=Limits(
                limits.max_file_bytes,
                limits.max_unpacked_bytes,
                limits.max_ratio,
                limits.max_depth,
                limits.max_parts,
                limits.deadline_seconds,
                limits.deadline_seconds_per_mb,
                limits.deadline_ceiling_seconds,
                limits.memory_bytes,
            ),
            folder=folder,
            index=str(config.index_path) if with_index else None,
        )

    def recipe_of(self, target: Target, folder: str | None) -> Recipe:
        """Return the recipe of a place to scan."""
        return self.recipe(folder, place=target.place if target.configured else "")

    def recipes(self) -> list[Recipe]:
        """Return the recipes of all configured places, and of what lies in none."""
        return [
            self.recipe(None, place=name) for name in ("", *(p.name for p in self.config.place))
        ]

    def roots(self) -> list[Root]:
        """Return the configured places with their true paths. Raises ConfigError for doubles."""
        roots: list[Root] = []
        for place in self.config.place:
            if place.root is not None:
                root = Root(place.name, place.root, place.root)
            else:
                path = os.fsencode(place.path)
                root = Root(place.name, path, real(path))
            for other in roots:
                if same(other.real, root.real):
                    raise ConfigError(f"{self.path}: {same_root(other.name, root.name)}")
            roots.append(root)
        return roots

    def targets(self, paths: Sequence[str]) -> list[Target]:
        """Return the configured places, or those of the given paths. Raises ConfigError.

        A given folder is part of the innermost configured place that holds it, else a place of its
        own; configured places that lie in it follow.
        """
        roots = self.roots()
        if paths:
            return [target for path in paths for target in self._given(path, roots)]
        if not roots:
            raise ConfigError(
                "no place to scan: name a folder ('fodspor scan FOLDER'), "
                "or add a [[place]] to the config"
            )
        return [self.target(root, None, roots) for root in roots]

    def own_files(self) -> tuple[str, ...]:
        """Return the rules that leave out indexes, keys and what lies in the state folder."""
        index, company = self.config.index_path, self.config.collected_path
        mine = [index, decisions_path(index), state_path(index)]
        centre = [company, decisions_path(company)]
        mine += [place(path) for place in (web_path, kept_path) for path in (index, company)]
        files = [*mine, *centre]
        files += [
            path.with_name(path.name + end)
            for path in files
            for end in ("-wal", "-shm", "-journal")
        ]
        keys = [f"{_literal(index.parent)}/fodspor-*.{end}" for end in ("join", "key")]
        keys += [_literal(Path(key)) for key in self._key_files()]
        note = index.with_name(f"{index.stem}-delivered.json")
        locks = (f"{_literal(path)}.*.lock" for path in (index, company))
        broken = f"{_literal(state_path(index))}.broken-*"
        watched = memory_path(index)
        beside = watched.with_name(f"{watched.name}.new")
        nights = index.with_name(f"{index.name}.nights.json")
        reports = self.config.schedule.report
        told = [f"{_literal(Path(reports))}/fodspor-*.{end}" for end in ("html", "txt")]
        own = (_literal(path) for path in (*files, note, watched, beside, nights, state_folder()))
        return (*own, *locks, broken, *keys, *(told if reports else ()))

    def _key_files(self) -> list[str]:
        centre = self.config.collect.key
        beside = str(self.config.collected_path.with_name("company.key"))
        files = (self.config.key_source.file, centre.file if centre else beside)
        return [file for file in files if file]

    def _given(self, given: str, roots: Sequence[Root]) -> list[Target]:
        named = next((each for each in roots if each.name == given), None)
        if is_address(given) or (named is not None and is_remote(named.path)):
            return [self._given_address(given, named, roots)]
        path = os.path.abspath(given)
        if not os.path.lexists(path):
            raise ConfigError(f"{typed(given)} does not exist; check the path")
        true = real(os.fsencode(path))
        root = innermost(roots, true)
        if root is None:
            first = self.target(Root(os.fsdecode(true), true, true), None, roots)
        else:
            first = self.target(root, root.spelled(true) if true != root.real else None, roots)
        return [first, *(self.target(inner, None, roots) for inner in inside(roots, true))]

    def _given_address(self, given: str, named: Root | None, roots: Sequence[Root]) -> Target:
        """Return what was given by its address or place's name: a mailbox, a share, or a part."""
        if named is not None:
            return self.target(named, None, roots)
        try:
            path = root_of(given)
        except ValueError as error:
            raise ConfigError(f"{typed(given)} {error}") from None
        root = innermost(roots, path)
        if root is None:
            raise ConfigError(
                f"{typed(given)} is in no place of the config; add a [[place]] with this path "
                "and below it [place.imap], [place.smb] or [place.remote], which says where its "
                "password lies"
            )
        return self.target(root, path if path != root.path else None, roots)

    def target(self, root: Root, below: bytes | None, roots: Sequence[Root]) -> Target:
        """Return how to walk a place, or a folder `below` it, without the places inside it."""
        places = [each for each in self.config.place if each.name == root.name and root in roots]
        place = places[0] if places else _by_hand(root)
        return target_of(self, place, root, below, roots, configured=bool(places))


def _by_hand(root: Root) -> PlaceTable:
    return PlaceTable.model_validate({"name": root.name, "path": os.fsdecode(root.path)})


def _literal(path: Path) -> str:
    return literal(path.absolute().as_posix())


def state_folder() -> Path:
    """Return the folder for logs, locks and temporary files of this user."""
    return Path(os.environ.get("FODSPOR_STATE") or FOLDERS.user_state_path)

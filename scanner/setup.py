"""Put configuration, key, index and places together for a command. Opens nothing by itself."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from connectors.addresses import is_address, is_remote, root_of
from connectors.disk import DiskConnector
from connectors.employees import BadList, Employees, read_employees
from connectors.excludes import Excludes, slashed
from connectors.globs import literal
from connectors.mailserver import MailConnector
from connectors.owners import DEFAULT_OWNER_RULES, OwnerRules
from connectors.remote import RemoteConnector
from connectors.smb.connector import SmbConnector
from connectors.spelling import real, same
from scanner.config import FOLDERS, Config, ConfigError, PlaceTable, find_config, load_config
from scanner.config.loading import same_root
from scanner.index.store import decisions_path
from scanner.mail_account import account_of
from scanner.model import Limits
from scanner.pipeline import Target
from scanner.places import Root, innermost, inside
from scanner.recipe import CustomKind, Recipe
from scanner.server_account import account_of as server_account
from scanner.share_account import account_of as share_account
from scanner.typed import typed


@dataclass(frozen=True, slots=True)
class Setup:
    """A configuration as a command uses it. `path` is the file it came from, if any."""

    config: Config
    path: Path | None
    employees: Employees = field(default_factory=Employees, repr=False)

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
        return cls(load_config(path), path)

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

    def _own_files(self) -> tuple[str, ...]:
        """Return the rules that leave out indexes, keys and what lies in the state folder."""
        index, company = self.config.index_path, self.config.collected_path
        files = [index, decisions_path(index), company, decisions_path(company)]
        logs = [index.with_name(file.name + end) for file in files[:2] for end in ("-wal", "-shm")]
        logs += [company.with_name(f.name + end) for f in files[2:] for end in ("-wal", "-shm")]
        keys = [f"{_literal(index.parent)}/fodspor-*.{end}" for end in ("join", "key")]
        keys += [_literal(Path(key)) for key in self._key_files()]
        note = index.with_name(f"{index.stem}-delivered.json")
        locks = (f"{_literal(path)}.*.lock" for path in (index, company))
        return (*(_literal(path) for path in (*files, *logs, note, state_folder())), *locks, *keys)

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
        if place.imap is not None:
            return self._mailbox(place, root, below, roots)
        if place.smb is not None:
            return self._share(place, root, below, roots)
        if place.remote is not None:
            return self._server(place, root, below, roots)
        limits = self.config.limits
        inner = (literal(slashed(root.spelled(each.real))) for each in inside(roots, root.real))
        try:
            excludes = Excludes(
                (*limits.exclude, *place.exclude, *self._own_files()),
                self.config.privacy.private_folders,
                limits.max_size or None,
                limits.default_excludes,
                places=tuple(inner),
            )
            owners = OwnerRules((*_owner_rules(place), *self._homes(), *DEFAULT_OWNER_RULES))
        except ValueError as error:
            raise ConfigError(f"[place.{place.name}] {error}") from None
        connector = DiskConnector(self.device(), root.name, root.path, excludes, owners, below)
        return Target(
            self.device(),
            root.name,
            root.path,
            connector,
            below,
            root,
            bool(places),
            employees=self.employees,
        )

    def _homes(self, host: str = "") -> Iterator[tuple[str, str]]:
        r"""Yield the employees' home folders as owner rules.

        `host`: of a share; `\\fil01\home` means its folder too where it is fil01.firma.dk.
        """
        for home, account in self.employees.homes():
            if not home.startswith("\\\\"):
                yield literal(slashed(os.fsencode(home))), account
                continue
            server, slash, rest = home[2:].replace("\\", "/").partition("/")
            if host and server.partition(".")[0].casefold() == host.partition(".")[0]:
                server = host
            yield literal(f"//{server}{slash}{rest}"), account

    def _mailbox(
        self, place: PlaceTable, root: Root, below: bytes | None, roots: Sequence[Root]
    ) -> Target:
        """Return how to walk a mailbox."""
        limits = self.config.limits
        try:
            excludes = Excludes(
                (*limits.exclude, *place.exclude),
                self.config.privacy.private_folders,
                limits.max_size or None,
                defaults=False,
            )
            rules = _owner_rules(place)
            found = self.employees.find(place.address.user)
            if not place.owner and found is not None:
                rules = (*rules, ("**", found.account))
            owners = OwnerRules(rules, account=False)
        except ValueError as error:
            raise ConfigError(f"[place.{place.name}] {error}") from None
        account = account_of(place)
        connector = MailConnector(
            self.device(),
            root.name,
            root.path,
            account,
            place.address.top,
            excludes,
            owners,
            tuple(each.path for each in inside(roots, root.path)),
            below,
        )
        connections = account.connections
        return Target(
            self.device(),
            root.name,
            root.path,
            connector,
            below,
            root,
            connections=connections,
            employees=self.employees,
        )

    def _share(
        self, place: PlaceTable, root: Root, below: bytes | None, roots: Sequence[Root]
    ) -> Target:
        """Return how to walk a share."""
        limits = self.config.limits
        account = share_account(place)
        bare = SmbConnector(self.device(), root.name, root.path, account, below=below)
        inner = (literal(bare.rule_of(each.path)) for each in inside(roots, root.path))
        try:
            excludes = Excludes(
                (*limits.exclude, *place.exclude),
                self.config.privacy.private_folders,
                limits.max_size or None,
                limits.default_excludes,
                fold_case=True,
                places=tuple(inner),
            )
            rules = (*_owner_rules(place), *self._homes(account.host))
            owners = OwnerRules(rules, fold_case=True)
        except ValueError as error:
            raise ConfigError(f"[place.{place.name}] {error}") from None
        connector = replace(bare, excludes=excludes, owners=owners)
        return Target(
            self.device(),
            root.name,
            root.path,
            connector,
            below,
            root,
            connections=min(account.connections, account.open_files),
            login=(account.host, str(account.port), account.user),
            employees=self.employees,
        )

    def _server(
        self, place: PlaceTable, root: Root, below: bytes | None, roots: Sequence[Root]
    ) -> Target:
        """Return how to walk a folder of a server, by SFTP, WebDAV or S3."""
        limits = self.config.limits
        inner = (literal(slashed(each.path)) for each in inside(roots, root.path))
        try:
            excludes = Excludes(
                (*limits.exclude, *place.exclude),
                self.config.privacy.private_folders,
                limits.max_size or None,
                limits.default_excludes,
                fold_case=False,
                places=tuple(inner),
            )
            owners = OwnerRules(_owner_rules(place), account=False, fold_case=False)
        except ValueError as error:
            raise ConfigError(f"[place.{place.name}] {error}") from None
        account = server_account(place)
        connector = RemoteConnector(
            self.device(), root.name, root.path, account, excludes, owners, below
        )
        return Target(
            self.device(),
            root.name,
            root.path,
            connector,
            below,
            root,
            connections=2,
            login=(account.host, str(account.port), account.user),
            employees=self.employees,
        )


def _owner_rules(place: PlaceTable) -> tuple[tuple[str, str], ...]:
    rules = tuple(place.owners.items())
    return (*rules, ("**", place.owner)) if place.owner else rules


def _by_hand(root: Root) -> PlaceTable:
    return PlaceTable.model_validate({"name": root.name, "path": os.fsdecode(root.path)})


def _literal(path: Path) -> str:
    return literal(path.absolute().as_posix())


def state_folder() -> Path:
    """Return the folder for logs, locks and temporary files of this user."""
    return Path(os.environ.get("FODSPOR_STATE") or FOLDERS.user_state_path)

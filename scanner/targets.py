"""Say how a place is walked: by which connector, with which rules, owners and account."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from connectors import Connector
from connectors.disk import DiskConnector
from connectors.excludes import Excludes, slashed
from connectors.globs import FOLDS_CASE, literal
from connectors.mailserver import MailConnector
from connectors.owners import DEFAULT_OWNER_RULES, OwnerRules
from connectors.remote import RemoteConnector
from connectors.smb.connector import SmbConnector
from scanner.config import ConfigError, PlaceTable
from scanner.kontrolfil import path_in
from scanner.mail_account import account_of
from scanner.pipeline import Target
from scanner.places import Root, inside
from scanner.server_account import account_of as server_account
from scanner.share_account import account_of as share_account

if TYPE_CHECKING:
    from scanner.setup import Setup

SERVER_CONNECTIONS = 2
"""How many processes look at an SFTP, WebDAV or S3 server at a time."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """A place, or the part `below` it, that is to be walked; `roots` are all configured places."""

    setup: Setup
    place: PlaceTable
    root: Root
    below: bytes | None
    roots: Sequence[Root]

    def excludes(
        self,
        inner: Iterable[str] = (),
        own: Iterable[str] = (),
        *,
        defaults: bool = True,
        fold_case: bool = FOLDS_CASE,
    ) -> Excludes:
        """Return what is left out: of the configuration, the place, places inside it, `own`."""
        config = self.setup.config
        return Excludes(
            (*config.limits.exclude, *self.place.exclude, *own),
            config.privacy.private_folders,
            config.limits.max_size or None,
            defaults and config.limits.default_excludes,
            fold_case,
            tuple(inner),
        )

    def owner_rules(self) -> tuple[tuple[str, str], ...]:
        rules = tuple(self.place.owners.items())
        return (*rules, ("**", self.place.owner)) if self.place.owner else rules

    def homes(self, host: str = "") -> Iterator[tuple[str, str]]:
        r"""Yield the employees' home folders as owner rules.

        `host`: of a share; `\\fil01\home` means its folder too where it is fil01.firma.dk.
        """
        for home, account in self.setup.employees.homes():
            if not home.startswith("\\\\"):
                yield literal(slashed(os.fsencode(home))), account
                continue
            server, slash, rest = home[2:].replace("\\", "/").partition("/")
            if host and server.partition(".")[0].casefold() == host.partition(".")[0]:
                server = host
            yield literal(f"//{server}{slash}{rest}"), account

    def target(
        self,
        connector: Connector,
        *,
        configured: bool = True,
        connections: int = 0,
        login: tuple[str, ...] = (),
    ) -> Target:
        return Target(
            self.setup.device(),
            self.root.name,
            self.root.path,
            connector,
            self.below,
            self.root,
            configured,
            connections,
            login,
            self.setup.employees,
            path_in(self.root.path, name) if (name := self.place.kontrolfil) else None,
        )


def target_of(
    setup: Setup,
    place: PlaceTable,
    root: Root,
    below: bytes | None,
    roots: Sequence[Root],
    *,
    configured: bool,
) -> Target:
    """Return how to walk a place, or a folder `below` it, without the places inside it.

    Raises ConfigError for a rule that cannot be understood.
    """
    asked = _Asked(setup, place, root, below, roots)
    try:
        if place.imap is not None:
            return _mailbox(asked)
        if place.smb is not None:
            return _share(asked)
        if place.remote is not None:
            return _server(asked)
        return _disk(asked, configured=configured)
    except ValueError as error:
        raise ConfigError(f"[place.{place.name}] {error}") from None


def _disk(asked: _Asked, *, configured: bool) -> Target:
    setup, root = asked.setup, asked.root
    inner = (literal(slashed(root.spelled(each.real))) for each in inside(asked.roots, root.real))
    owners = OwnerRules((*asked.owner_rules(), *asked.homes(), *DEFAULT_OWNER_RULES))
    connector = DiskConnector(
        setup.device(),
        root.name,
        root.path,
        asked.excludes(inner, setup.own_files()),
        owners,
        asked.below,
    )
    return asked.target(connector, configured=configured)


def _mailbox(asked: _Asked) -> Target:
    place, root = asked.place, asked.root
    rules = asked.owner_rules()
    found = asked.setup.employees.find(place.address.user)
    if not place.owner and found is not None:
        rules = (*rules, ("**", found.account))
    account = account_of(place)
    connector = MailConnector(
        asked.setup.device(),
        root.name,
        root.path,
        account,
        place.address.top,
        asked.excludes(defaults=False),
        OwnerRules(rules, account=False),
        tuple(each.path for each in inside(asked.roots, root.path)),
        asked.below,
    )
    return asked.target(connector, connections=account.connections)


def _share(asked: _Asked) -> Target:
    root, account = asked.root, share_account(asked.place)
    bare = SmbConnector(asked.setup.device(), root.name, root.path, account, below=asked.below)
    inner = (literal(bare.rule_of(each.path)) for each in inside(asked.roots, root.path))
    rules = (*asked.owner_rules(), *asked.homes(account.host))
    connector = replace(
        bare,
        excludes=asked.excludes(inner, fold_case=True),
        owners=OwnerRules(rules, fold_case=True),
    )
    return asked.target(
        connector,
        connections=min(account.connections, account.open_files),
        login=(account.host, str(account.port), account.user),
    )


def _server(asked: _Asked) -> Target:
    root, account = asked.root, server_account(asked.place)
    inner = (literal(slashed(each.path)) for each in inside(asked.roots, root.path))
    connector = RemoteConnector(
        asked.setup.device(),
        root.name,
        root.path,
        account,
        asked.excludes(inner, fold_case=False),
        OwnerRules(asked.owner_rules(), account=False, fold_case=False),
        asked.below,
    )
    return asked.target(
        connector,
        connections=SERVER_CONNECTIONS,
        login=(account.host, str(account.port), account.user),
    )

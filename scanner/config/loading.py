"""Find, read and check the configuration. Fetches no secret and looks at no place."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from connectors.globs import FOLDS_CASE, plain
from scanner.config.alert import Alert
from scanner.config.mistakes import ConfigError, explain, explain_toml, line_of
from scanner.config.place import PlaceTable
from scanner.config.table import Secret
from scanner.config.tables import FOLDERS, Collect, Config
from scanner.typed import typed


def find_config(given: str | None) -> Path | None:
    """Return the configuration file to use: the given one, ./fodspor.toml, user's, machine's."""
    if given:
        path = Path(given)
        if not path.is_file():
            name = typed(given)
            raise ConfigError(f"{name} does not exist; run 'fodspor --config {name} init'")
        return path
    for path in (
        Path("fodspor.toml"),
        FOLDERS.user_config_path / "fodspor.toml",
        FOLDERS.site_config_path / "fodspor.toml",
    ):
        if path.is_file():
            return path
    return None


def load_config(path: Path | None) -> Config:
    """Read and check a configuration; the defaults without one. Raises ConfigError."""
    if path is None:
        return Config()
    try:
        text = path.read_text("utf-8-sig")  # editors on Windows put a mark in front
    except UnicodeDecodeError:
        raise ConfigError(f"{path} is no UTF-8 text; save it as UTF-8") from None
    except OSError as error:
        raise ConfigError(
            f"{path} cannot be read ({error.strerror or type(error).__name__}); "
            "check that it is a file and yours to read"
        ) from None
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}{explain_toml(error)}") from None
    try:
        config = Config.model_validate(content)
    except ValidationError as error:
        raise ConfigError(f"{path}{explain(error, text)}") from None
    config = _relative(config, path.parent)
    _check_places(config.place, path, text)
    return config


def _check_places(places: tuple[PlaceTable, ...], path: Path, text: str) -> None:
    """Raise ConfigError for two places of one name or of one folder, as far as text can tell."""
    names: dict[str, int] = {}
    roots: dict[str, str] = {}
    for number, place in enumerate(places):
        if place.name in names:
            line = line_of(text, ("place", number, "name"))
            raise ConfigError(
                f"{path}{line}: two places are named {typed(place.name)!r}; give each its own name"
            )
        names[place.name] = number
        root = folder_key(place.path) if place.root is None else os.fsdecode(place.root)
        root = root if place.smb is None else root.casefold()  # servers take both for one
        if root in roots:
            line = line_of(text, ("place", number, "path"))
            raise ConfigError(f"{path}{line}: {same_root(roots[root], place.name)}")
        roots[root] = place.name


def folder_key(path: str) -> str:
    """Return a path so that two spellings of one folder are equal, as far as text can tell."""
    key = plain(os.path.normpath(path))
    return key.casefold() if FOLDS_CASE else key


def same_root(first: str, second: str) -> str:
    """Say that two places have one folder, and what to do."""
    return (
        f"places {typed(first)!r} and {typed(second)!r} are one and the same folder; "
        "keep one of them"
    )


def _relative(config: Config, folder: Path) -> Config:
    """Resolve relative paths against the folder of the configuration file."""
    changes: dict[str, Any] = {}
    if config.owners.file:
        path = str(folder / Path(config.owners.file).expanduser())
        changes["owners"] = config.owners.model_copy(update={"file": path})
    told = {
        name: str(folder / Path(given).expanduser())
        for name in ("path", "deliver")
        if (given := getattr(config.index, name))
    }
    changes["index"] = config.index.model_copy(update=told)
    changes["collect"] = _collecting(config.collect, folder)
    changes["schedule"] = config.schedule.model_copy(
        update={
            name: str(folder / Path(given).expanduser())
            for name in ("report", "metrics")
            if (given := getattr(config.schedule, name))
        }
    )
    if config.key is not None:
        changes["key"] = _beside(config.key, folder)
    changes["privacy"] = config.privacy.model_copy(
        update={"passwords": tuple(_beside(each, folder) for each in config.privacy.passwords)}
    )
    changes["alert"] = _alerting(config.alert, folder)
    changes["place"] = tuple(_placed(place, folder) for place in config.place)
    return config.model_copy(update=changes)


def _collecting(collect: Collect, folder: Path) -> Collect:
    changes: dict[str, Any] = {
        "folders": tuple(str(folder / Path(each).expanduser()) for each in collect.folders)
    }
    if collect.index:
        changes["index"] = str(folder / Path(collect.index).expanduser())
    if collect.key is not None:
        changes["key"] = _beside(collect.key, folder)
    return collect.model_copy(update=changes)


def _alerting(alert: Alert, folder: Path) -> Alert:
    changes: dict[str, Any] = {}
    for name, secret in (("mail", "password"), ("webhook", "secret"), ("apprise", "urls")):
        table = getattr(alert, name)
        if table is None:
            continue
        found: dict[str, Any] = {}
        if (held := getattr(table, secret)) is not None:
            found[secret] = _beside(held, folder)
        if file := getattr(table, "ca_file", ""):
            found["ca_file"] = str(folder / Path(file).expanduser())
        changes[name] = table.model_copy(update=found)
    return alert.model_copy(update=changes)


def _placed(place: PlaceTable, folder: Path) -> PlaceTable:
    """Return a place with absolute paths: its own, or those that its login needs."""
    if place.smb is not None:
        password = place.smb.password
        smb = {} if password is None else {"password": _beside(password, folder)}
        return place.model_copy(update={"smb": place.smb.model_copy(update=smb)})
    if place.remote is not None:
        remote: dict[str, Any] = {
            key: str(folder / Path(file).expanduser())
            for key in ("known_hosts", "ca_file")
            if (file := getattr(place.remote, key))
        }
        remote["password"] = _beside(place.remote.password, folder)
        return place.model_copy(update={"remote": place.remote.model_copy(update=remote)})
    if place.imap is None:
        path = os.path.abspath(folder / Path(place.path).expanduser())
        return place.model_copy(update={"path": path})
    changes: dict[str, Any] = {
        key: _beside(secret, folder)
        for key in ("password", "token")
        if (secret := getattr(place.imap, key)) is not None
    }
    if place.imap.ca_file:
        changes["ca_file"] = str(folder / Path(place.imap.ca_file).expanduser())
    return place.model_copy(update={"imap": place.imap.model_copy(update=changes)})


def _beside(secret: Secret, folder: Path) -> Secret:
    """Return a secret whose file, if it lies in one, is found from the configuration's folder."""
    if not secret.file:
        return secret
    return secret.model_copy(update={"file": str(folder / Path(secret.file).expanduser())})

"""The configuration: every option with its default and one sentence, checked strictly.

`config.example.toml` is rendered from here, and `fodspor init` writes the same.
"""

from __future__ import annotations

import difflib
import json
import os
import tomllib
import uuid
from pathlib import Path
from typing import Any, Literal

from platformdirs import PlatformDirs
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from scanner.model import Limits
from scanner.secret import SecretSource

FOLDERS = PlatformDirs("fodspor", appauthor=False)
DEFAULTS = Limits()


class ConfigError(Exception):
    """The configuration cannot be used: names the key and says what to do."""


class Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Secret(Table):
    """Where a secret lies; exactly one of the four."""

    keyring: str | None = Field(None, description='Entry of the system keyring, "service/user".')
    env: str | None = Field(None, description="Environment variable.")
    command: tuple[str, ...] | None = Field(None, description="Command that prints it.")
    file: str | None = Field(None, description="File that holds it, readable by you alone.")

    @model_validator(mode="after")
    def _one(self) -> Secret:
        given = [name for name in type(self).model_fields if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError("needs exactly one of keyring, env, command, file")
        return self

    def source(self) -> SecretSource:
        return SecretSource(self.keyring, self.env, self.command, self.file)


class Device(Table):
    id: str = Field("", description="The device's UUID, made by 'fodspor init'.")
    label: str = Field("", description="A name for people; the host name when empty.")


class IndexTable(Table):
    path: str = Field("", description="The index file; empty: in the user's data folder.")
    keep_history_days: int = Field(
        400, ge=1, description="Days after which closed history is deleted by 'index compact'."
    )


class PlaceTable(Table):
    name: str = Field(min_length=1, description="The place's name in answers.")
    path: str = Field(description="The folder to scan, absolute.")
    owner: str = Field("", description="Whose place it is; empty: by rules, then by file owner.")
    owners: dict[str, str] = Field(
        default_factory=dict,
        description='Path = owner, such as "D:/home/{owner}" = "{owner}"; the first match decides.',
    )
    exclude: tuple[str, ...] = Field(
        (), description="Globs left out here, besides [limits] exclude."
    )


class CustomKindTable(Table):
    name: str = Field(pattern=r"^[A-Z][A-Z0-9_]{1,40}$", description="The kind, in capitals.")
    regex: str = Field(min_length=1, description="What it looks like (RE2 syntax).")
    check: str = Field("", description='A check by name: "luhn", "mod97", "mod11:2,7,6,5,4,3,2,1".')
    words: tuple[str, ...] = Field((), description="Words near it that make it likelier.")
    weight: float | None = Field(
        None, ge=0, le=1, description="Confidence alone; default 0.6, with `words` 0.3."
    )
    ignore_case: bool = Field(False, description="Capitals and small letters alike.")
    strip: str = Field("", description="Characters left out when values are compared.")
    level: Literal["ordinary", "confidential", "special", "criminal"] = Field(
        "confidential", description="The law's group, for the risk."
    )


class Detect(Table):
    kinds: tuple[str, ...] = Field((), description="Kinds to look for; empty: all built-in ones.")
    presidio: tuple[str, ...] = Field(
        (), description='presidio recognisers to add, by class, such as "SePersonnummerRecognizer".'
    )
    no_text: tuple[str, ...] = Field(
        (
            "application/x-executable",
            "application/x-pie-executable",
            "application/x-sharedlib",
            "application/x-object",
            "application/x-archive",
            "application/x-gettext-translation",
            "application/x-dosexec",
            "application/vnd.microsoft.portable-executable",
            "application/x-mach-binary",
            "application/java-vm",
            "application/x-java-applet",
            "application/x-bytecode.python",
            "application/wasm",
            "application/vnd.ms-fontobject",
            "audio/*",
            "video/*",
            "font/*",
        ),
        description="Types that have no text: met, counted, not opened (MIME, with globs).",
    )
    kind: tuple[CustomKindTable, ...] = Field((), description="Kinds of your own.")


class LimitsTable(Table):
    workers: int = Field(
        0, ge=0, description="Worker processes; 0: a quarter of the processors, at least one."
    )
    exclude: tuple[str, ...] = Field((), description="Globs left out in every place, counted.")
    default_excludes: bool = Field(
        True, description="Leave out system folders, caches and lock files (docs/connectors.md)."
    )
    max_size: int = Field(
        0, ge=0, description='Bytes above which a file is left out by rule "size"; 0: none.'
    )
    max_file_bytes: int = Field(
        DEFAULTS.max_file_bytes, ge=1, description="Larger files are not read: too_large."
    )
    max_unpacked_bytes: int = Field(
        DEFAULTS.max_unpacked_bytes, ge=1, description="Of all parts of one document together."
    )
    max_ratio: int = Field(
        DEFAULTS.max_ratio, ge=2, description="Unpacked to packed bytes, beyond 10 MB."
    )
    max_depth: int = Field(DEFAULTS.max_depth, ge=1, le=50, description="Parts inside parts.")
    max_parts: int = Field(DEFAULTS.max_parts, ge=1, description="Parts of one document.")
    deadline_seconds: float = Field(
        DEFAULTS.deadline_seconds, gt=0, description="Time for a small document."
    )
    deadline_seconds_per_mb: float = Field(
        DEFAULTS.deadline_seconds_per_mb, ge=0, description="More time for each megabyte."
    )
    deadline_ceiling_seconds: float = Field(
        DEFAULTS.deadline_ceiling_seconds, gt=0, description="The most that any document gets."
    )
    memory_bytes: int = Field(
        DEFAULTS.memory_bytes, ge=256 * 1024**2, description="Memory of one worker process."
    )


class Privacy(Table):
    private_folders: tuple[str, ...] = Field(
        ("Privat", "Private", "Personligt", "Personlig"),
        description="Folders of these names are counted and never opened.",
    )
    passwords: tuple[Secret, ...] = Field(
        (),
        description='Passwords for encrypted documents: [{file = "words.txt"}], one a line.',
    )


class Config(Table):
    """The whole file."""

    device: Device = Field(default_factory=lambda: Device.model_validate({}))
    index: IndexTable = Field(default_factory=lambda: IndexTable.model_validate({}))
    key: Secret | None = None
    place: tuple[PlaceTable, ...] = ()
    detect: Detect = Field(default_factory=lambda: Detect.model_validate({}))
    limits: LimitsTable = Field(default_factory=lambda: LimitsTable.model_validate({}))
    privacy: Privacy = Field(default_factory=lambda: Privacy.model_validate({}))

    @property
    def index_path(self) -> Path:
        return Path(self.index.path or FOLDERS.user_data_path / "fodspor.db").expanduser()

    @property
    def key_source(self) -> SecretSource:
        if self.key is not None:
            return self.key.source()
        return SecretSource(file=str(FOLDERS.user_data_path / "fodspor.key"))

    @property
    def worker_count(self) -> int:
        return self.limits.workers or max(1, (os.cpu_count() or 1) // 4)


TABLE_NOTES = {
    "device": "This device. Its id stays the same when the machine is renamed.",
    "index": "Where the index lies, and how long its history is kept.",
    "key": "The company key, as exactly one of: keyring, env, command, file.",
    "place": "A folder to scan; one table for each.",
    "detect": "What is looked for.",
    "detect.kind": "A kind of your own; one table for each.",
    "limits": "What a scan leaves out by rule, and what one document may cost.",
    "privacy": "What stays closed, and how to open what is locked.",
}


def find_config(given: str | None) -> Path | None:
    """Return the configuration file to use: the given one, ./fodspor.toml, user's, machine's."""
    if given:
        path = Path(given)
        if not path.is_file():
            raise ConfigError(f"{path} does not exist; run 'fodspor init --config {path}'")
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
        content = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read: {error.__class__.__name__}") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path} is not valid TOML: {error}") from None
    try:
        config = Config.model_validate(content)
    except ValidationError as error:
        raise ConfigError(f"{path}: {_explain(error)}") from None
    names = [place.name for place in config.place]
    for name in names:
        if names.count(name) > 1:
            raise ConfigError(f"{path}: two places are named {name!r}; give each its own name")
    return _relative(config, path.parent)


def _relative(config: Config, folder: Path) -> Config:
    """Resolve relative paths against the folder of the configuration file."""
    changes: dict[str, Any] = {}
    if config.index.path:
        path = str(folder / Path(config.index.path).expanduser())
        changes["index"] = config.index.model_copy(update={"path": path})
    if config.key is not None and config.key.file:
        file = str(folder / Path(config.key.file).expanduser())
        changes["key"] = config.key.model_copy(update={"file": file})
    changes["place"] = tuple(
        place.model_copy(update={"path": str((folder / Path(place.path).expanduser()).absolute())})
        for place in config.place
    )
    return config.model_copy(update=changes)


def _explain(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    location = [str(step) for step in first["loc"]]
    where = ".".join(step for step in location[:-1] if not step.isdigit())
    key = location[-1] if location else ""
    if first["type"] == "extra_forbidden":
        known = _known_keys(location[:-1])
        near = difflib.get_close_matches(key, known, 1, 0.4)
        hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known)}"
        return (
            f"[{where}] has an unknown key {key!r}; {hint}"
            if where
            else (f"unknown table or key {key!r}; {hint}")
        )
    if first["type"] == "missing":
        return f"[{where}] has no {key!r}; add {key} = …"
    if first["type"] in ("model_type", "dataclass_type"):
        return f'[{where}] needs tables, such as {{file = "words.txt"}}; no secret is written here'
    return f"[{where}] {key}: {first['msg']}"


def _known_keys(location: list[str]) -> list[str]:
    model: type[BaseModel] = Config
    for step in location:
        if step.isdigit() or step not in model.model_fields:
            continue
        model = _model_of(model.model_fields[step].annotation) or model
    return list(model.model_fields)


def _model_of(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for inner in getattr(annotation, "__args__", ()):
        if found := _model_of(inner):
            return found
    return None


def example(
    device: str = "",
    key_file: str = "fodspor.key",
    index: str = "",
    place: str | None = "/srv/share",
) -> str:
    """Return a commented configuration with every option once; without `place`, none is active."""
    values: dict[str, dict[str, Any]] = {
        "device": {"id": device or str(uuid.UUID(int=0))},
        "index": {"path": index},
        "key": {"file": key_file},
        "place": {
            "name": Path(place or "/srv/share").name or "share",
            "path": place or "/srv/share",
        },
        "detect.kind": {
            "name": "CUSTOMER_NUMBER",
            "regex": "K-[0-9]{6}",
            "words": ("kundenr",),
            "weight": 0.3,
        },
    }
    off = {"detect.kind"} if place else {"detect.kind", "place"}
    lines = [
        "# Fodspor's configuration. Every option stands here once, with its default.",
        "# A secret is never written here: say where it lies.",
    ]
    for name, field in Config.model_fields.items():
        model = _model_of(field.annotation)
        assert model is not None
        lines += _table(name, model, values, off, many="tuple" in str(field.annotation))
    return "\n".join(lines) + "\n"


def _table(
    name: str,
    model: type[BaseModel],
    values: dict[str, dict[str, Any]],
    off: set[str],
    *,
    many: bool,
) -> list[str]:
    mark = "# " if name in off else ""
    head = f"[[{name}]]" if many else f"[{name}]"
    lines = ["", f"# {TABLE_NOTES[name]}", mark + head]
    after: list[str] = []
    given = values.get(name, {})
    for key, field in model.model_fields.items():
        inner = _model_of(field.annotation)
        if inner is not None and f"{name}.{key}" in TABLE_NOTES:
            after += _table(f"{name}.{key}", inner, values, off, many=True)
            continue
        value = given.get(
            key, None if field.is_required() else field.get_default(call_default_factory=True)
        )
        shown = value is not None and (key in given or name != "key")
        lines.append(f"# {field.description}")
        text = _toml(value) if value is not None else '""'
        lines.append(f"{mark or ('' if shown else '# ')}{key} = {text}")
    return lines + after


def _toml(value: Any) -> str:
    if isinstance(value, tuple):
        if sum(len(str(each)) for each in value) > 80:
            return "[\n" + "".join(f"    {_toml(each)},\n" for each in value) + "]"
        return "[" + ", ".join(_toml(each) for each in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_toml(k)} = {_toml(v)}" for k, v in value.items()) + "}"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return json.dumps(value)

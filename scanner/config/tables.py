"""The tables of the configuration: each option with its default and a sentence. Reads no file."""

from __future__ import annotations

import os
import re
import uuid
from pathlib import Path
from typing import Any, Literal, get_args

from platformdirs import PlatformDirs
from pydantic import (
    BaseModel,
    Field,
    field_validator,
    model_validator,
)

from scanner.config.alert import Alert
from scanner.config.detect import Detect, NamesTable
from scanner.config.place import PlaceTable
from scanner.config.schedule import Schedule
from scanner.config.serve import ServeTable
from scanner.config.table import Secret, Table
from scanner.config.watch import WatchTable
from scanner.judging import Judging
from scanner.model import Limits
from scanner.secret import SecretSource

FOLDERS = PlatformDirs("fodspor", appauthor=False)
DEFAULTS = Limits()


class Device(Table):
    id: str = Field("", description="The device's UUID, made by 'fodspor init'.")
    label: str = Field("", description="A name for people; the host name when empty.")
    language: Literal["en", "da"] = Field("en", description="Language of answers: en or da.")

    @field_validator("id")
    @classmethod
    def _uuid(cls, given: str) -> str:
        try:
            return str(uuid.UUID(given)) if given else ""
        except ValueError:
            raise ValueError(
                "is no UUID; put back the one that 'fodspor init' wrote, "
                "or leave the key out and run init anew"
            ) from None


class IndexTable(Table):
    path: str = Field("", description="The index file; empty: in the user's data folder.")
    keep_history_days: int = Field(
        400, ge=1, description="Days after which closed history is deleted by 'index compact'."
    )
    keep_log_days: int = Field(
        730,
        ge=1,
        description="Days after which lines of the log are deleted by 'index compact'; fewer than "
        "730 hold when two accounts have agreed (docs/pages.md).",
    )
    deliver: str = Field(
        "", description="Folder that a copy of the index is put into after each scan; empty: none."
    )


class Collect(Table):
    """The company's index, on the machine that collects those of all devices."""

    index: str = Field(
        "", description="The company's index; empty: company.db beside this device's own."
    )
    key: Secret | None = Field(
        None, description="The centre's own key; empty: company.key there, made when first needed."
    )
    folders: tuple[str, ...] = Field(
        (), description="Folders and files that 'fodspor collect' takes when none is given."
    )
    silent_days: int = Field(
        7, ge=1, description="Days without a delivery after which a device counts as silent."
    )


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


class Mail(Table):
    domains: tuple[str, ...] = Field(
        (),
        description='The company\'s own mail domains, such as ["firma.dk"]; those below count too.',
    )

    @field_validator("domains")
    @classmethod
    def _plain(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        for domain in given:
            if not re.fullmatch(r"[^\s@/]+\.[^\s@/]+", domain):
                raise ValueError(f"{domain!r} is no domain; write it as in an address, after the @")
        return tuple(domain.lower().rstrip(".") for domain in given)


PRIVATE_FOLDERS = ("Privat", "Private", "Personligt", "Personlig")


class Privacy(Table):
    private_folders: tuple[str, ...] = Field(
        PRIVATE_FOLDERS,
        description="Folders of these names are counted and never opened.",
    )
    passwords: tuple[Secret, ...] = Field(
        (),
        description='Passwords for encrypted documents: [{file = "words.txt"}], one a line.',
    )


SpecialKind = Literal[
    "HEALTH",
    "RELIGION",
    "POLITICS",
    "UNION_MEMBERSHIP",
    "ETHNICITY",
    "SEXUALITY",
    "CRIMINAL_RECORD",
    "GENETIC",
    "BIOMETRIC",
]


NOT_ASSESSED = (
    "write under [special_categories] when it was done and by whom, "
    'such as assessed = "2026-11-02, the officer"'
)


class SpecialCategories(Table):
    on: bool = Field(
        False,
        description="Look for signs of health, faith, politics … in one sentence with a person.",
    )
    assessed: str = Field(
        "", description="When the impact assessment was done, and by whom; needed with `on`."
    )
    categories: tuple[SpecialKind, ...] = Field((), description="Which of the nine; empty: all.")

    @model_validator(mode="after")
    def _assessed(self) -> SpecialCategories:
        if self.on and not self.assessed.strip():
            raise ValueError(f"is on without an impact assessment; {NOT_ASSESSED}")
        return self


class OwnersTable(Table):
    file: str = Field(
        "",
        description="The employees as the directory exports them, a CSV file; empty: none"
        " (docs/connectors.md, Employees).",
    )


class Config(Table):
    """The whole file."""

    device: Device = Field(default_factory=lambda: Device.model_validate({}))
    index: IndexTable = Field(default_factory=lambda: IndexTable.model_validate({}))
    key: Secret | None = None
    collect: Collect = Field(default_factory=lambda: Collect.model_validate({}))
    place: tuple[PlaceTable, ...] = ()
    detect: Detect = Field(default_factory=lambda: Detect.model_validate({}))
    names: NamesTable = Field(default_factory=lambda: NamesTable.model_validate({}))
    owners: OwnersTable = Field(default_factory=lambda: OwnersTable.model_validate({}))
    limits: LimitsTable = Field(default_factory=lambda: LimitsTable.model_validate({}))
    special_categories: SpecialCategories = Field(
        default_factory=lambda: SpecialCategories.model_validate({})
    )
    watch: WatchTable = Field(default_factory=lambda: WatchTable.model_validate({}))
    mail: Mail = Field(default_factory=lambda: Mail.model_validate({}))
    privacy: Privacy = Field(default_factory=lambda: Privacy.model_validate({}))
    schedule: Schedule = Field(default_factory=lambda: Schedule.model_validate({}))
    alert: Alert = Field(default_factory=lambda: Alert.model_validate({}))
    serve: ServeTable = Field(default_factory=lambda: ServeTable.model_validate({}))

    @property
    def index_path(self) -> Path:
        return Path(self.index.path or FOLDERS.user_data_path / "fodspor.db").expanduser()

    @property
    def collected_path(self) -> Path:
        """Where the company's index lies, on the machine that collects."""
        if self.collect.index:
            return Path(self.collect.index).expanduser()
        return self.index_path.with_name("company.db")

    @property
    def judging(self) -> Judging:
        """What counts as a finding, and the groups of the own kinds."""
        return Judging.of(self.detect.finding, self.own_levels)

    @property
    def own_levels(self) -> dict[str, str]:
        """The law's group of each kind that this configuration adds."""
        own = {kind.name: kind.level for kind in self.detect.kind}
        return dict.fromkeys(self.detect.foreign, "confidential") | own

    @property
    def own_words(self) -> dict[str, tuple[str, ...]]:
        """The words of each kind that this configuration adds."""
        own = {kind.name: kind.words for kind in self.detect.kind}
        if not self.detect.foreign:
            return own
        from detectors.foreign import KINDS

        return {kind: KINDS[kind].words for kind in self.detect.foreign} | own

    @property
    def special(self) -> tuple[str, ...]:
        """The special categories that are looked for somewhere; none when they are off."""
        places = (place.special_categories for place in self.place)
        if not self.special_categories.on and "on" not in places:
            return ()
        return self.special_categories.categories or get_args(SpecialKind)

    def special_in(self, place: str) -> tuple[str, ...]:
        """The special categories that are looked for in a place by name; "": in no [[place]]."""
        said = next((p.special_categories for p in self.place if p.name == place), "")
        on = self.special_categories.on if not said else said == "on"
        return self.special if on else ()

    @model_validator(mode="after")
    def _mailed(self) -> Config:
        if self.schedule.mail and self.alert.mail is None:
            raise ValueError(
                "[schedule] mail has nobody to hand it to; add [alert.mail] with the mail server"
            )
        return self

    @model_validator(mode="after")
    def _assessed(self) -> Config:
        assessed = self.special_categories.assessed.strip()
        for number, place in enumerate(self.place, 1):
            if place.special_categories == "on" and not assessed:
                raise ValueError(
                    f"[place] number {number} special_categories is on without an impact"
                    f" assessment; {NOT_ASSESSED}"
                )
        return self

    @property
    def key_source(self) -> SecretSource:
        if self.key is not None:
            return self.key.source()
        return SecretSource(file=str(FOLDERS.user_data_path / "fodspor.key"))

    @property
    def worker_count(self) -> int:
        return self.limits.workers or max(1, (os.cpu_count() or 1) // 4)


def model_of(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for inner in getattr(annotation, "__args__", ()):
        if found := model_of(inner):
            return found
    return None


def many_tables(location: tuple[str, ...]) -> bool:
    """Whether the option at this place is a list of tables: [[place]], [[detect.kind]]."""
    model: type[BaseModel] = Config
    for number, step in enumerate(location):
        field = model.model_fields.get(step)
        if field is None:
            return False
        inner = model_of(field.annotation)
        if number == len(location) - 1:
            return inner is not None and "tuple" in str(field.annotation)
        model = inner or model
    return False

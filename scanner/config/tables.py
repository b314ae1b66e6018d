"""The tables of the configuration: each option with its default and a sentence. Reads no file."""

from __future__ import annotations

import os
import re
import uuid
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal, get_args

from platformdirs import PlatformDirs
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from connectors.imap.address import Address, is_address
from scanner.judging import Judging
from scanner.model import Limits
from scanner.secret import SecretSource

_KIND = re.compile(r"[A-Z][A-Z0-9_]{1,40}")
FOLDERS = PlatformDirs("fodspor", appauthor=False)
DEFAULTS = Limits()


class Table(BaseModel):
    """One table: unknown keys are mistakes, and so are values of another type."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    @model_validator(mode="before")
    @classmethod
    def _lists(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        return {key: tuple(v) if isinstance(v, list) else v for key, v in given.items()}


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


class ImapTable(Table):
    """How to log in to a mailbox, and how gently to read it."""

    password: Secret | None = Field(
        None, description="Where the password lies: keyring, env, command or file."
    )
    token: Secret | None = Field(
        None, description="Instead of a password, where an OAuth2 token comes from."
    )
    security: Literal["tls", "starttls", "none"] = Field(
        "tls", description='"tls" (port 993), "starttls" (143), "none" to this machine alone.'
    )
    ca_file: str = Field(
        "", description="The authority that signed the server's certificate; empty: the system's."
    )
    connections: int = Field(2, ge=1, le=50, description="Connections at a time, at most.")
    messages_per_second: float = Field(
        0.0, ge=0, description="Of all connections together; 0: as fast as the server gives."
    )
    megabytes_per_second: float = Field(0.0, ge=0, description="The same in megabytes.")
    shared: bool = Field(
        False, description="Read other people's and shared folders too, where there are any."
    )

    @model_validator(mode="after")
    def _one_secret(self) -> ImapTable:
        if (self.password is None) == (self.token is None):
            raise ValueError(
                "needs exactly one of password, token, such as "
                'password = {keyring = "fodspor/anna"}'
            )
        return self


class PlaceTable(Table):
    name: str = Field(min_length=1, description="The place's name in answers.")
    path: str = Field(
        description='The folder to scan, absolute; or a mailbox, "imap://USER@HOST/FOLDER".'
    )
    owner: str = Field("", description="Whose place it is; empty: by rules, then by file owner.")
    owners: dict[str, str] = Field(
        default_factory=dict,
        description='Path = owner, such as "D:/home/{owner}" = "{owner}"; the first match decides.',
    )
    exclude: tuple[str, ...] = Field(
        (), description="Globs left out here, besides [limits] exclude."
    )
    special_categories: Literal["", "on", "off"] = Field(
        "", description='Special categories here: "on", "off"; empty: as [special_categories] says.'
    )
    imap: ImapTable | None = Field(None, description="How to log in, where the path is a mailbox.")

    @field_validator("path")
    @classmethod
    def _address(cls, given: str) -> str:
        if is_address(given):
            Address.parsed(given)
        return given

    @model_validator(mode="after")
    def _mailbox(self) -> PlaceTable:
        if is_address(self.path) != (self.imap is not None):
            raise ValueError(
                "has the path of a mailbox; add [place.imap] below it with password or token"
                if self.imap is None
                else "has [place.imap], but its path is no mailbox; "
                'write path = "imap://USER@HOST", or leave [place.imap] out'
            )
        clear = self.imap is not None and self.imap.security == "none"
        if clear and not self.address.is_loopback:
            raise ValueError(
                'sends its password in the clear; security = "none" is for a server on '
                'this machine alone, write "tls" or "starttls"'
            )
        return self

    @property
    def address(self) -> Address:
        """The mailbox that the path names. Raises ValueError for a folder's path."""
        return Address.parsed(self.path)


class CustomKindTable(Table):
    name: str = Field(description="The kind, in capitals.")
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

    @field_validator("name")
    @classmethod
    def _capitals(cls, given: str) -> str:
        if not _KIND.fullmatch(given):
            raise ValueError(
                "needs 2 to 41 capitals, digits and _, a letter first, such as CUSTOMER_NUMBER"
            )
        return given


class Detect(Table):
    kinds: tuple[str, ...] = Field((), description="Kinds to look for; empty: all built-in ones.")
    presidio: tuple[str, ...] = Field(
        (), description='presidio recognisers to add, by class, such as "SePersonnummerRecognizer".'
    )
    foreign: tuple[str, ...] = Field(
        (),
        description="National identifiers of other countries to look for, such as"
        ' "SE_PERSONNUMMER" (docs/detectors.md, Other countries).',
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
    finding: dict[str, float] = Field(
        default_factory=dict,
        description="From which confidence a match of a kind is a finding, where that is not 0.60:"
        " {DK_CPR = 0.7}. Nothing is read again for it.",
    )

    @field_validator("foreign")
    @classmethod
    def _known(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        if not given:
            return given
        from detectors.foreign import KINDS

        for kind in given:
            if kind not in KINDS:
                near = get_close_matches(kind.upper(), KINDS, 3, 0.3)
                raise ValueError(f"has an unknown kind; near it: {', '.join(near or KINDS)}")
        return tuple(dict.fromkeys(given))

    @field_validator("finding")
    @classmethod
    def _borders(cls, given: dict[str, float], info: ValidationInfo) -> dict[str, float]:
        if not given:
            return given
        from detectors import MAYBE
        from detectors.catalogue import PAPER_LEVELS, SPECIAL_LEVELS, kinds_of

        own = (kind.name for kind in info.data.get("kind", ()))
        abroad = info.data.get("foreign", ())
        known = {*kinds_of(), *SPECIAL_LEVELS, *PAPER_LEVELS, *own, *abroad}
        for kind, border in given.items():
            if not MAYBE <= border <= 1:
                raise ValueError(
                    f"needs numbers from {MAYBE:.2f} to 1: what is less sure is never kept"
                )
            if kind not in known and not (info.data.get("presidio") and _KIND.fullmatch(kind)):
                near = get_close_matches(kind.upper(), known, 1)
                hint = (
                    f"did you mean {near[0]!r}?" if near else f"known: {', '.join(sorted(known))}"
                )
                raise ValueError(f"has an unknown kind; {hint}")
        return given


class NamesTable(Table):
    look: Literal["off", "beside", "everywhere"] = Field(
        "beside",
        description='Where names of persons are looked for: "off", "beside" other findings, labels'
        ' and below column heads, or "everywhere" (slower; docs/names.md).',
    )
    model: str = Field(
        "", description='An installed spaCy model to use instead, such as "da_core_news_md".'
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


class Privacy(Table):
    private_folders: tuple[str, ...] = Field(
        ("Privat", "Private", "Personligt", "Personlig"),
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


class Config(Table):
    """The whole file."""

    device: Device = Field(default_factory=lambda: Device.model_validate({}))
    index: IndexTable = Field(default_factory=lambda: IndexTable.model_validate({}))
    key: Secret | None = None
    place: tuple[PlaceTable, ...] = ()
    detect: Detect = Field(default_factory=lambda: Detect.model_validate({}))
    names: NamesTable = Field(default_factory=lambda: NamesTable.model_validate({}))
    limits: LimitsTable = Field(default_factory=lambda: LimitsTable.model_validate({}))
    special_categories: SpecialCategories = Field(
        default_factory=lambda: SpecialCategories.model_validate({})
    )
    mail: Mail = Field(default_factory=lambda: Mail.model_validate({}))
    privacy: Privacy = Field(default_factory=lambda: Privacy.model_validate({}))

    @property
    def index_path(self) -> Path:
        return Path(self.index.path or FOLDERS.user_data_path / "fodspor.db").expanduser()

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

"""What every table of the configuration is, and where a secret lies. Reads no file."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from scanner.secret import SecretSource


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

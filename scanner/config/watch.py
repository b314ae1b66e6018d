"""The table of watch mode: what is watched, how patiently, and what may lie where."""

from __future__ import annotations

from pydantic import Field, field_validator

from scanner.config.table import Table

DEFAULT_RULES = ("forbid confidential, special, criminal in Downloads, Desktop, USB",)


class WatchTable(Table):
    places: tuple[str, ...] = Field(
        (), description="Names of the places that 'fodspor watch' watches; empty: all that it can."
    )
    rules: tuple[str, ...] = Field(
        DEFAULT_RULES,
        description="What may lie where, the first that fits decides (docs/watch.md, Rules).",
    )
    quiet_seconds: float = Field(
        1.0, ge=0.1, le=60, description="A file is read when nothing happened to it for so long."
    )
    ceiling_seconds: float = Field(
        60.0, ge=1, le=3600, description="One that keeps growing is read so long after it began."
    )
    poll_seconds: float = Field(
        60.0, ge=1, description="How often a share is looked through, which tells of no saves."
    )
    rescan_hours: float = Field(
        6.0, gt=0, description="How often a watched place is looked through all the same."
    )
    idle_seconds: float = Field(
        45.0, ge=1, description="Worker processes end when there was nothing to read for so long."
    )

    @field_validator("rules")
    @classmethod
    def _rules(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        from scanner.watch.rules import parse

        parse(given)
        return given

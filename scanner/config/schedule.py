"""[schedule]: when the nightly scan runs, and its manners. Reads no file."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator

from scanner.config.table import Table
from scanner.nightly.window import Window


class Schedule(Table):
    window: str = Field(
        "",
        description='Hours of the nightly scan, such as "22:00-06:00"; empty: it may always run.',
    )
    battery: Literal["wait", "skip", "run"] = Field(
        "wait", description='On battery: "wait" for mains, "skip" the night, or "run".'
    )
    metered: Literal["skip", "run"] = Field(
        "skip", description='Places on the network over a metered line: "skip" them, or "run".'
    )

    @field_validator("window")
    @classmethod
    def _window(cls, given: str) -> str:
        if given:
            Window.parse(given)
        return given

    @property
    def hours(self) -> Window | None:
        """The window; None where the nightly scan may always run."""
        return Window.parse(self.window) if self.window else None

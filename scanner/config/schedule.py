"""[schedule]: when the nightly scan runs, and its manners. Reads no file."""

from __future__ import annotations

import re
from datetime import time
from typing import Literal

from pydantic import Field, field_validator

from scanner.config.table import Table
from scanner.nightly.window import Window, time_of

DEFAULT_START = "02:15"


class Schedule(Table):
    window: str = Field(
        "",
        description='Hours of the nightly scan, such as "22:00-06:00"; empty: it may always run.',
    )
    start: str = Field(
        "", description='When schedulers start it, such as "02:15"; empty: with the window, 02:15.'
    )
    jitter_minutes: int = Field(
        30, ge=0, le=720, description="It starts up to so much later, by chance or device."
    )
    catch_up: bool = Field(
        True, description="Start later where the machine was off; within the window all the same."
    )
    battery: Literal["wait", "skip", "run"] = Field(
        "wait", description='On battery: "wait" for mains, "skip" the night, or "run".'
    )
    metered: Literal["skip", "run"] = Field(
        "skip", description='Places on the network over a metered line: "skip" them, or "run".'
    )

    report: str = Field(
        "", description="Folder that each night's report is written into; empty: none."
    )
    mail: tuple[str, ...] = Field(
        (), description="Addresses that it is mailed to, through the server of [alert.mail]."
    )

    metrics: str = Field(
        "", description="File for node_exporter's textfile collector, ending in .prom; empty: none."
    )

    @field_validator("metrics")
    @classmethod
    def _metrics(cls, given: str) -> str:
        if given and not given.endswith(".prom"):
            raise ValueError("has another ending; node_exporter reads files that end in .prom")
        return given

    @field_validator("mail")
    @classmethod
    def _mail(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        if not all(re.fullmatch(r"[^\s@<>,;]+@[^\s@<>,;]+", each) for each in given):
            raise ValueError('needs bare addresses, such as ["it@firma.dk"]')
        return given

    @field_validator("window")
    @classmethod
    def _window(cls, given: str) -> str:
        if given:
            Window.parse(given)
        return given

    @field_validator("start")
    @classmethod
    def _start(cls, given: str) -> str:
        if given:
            time_of(given)
        return given

    @property
    def begins(self) -> time:
        """When schedulers start the nightly scan, by the clock on the wall."""
        if self.start:
            return time_of(self.start)
        return self.hours.start if self.hours else time_of(DEFAULT_START)

    @property
    def hours(self) -> Window | None:
        """The window; None where the nightly scan may always run."""
        return Window.parse(self.window) if self.window else None

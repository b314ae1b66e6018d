"""The table of the officers' pages: where they are served, and for how long one is logged in."""

from __future__ import annotations

import re

from pydantic import Field, field_validator, model_validator

from scanner.config.alert import is_loopback
from scanner.config.table import Table

NO_TLS = (
    "is not this machine alone, so passwords would cross the network in the clear; "
    "name certificate and key under [serve], or serve on 127.0.0.1"
)


class ServeTable(Table):
    host: str = Field("127.0.0.1", description="The address to serve on; another needs TLS.")
    port: int = Field(8011, ge=0, le=65535, description="Its port; 0: any that is free.")
    certificate: str = Field("", description="The certificate (PEM), with its chain; empty: none.")
    key: str = Field("", description="The certificate's private key (PEM).")
    names: tuple[str, ...] = Field(
        (), description="Names by which browsers may call this server, beside host and localhost."
    )
    idle_minutes: int = Field(
        30, ge=1, le=24 * 60, description="Who does nothing for so long must log in again."
    )
    hours: int = Field(12, ge=1, le=24 * 7, description="And in any case after so many hours.")
    seconds: float = Field(
        20.0, ge=1, le=600, description="The most that the answer to one page may take."
    )

    @field_validator("names")
    @classmethod
    def _names(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        for name in given:
            if not re.fullmatch(r"[A-Za-z0-9.-]+", name):
                raise ValueError(f"{name!r} is no host name; write it without https:// and port")
        return tuple(name.lower() for name in given)

    @model_validator(mode="after")
    def _tls(self) -> ServeTable:
        if bool(self.certificate) != bool(self.key):
            raise ValueError("needs certificate and key together, or neither")
        if why := refused(self.host, self.certificate):
            raise ValueError(why)
        return self


def refused(host: str, certificate: str) -> str:
    """Return why nothing may be served on `host`; empty where it may."""
    return "" if certificate or is_loopback(host) else f"host {host} {NO_TLS}"

"""The tables that say what is looked for: kinds, thresholds, names. Reads no file."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import Literal

from pydantic import Field, ValidationInfo, field_validator

from scanner.config.table import Table

_KIND = re.compile(r"[A-Z][A-Z0-9_]{1,40}")


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

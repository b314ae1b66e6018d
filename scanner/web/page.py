"""What a page is: a path, the right that it needs, and a function. docs/pages.md shows one."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from scanner.web.reply import Reply
from scanner.web.rights import Right

if TYPE_CHECKING:
    from scanner.web.asked import Asked

Method = Literal["GET", "POST"]


@dataclass(frozen=True)
class Page:
    """One page. `path`: a regular expression of the whole path, its groups are `Asked.given`.

    `name` is unique; "page NAME" in the catalogue is its title. `menu`: where it stands in the
    navigation, None: not there. Runs in a thread of its own, within `[serve] seconds`.
    """

    name: str
    path: str
    right: Right
    answer: Callable[[Asked], Reply] = field(repr=False)
    methods: tuple[Method, ...] = ("GET",)
    menu: int | None = None

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        return re.compile(rf"(?:{self.path})\Z", re.ASCII)

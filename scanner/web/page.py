"""What a page is: a path, the right that it needs, and a function. docs/pages.md shows one."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote

from scanner.web.reply import Reply
from scanner.web.rights import Right

if TYPE_CHECKING:
    from scanner.web.asked import Asked

Method = Literal["GET", "POST"]
Teaser = tuple[str, str]
"""One line of a page on Overblik: its words, and the address it leads to (empty: none)."""


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
    teaser: Callable[[Asked], Sequence[Teaser]] | None = field(default=None, repr=False)
    """What Overblik shows of this page to who may see it: a few lines, found in milliseconds."""

    warm: tuple[str, ...] = ()
    """Queries (what stands behind ?) that are asked in advance whenever the index has changed."""

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        return re.compile(rf"(?:{self.path})\Z", re.ASCII)

    def address(self, **given: object) -> str:
        """Return the address of this page. Raises ValueError for what its path does not take."""
        path = _GROUP.sub(lambda group: quote(str(given[group[1]]), safe=""), self.path)
        if not self.pattern.match(path):
            raise ValueError(f"page {self.name} has no such address")
        return path


_GROUP = re.compile(r"\(\?P<(\w+)>(?:[^()\\]|\\.)*\)")

DATA = "/data/"
"""Under it lies Datasette: tables, filters, exports and SQL, behind the right "sql"."""
DATA_PAGE = Page("data", rf"{DATA}.*", "sql", lambda asked: asked.to("/"), menu=90)
"""Stands in the navigation; it is Datasette that answers."""
NOTHING = Page("nothing", r"(?!)", "self", lambda asked: asked.to("/"))
"""What was asked for where no page is."""

"""One request, as a page gets it: who asks, for what, and the index that may be answered from."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable, Mapping
from contextlib import ExitStack
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from scanner.answers.answer import Answer
from scanner.answers.compared import Compared
from scanner.answers.coverage_words import Empty, sentences
from scanner.answers.filters import Filters
from scanner.answers.opened import Opened, opened
from scanner.messages import Words, words
from scanner.web.narrow import narrow
from scanner.web.page import Page
from scanner.web.reply import Form, Refused, Reply
from scanner.web.sessions import Session

if TYPE_CHECKING:
    from scanner.web.background import Made
    from scanner.web.kept import Keeping
    from scanner.web.site import Site

T = TypeVar("T")
STEPS = 10_000
"""Of SQLite's machine between two looks at the clock."""


class Asked:
    """One request. Lives in one thread, and only while its page is answered.

    `given`: the groups of the page's path; `query`: what stands behind ? in the address;
    `form`: what was posted, checked to come from a page of this session.
    """

    def __init__(
        self,
        site: Site,
        page: Page,
        session: Session | None,
        *,
        method: str = "GET",
        path: str = "/",
        given: Mapping[str, str | None] | None = None,
        query: Form | None = None,
        form: Form | None = None,
        cookie: str = "",
        address: str = "",
        seconds: float | None = None,
        ended: threading.Event | None = None,
    ) -> None:
        self.site = site
        self.page = page
        self._session = session
        self.method = method
        self.path = path
        self.given = {name: text or "" for name, text in (given or {}).items()}
        self.query = query or Form()
        self.form = form or Form()
        self.cookie = cookie
        """Of who is not logged in yet: what the login form is tied to."""
        self.address = address
        self._stack = ExitStack()
        self._ended = ended
        self.as_of: datetime | None = None
        """As of when the oldest figure on this page is that was kept from before; None: of now."""
        self.refresh = True
        self.counting = False
        """Whether a figure of this page is still being counted."""
        self.waiting = "background running"
        """What a page that is not whole yet says, as a key of the catalogue."""
        self._answers = False
        """Whether the index, or what was kept of it, was asked: then the page has a coverage."""
        patience = site.config.serve.seconds if seconds is None else seconds
        self._deadline = time.monotonic() + patience

    @property
    def session(self) -> Session:
        """Who asks. Pages of the right "public" have nobody: `somebody` tells."""
        if self._session is None:
            raise Refused(401, "web log in")
        return self._session

    @property
    def somebody(self) -> Session | None:
        return self._session

    @cached_property
    def words(self) -> Words:
        """The words of the account's language, else of the configuration's."""
        asked = self._session.account.language if self._session else self.query.one("language")
        return words(asked if asked in ("da", "en") else self.site.config.device.language)

    @cached_property
    def opened(self) -> Opened:
        """The index, read-only, as of now, and of it what this account may see."""
        session = self.session
        self._answers = True
        held = self._stack.enter_context(opened(self.site.index, self.site.config.judging))
        held.connection.set_progress_handler(self._is_late, STEPS)
        if session.account.narrowed:
            narrow(held, session.account)
        held.compared = lambda: self._compared
        held.loaded = lambda load: self.cached("verdicts", load)
        return held

    @cached_property
    def answer(self) -> Answer:
        """What the commands answer from, too: configuration, coverage, seal."""
        return Answer(self.site.config, self.opened, self.words, weighed=self.site.weighed)

    def filters(self, **narrower: Any) -> Filters:
        """Return filters that judge as the configuration says; `narrower`: those of Filters."""
        return Filters(judging=self.site.config.judging, **narrower)

    def cached(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what `make` found for this key, this account's part, and this state of the index.

        For figures that cost more than a few milliseconds. They are shared between requests: what
        is returned may not be changed.
        """
        self._answers = True
        return self.site.cache.get((key, self.session.account.part), make, self._is_current)

    def _is_current(self) -> bool:
        return not self.counting and self.as_of is None

    def kept(
        self,
        key: tuple[Hashable, ...],
        make: Callable[[Opened], T],
        *,
        keeping: Keeping[T] | None = None,
        refresh: bool = True,
        long: bool = False,
    ) -> T | None:
        """Return a figure that takes longer than a page may; None: it is being counted.

        What is returned may be older than the index: the page says as of when by itself, or that
        it is being counted, and asks again by itself, unless `refresh` is false: for a page on
        which somebody types. `keeping`: it outlives the program; `long`: it may take minutes.
        """
        self._answers = True
        account = self.session.account
        self.site.compared(patience=0)  # before it: figures rest on how verdicts hold
        made = self.site.background.get(key, account, make, keeping=keeping, long=long)
        self.refresh &= refresh
        return self._told(made)

    def _told(self, made: Made[T]) -> T | None:
        if made.at is None:
            self.counting = True
        elif not made.current:
            self.as_of = min(self.as_of or made.at, made.at)
        return made.result

    @property
    def are_compared(self) -> bool:
        """Whether verdicts were compared with the index; else the page says that they are now.

        For pages that ask whether each of many verdicts holds.
        """
        if not self.opened.decided or self._compared is not None:
            return True
        self._answers = self.counting = True
        return False

    @cached_property
    def _compared(self) -> Compared | None:
        made = self.site.compared()
        if made.at is None:
            return None
        return self._told(made)

    @property
    def loads_again(self) -> bool:
        """Whether the page is loaded anew by itself, and has to say then what it says now."""
        return self.counting and self.refresh and self.method == "GET"

    def log(self, action: str, subject: str, detail: str = "") -> None:
        """Write into the audit what this account did. Neither text may hold a value."""
        who = self._session.account.name if self._session else "nobody"
        self.site.log(who, action, subject, detail)

    def show(
        self,
        template: str,
        *,
        status: int = 200,
        covered: Filters | None = None,
        empty: Empty = "",
        trail: tuple[tuple[str, str], ...] = (),
        **context: Any,
    ) -> Reply:
        """Return a page made from a template of scanner/web/templates.

        Where the index was opened, the page ends with its coverage: of `covered`, else of all.
        `empty`: as for the commands, nothing was found. `trail`: (address, words) of the pages
        above this one.
        """
        coverage: list[str] = []
        if self._answers:
            found = self.cached(("coverage", covered), lambda: self.answer.coverage(covered))
            coverage = sentences(found, self.words, empty=empty)
        shown = self.site.templates.render(
            template, self, coverage=coverage, trail=trail, **context
        )
        if self._session is not None and self._session.flash and not self.loads_again:
            self.site.sessions.said(self._session.token)
        return Reply(shown.encode("utf-8", "replace"), status)

    def to(self, path: str, said: str = "") -> Reply:
        """Send the browser to a page of ours; `said`: a sentence for the top of that page."""
        if not path.startswith("/") or path.startswith(("//", "/\\")):
            raise ValueError("only to a page of our own")
        if said and self._session is not None:
            self.site.sessions.say(self._session.token, said)
        return Reply(status=303, headers=(("location", path),))

    def file(self, name: str, body: bytes, media_type: str) -> Reply:
        """Return a file to be saved. `name`: letters, digits, - and . alone."""
        if not name.replace("-", "").replace(".", "").isalnum() or not name.isascii():
            raise ValueError("the name of a file has letters, digits, - and . alone")
        said = (("content-disposition", f'attachment; filename="{name}"'),)
        return Reply(body, 200, media_type, said)

    def close(self) -> None:
        self._stack.close()

    def __enter__(self) -> Asked:
        return self

    def __exit__(self, *error: Any) -> bool | None:
        return self._stack.__exit__(*error)

    @property
    def patience(self) -> float:
        """The seconds that this request still has."""
        return max(0.0, self._deadline - time.monotonic())

    @property
    def late(self) -> bool:
        """Whether this request has had its time."""
        over = self._ended is not None and self._ended.is_set()
        return over or time.monotonic() > self._deadline

    def _is_late(self) -> int:
        return int(self.late)

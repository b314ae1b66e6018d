"""The pages over an index that a test made: a site, and browsers of people who are logged in."""

from __future__ import annotations

import asyncio
import re
import threading
import time
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import httpx
from argon2 import PasswordHasher

from scanner.config import Config, load_config
from scanner.web.accounts import Account
from scanner.web.host import datasette_of
from scanner.web.pages import PAGES
from scanner.web.rights import Role
from scanner.web.site import Site

T = TypeVar("T")
PASSWORD = "a long enough password"
HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""The least that argon2 does: a test waits for what it tests."""
MOST_ASKED = 300
"""Times that a page is asked for: each waits a little for what is being made."""
HTML = {"accept": "text/html"}


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.at = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.at

    def pass_(self, **span: float) -> None:
        self.at += timedelta(**span)


class Loop:
    """An event loop in a thread of its own: a browser of the session may have this thread's."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="loop")
        self._thread.start()

    def wait(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Return what a coroutine returns."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()

    def close(self) -> None:
        self.wait(self._loop.shutdown_default_executor())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


class Browser:
    """Somebody's browser, without a screen: keeps cookies, fills in forms."""

    def __init__(self, app: Any, loop: Loop, base: str) -> None:
        self._loop = loop
        self.client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=base)

    def get(self, path: str, **given: Any) -> httpx.Response:
        return self._loop.wait(self.client.get(path, **{"headers": HTML, **given}))

    def settled(self, path: str, **given: Any) -> httpx.Response:
        """Get a page, and again while what it shows is being made, or is older than the index."""
        for number in range(MOST_ASKED):
            time.sleep(min(0.2, 0.005 * number))  # a process may be on its way
            told = self.get(path, **given)
            waits = 'http-equiv="refresh"' in told.text or "as-of" in told.text
            if told.status_code != 303 and not waits:
                return told
        raise AssertionError(f"{path} is never ready")

    def send(self, method: str, path: str, **given: Any) -> httpx.Response:
        return self._loop.wait(self.client.request(method, path, **given))

    def post(self, path: str, page: str = "", **fields: Any) -> httpx.Response:
        """Post a form with the token of the form on `page`, which is `path` unless it is given."""
        held = self.get(page or path, follow_redirects=True)
        token = re.search(r'name="csrf" value="([0-9a-f]+)"', held.text)
        assert token is not None, held.text
        return self.send("POST", path, data={"csrf": token[1], **fields})

    def login(self, name: str, password: str = PASSWORD) -> httpx.Response:
        return self.post("/login", name=name, password=password)

    def close(self) -> None:
        self._loop.wait(self.client.aclose())


class Served:
    """A running site. `browser()` is a stranger's, `as_(…)` one of somebody who is logged in."""

    def __init__(self, site: Site, made: Any, clock: Clock, loop: Loop) -> None:
        self.site = site
        self.made = made
        self.clock = clock
        self._app = made.app()
        self._loop = loop
        self._browsers: list[Browser] = []

    def browser(self, base: str = "") -> Browser:
        scheme = "https" if self.site.secure else "http"
        found = Browser(self._app, self._loop, base or f"{scheme}://127.0.0.1:8011")
        self._browsers.append(found)
        return found

    def add(self, name: str, role: Role = "compliance", **more: Any) -> Account:
        account = Account(name, role, **more)
        self.site.accounts.add(account, PASSWORD)
        return account

    def as_(self, role: Role = "compliance", *, name: str = "", **more: Any) -> Browser:
        """Return the browser of a new account of this role, logged in."""
        name = name or f"{role}{len(self._browsers)}"
        self.add(name, role, **more)
        browser = self.browser()
        assert browser.login(name).status_code == 303
        return browser

    def close(self) -> None:
        for browser in self._browsers:
            browser.close()


@contextmanager
def serving(config: Config | Path, index: Path, **serve: Any) -> Iterator[Served]:
    """Serve an index within this process; `serve`: what [serve] says otherwise."""
    held = load_config(config) if isinstance(config, Path) else config
    table = held.serve.model_copy(update=serve)
    clock = Clock()
    site = Site(held.model_copy(update={"serve": table}), index, PAGES, clock=clock, hasher=HASHER)
    loop = Loop()
    try:
        with datasette_of(site) as made:
            served = Served(site, made, clock, loop)
            try:
                yield served
            finally:
                served.close()
    finally:
        site.close()
        loop.close()

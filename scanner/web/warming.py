"""Ask the pages that cost before somebody does, each time the index has changed."""

from __future__ import annotations

import logging
import threading

from scanner.log import NAME, origin
from scanner.web.accounts import EVERYTHING
from scanner.web.asked import Asked
from scanner.web.reply import Form, Refused
from scanner.web.sessions import Session
from scanner.web.site import Site

EVERY_SECONDS = 15.0
PATIENCE_SECONDS = 600.0

logger = logging.getLogger(NAME)


class Warmer:
    """A thread that fills a site's cache: for the whole index, and for parts in use.

    A context manager; its end breaks off what is being asked.
    """

    def __init__(self, site: Site, every_seconds: float = EVERY_SECONDS) -> None:
        self._site = site
        self._every = every_seconds
        self._ended = threading.Event()
        self._done: dict[object, object] = {}
        self._thread = threading.Thread(target=self._run, name="warm", daemon=True)

    def __enter__(self) -> Warmer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._ended.is_set():
            try:
                self.warm()
            except Exception as error:  # the pages themselves say what is wrong
                logger.warning("warming: %s at %s", type(error).__name__, origin(error))
            self._ended.wait(self._every)

    def warm(self) -> int:
        """Ask what is not answered yet for this state of the index; return how many pages."""
        asked = 0
        for account in (EVERYTHING, *self._site.sessions.accounts()):
            part = account.part
            version = self._site.cache.version()
            if self._done.get(part) == version or (account is not EVERYTHING and not part):
                continue
            self._site.compared(patience=0)
            self._site.background.wait(self._ended)  # pages rest on it
            for page in self._site.pages:
                session = Session(account, "")
                for query in page.warm if session.may(page.right) else ():
                    if self._ended.is_set():
                        return asked
                    with Asked(
                        self._site,
                        page,
                        session,
                        path=page.path,
                        query=Form(query),
                        seconds=PATIENCE_SECONDS,
                        ended=self._ended,
                    ) as one:
                        asked += 1
                        try:
                            page.answer(one)
                        except Refused:
                            continue
            self._site.background.wait(self._ended)
            self._done[part] = version
        return asked

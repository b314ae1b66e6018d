"""What all requests share: the configuration, accounts, sessions, pages, words, and the audit."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

from argon2 import PasswordHasher

from scanner import __version__
from scanner.answers.answer import Answer
from scanner.answers.compared import Compared, compare
from scanner.answers.opened import Opened, opened
from scanner.answers.pasted import Reader
from scanner.config import Config
from scanner.index.decided import keep_bases
from scanner.index.store import Decisions, IndexTrouble, decisions_path
from scanner.live.asking import Run, apart
from scanner.log import NAME, origin
from scanner.messages import words
from scanner.setup import Setup
from scanner.tools import all_detectors
from scanner.web.accounts import EVERYTHING, Accounts, WebFile, web_path
from scanner.web.asked import Asked
from scanner.web.background import COMPARED, PATIENCE_SECONDS, Background, Made
from scanner.web.cache import Cache
from scanner.web.kept import Keeping, KeptFile
from scanner.web.links import Links
from scanner.web.lookups import Lookups
from scanner.web.page import Page
from scanner.web.readings import Readings
from scanner.web.reply import Refused, Reply
from scanner.web.searches import Searches
from scanner.web.sessions import Attempts, Clock, Session, Sessions
from scanner.web.templating import Templates

THREADS = 4
TURN_SECONDS = 0.0005

logger = logging.getLogger(NAME)


class Site:
    """The running pages. `clock` is asked for the time; `hasher` makes hashes of passwords."""

    def __init__(
        self,
        config: Config,
        index: Path,
        pages: Sequence[Page],
        *,
        clock: Clock = lambda: datetime.now(UTC),
        hasher: PasswordHasher | None = None,
        weighed: bool = True,
    ) -> None:
        self.config = config
        self.index = index
        self.pages = tuple(pages)
        self.clock = clock
        self.weighed = weighed
        self.secure = bool(config.serve.certificate)
        self.file = WebFile(web_path(index))
        self.accounts = Accounts(self.file, hasher)
        self.links = Links(self.file, clock)
        self.sessions = Sessions(
            self.file,
            self.accounts,
            self.links,
            clock,
            timedelta(minutes=config.serve.idle_minutes),
            timedelta(hours=config.serve.hours),
        )
        self.attempts = Attempts(self.file, clock)
        self.lookups = Lookups(clock, timedelta(hours=config.serve.hours))
        self.searches = Searches()
        self.readings = Readings()
        self.logins = threading.BoundedSemaphore(2)
        """Hashing a password takes 64 MB: a flood of logins may not take all memory."""
        self.reading_turn = threading.BoundedSemaphore(1)
        """Whose turn it is to have a document read live: a process with its memory each."""
        self.apart: Run = apart
        self.templates = Templates(self)
        self.cache = Cache(index, decisions_path(index), clock)
        self.kept = KeptFile(index, f"{__version__} {config.judging!r}")
        self.background = Background(self)
        self.pool = ThreadPoolExecutor(THREADS, thread_name_prefix="page")

    def ready(self) -> None:
        """Load what the first page would have to wait for: templates, detectors, catalogues.

        Threads take turns more often than by default: else a page waits 5 ms for each row that it
        reads while something is counted.
        """
        sys.setswitchinterval(TURN_SECONDS)
        self.templates.load()
        self.lookups.reader(self.make_reader)
        with opened(self.index, self.config.judging) as held:
            Answer(self.config, held, words(self.config.device.language)).configured()

    def make_reader(self) -> Reader:
        """Return what reads the values that somebody types."""
        recipe = Setup(self.config, None).recipe(None, with_index=False)
        return Reader(all_detectors(recipe), self.config.own_words, ())

    def close(self) -> None:
        self.readings.close()
        self.pool.shutdown(wait=True, cancel_futures=True)
        self.background.close()
        self.cache.close()
        self.file.close()

    def compared(self, patience: float = PATIENCE_SECONDS) -> Made[Compared]:
        """Return how verdicts were found to hold when they were last compared with the index."""
        keeping = Keeping(Compared.written, Compared.read)
        return self.background.get(
            COMPARED, EVERYTHING, self._compare, keeping=keeping, patience=patience
        )

    def _compare(self, opened: Opened) -> Compared:
        opened.compared = None
        found = compare(opened)
        if found.bases:
            with Decisions(decisions_path(self.index)) as decisions:
                keep_bases(decisions, found.bases)
        return found

    def page_at(self, path: str) -> Page | None:
        """Return the page of a path; the first one of the list that fits."""
        return next((page for page in self.pages if page.pattern.match(path)), None)

    def address(self, name: str, session: Session | None, **given: object) -> str:
        """Return where a page lies that this session may see; empty where there is none."""
        page = next((page for page in self.pages if page.name == name), None)
        if page is None or session is None or not session.may(page.right):
            return ""
        return page.address(**given)

    def log(self, who: str, action: str, subject: str, detail: str = "") -> None:
        """Write one line into the audit. Raises IndexTrouble: what cannot be logged is not done."""
        with Decisions(decisions_path(self.index)) as decisions:
            decisions.log(action, subject, detail, who=who)

    def answer(self, asked: Asked) -> Reply:
        """Return a page's answer; what goes wrong is a page too, and a line without values."""
        try:
            with asked:
                return asked.page.answer(asked)
        except Refused as error:
            return self.refusal(asked, error)
        except Exception as error:  # the one seam of all pages: nothing of it reaches the browser
            logger.error(
                "page %s: %s at %s%s",
                asked.page.name,
                type(error).__name__,
                origin(error),
                " (out of time)" if asked.late else "",
            )
            if asked.late:
                return self.refusal(asked, Refused(503, "web timeout"))
            if isinstance(error, IndexTrouble):
                return self.refusal(asked, Refused(503, "web no index"))
            return self.refusal(asked, Refused(500, "web failed"))

    def refusal(self, asked: Asked, error: Refused) -> Reply:
        """Return the page that says why there is no answer."""
        with Asked(self, asked.page, asked.somebody, method=asked.method, path=asked.path) as anew:
            posted = asked.method == "POST"
            return anew.show(
                "error.html",
                status=error.status,
                key=error.key,
                code=error.status,
                back=posted and error.status == 400,
                again=posted and error.status == 401,
            )

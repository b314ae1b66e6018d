"""Write the log: one line each, document ids instead of names. No other library writes here."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from logging.handlers import RotatingFileHandler
from pathlib import Path

from scanner.private_files import FileLock, LockedError

LOG_BYTES = 5_000_000
LOG_FILES = 5
NAME = "fodspor"


class SharedFile(RotatingFileHandler):
    """A log that several processes write at a time: a scan by hand, the night's, watch mode.

    It is opened for each line, so that nobody holds it open while another renames it (Windows
    refuses that), and nobody writes into a file that was renamed long ago. One process renames at
    a time; where it cannot, the line is written all the same, and the next one tries again.
    """

    def __init__(self, path: Path, max_bytes: int, files: int) -> None:
        super().__init__(path, maxBytes=max_bytes, backupCount=files, encoding="utf-8", delay=True)
        self._alone = FileLock(path.with_name(f"{path.name}.lock"))

    def emit(self, record: logging.LogRecord) -> None:
        try:
            super().emit(record)
        finally:
            self._let_go()

    def doRollover(self) -> None:  # noqa: N802 - the name is the library's
        self._let_go()
        try:
            with self._alone:
                self._rename()
        except (LockedError, OSError):
            pass  # another process renames it, or reads it: with the next line

    def _rename(self) -> None:
        current = Path(self.baseFilename)
        if current.stat().st_size < self.maxBytes // 2:
            return  # another process was quicker
        waiting = current.with_name(f"{current.name}.0")
        if not waiting.exists():  # else somebody was killed in the midst of it
            current.replace(waiting)
        older = [current.with_name(f"{current.name}.{n}") for n in range(1, self.backupCount + 1)]
        for source, target in reversed([*pairwise(older)]):
            if source.exists():
                source.replace(target)
        waiting.replace(older[0])

    def _let_go(self) -> None:
        if self.stream is not None:
            self.stream.close()
            self.stream = None  # as the library does with `delay`


def open_log(folder: Path, run: str) -> logging.Logger:
    """Return the logger, writing to `folder`/fodspor.log; silence every other library's.

    A third party's log line or warning can hold text of a document, so none is passed on.
    """
    silence_others()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    logger = logging.getLogger(NAME)
    for old in list(logger.handlers):
        logger.removeHandler(old)
        old.close()
    handler = SharedFile(folder / "fodspor.log", LOG_BYTES, LOG_FILES)
    handler.setFormatter(
        logging.Formatter(f"%(levelname)s %(asctime)s {run} %(message)s", "%Y-%m-%dT%H:%M:%S%z")
    )
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False
    return logger


def silence_others() -> None:
    """Let no other library's log line or warning out of this process."""
    root = logging.getLogger()
    root.handlers = [logging.NullHandler()]
    root.setLevel(logging.CRITICAL + 1)
    logging.lastResort = None
    warnings.simplefilter("ignore")


@contextmanager
def last_line(logger: logging.Logger) -> Iterator[None]:
    """See to it that a run which ends by an exception has its reason as the log's last line.

    Of an error that was foreseen it is the sentence that the user gets, which names no document;
    of any other the type and the line of code, as its words may quote a document.
    """
    try:
        yield
    except KeyboardInterrupt:
        logger.warning("ended at once: interrupted for the second time; what was done is kept")
        raise
    except BaseException as error:
        logger.error("failed: %s", reason_words(error))
        raise


def reason_words(error: BaseException) -> str:
    """Return why a run failed, fit for the log: no value, no name of a document."""
    from scanner.index.store import IndexTrouble
    from scanner.recipe import RecipeError
    from scanner.secret import SecretError

    if isinstance(error, IndexTrouble | RecipeError | SecretError):
        return str(error)
    return f"unexpected {type(error).__name__} at {origin(error)}"


def origin(error: BaseException) -> str:
    """Return module and line in which an exception was raised."""
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    return f"{frame.tb_frame.f_globals.get('__name__')}:{frame.tb_lineno}" if frame else "?"

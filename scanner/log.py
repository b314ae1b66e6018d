"""Write the log: one line each, document ids instead of names. No other library writes here."""

from __future__ import annotations

import logging
import warnings
from logging.handlers import RotatingFileHandler
from pathlib import Path

LOG_BYTES = 5_000_000
LOG_FILES = 5
NAME = "fodspor"


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
    handler = RotatingFileHandler(
        folder / "fodspor.log", maxBytes=LOG_BYTES, backupCount=LOG_FILES, encoding="utf-8"
    )
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

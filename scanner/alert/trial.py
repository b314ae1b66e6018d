"""Send a test over every configured channel and say which arrived. Tells of no document."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from scanner.alert.desktop import Desktop, NotShown, Showing
from scanner.alert.opening import carriers_of
from scanner.alert.smtp import NotSent
from scanner.messages import Words

if TYPE_CHECKING:
    from scanner.config import Config


class Tried(NamedTuple):
    """How a test went over one channel; `why` is empty where it arrived."""

    channel: str
    why: str


def trial(
    config: Config, words: Words, at: datetime, desktop: Showing | None = None
) -> Iterator[Tried]:
    """Yield how a test went, a channel at a time. Takes as long as servers do."""
    title, text = words.text("alert test title"), words.text("alert test text")
    if config.alert.desktop:
        yield Tried("desktop", _shown(desktop or Desktop(words), title, text, words))
    for carrier in carriers_of(config, words):
        try:
            carrier.test(title, text, uuid.uuid4().hex, at)
        except NotSent as error:
            yield Tried(carrier.name, str(error))
        else:
            yield Tried(carrier.name, "")


def _shown(desktop: Showing, title: str, text: str, words: Words) -> str:
    try:
        desktop.tell(title, text)
    except NotShown as error:
        return words.text(f"alert not shown {error.trouble}")
    finally:
        desktop.close()
    return ""

"""Show a notification to the employee, and take the answer, through the library desktop-notifier.

The library speaks asyncio: a thread of ours runs its loop, so that a desktop that hangs delays
nobody. It is imported with the first word, not before.
"""

from __future__ import annotations

import asyncio
import logging
import queue
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

from scanner.alert.neutral import without_markup
from scanner.alert.wording import Word
from scanner.messages import Words

if TYPE_CHECKING:
    from desktop_notifier import DesktopNotifier

SHOW_SECONDS = 5.0
"""After it a desktop counts as not there; the word is kept."""
CLOSE_SECONDS = 2.0
ANSWERABLE = 20
"""Words whose answers are awaited; of more, the oldest is let go."""

Choice = Literal["open", "belongs", "reply", "later"]
Trouble = Literal["extra", "nobody", "silent"]
"""The library is missing; nothing shows notifications here; it does not answer in time."""


class NotShown(Exception):
    """A word could not be shown: `trouble` says why, `detail` is a library's name or type."""

    def __init__(self, trouble: Trouble, detail: str = "") -> None:
        super().__init__(f"{trouble} {detail}".strip())
        self.trouble = trouble


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody chose; `text` is the reply, where the platform asked for one."""

    documents: tuple[int, ...]
    choice: Choice
    text: str = field(default="", repr=False)


class Showing(Protocol):
    """What shows words: the desktop, or nothing."""

    def show(self, word: Word, *, folder: bool) -> None:
        """Show a word with its choices, "open" with `folder` only. Raises NotShown."""
        ...

    def tell(self, title: str, text: str) -> None:
        """Show a word without choices. Raises NotShown."""
        ...

    def answers(self) -> list[Answer]:
        """Return what was chosen since the last call."""
        ...

    @property
    def awaiting(self) -> int:
        """How many words are shown that can still be answered."""
        ...

    def close(self) -> None: ...


class Desktop:
    """The desktop of this session."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self._loop: asyncio.AbstractEventLoop | None = None
        self._notifier: DesktopNotifier | None = None
        self._answers: queue.SimpleQueue[Answer] = queue.SimpleQueue()
        self._open: dict[str, None] = {}

    def show(self, word: Word, *, folder: bool) -> None:
        self._run(self._show(word, folder=folder))

    def tell(self, title: str, text: str) -> None:
        self._run(self._send(title, text))

    def look(self) -> None:
        """Find out whether words can be shown here; show none. Raises NotShown."""
        self._run(self._connected())

    def answers(self) -> list[Answer]:
        found = []
        while not self._answers.empty():
            found.append(self._answers.get())
        return found

    @property
    def awaiting(self) -> int:
        return len(self._open)

    def close(self) -> None:
        loop, self._loop = self._loop, None
        if loop is None:
            return
        with suppress(TimeoutError, CancelledError):
            asyncio.run_coroutine_threadsafe(self._forget(), loop).result(CLOSE_SECONDS)
        loop.call_soon_threadsafe(loop.stop)
        self._thread.join(CLOSE_SECONDS)
        if not loop.is_running():
            loop.close()

    def _run(self, doing: Any) -> None:
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            self._thread = threading.Thread(
                target=self._loop.run_forever, name="fodspor-desktop", daemon=True
            )
            self._thread.start()
        future = asyncio.run_coroutine_threadsafe(doing, self._loop)
        try:
            future.result(SHOW_SECONDS)
        except (TimeoutError, CancelledError):
            future.cancel()
            self._notifier = None
            raise NotShown("silent") from None
        except NotShown:
            raise
        except Exception as error:  # whatever a desktop of an older kind does not know
            raise NotShown("nobody", type(error).__name__) from None

    async def _connected(self) -> DesktopNotifier:
        if self._notifier is not None:
            return self._notifier
        try:
            from desktop_notifier import DesktopNotifier
        except ImportError as error:
            raise NotShown("extra", error.name or "") from None
        # what it logs can hold the words that are shown
        logging.getLogger("desktop_notifier").setLevel(logging.CRITICAL + 1)
        self._notifier = DesktopNotifier(app_name="Fodspor", app_icon=None)
        try:
            capabilities = await self._notifier.get_capabilities()
        except Exception as error:  # no session, nobody who shows, whatever a platform raises
            await self._forget()
            raise NotShown("nobody", type(error).__name__) from None
        if not capabilities:  # the library's own stand-in, which shows nothing
            self._notifier = None
            raise NotShown("nobody")
        return self._notifier

    async def _show(self, word: Word, *, folder: bool) -> None:
        text = self._words.text
        notifier = await self._connected()
        from desktop_notifier import Button, Capability, ReplyField

        capabilities = await notifier.get_capabilities()
        replies = Capability.REPLY_FIELD in capabilities
        choices: list[tuple[Choice, str]] = [("open", text("alert button open"))] if folder else []
        if not replies:
            choices.append(("belongs", text("alert button belongs")))
        choices.append(("later", text("alert button later")))
        identifier = f"{word.documents[0]}-{len(self._open)}-{id(word):x}"

        def chosen(choice: Choice) -> Callable[..., None]:
            return lambda reply="": self._chosen(identifier, word, choice, reply)

        body = word.text
        if Capability.BUTTONS not in capabilities and not replies:
            body = f"{body}\n{text('alert by hand short')}"
        self._open[identifier] = None
        while len(self._open) > ANSWERABLE:
            self._open.pop(next(iter(self._open)))
        try:
            await self._send(
                word.title,
                body,
                identifier=identifier,
                buttons=tuple(
                    Button(title=title, on_pressed=chosen(choice), identifier=choice)
                    for choice, title in choices
                ),
                reply_field=ReplyField(
                    title=text("alert button belongs"),
                    button_title=text("alert button keep"),
                    on_replied=chosen("reply"),
                )
                if replies
                else None,
                on_dismissed=lambda: self._open.pop(identifier, None),
            )
        except BaseException:
            self._open.pop(identifier, None)
            raise

    async def _send(self, title: str, text: str, **more: Any) -> None:
        notifier = await self._connected()
        from desktop_notifier import Notification

        shown: list[bool] = []
        await notifier.send_notification(
            Notification(
                title=title,
                message=without_markup(text),
                on_dispatched=lambda: shown.append(True),
                **more,
            )
        )
        if not shown:  # the library says it in a log line only
            await self._forget()
            raise NotShown("nobody")

    def _chosen(self, identifier: str, word: Word, choice: Choice, reply: str) -> None:
        self._open.pop(identifier, None)
        self._answers.put(Answer(word.documents, choice, reply))

    async def _forget(self) -> None:
        """Let go of the connection, so that the next word makes a new one."""
        notifier, self._notifier = self._notifier, None
        bus = getattr(getattr(notifier, "_backend", None), "bus", None)
        if bus is not None:
            bus.disconnect()

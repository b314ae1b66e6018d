"""Do what the employee chose: show the folder, keep "it belongs here" with its reason.

A verdict that cannot be kept now (a full disk, a database in use) waits and is tried again.
"""

from __future__ import annotations

import logging
import os
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from scanner.alert.asking import COMMAND, Question, ask
from scanner.alert.desktop import Answer, NotShown, Showing
from scanner.alert.events import Event, verdict_event
from scanner.alert.held import reading
from scanner.alert.neutral import file_and_folder, is_local
from scanner.flagged import Flagged
from scanner.index.store import Decisions, decisions_path
from scanner.index.verdicts import Basis, basis_of, keep
from scanner.judging import Judging
from scanner.messages import Words
from scanner.names import unsealed_path
from scanner.platform import show_in_folder
from scanner.privacy import Seal, WrongKey
from scanner.secret import SecretError

QUESTIONS = 5
"""Windows open at a time; a further one waits for an answer to the others, by hand."""


@dataclass(frozen=True, slots=True)
class Reason:
    """An answer "it belongs here" that is to be kept."""

    document: int
    text: str = field(repr=False)
    at: datetime


class Answering:
    """The answers of one session. `seal` is asked for only where a sealed path is to be opened."""

    def __init__(
        self,
        *,
        index: Path,
        device: str,
        words: Words,
        judging: Judging,
        verdict_days: int,
        desktop: Showing,
        seal: Callable[[], Seal],
        log: logging.Logger,
        command: Sequence[str] = COMMAND,
    ) -> None:
        self._index = index
        self._device = device
        self._words = words
        self._judging = judging
        self._term = timedelta(days=verdict_days)
        self._desktop = desktop
        self._seal = seal
        self._log = log
        self._command = command
        self._questions: list[Question] = []
        self._opened: list[subprocess.Popen[bytes]] = []
        self._kept: list[Reason] = []
        self._flagged: dict[int, Flagged] = {}

    @property
    def asking(self) -> bool:
        """Whether a question is open or an answer is still to be kept."""
        return bool(self._questions or self._kept)

    def remember(self, named: Flagged) -> None:
        """Know the document that a word named, until fifty others were."""
        self._flagged.pop(named.document, None)
        self._flagged[named.document] = named
        while len(self._flagged) > 50:
            self._flagged.pop(next(iter(self._flagged)))

    def take(self, answer: Answer, at: datetime) -> None:
        """Begin to do what was chosen; "later" is not done here."""
        document = answer.documents[0]
        if answer.choice == "open":
            self._open(document)
        elif answer.choice == "reply" and answer.text.strip():
            self._kept.append(Reason(document, answer.text, at))
        elif answer.choice in ("belongs", "reply"):
            self._ask(document)

    def finish(self, at: datetime) -> Iterator[Event]:
        """Take what was written in windows, keep verdicts; yield their events.

        Raises IndexTrouble, sqlite3.Error; what could not be kept is tried at the next call.
        """
        self._opened = [each for each in self._opened if each.poll() is None]
        for question in [each for each in self._questions if each.ended()]:
            self._questions.remove(question)
            if question.reason is None:
                self._by_hand(question.document)
            elif question.reason:
                self._kept.append(Reason(question.document, question.reason, at))
        while self._kept:
            event = self._keep(self._kept[0])
            self._kept.pop(0)
            yield event

    def close(self) -> None:
        """Close the windows that are open. What was answered and could not be kept is said."""
        for question in self._questions:
            question.close()
        if self._kept:
            documents = ", ".join(str(each.document) for each in self._kept)
            self._log.error("answers that could not be kept: documents %s", documents)

    def _keep(self, reason: Reason) -> Event:
        """Keep a verdict. Raises IndexTrouble, sqlite3.Error."""
        flagged = self._flagged.get(reason.document)
        with reading(self._index) as connection:
            basis = basis_of(connection, reason.document, self._judging) or Basis()
        if flagged is not None:
            basis = basis.with_kinds({each.kind: each.values for each in flagged.kinds})
        until = (reason.at + self._term).date()
        with Decisions(decisions_path(self._index)) as decisions:
            told = keep(decisions, reason.document, reason.text, until, basis)
        path = flagged.display if flagged is not None else ""
        return verdict_event(
            self._device, reason.document, path, told, until.isoformat(), reason.at
        )

    def _ask(self, document: int) -> None:
        text = self._words.text
        name = self._name(document)
        question = (
            ask(
                document,
                text("alert title", name=name),
                text("alert ask", name=name),
                text("alert button keep"),
                command=self._command,
            )
            if len(self._questions) < QUESTIONS
            else None
        )
        if question is None:
            self._by_hand(document)
        else:
            self._questions.append(question)

    def _by_hand(self, document: int) -> None:
        """Say how to answer where no window can be shown."""
        told = self._words.text("alert by hand", name=self._name(document))
        try:
            self._desktop.tell(self._words.text("alert by hand title"), told)
        except NotShown as error:
            self._log.warning("notification: %s", error)

    def _name(self, document: int) -> str:
        flagged = self._flagged.get(document)
        return file_and_folder(flagged.display)[0] if flagged else ""

    def can_open(self, flagged: Flagged) -> bool:
        """Whether a document lies in a folder that can be shown on this desktop."""
        return is_local(flagged.path)

    def _open(self, document: int) -> None:
        flagged = self._flagged.get(document)
        if flagged is None:
            return
        try:
            path = os.fsdecode(
                unsealed_path(flagged.path, self._seal()) if b"\0" in flagged.path else flagged.path
            )
            command = show_in_folder(path)
            self._opened.append(
                subprocess.Popen(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
            )
        except (OSError, SecretError, WrongKey, ValueError) as error:
            self._log.warning(
                "document %d: its folder could not be shown (%s)", document, type(error).__name__
            )

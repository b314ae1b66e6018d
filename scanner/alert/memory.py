"""What tellers remember: the state on disk, and in memory what it could not take.

A full disk loses no word while the process lives, and makes none come twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from scanner.alert.events import Event
from scanner.alert.post import Post
from scanner.alert.state import State, StateTrouble, Waiting
from scanner.flagged import Flagged

UNWRITTEN_EVENTS = 1_000
"""Events kept in memory for officers while the state cannot be written; the log has all."""


@dataclass(slots=True)
class _Unwritten:
    told: dict[tuple[str, int], bytes] = field(default_factory=dict)
    waiting: dict[int, Waiting] = field(default_factory=dict)
    released: set[int] = field(default_factory=set)
    words: list[datetime] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)


class Memory:
    """The state and the outbox as tellers use them. `say` is told what could not be written."""

    def __init__(self, state: State, post: Post, say: Callable[[str], None]) -> None:
        self.state = state
        self._post = post
        self._say = say
        self._unwritten = _Unwritten()

    def is_new(self, channel: str, flagged: Flagged) -> bool:
        """Whether a document was not told on a channel as it is now."""
        told = self._unwritten.told.get((channel, flagged.document))
        if told is None:
            try:
                told = self.state.told(channel, flagged.document)
            except StateTrouble as error:
                self._say(str(error))
        return told != flagged.mark

    def note_told(self, channel: str, flagged: Iterable[Flagged], at: datetime) -> None:
        marks = {each.document: each.mark for each in flagged}
        try:
            self.state.note_told(channel, marks.items(), at)
        except StateTrouble as error:
            self._say(str(error))
            for document, mark in marks.items():
                self._unwritten.told[(channel, document)] = mark

    def hold(self, waiting: Sequence[Waiting]) -> None:
        """Let documents wait for the employee."""
        try:
            self.state.hold(waiting)
        except StateTrouble as error:
            self._say(str(error))
            self._unwritten.waiting.update((each.document, each) for each in waiting)

    def put(self, events: Sequence[Event], at: datetime) -> None:
        """Keep events for those who are away."""
        try:
            self._post.put(events, at)
        except StateTrouble as error:
            self._say(str(error))
            self._unwritten.events.extend(events)
            del self._unwritten.events[:-UNWRITTEN_EVENTS]

    def words(self) -> list[datetime]:
        """Return when words were shown lately. Raises StateTrouble."""
        return [*self.state.words(), *self._unwritten.words]

    def ready(self, at: datetime, limit: int) -> list[Waiting]:
        """Return what the employee can be told of, the worst first. Raises StateTrouble."""
        held = self.state.held(at, limit)
        return [each for each in held if each.document not in self._unwritten.released]

    def shown(self, word: str, channel: str, told: Sequence[Flagged], at: datetime) -> None:
        """Note that one word told all that waited, of which `told` at least."""
        try:
            self.state.shown(word, channel, at)
        except StateTrouble as error:
            self._say(str(error))
            self._unwritten.words.append(at)
            self._unwritten.released.update(each.document for each in told)
            self.note_told(channel, told, at)

    def answered(self, word: str, later: datetime | None = None) -> int:
        """Let go of what a word was about, or let it wait until `later`; return how many."""
        try:
            return self.state.answered(word, later)
        except StateTrouble as error:
            self._say(str(error))
            return 0

    def write_again(self, at: datetime) -> None:
        """Bring to the state what could not be written before. Raises StateTrouble."""
        held = self._unwritten
        if held == _Unwritten():
            return
        with self.state.change():
            if held.events:
                self._post.put(held.events, at)
            self.state.hold(held.waiting.values())
            for moment in held.words:
                self.state.note_word(moment)
            for (channel, document), mark in held.told.items():
                self.state.note_told(channel, ((document, mark),), at)
            self.state.release(held.released)
        self._unwritten = _Unwritten()

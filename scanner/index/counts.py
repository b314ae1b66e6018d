"""What one run met and did, in figures. Nothing of a document itself."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from scanner.kontrolfil import Found


@dataclass(slots=True)
class Counts:
    """What one run met. Every document that is met and done counts in one of `statuses`.

    `unchanged` documents are among them: what was read earlier still holds. `reasons` counts the
    documents that have each reason, so that one can count in several. `folders` are those that
    could not be listed, by reason; they are no documents. `with_findings` are documents.
    `expected` is how many the last whole run met, 0 without one; `walked`: all have been met, but
    for the messages of the `listing` archives and mail folders that are not listed to their end.
    `kontrolfil`: how the run found it, "" where it has none or could not tell.
    """

    met: int = 0
    bytes_met: int = 0
    bytes_done: int = 0
    unchanged: int = 0
    moved: int = 0
    gone: int = 0
    with_findings: int = 0
    expected: int = 0
    walked: bool = False
    listing: int = 0
    kontrolfil: Found = ""
    statuses: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    folders: Counter[str] = field(default_factory=Counter)
    excluded: Counter[str] = field(default_factory=Counter)
    excluded_bytes: Counter[str] = field(default_factory=Counter)

    @property
    def done(self) -> int:
        """How many documents have their outcome; the rest of `met` is under way or was left."""
        return sum(self.statuses.values())

    @property
    def changed(self) -> bool:
        """Whether the run wrote anything about a document or folder."""
        return bool(self.met > self.unchanged or self.moved or self.gone or self.folders)

    @property
    def all_met(self) -> bool:
        """Whether no further document will be met."""
        return self.walked and not self.listing

    def as_dict(self) -> dict[str, object]:
        return {
            "met": self.met,
            "bytes_met": self.bytes_met,
            "unfinished": self.met - self.done,
            "unchanged": self.unchanged,
            "moved": self.moved,
            "gone": self.gone,
            "with_findings": self.with_findings,
            "statuses": dict(self.statuses),
            "reasons": dict(self.reasons),
            "folders": dict(self.folders),
            "excluded": dict(self.excluded),
            "excluded_bytes": dict(self.excluded_bytes),
            **({"kontrolfil": self.kontrolfil} if self.kontrolfil else {}),
        }

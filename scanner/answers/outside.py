"""Find the mails that took sensitive data out of the house, by the domains of their recipients.

Answers from what the index keeps of a mail: no address, but the domains.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from scanner.answers.findings import Shown, shown_document
from scanner.answers.opened import Opened
from scanner.privacy import SPECIAL, shown

KINDS = ("DK_CPR", *sorted(SPECIAL))
"""What is told when it left the house: CPR numbers, and Articles 9 and 10."""
MAX_BELOW = 10_000
MAX_PLACES = 20


@dataclass(frozen=True, slots=True)
class Sent:
    """One mail that went to somebody outside. `kinds`: distinct values of each, in all its parts.

    `places` are where it lies now, at most MAX_PLACES of `copies`.
    """

    sent: str
    sender: str
    recipients: int
    domains: tuple[str, ...]
    kinds: dict[str, int]
    copies: int
    places: tuple[tuple[Shown, str], ...] = field(repr=False)

    def as_dict(self) -> dict[str, Any]:
        return {
            "sent": self.sent or None,
            "sender": self.sender,
            "recipients": self.recipients,
            "outside": list(self.domains),
            "kinds": self.kinds,
            "copies": self.copies,
            "places": [
                {"place": each.place, "path": each.path, "message": each.message, "inner_path": i}
                for each, i in self.places
            ],
        }


def is_inside(domain: str, own: Sequence[str]) -> bool:
    """Whether a mail domain is one of the company's own, or below one."""
    return any(domain == each or domain.endswith("." + each) for each in own)


def sent_outside(opened: Opened, own: Sequence[str]) -> Iterator[Sent]:
    """Yield each mail from the house to somebody outside with such data in it, newest first.

    `own`: the company's domains, in small letters. A mail without a sender counts as the house's.
    """
    for content, sent, sender, domain, recipients, listed in opened.connection.execute(
        "SELECT content, sent, sender, sender_domain, recipients, domains FROM letter"
        " WHERE domains<>'[]' AND EXISTS (SELECT 1 FROM occurrence o"
        " WHERE o.content=letter.content AND o.gone_run IS NULL)"
        " ORDER BY sent DESC, content"
    ):
        outside = tuple(each for each in json.loads(listed) if not is_inside(each, own))
        if not outside or (domain and not is_inside(domain, own)):
            continue
        if kinds := _kinds(opened, content):
            copies, places = _places(opened, content)
            yield Sent(sent, shown(sender), recipients, outside, kinds, copies, places)


def _kinds(opened: Opened, content: int) -> dict[str, int]:
    marks = ",".join("?" * len(KINDS))
    rows = opened.connection.execute(
        "WITH RECURSIVE below(id, depth) AS (SELECT ?, 0 UNION SELECT child, depth+1"
        " FROM part, below WHERE parent=below.id AND depth<100)"
        " SELECT f.kind, count(DISTINCT f.fingerprint) FROM"
        " (SELECT DISTINCT id FROM below LIMIT ?) b CROSS JOIN finding f ON f.content=b.id"
        f" WHERE {opened.is_finding('f')} AND f.kind IN ({marks})"
        f" AND {opened.not_ignored('f.fingerprint')} GROUP BY f.kind ORDER BY f.kind",
        (content, MAX_BELOW, *KINDS),
    )
    return dict(rows.fetchall())


def _places(opened: Opened, content: int) -> tuple[int, tuple[tuple[Shown, str], ...]]:
    rows = opened.connection.execute(
        "SELECT document, inner_path FROM occurrence WHERE content=? AND gone_run IS NULL"
        " ORDER BY id",
        (content,),
    ).fetchall()
    return len(rows), tuple(
        (shown_document(opened, number), inner) for number, inner in rows[:MAX_PLACES]
    )

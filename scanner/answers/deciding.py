"""Group what the index holds into the few decisions that somebody has to make. Reads only.

Every query is bounded: what counts beyond its bound is told as "at least".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from connectors.employees import has_left
from scanner.answers.coverage import Coverage
from scanner.answers.opened import Opened
from scanner.risk import LEVELS, Level, level_of

Code = Literal["list", "open", "leavers", "copies", "special", "unread", "silent", "unfinished"]
CODES: tuple[Code, ...] = (
    *("list", "open", "leavers", "copies", "special", "unread", "silent", "unfinished"),
)
MOST = 10
LISTS = 4
CANDIDATES = 60
"""Contents looked at for lists, the riskiest first."""
LIST_CPR = 25
LIST_PEOPLE = 100
"""From so many distinct CPR numbers, or names and addresses, a content is a list of people."""
COUNTED = 1_000
"""Documents counted for one decision at most."""
ROWS = 100_000
"""Findings of one content that are counted at most."""
PEOPLE_KINDS = ("DK_CPR", "PERSON", "EMAIL_ADDRESS")
ORDER: dict[str, int] = {code: at for at, code in enumerate(CODES)}


@dataclass(frozen=True, slots=True)
class Decision:
    """One card. `number`: of documents, people, places, by its code; `at_least`: or more.

    Of a list: one of its documents, `places` it lies in, of which `open_to_all` everyone can read.
    """

    code: Code
    level: Level
    number: int
    at_least: bool = False
    kind: str = ""
    reason: str = ""
    content: int = 0
    document: int = 0
    places: int = 0
    open_to_all: int = 0


def decisions(opened: Opened, coverage: Coverage) -> list[Decision]:
    """Return at most `MOST` decisions, the riskiest first."""
    return in_order([*weighed(opened), *counted(opened, coverage)])


def weighed(opened: Opened) -> list[Decision]:
    """Return those that documents and contents are looked at for: that takes seconds."""
    return [*lists(opened), *_open(opened), *_leavers(opened), *_copies(opened)]


def counted(opened: Opened, coverage: Coverage) -> list[Decision]:
    """Return those that are counted already."""
    return [*_special(opened), *_unread(coverage), *_silent(coverage)]


def in_order(found: list[Decision]) -> list[Decision]:
    """Return at most `MOST` of them, the riskiest first; of equals the one in most places."""
    order = sorted(
        found,
        key=lambda each: (
            *(-LEVELS.index(each.level), ORDER[each.code]),
            *(-each.number, -each.places),
        ),
    )
    return order[:MOST]


def lists(opened: Opened, most: int = LISTS) -> Iterator[Decision]:
    """Yield contents that are lists of people, and lie somewhere where that is not decided."""
    number = 0
    for content, risk in opened.connection.execute(
        "SELECT id, risk FROM content WHERE risk > 0 ORDER BY risk DESC LIMIT ?", (CANDIDATES,)
    ).fetchall():
        kinds, whole = _kinds(opened, content)
        people = max((kinds[kind] for kind in PEOPLE_KINDS), default=0)
        if kinds["DK_CPR"] < LIST_CPR and people < LIST_PEOPLE:
            continue
        lying = _lying(opened, content)
        if not lying:
            continue
        kind = max(PEOPLE_KINDS, key=lambda each: kinds[each])
        yield Decision(
            "list",
            level_of(risk),
            people,
            at_least=not whole,
            kind=kind,
            content=content,
            document=lying[0][0],
            places=len(lying),
            open_to_all=sum(readers == "everyone" for _, readers in lying),
        )
        number += 1
        if number == most:
            return


def _kinds(opened: Opened, content: int) -> tuple[Counter[str], bool]:
    """Return distinct values by kind in a content, and whether all were counted."""
    counts = Counter(
        dict(
            opened.connection.execute(
                "SELECT kind, count(*) FROM (SELECT kind FROM finding f WHERE content=?"
                f" AND {opened.is_finding('f')} AND {opened.not_ignored('f.fingerprint')} LIMIT ?)"
                " GROUP BY 1",
                (content, ROWS),
            ).fetchall()
        )
    )
    return counts, counts.total() < ROWS


def _lying(opened: Opened, content: int) -> list[tuple[int, str]]:
    """Return the documents that hold a content, with their readers, where nothing is decided."""
    rows = opened.connection.execute(
        "SELECT DISTINCT d.id, coalesce(d.readable_by,'') FROM occurrence o"
        " JOIN document d ON d.id=o.document WHERE o.content=? AND o.gone_run IS NULL"
        " AND d.gone_run IS NULL ORDER BY d.id LIMIT ?",
        (content, COUNTED),
    ).fetchall()
    return [row for row in rows if opened.verdict(b"", row[0]) is None]


def open_to_all(opened: Opened, most: int = COUNTED) -> list[int]:
    """Return the documents with CPR numbers that everyone can read, the riskiest first."""
    rows = opened.connection.execute(
        "SELECT d.id FROM document d WHERE d.gone_run IS NULL AND d.risk > 0"
        " AND d.readable_by='everyone' AND EXISTS (SELECT 1 FROM occurrence o"
        " CROSS JOIN finding f ON f.content=o.content WHERE o.document=d.id"
        f" AND o.gone_run IS NULL AND f.kind='DK_CPR' AND {opened.is_finding('f')}"
        f" AND {opened.not_ignored('f.fingerprint')} AND {opened.is_wanted('f.kind', 'd.place')})"
        " ORDER BY d.risk DESC LIMIT ?",
        (most,),
    ).fetchall()
    return [number for (number,) in rows if opened.verdict(b"", number) is None]


def _open(opened: Opened) -> Iterator[Decision]:
    found = open_to_all(opened)
    if found:
        (risk,) = opened.connection.execute(
            "SELECT risk FROM document WHERE id=?", (found[0],)
        ).fetchone()
        yield Decision(
            "open", level_of(risk), len(found), at_least=len(found) >= COUNTED, kind="DK_CPR"
        )


def leavers_documents(opened: Opened, most: int = COUNTED) -> list[tuple[int, str, float]]:
    """Return documents with findings of those who have left, with their owner and risk."""
    today = opened.moment.astimezone().date()
    gone = [
        account
        for account, left in opened.connection.execute(
            "SELECT account, left_on FROM employee WHERE left_on<>''"
        )
        if has_left(left, today)
    ]
    found: list[tuple[int, str, float]] = []
    for account in gone:
        found += opened.connection.execute(
            "SELECT id, owner, risk FROM document WHERE owner=? AND gone_run IS NULL AND risk > 0"
            " ORDER BY risk DESC LIMIT ?",
            (account, most - len(found)),
        ).fetchall()
        if len(found) >= most:
            break
    return sorted(found, key=lambda each: -each[2])


def _leavers(opened: Opened) -> Iterator[Decision]:
    found = leavers_documents(opened)
    if found:
        people = len({owner for _, owner, _ in found})
        yield Decision(
            "leavers",
            level_of(found[0][2]),
            len(found),
            at_least=len(found) >= COUNTED,
            places=people,
        )


def copied_contents(opened: Opened, most: int = COUNTED) -> list[tuple[int, float, int]]:
    """Return contents, of the riskiest, that lie in several places: risk and number of these."""
    rows = opened.connection.execute(
        "SELECT c.id, c.risk, (SELECT count(*) FROM (SELECT 1 FROM occurrence o"
        " WHERE o.content=c.id AND o.gone_run IS NULL LIMIT 1000))"
        " FROM (SELECT id, risk FROM content WHERE risk > 0 ORDER BY risk DESC LIMIT ?) c",
        (most,),
    ).fetchall()
    return [row for row in rows if row[2] > 1]


def _copies(opened: Opened) -> Iterator[Decision]:
    found = copied_contents(opened)
    if found:
        (looked,) = opened.connection.execute(
            "SELECT count(*) FROM (SELECT 1 FROM content WHERE risk > 0 LIMIT ?)", (COUNTED,)
        ).fetchone()
        yield Decision(
            "copies",
            level_of(found[0][1]),
            len(found),
            at_least=looked >= COUNTED,
            places=sum(each[2] for each in found),
        )


def _special(opened: Opened) -> Iterator[Decision]:
    """Documents of Articles 9 and 10, as they were last counted."""
    from scanner.answers.figures import by_kind

    groups = opened.judging.groups()
    for each in by_kind(opened):
        if groups.get(each.kind) in ("special", "criminal") and each.documents:
            yield Decision("special", "critical", each.documents, kind=each.kind)


def _unread(coverage: Coverage) -> Iterator[Decision]:
    number = coverage.not_fully_read
    if number:
        reason = coverage.reasons.most_common(1)
        large = number * 20 > coverage.documents
        yield Decision(
            "unread", "medium" if large else "low", number, reason=reason[0][0] if reason else ""
        )


def _silent(coverage: Coverage) -> Iterator[Decision]:
    if coverage.silent:
        yield Decision("silent", "medium", len(coverage.silent))
    unfinished = [place for place in coverage.places if not place.whole]
    if unfinished or coverage.never_scanned:
        yield Decision("unfinished", "medium", len(unfinished) + len(coverage.never_scanned))

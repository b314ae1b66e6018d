"""Copies: one content, or nearly the same list, in several places, as one item with its places.

To compare all lists takes minutes, so near copies are looked for in the background, on request.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from scanner.answers.copies import Copied, Lying, copied_contents, kinds_of, places_of, told
from scanner.answers.naming import Naming
from scanner.answers.near import Near, NearCopies, near_copies
from scanner.answers.near_one import near_one
from scanner.answers.opened import Opened
from scanner.risk import LEVELS, level_of
from scanner.web.asked import Asked
from scanner.web.kept import Keeping
from scanner.web.page import Page
from scanner.web.paging import page_of, paged, place_of
from scanner.web.reply import Refused, Reply

ON_A_PAGE = 20
PLACES_ON_A_PAGE = 50
PLACES_TOLD = 5
"""Places of one item in the list; its own page has all."""
MOST_ITEMS = 100_000
MOST_KEPT = 1_000
"""Items that outlive the program, with their kinds."""

Item = tuple[int, int, float, int]
"""Content, size, risk, number of places."""


Kinds = dict[str, int]


@dataclass(frozen=True, slots=True)
class Items:
    """Items, riskiest first, as far as they are told; `number`: of all, by level of risk.

    `kinds`: of the first ones, in which very many values may lie.
    """

    items: list[Item] = field(repr=False)
    number: dict[str, int]
    kinds: dict[int, Kinds] = field(repr=False)

    def number_of(self, risk: str) -> int:
        return self.number.get(risk, 0) if risk else sum(self.number.values())

    def of(self, risk: str) -> list[Item]:
        return [each for each in self.items if not risk or level_of(each[2]) == risk]


def _written(found: Items) -> Any:
    kinds = [(content, list(held.items())) for content, held in found.kinds.items()]
    return [found.items[:MOST_KEPT], found.number, kinds]


def _read(held: Any) -> Items:
    items, number, kinds = held
    return Items(
        [(int(c), int(size), float(risk), int(n)) for c, size, risk, n in items],
        {str(level): int(n) for level, n in number.items()},
        {int(c): {str(kind): int(n) for kind, n in each} for c, each in kinds},
    )


ITEMS: Keeping[Items] = Keeping(_written, _read)


def _items(opened: Opened) -> Items:
    found: list[Item] = []
    for item in copied_contents(opened):
        found.append(item)
        if len(found) == MOST_ITEMS:
            break
    number: Counter[str] = Counter(level_of(each[2]) for each in found)
    kinds = {each[0]: kinds_of(opened, each[0]) for each in found[:MOST_KEPT]}
    return Items(found, dict(number), kinds)


def copies(asked: Asked) -> Reply:
    """Show contents that lie in several places, riskiest first."""
    made = asked.site.background.get(
        ("copies",), asked.session.account, _items, long=True, keeping=ITEMS
    )
    risk = asked.query.one("risk")
    if risk and risk not in LEVELS:
        raise Refused(400, "web not found")
    held = made.result or Items([], {}, {})
    items, number = held.of(risk), held.number_of(risk)
    start = place_of(asked, ON_A_PAGE)
    chosen = items[start : start + ON_A_PAGE]
    page = page_of(asked, chosen, number, ON_A_PAGE, risk=risk)
    if not chosen and start < number:  # only the first were kept from before: the rest is counted
        asked.counting = True
    opened = asked.opened
    key = ("copies", made.at, risk, page.first)

    def make() -> list[Copied]:
        return [told(opened, *item, PLACES_TOLD, kinds=held.kinds.get(item[0])) for item in chosen]

    shown = asked.cached(key, make)
    naming = Naming(opened)
    rows = [
        (each, [(p.document, naming.document(p.document, p.inner_path)) for p in each.places])
        for each in shown
        if each.places  # else gone since this was counted
    ]
    return asked.show(
        "copies.html",
        made=made,
        page=page,
        rows=rows,
        risk=risk,
        levels=[level for level in reversed(LEVELS) if level != "low"],
        most=MOST_ITEMS,
        legend=list(naming.legend(asked.words)),
        empty="all" if made.at is not None and not number else "",
    )


def content(asked: Asked) -> Reply:
    """Show all places of one content."""
    number = int(asked.given["content"])
    opened = asked.opened
    row = opened.connection.execute(
        "SELECT size, risk FROM content WHERE id=?", (number,)
    ).fetchone()
    if row is None:
        raise Refused(404, "web not found")
    readings = opened.readings.get(number, (number,))
    marks = ",".join("?" * len(readings))
    (several,) = opened.connection.execute(
        f"SELECT count(*) FROM occurrence WHERE content IN ({marks}) AND gone_run IS NULL", readings
    ).fetchone()
    if not several:
        raise Refused(404, "web not found")
    found = places_of(opened, number, PLACES_ON_A_PAGE, place_of(asked, PLACES_ON_A_PAGE))
    page = page_of(asked, found, several, PLACES_ON_A_PAGE)
    naming = Naming(opened)
    item = told(opened, number, row[0], row[1] or 0.0, several, 0)
    nearly = asked.site.background.get(
        ("near one", number), asked.session.account, lambda held: near_one(held, number)
    )
    lists = nearly.result.near if nearly.result else []
    return asked.show(
        "copies_content.html",
        trail=(("/copies", asked.words.text("page copies")),),
        item=item,
        page=page,
        rows=[(each.document, naming.document(each.document, each.inner_path)) for each in page],
        made=nearly,
        near=[
            (
                each,
                [
                    (place.document, naming.document(place.document, place.inner_path))
                    for place in each.places[:PLACES_TOLD]
                ],
            )
            for each in lists
        ],
        legend=list(naming.legend(asked.words)),
    )


def near(asked: Asked) -> Reply:
    """Show lists that are nearly the same, as far as they were looked for; POST looks for them."""
    begin = asked.method == "POST"
    made = asked.site.background.get(
        ("near",), asked.session.account, near_copies, begin=begin, long=True
    )
    if begin:
        return asked.to("/copies/near")
    found = made.result or NearCopies([], False)
    page = paged(asked, found.clusters, ON_A_PAGE)
    naming = Naming(asked.opened)
    rows = []
    for cluster in page:
        lists: list[tuple[Near | None, Lying]] = [(None, p) for p in cluster.places[:PLACES_TOLD]]
        for other in cluster.near[: 2 * PLACES_TOLD]:
            lists += [(other, p) for p in other.places[:PLACES_TOLD]]
        named = [(each, naming.document(p.document, p.inner_path), p.document) for each, p in lists]
        number = len(cluster.places) + sum(len(other.places) for other in cluster.near)
        rows.append((cluster, named, number))
    return asked.show(
        "copies_near.html",
        trail=(("/copies", asked.words.text("page copies")),),
        made=made,
        cut=found.cut,
        page=page,
        rows=rows,
        legend=list(naming.legend(asked.words)),
        empty="all" if made.at is not None and not found.clusters else "",
    )


PAGES = (
    Page("copies", "/copies", "copies", copies, menu=40, warm=("",)),
    Page("copies_near", "/copies/near", "copies", near, methods=("GET", "POST")),
    Page("copies_content", r"/copies/(?P<content>[0-9]{1,15})", "copies", content),
)

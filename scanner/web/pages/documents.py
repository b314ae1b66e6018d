"""The documents behind a number: narrowed by kind, place, owner, readers, age; riskiest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from scanner.answers.findings import Search, Shown, shown_document
from scanner.answers.listing import MOST, Listed, all_of, first
from scanner.answers.naming import Naming
from scanner.answers.opened import Opened
from scanner.answers.riskiest import kinds_in
from scanner.answers.telling import kinds_in_words
from scanner.privacy import shown
from scanner.risk import LEVELS
from scanner.web.asked import Asked
from scanner.web.background import Made
from scanner.web.page import Page
from scanner.web.paging import page_of, place_of
from scanner.web.reply import Reply
from scanner.web.sheet import MEDIA_TYPE, as_csv
from scanner.web.summed import summed
from scanner.web.wanted import AGES, GROUPS, Narrowed, read

ON_A_PAGE = 50
AT_ONCE = 1_000
"""Documents that are looked for while the page waits; what lies behind is found in advance."""
PATIENCE_SECONDS = 0.2
EXPORTED = 10_000
CHOICES = 500
"""Places and departments offered in the form."""


def documents(asked: Asked) -> Reply:
    """Show a page of the documents that the address asks for."""
    narrowed = read(asked)
    start = place_of(asked, ON_A_PAGE)
    made, listed = _found(asked, narrowed, start + ON_A_PAGE)
    numbers = listed.numbers[start : start + ON_A_PAGE] if listed else []
    known = len(listed.numbers) if listed else 0
    number = known if listed is None or listed.whole else known + 1
    page = page_of(asked, numbers, number, ON_A_PAGE, **narrowed.kept)
    naming = Naming(asked.opened)
    filters, wanted = asked.filters(), tuple(numbers)
    counted = asked.kept(  # some hold tens of thousands of values
        ("kinds in", wanted), lambda held: list(summed(Search(held, filters), wanted))
    )
    kinds = dict(counted or ())
    rows = [
        (each, naming.document(each), kinds_in_words(dict(kinds.get(each.id, ())), asked.words))
        for each in _shown(asked, numbers)
    ]
    return asked.show(
        "documents.html",
        narrowed=narrowed,
        made=made,
        listed=listed,
        known=known,
        page=page,
        rows=rows,
        legend=list(naming.legend(asked.words)),
        **_choices(asked),
        covered=asked.filters(
            kinds=narrowed.wanted.filters.kinds,
            places=narrowed.wanted.filters.places,
            devices=narrowed.wanted.filters.devices,
        ),
        empty="matching" if listed and not rows else "",
    )


def _found(
    asked: Asked, narrowed: Narrowed, number: int
) -> tuple[Made[Listed] | None, Listed | None]:
    """Return the documents, at least `number` of them where there are; found now, or in advance."""
    wanted, account = narrowed.wanted, asked.session.account
    background, key = asked.site.background, ("documents", wanted)

    def make(opened: Opened) -> Listed:
        return all_of(opened, wanted)

    made: Made[Listed] = background.get(key, account, make, begin=False)
    if made.result is None and not made.running:
        if number <= AT_ONCE and (
            found := asked.cached(
                ("documents", wanted, number),
                lambda: first(asked.opened, wanted, number, PATIENCE_SECONDS, lambda: asked.late),
            )
        ):
            return None, found
        made = background.get(key, account, make)
    elif made.result is not None:
        made = background.get(key, account, make)
    return made, made.result


def _shown(asked: Asked, numbers: Sequence[int]) -> Iterator[Shown]:
    """Yield the documents that are still there: a list may be older than the index."""
    for number in numbers:
        if asked.opened.connection.execute(
            "SELECT 1 FROM document WHERE id=? AND gone_run IS NULL", (number,)
        ).fetchone():
            yield shown_document(asked.opened, number)


def _choices(asked: Asked) -> dict[str, Any]:
    connection, devices = asked.opened.connection, asked.opened.devices
    groups = asked.opened.judging.groups()
    kinds = [kind for (kind,) in asked.cached("kinds there", lambda: _kinds(asked))]
    places = [
        (number, shown(f"{devices.get(device, device)}: {name}"))
        for number, device, name in connection.execute(
            "SELECT id, device, name FROM place ORDER BY name, device LIMIT ?", (CHOICES,)
        )
    ]
    departments = [
        text
        for (text,) in connection.execute(
            "SELECT DISTINCT department FROM employee WHERE department<>'' ORDER BY 1 LIMIT ?",
            (CHOICES,),
        )
    ]
    return {
        "kinds": sorted(
            ((kind, asked.words.kind(kind)) for kind in kinds if kind), key=lambda each: each[1]
        ),
        "groups": [
            group for group in GROUPS if any(groups.get(k, "ordinary") == group for k in kinds)
        ],
        "places": places,
        "departments": departments,
        "levels": LEVELS,
        "ages": AGES,
        "most": MOST,
    }


def _kinds(asked: Asked) -> list[tuple[str]]:
    """Return the kinds to choose from: those that any place counts; of a part, all there are."""
    if asked.session.account.narrowed:
        from scanner.answers.kinds import built_in

        return [(kind,) for kind in sorted({*built_in(), *asked.answer.custom})]
    return asked.opened.connection.execute("SELECT DISTINCT kind FROM totals").fetchall()


def export(asked: Asked) -> Reply:
    """Return the documents as CSV, in which no cell is a formula: at most EXPORTED."""
    narrowed = read(asked)
    _, listed = _found(asked, narrowed, EXPORTED)
    if listed is None:
        return asked.to(narrowed.address("/documents"), asked.words.text("documents not yet"))
    asked.log("export", "documents", narrowed.address("/documents"))
    words = asked.words
    heads = (
        *("head device", "head place", "head document", "head risk", "head owner"),
        *("head readers", "unread modified", "head found"),
    )
    rows = [
        (
            *(
                each.device,
                each.place,
                " › ".join(filter(None, (each.path, each.message))),
                words.level(each.level),
            ),
            each.whose or words.text("by nobody"),
            words.text(f"readers {each.readable_by or 'unknown'}"),
            words.date(each.modified),
            kinds_in_words(kinds_in(asked.opened, [each.id]), words),
        )
        for each in _shown(asked, listed.numbers[:EXPORTED])
    ]
    body = as_csv(list(map(words.text, heads)), rows)
    return asked.file("dokumenter.csv", body, MEDIA_TYPE)


PAGES = (
    Page("documents", "/documents", "places", documents, menu=22),
    Page("documents csv", "/documents.csv", "export", export),
)

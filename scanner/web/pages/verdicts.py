"""Verdicts: what is decided about findings, documents, folders and rules, and why it ended."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import chain, islice
from typing import Any

from scanner.answers.filters import Filters, path_matcher
from scanner.answers.findings import Search, Shown, first_place, shown_document
from scanner.answers.naming import Naming
from scanner.answers.opened import Opened
from scanner.answers.verdicts import (
    Decided,
    basis_of_folder,
    basis_of_rule,
    folders_of,
    target_document,
)
from scanner.index.decided import DECISIONS, Said, Target, decide, take_back
from scanner.index.store import Decisions, decisions_path
from scanner.index.verdicts import Basis, basis_of, kinds_of
from scanner.privacy import shown
from scanner.typed import typed
from scanner.web.asked import Asked
from scanner.web.page import Page
from scanner.web.reply import Refused, Reply
from scanner.web.summed import SUMMED, Summed, summed

MOST = 50
MOST_LISTED = 1_000
"""Documents to be decided that are listed; others follow when these are."""
MOST_VALUES = 200
MOST_OF_A_KIND = 50
"""Values of one kind that are listed, so that none stands in the way of the others."""
FEW_VALUES = 10
"""Up to so many values are unfolded."""
MOST_COUNTED = 5_000
"""Documents of an index that are looked through for a folder or rule while somebody waits."""
TERM = timedelta(days=365)
WAITS = timedelta(days=30)
LONGEST = timedelta(days=5 * 366)
GROUNDS = ("consent", "contract", "obligation", "vital", "public", "interest")
"""Art. 6(1)(a) to (f) of the GDPR, in its order."""


def undecided(asked: Asked) -> Reply:
    """Show the riskiest documents that no verdict covers, to be decided one by one or in bulk."""
    first = asked.query.number("from", most=MOST_LISTED)
    filters = _filters(asked)
    held = asked.kept(("undecided",), lambda held: listed(held, filters), keeping=SUMMED)
    asked.opened.verdicts.look_at([number for number, _ in held or ()])
    still = (each for each in held or () if is_undecided(asked.opened, each[0]))
    numbers = list(islice(still, first, first + MOST + 1))
    naming = Naming(asked.opened)
    rows = []
    for number, kinds in numbers[:MOST]:
        document = shown_document(asked.opened, number)
        again = asked.opened.verdicts.reopened(number)
        why = asked.opened.verdicts.changes(again) if again else ()
        rows.append((document, naming.document(document), kinds, why))
    return asked.show(
        "verdicts.html",
        rows=rows,
        first=first,
        more=first + MOST if len(numbers) > MOST else 0,
        cut=MOST_LISTED if len(held or ()) >= MOST_LISTED else 0,
        empty="" if rows or first or held is None else "all",
        **_form(asked),
    )


def _filters(asked: Asked) -> Filters:
    return asked.filters(risk="medium")


def listed(opened: Opened, filters: Filters) -> list[Summed]:
    """Return the riskiest documents that no verdict covers, at most MOST_LISTED."""
    search = Search(opened, filters)
    numbers = (number for number in search.documents() if is_undecided(opened, number))
    return list(summed(search, islice(numbers, MOST_LISTED)))


def is_undecided(opened: Opened, document: int) -> bool:
    """Whether a document is there, and no verdict about it holds or waits for approval."""
    held = opened.verdicts
    return (
        held.standing(document) is None
        and not any(held.state(each) == "proposed" for each in held.of_document(document))
        and target_document(opened.connection, document) is not None
    )


def _form(asked: Asked) -> dict[str, Any]:
    today = asked.site.clock().astimezone().date()
    return {
        "decisions": DECISIONS,
        "grounds": GROUNDS,
        "until": (today + TERM).isoformat(),
        "due": (today + WAITS).isoformat(),
        "whole": not asked.session.account.narrowed,
        "seen": max((each.id for each in asked.opened.verdicts.newest(0, 1)), default=0),
    }


def one(asked: Asked) -> Reply:
    """Show one document's values, masked, and the form that decides about it or its folder."""
    number = int(asked.given["number"])
    held = target_document(asked.opened.connection, number)
    if held is None:
        raise Refused(404, "web not found")
    document = shown_document(asked.opened, number)
    asked.opened.verdicts.look_at([number])
    values = []
    kinds = kinds_of(asked.opened.connection, number, asked.opened.judging)
    few = (islice(_values(asked, number, kind), MOST_OF_A_KIND) for kind in kinds)
    for kind, print_, masked, confidence, places in islice(chain.from_iterable(few), MOST_VALUES):
        verdict = asked.opened.verdict(print_, number, kind)
        where = asked.words.where(first_place(places))
        values.append((print_.hex(), kind, shown(masked), confidence, where, verdict))
    verdicts = asked.opened.verdicts
    return asked.show(
        "verdict.html",
        document=document,
        title=Naming(asked.opened).document(document),
        values=values,
        few=FEW_VALUES,
        kinds=list(kinds),
        most=MOST_OF_A_KIND if max(kinds.values(), default=0) > MOST_OF_A_KIND else 0,
        folders=shown_folders(asked.opened, document),
        history=[(each, verdicts.state(each)) for each in verdicts.of_document(number)],
        trail=(("/verdicts", asked.words.text("page verdicts")),),
        **_form(asked),
    )


def shown_folders(opened: Opened, document: Shown) -> list[str]:
    """Return the folders of a document that lie in its place, the nearest first, for eyes.

    What lies above the place holds other places too, and no verdict is given about these unseen.
    """
    row = opened.connection.execute(
        "SELECT p.display FROM document d JOIN place p ON p.id=d.place WHERE d.id=?", (document.id,)
    ).fetchone()
    top = (row[0] or "").rstrip("/\\") if row else ""
    mark = "/" if "/" in document.path else "\\"
    steps = document.path.split(mark)[:-1]
    found = [mark.join(steps[:end]) + mark for end in range(len(steps), 0, -1) if any(steps[:end])]
    inside = [each for each in found if each.startswith(f"{top}{mark}")]
    return inside if top and document.path.startswith(f"{top}{mark}") else found


def _values(
    asked: Asked, number: int, kind: str = ""
) -> Iterator[tuple[str, bytes, str, float, str]]:
    """Yield a document's values with how they are told; of one kind, or of all of them."""
    opened = asked.opened
    for table, query in (
        ("f", "occurrence o CROSS JOIN finding f ON f.content=o.content WHERE o.document=?"),
        ("n", "name_finding n WHERE n.document=?"),
    ):
        still = " AND o.gone_run IS NULL" if table == "f" else ""
        if kind:
            still += f" AND {table}.kind=?"
        yield from opened.connection.execute(
            f"SELECT DISTINCT {table}.kind, {table}.fingerprint, {table}.masked,"
            f" {table}.confidence, {table}.places FROM {query}{still}"
            f" AND {opened.is_finding(table)} AND {opened.not_ignored(f'{table}.fingerprint')}",
            (number, kind) if kind else (number,),
        )


def give(asked: Asked) -> Reply:
    """Keep a verdict about what the form names."""
    said = _said(asked)
    about = asked.form.one("about") or "document"
    numbers = [_number(each) for each in asked.form.many("document")]
    if not numbers:
        raise Refused(400, "verdict of nothing")
    if about in ("folder", "rule", "value") and asked.session.account.narrowed:
        raise Refused(403, "verdict of whole")
    who = asked.session.account.name
    if "seen" in asked.form and _overtaken(asked, numbers, who):
        raise Refused(409, "verdict overtaken")
    targets = list(_targets(asked, about, numbers))
    if not targets:
        raise Refused(400, "verdict of nothing")
    with Decisions(decisions_path(asked.site.index)) as decisions:
        decide(decisions, targets, said, who)
        if asked.form.one("learn") and said.decision == "false alarm":
            for each in targets:
                if each.fingerprint is not None:
                    decisions.log("ignore", each.fingerprint.hex(), each.kind, who=who)
                    decisions.ignore(each.fingerprint, each.kind, each.masked, typed(said.reason))
    key = "verdicts proposed" if said.decision == "delete" else "verdicts given"
    told = asked.words.count(key, len(targets))
    if any(each.basis is None for each in targets):
        told = f"{told} {asked.words.text('verdict counted later')}"
    return asked.to("/verdicts", said=told)


def _overtaken(asked: Asked, numbers: list[int], who: str) -> bool:
    """Whether another account has decided about one of these since the form was shown."""
    seen = asked.form.number("seen", most=10**15)
    verdicts = asked.opened.verdicts
    verdicts.look_at(numbers)
    return any(
        each.id > seen and each.who != who and not each.ended
        for number in numbers
        for each in verdicts.of_document(number)
    )


def _targets(asked: Asked, about: str, numbers: list[int]) -> Iterator[Target]:
    opened = asked.opened
    if about == "rule":
        glob, kind = asked.form.one("glob", most=300), asked.form.one("kind", most=60)
        if not glob.strip("*/ ") or typed(glob) != glob:
            raise Refused(400, "verdict rule wrong")
        try:
            path_matcher(glob, bytes)
        except ValueError:
            raise Refused(400, "verdict rule wrong") from None
        basis = basis_of_rule(opened, glob, kind) if _is_small(opened) else None
        yield Target(glob, kind, glob=glob, basis=basis)
        return
    for number in dict.fromkeys(numbers):
        held = target_document(opened.connection, number)
        if held is None:
            raise Refused(404, "web not found")
        device, key, item, path, display = held
        if about == "folder":
            level = asked.form.number("level", most=100)
            folders = folders_of(path)
            names = shown_folders(opened, shown_document(opened, number))
            if level >= min(len(folders), len(names)):
                raise Refused(400, "verdict of nothing")
            folder = folders[level]
            basis = basis_of_folder(opened, device, folder) if _is_small(opened) else None
            yield Target(names[level], device=device, folder=folder, basis=basis)
        elif about in ("finding", "value"):
            picked = set(asked.form.many("value"))
            for kind, print_, masked, _, _ in _values(asked, number):
                if print_.hex() not in picked:
                    continue
                picked.discard(print_.hex())
                if about == "value":
                    yield Target(shown(masked), kind, print_, masked)
                else:
                    whole = basis_of(opened.connection, number, opened.judging) or Basis()
                    basis = Basis({}, whole.path_key, whole.readable_by)
                    name = f"{display} › {shown(masked)}"
                    yield Target(name, kind, print_, masked, number, device, item, basis=basis)
        elif about == "document":
            found = basis_of(opened.connection, number, opened.judging) or Basis({}, key)
            yield Target(display, document=number, device=device, item=item, basis=found)
        else:
            raise Refused(400, "verdict of nothing")


def _is_small(opened: Opened) -> bool:
    """Whether all documents can be looked through while somebody waits."""
    count = "SELECT sum(documents) FROM document_count"
    return (opened.connection.execute(count).fetchone()[0] or 0) <= MOST_COUNTED


def _said(asked: Asked) -> Said:
    form = asked.form
    decision = next((each for each in DECISIONS if each == form.one("decision")), None)
    if decision is None:
        raise Refused(400, "verdict none")
    reason = form.one("reason")
    if len(reason) < 3:
        raise Refused(400, "verdict no reason")
    today = asked.site.clock().astimezone().date()
    is_task = decision in ("move", "delete")
    ground = form.one("ground")
    if ground and ground not in GROUNDS:
        raise Refused(400, "web not found")
    last = day(form.one("due" if is_task else "until"))
    if last is None or not today <= last <= today + LONGEST:
        raise Refused(400, "verdict no end")
    if decision == "belongs" and not (ground and form.one("purpose")):
        raise Refused(400, "verdict no ground")
    return Said(
        decision,
        reason,
        None if is_task else last,
        ground,
        form.one("purpose"),
        form.one("asked", most=200),
        last if is_task else None,
    )


def day(text: str) -> date | None:
    """Return a date as a browser sends it; None for what is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 17):
        raise Refused(400, "web no number")
    return int(text)


def given(asked: Asked) -> Reply:
    """Show the verdicts that were made, the newest first, with their state and why."""
    verdicts = asked.opened.verdicts
    first = asked.query.number("from", most=1_000_000)
    seen = list(islice(_newest(asked), first, first + MOST + 1))
    rows = [
        (each, verdicts.state(each), () if each.ended else verdicts.changes(each))
        for each in seen[:MOST]
    ]
    naming = Naming(asked.opened)
    return asked.show(
        "verdicts_given.html",
        rows=rows,
        naming=naming,
        first=first,
        more=first + MOST if len(seen) > MOST else 0,
        trail=(("/verdicts", asked.words.text("page verdicts")),),
    )


def _newest(asked: Asked) -> Iterator[Decided]:
    """Yield the verdicts that this account sees, the newest first."""
    before = 0
    while found := asked.opened.verdicts.newest(before, MOST_VALUES):
        yield from (each for each in found if visible(asked.opened, each))
        before = found[-1].id


def visible(opened: Opened, verdict: Decided) -> bool:
    """Whether a verdict is seen here: in a part of an index, only those about its documents."""
    if not opened.part:
        return True
    if verdict.about not in ("document", "finding") or verdict.document is None:
        return False
    if verdict.ended is None:
        return True  # where it lies was asked of the part
    return target_document(opened.connection, verdict.document) is not None


def undo(asked: Asked) -> Reply:
    """End a verdict."""
    number = asked.form.number("verdict")
    found = asked.opened.verdicts.one(number)
    if found is None or not visible(asked.opened, found):
        raise Refused(404, "web not found")
    with Decisions(decisions_path(asked.site.index)) as decisions:
        take_back(decisions, number, asked.session.account.name, asked.form.one("why"))
    return asked.to("/verdicts/given", said=asked.words.text("verdict undone"))


PAGES = (
    Page("verdicts", "/verdicts", "verdicts", undecided, menu=30, warm=("",)),
    Page("verdict", "/verdicts/document/(?P<number>[0-9]{1,15})", "verdicts", one),
    Page("verdict give", "/verdicts/give", "verdicts", give, methods=("POST",)),
    Page("verdicts given", "/verdicts/given", "verdicts", given),
    Page("verdict undo", "/verdicts/undo", "verdicts", undo, methods=("POST",)),
)

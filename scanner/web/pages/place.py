"""A place: its folders with counts, a level at a time, down to the document and what is in it.

Everything is masked; no value is ever shown here, and no address holds a name.
"""

from __future__ import annotations

from scanner.answers.findings import Search, shown_document
from scanner.answers.naming import Naming
from scanner.answers.near import FEWEST
from scanner.privacy import shown
from scanner.web.asked import Asked
from scanner.web.page import Page
from scanner.web.paging import page_of, paged, place_of
from scanner.web.reply import Refused, Reply
from scanner.web.tree import Tree, tree_of

FOLDERS_ON_A_PAGE = 200
DOCUMENTS_ON_A_PAGE = 50
FINDINGS_ON_A_PAGE = 50
MOST_HISTORY = 50


def places(asked: Asked) -> Reply:
    """Show the places."""
    opened = asked.opened
    rows = opened.connection.execute(
        "SELECT id, device, name, display, (SELECT max(started) FROM run WHERE place=place.id)"
        " FROM place ORDER BY name, device LIMIT 2000"
    ).fetchall()
    named = [(n, shown(opened.devices.get(d, d)), shown(name), r, at) for n, d, name, r, at in rows]
    return asked.show("places.html", rows=named, empty="" if named else "all")


def place(asked: Asked) -> Reply:
    """Show one folder of a place: its folders, and its documents, riskiest first."""
    opened, number = asked.opened, int(asked.given["place"])
    row = opened.connection.execute(
        "SELECT device, name FROM place WHERE id=?", (number,)
    ).fetchone()
    if row is None:
        raise Refused(404, "web not found")
    name = f"{shown(opened.devices.get(row[0], row[0]))}: {shown(row[1])}"
    account = asked.session.account
    made = asked.site.background.get(
        ("tree", number), account, lambda held: tree_of(held, number), long=True
    )
    trail = [("/places", asked.words.text("page places"))]
    tree: Tree | None = made.result
    if tree is None:
        return asked.show(
            "place.html", made=made, heading=name, folder=None, trail=tuple(trail), cut=False
        )
    folder = tree.folders.get(asked.query.one("folder"))
    if folder is None:
        raise Refused(404, "web not found")
    trail += [(f"/place/{number}?folder={f.mark}", f.name or name) for f in folder.trail()]
    children = folder.children()
    page = paged(asked, folder.documents, DOCUMENTS_ON_A_PAGE, folder=folder.mark)
    documents = [
        shown_document(opened, each)
        for each in page
        if opened.connection.execute("SELECT 1 FROM document WHERE id=?", (each,)).fetchone()
    ]
    return asked.show(
        "place.html",
        made=made,
        heading=folder.name or name,
        number=number,
        folder=folder,
        cut=tree.cut,
        folders=children[:FOLDERS_ON_A_PAGE],
        more=max(0, len(children) - FOLDERS_ON_A_PAGE),
        page=page,
        documents=documents,
        trail=tuple(trail),
    )


def document(asked: Asked) -> Reply:
    """Show what is in one document, masked, and what became of it."""
    opened, number = asked.opened, int(asked.given["number"])
    row = opened.connection.execute(
        "SELECT d.place, p.name, d.gone_run, d.detail FROM document d JOIN place p ON p.id=d.place"
        " WHERE d.id=?",
        (number,),
    ).fetchone()
    if row is None:
        raise Refused(404, "web not found")
    found = shown_document(opened, number)
    opened.verdicts.look_at([number])
    search = Search(opened, asked.filters())
    kinds = search.summary(number)
    start = place_of(asked, FINDINGS_ON_A_PAGE)
    lines = list(search.lines_of(number, asked.words, start, FINDINGS_ON_A_PAGE + 1))
    total = start + len(lines)
    page = page_of(asked, lines[:FINDINGS_ON_A_PAGE], total, FINDINGS_ON_A_PAGE)
    naming = Naming(opened)
    return asked.show(
        "document.html",
        trail=(
            ("/places", asked.words.text("page places")),
            (f"/place/{row[0]}", f"{found.device}: {shown(row[1])}"),
        ),
        document=found,
        path=naming.document(found),
        legend=list(naming.legend(asked.words)),
        gone=row[2] is not None,
        reason=asked.words.reason(found.reason, row[3] or "") if found.reason else "",
        kinds=kinds,
        page=page,
        copies=_copies(asked, number),
        list_in=_list_in(asked, number) if asked.session.may("copies") else 0,
        history=_history(asked, number),
    )


def _copies(asked: Asked, number: int) -> list[tuple[int, int]]:
    """Return contents of a document that lie elsewhere too, and in how many places in all."""
    connection = asked.opened.connection
    contents = connection.execute(
        "SELECT content FROM occurrence WHERE document=? AND gone_run IS NULL"
        " AND content IS NOT NULL ORDER BY id LIMIT 20",
        (number,),
    ).fetchall()
    found = []
    for (content,) in contents:
        readings = asked.opened.readings.get(content, (content,))
        marks = ",".join("?" * len(readings))
        (several,) = connection.execute(
            f"SELECT count(*) FROM occurrence WHERE content IN ({marks}) AND gone_run IS NULL",
            readings,
        ).fetchone()
        if several > 1:
            found.append((content, several))
    return found


def _list_in(asked: Asked, number: int) -> int:
    """Return the first content of a document that is a list, whose near copies can be asked."""
    row = asked.opened.connection.execute(
        "SELECT content FROM (SELECT content, id FROM occurrence WHERE document=?"
        " AND gone_run IS NULL AND content IS NOT NULL ORDER BY id LIMIT 20) o WHERE"
        " (SELECT count(*) FROM (SELECT 1 FROM finding WHERE content=o.content LIMIT ?)) = ?"
        " ORDER BY id LIMIT 1",
        (number, FEWEST, FEWEST),
    ).fetchone()
    return int(row[0]) if row else 0


def _history(asked: Asked, number: int) -> list[tuple[str, str]]:
    """Return what became of a document, by time: (when, words)."""
    words, connection = asked.words, asked.opened.connection
    told: list[tuple[str, str]] = []
    for started, gone, read_at in connection.execute(
        "SELECT (SELECT started FROM run WHERE id=first_run),"
        " (SELECT started FROM run WHERE id=gone_run), read_at FROM document WHERE id=?",
        (number,),
    ):
        told.append((started or "", words.text("history met")))
        if read_at:
            told.append((read_at, words.text("history read")))
        if gone:
            told.append((gone, words.text("history gone")))
    for (started,) in connection.execute(
        "SELECT r.started FROM moved m JOIN run r ON r.id=m.run WHERE m.document=?"
        " ORDER BY m.id DESC LIMIT ?",
        (number, MOST_HISTORY),
    ):
        told.append((started, words.text("history moved")))
    for started, several in connection.execute(
        "SELECT r.started, count(*) FROM occurrence o JOIN run r ON r.id=o.gone_run"
        " WHERE o.document=? GROUP BY 1 ORDER BY 1 DESC LIMIT ?",
        (number, MOST_HISTORY),
    ):
        told.append((started, words.count("history changed", several)))
    for started, kind, several in connection.execute(
        "SELECT (SELECT max(started) FROM run WHERE id IN (t.new, t.here)), t.kind, sum(t.number)"
        " FROM (SELECT f.kind AS kind, f.first_run AS new, o.first_run AS here,"
        " count(*) AS number FROM occurrence o CROSS JOIN finding f ON f.content=o.content"
        f" WHERE o.document=? AND o.gone_run IS NULL AND {asked.opened.is_finding('f')}"
        f" AND {asked.opened.is_wanted_in('f.kind', 'o.document')}"
        f" AND {asked.opened.not_ignored('f.fingerprint')}"
        " GROUP BY 1, 2, 3) t GROUP BY 1, 2 ORDER BY 1 DESC LIMIT ?",
        (number, MOST_HISTORY),
    ):
        said = words.text("history found", kind=words.kind(kind), number=several)
        told.append((started or "", said))
    return [(words.moment(at), said) for at, said in sorted(told, key=lambda each: each[0])]


PAGES = (
    Page("places", "/places", "places", places, menu=20),
    Page("place", r"/place/(?P<place>[0-9]{1,15})", "places", place),
    Page("document", r"/document/(?P<number>[0-9]{1,15})", "places", document),
)

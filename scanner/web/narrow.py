"""Show an account its part of the index alone: the one place where it is decided what that is.

Temporary views of the connection stand before the index's own tables, so that whatever a page
asks, it asks of the part. A page cannot forget it.
"""

from __future__ import annotations

from scanner.answers.opened import Opened
from scanner.web.accounts import Account

MOST_LISTED = 2_000
"""Documents of a part that are listed at first; of a larger part each row is asked whose it is."""

_OWN = "(SELECT account FROM temp.own_account)"
_DOCUMENTS = "(SELECT id FROM temp.own_document)"
_CONTENTS = "(SELECT id FROM temp.own_content)"
_OF_DOCUMENTS = ("occurrence", "name_finding", "moved")
_OF_CONTENTS = {"content": "id", "finding": "content", "letter": "content", "part": "parent"}


def _asked_document(number: str) -> str:
    """Return the condition that a document, told by its number as SQL, is of the part.

    `+`: by the document's number, never through the index of owners.
    """
    return f"EXISTS (SELECT 1 FROM main.document d WHERE d.id={number} AND +d.owner IN {_OWN})"


def _asked_content(number: str) -> str:
    return (
        "EXISTS (SELECT 1 FROM main.occurrence o CROSS JOIN main.document d ON d.id=o.document"
        f" WHERE o.content={number} AND +d.owner IN {_OWN})"
    )


def _listed_document(number: str) -> str:
    return f"{number} IN {_DOCUMENTS}"


def _listed_content(number: str) -> str:
    return f"{number} IN {_CONTENTS}"


_PLACES = "(SELECT place FROM temp.own_place)"
_OF_PLACES = {
    "place": f"SELECT * FROM main.place WHERE id IN {_PLACES}",
    "run": f"SELECT * FROM main.run WHERE place IN {_PLACES}",
    "device": "SELECT * FROM main.device WHERE id IN"
    f" (SELECT device FROM main.place WHERE id IN {_PLACES})",
    "delivery": "SELECT * FROM main.delivery WHERE device IN"
    f" (SELECT device FROM main.place WHERE id IN {_PLACES})",
    "employee": f"SELECT * FROM main.employee WHERE account IN {_OWN}",
    "document_count": f"SELECT * FROM main.document_count WHERE owner IN {_OWN}",
    # of whole places, whoever owns what is in them
    "excluded": "SELECT * FROM main.excluded WHERE 0",
    "totals": "SELECT * FROM main.totals WHERE 0",
    "shared_place": "SELECT * FROM main.shared_place WHERE 0",
}


def views(listed: bool) -> dict[str, str]:
    """Return every table of the index that holds anything of documents, and its part as SQL.

    `meta` stays (tests/web/test_narrow). What rules left out is counted by place, not by owner,
    so it is not told of a part. `listed`: the part's documents are listed, else each is asked.
    """
    document = _listed_document if listed else _asked_document
    content = _listed_content if listed else _asked_content
    whose = _listed_document("id") if listed else f"+owner IN {_OWN}"
    return {
        "document": f"SELECT * FROM main.document WHERE {whose}",
        **{
            name: f"SELECT * FROM main.{name} t WHERE {document('t.document')}"
            for name in _OF_DOCUMENTS
        },
        **{
            name: f"SELECT * FROM main.{name} t WHERE {content(f't.{column}')}"
            for name, column in _OF_CONTENTS.items()
        },
        "problem": "SELECT * FROM main.problem t"
        f" WHERE {document('t.document')} OR {content('t.content')}",
        **_OF_PLACES,
    }


def narrow(opened: Opened, account: Account, most_listed: int = MOST_LISTED) -> None:
    """Make `opened` show what `account` may see; nothing where that is not said.

    Departments: documents of their employees. `employee`: what that owner has.
    """
    execute = opened.connection.execute
    execute("PRAGMA query_only=0")  # of the temporary tables; the file is open read-only
    execute("PRAGMA temp_store=MEMORY")
    execute("CREATE TEMP TABLE own_account(account TEXT PRIMARY KEY) WITHOUT ROWID")
    if account.role == "employee":
        execute("INSERT INTO own_account VALUES (?)", (account.employee,))
    else:
        marks = ",".join("?" * len(account.departments))
        execute(
            "INSERT OR IGNORE INTO own_account SELECT account FROM main.employee"
            f" WHERE department IN ({marks})",
            account.departments,
        )
    execute("DELETE FROM own_account WHERE account=''")  # nobody's documents are nobody's part
    (number,) = execute(
        f"SELECT coalesce(sum(documents), 0) FROM main.document_count WHERE owner IN {_OWN}"
    ).fetchone()
    listed = number <= most_listed
    execute("CREATE TEMP TABLE own_document(id INTEGER PRIMARY KEY)")
    execute("CREATE TEMP TABLE own_content(id INTEGER PRIMARY KEY)")
    if listed:
        execute(
            "INSERT OR IGNORE INTO own_document SELECT d.id FROM temp.own_account a"
            " CROSS JOIN main.document d ON d.owner=a.account"
        )
        execute(
            "INSERT OR IGNORE INTO own_content SELECT o.content FROM temp.own_document d"
            " CROSS JOIN main.occurrence o ON o.document=d.id WHERE o.content IS NOT NULL"
        )
    execute("CREATE TEMP TABLE own_place(place INTEGER PRIMARY KEY)")
    following = "SELECT min(place) FROM main.document WHERE owner="
    execute(  # from one place to the next one in the index, over all documents between
        "WITH RECURSIVE held(account, place) AS ("
        f" SELECT account, ({following}account) FROM temp.own_account UNION ALL"
        f" SELECT account, ({following}held.account AND place>held.place) FROM held"
        " WHERE place IS NOT NULL)"
        " INSERT OR IGNORE INTO own_place SELECT place FROM held WHERE place IS NOT NULL"
    )
    for name, query in views(listed).items():
        if listed and name in ("document", "content"):
            query = query.replace("*", _columns(opened, name), 1)
        execute(f"CREATE TEMP VIEW {name} AS {query}")
    execute("PRAGMA query_only=1")
    opened.part = True
    opened.registered = False  # of the whole company, and asked by main.finding


def _columns(opened: Opened, table: str) -> str:
    """Return a table's columns, its risk as an expression.

    So the index of risks, in which all documents are, is not walked where a few are asked for.
    """
    rows = opened.connection.execute(f"PRAGMA main.table_info({table})")
    return ", ".join("+risk AS risk" if row[1] == "risk" else f'"{row[1]}"' for row in rows)

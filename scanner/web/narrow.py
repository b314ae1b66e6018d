"""Show an account its part of the index alone: the one place where it is decided what that is.

Temporary views of the connection stand before the index's own tables, so that whatever a page
asks, it asks of the part. A page cannot forget it.
"""

from __future__ import annotations

from scanner.answers.opened import Opened
from scanner.web.accounts import Account

_DOCUMENTS = "(SELECT id FROM temp.own_document)"
_CONTENTS = (
    "(SELECT content FROM main.occurrence"
    " WHERE document IN (SELECT id FROM temp.own_document) AND content IS NOT NULL)"
)
VIEWS = {
    "document": f"SELECT * FROM main.document WHERE id IN {_DOCUMENTS}",
    "occurrence": f"SELECT * FROM main.occurrence WHERE document IN {_DOCUMENTS}",
    "content": f"SELECT * FROM main.content WHERE id IN {_CONTENTS}",
    "finding": f"SELECT * FROM main.finding WHERE content IN {_CONTENTS}",
    "letter": f"SELECT * FROM main.letter WHERE content IN {_CONTENTS}",
    "part": f"SELECT * FROM main.part WHERE parent IN {_CONTENTS}",
    "name_finding": f"SELECT * FROM main.name_finding WHERE document IN {_DOCUMENTS}",
    "problem": "SELECT * FROM main.problem"
    f" WHERE document IN {_DOCUMENTS} OR content IN {_CONTENTS}",
    "moved": f"SELECT * FROM main.moved WHERE document IN {_DOCUMENTS}",
    "place": "SELECT * FROM main.place WHERE id IN (SELECT place FROM temp.own_place)",
    "run": "SELECT * FROM main.run WHERE place IN (SELECT place FROM temp.own_place)",
    "device": "SELECT * FROM main.device WHERE id IN"
    " (SELECT device FROM main.place WHERE id IN (SELECT place FROM temp.own_place))",
    "delivery": "SELECT * FROM main.delivery WHERE device IN"
    " (SELECT device FROM main.place WHERE id IN (SELECT place FROM temp.own_place))",
    "employee": "SELECT * FROM main.employee"
    " WHERE account IN (SELECT account FROM temp.own_account)",
    # of whole places, whoever owns what is in them
    "excluded": "SELECT * FROM main.excluded WHERE 0",
    "totals": "SELECT * FROM main.totals WHERE 0",
    "shared_place": "SELECT * FROM main.shared_place WHERE 0",
}
"""Every table of the index that holds anything of documents; `meta` stays (tests/web/test_narrow).

What rules left out is counted by place, not by owner, so it is not told of a part.
"""


def narrow(opened: Opened, account: Account) -> None:
    """Make `opened` show what `account` may see; nothing where that is not said.

    Departments: documents of their employees. `employee`: what that owner has.
    """
    connection = opened.connection
    connection.execute("PRAGMA query_only=0")  # of the temporary tables; the file is open read-only
    connection.execute("PRAGMA temp_store=MEMORY")
    connection.execute("CREATE TEMP TABLE own_account(account TEXT PRIMARY KEY) WITHOUT ROWID")
    if account.role == "employee":
        connection.execute("INSERT INTO own_account VALUES (?)", (account.employee,))
    else:
        marks = ",".join("?" * len(account.departments))
        connection.execute(
            "INSERT OR IGNORE INTO own_account SELECT account FROM main.employee"
            f" WHERE department IN ({marks})",
            account.departments,
        )
    connection.execute("CREATE TEMP TABLE own_document(id INTEGER PRIMARY KEY)")
    connection.execute(
        "INSERT OR IGNORE INTO own_document SELECT d.id FROM temp.own_account a"
        " CROSS JOIN main.document d ON d.owner=a.account"
    )
    connection.execute("CREATE TEMP TABLE own_place(place INTEGER PRIMARY KEY)")
    connection.execute(
        "INSERT OR IGNORE INTO own_place SELECT d.place FROM temp.own_account a"
        " CROSS JOIN main.document d ON d.owner=a.account"
    )
    for name, query in VIEWS.items():
        connection.execute(f"CREATE TEMP VIEW {name} AS {query}")
    connection.execute("PRAGMA query_only=1")
    opened.registered = False  # of the whole company, and asked by main.finding
